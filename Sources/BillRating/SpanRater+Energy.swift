// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

extension SpanRater {
    /// A line per component and, where the price is by period, per period that has energy.
    mutating func rate(_ kind: PlannedEnergy, _ planned: PlannedCharge) throws(RatingHold) {
        let forms = planned.forms
        guard kind.isByPeriod else {
            let total = try total(kind.quantity, planned)
            for form in forms {
                let form = try form.get()
                try add(
                    form, quantity: total, note: isAsMeasured ? nil : note(of: form, kind.quantity))
            }
            return
        }
        let amounts = try energyByPeriod(kind.quantity, kind.groups, planned)
        for place in forms.indices {
            let amount = amounts[place % amounts.count]
            guard amount != .zero else { continue }
            let form = try forms[place].get()
            try add(
                form, quantity: amount,
                note: isAsMeasured
                    ? nil : note(of: form, kind.quantity, members(of: form.period, kind.groups)))
        }
    }

    /// The energy of a quantity over all periods.
    func total(
        _ quantity: BilledQuantity, _ planned: PlannedCharge
    ) throws(RatingHold) -> Exact {
        guard let sum = input.totals[quantity.usage] else {
            throw missing(quantity, "from \(start) to \(end)", planned)
        }
        if sum.isOverflow { throw tooLarge(planned.charge.id) }
        return sum
    }

    /// The energy of a quantity per period of the tariff, or per group of them.
    func energyByPeriod(
        _ quantity: BilledQuantity, _ groups: PeriodGroups?, _ planned: PlannedCharge
    ) throws(RatingHold) -> [Exact] {
        let amounts = try energyByPeriod(quantity, planned)
        guard let groups else { return amounts }
        var sums = [Exact](repeating: .zero, count: groups.names.count)
        for (amount, group) in zip(amounts, groups.groupOfPeriod) { sums[group] += amount }
        return sums
    }

    /// The energy of a quantity per period of the tariff, in the order in which that names them.
    private func energyByPeriod(
        _ quantity: BilledQuantity, _ planned: PlannedCharge
    ) throws(RatingHold) -> [Exact] {
        let usage = quantity.usage
        guard input.totals[usage] != nil else {
            throw missing(quantity, "from \(start) to \(end)", planned)
        }
        let given = input.measured.energy
        let names = input.plan.tariff.periods.names
        // Mostly they stand as the tariff names its periods.
        let isInOrder =
            given.count == names.count
            && names.indices.allSatisfy {
                given[$0].quantity == usage && given[$0].period == names[$0]
            }
        let other =
            isInOrder
            ? nil : given.first { $0.quantity == usage && !names.contains($0.period) }
        if let other {
            throw missing(quantity, "by period, only for '\(other.period)'", planned)
        }
        var found: [Exact] = []
        found.reserveCapacity(names.count)
        for (index, period) in names.enumerated() {
            let place =
                isInOrder
                ? index : given.firstIndex { $0.quantity == usage && $0.period == period }
            guard let place else {
                throw missing(quantity, "in the period '\(period)'", planned)
            }
            if given[place].amount.isOverflow { throw tooLarge(planned.charge.id) }
            found.append(given[place].amount)
        }
        return found
    }

    private func missing(
        _ quantity: BilledQuantity, _ what: String, _ planned: PlannedCharge
    ) -> RatingHold {
        RatingHold(
            code: .missingDeterminant, charge: planned.charge.id,
            detail: "no \(quantity.rawValue) \(what): check the meter's channels and registers")
    }
}
