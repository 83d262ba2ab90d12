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
            for form in forms { try add(try form.get(), quantity: total) }
            return
        }
        let amounts = try energyByPeriod(kind.quantity, planned)
        for place in forms.indices {
            let amount = amounts[place % amounts.count]
            if amount != .zero { try add(try forms[place].get(), quantity: amount) }
        }
    }

    /// A line per tier and, where its price is by period, per period.
    mutating func tiers(
        _ kind: TierCharge, _ charge: Charge, _ planned: PlannedCharge
    ) throws(RatingHold) {
        let forms = planned.forms
        let amounts =
            kind.isByPeriod
            ? try energyByPeriod(kind.quantity, planned) : [try total(kind.quantity, planned)]
        let total = amounts.reduce(Exact.zero, +)
        if kind.isByPeriod, total == .zero, amounts.contains(where: { $0 != .zero }) {
            throw RatingHold(
                code: .undefinedAllocation, charge: charge.id,
                detail: "energy of the periods cancels out: bill it by hand")
        }
        let before = try energyBefore(kind, charge)
        let scale = limitScale(kind)
        var lower: Exact?
        for (index, tier) in kind.tiers.enumerated() {
            let upper = tier.limit.map { $0 * scale }
            let band = TierBand(lower: lower, upper: upper)
            let portion = band.amount(upTo: before + total) - band.amount(upTo: before)
            if portion.isOverflow { throw tooLarge(charge.id) }
            let from = lower ?? .zero
            lower = upper
            let isShown = portion != .zero || (total == .zero && index == 0)
            guard isShown else { continue }
            let note = tierNote(index, from: from, to: upper)
            for (offset, amount) in amounts.enumerated() {
                let isByPeriod = tier.price.isByPeriod
                if isByPeriod ? amount == .zero : offset > 0 { continue }
                try add(
                    try forms[index * amounts.count + offset].get(),
                    quantity: isByPeriod ? portion * amount / total : portion,
                    note: isByPeriod
                        ? note + ", share of \(tariff.periods.names[offset])" : note)
            }
        }
    }

    private func tierNote(_ index: Int, from lower: Exact, to upper: Exact?) -> String {
        var note = Array("tier ".utf8)
        Exact(index + 1).append(to: &note)
        note += " from ".utf8
        lower.append(to: &note)
        if let upper {
            note += " to ".utf8
            upper.append(to: &note)
        }
        return String(decoding: note, as: UTF8.self)
    }

    /// The energy of a quantity over all periods.
    private func total(
        _ quantity: BilledQuantity, _ planned: PlannedCharge
    ) throws(RatingHold) -> Exact {
        guard let sum = input.totals[quantity.usage] else {
            throw missing(quantity, "from \(start) to \(end)", planned)
        }
        if sum.isOverflow { throw tooLarge(planned.charge.id) }
        return sum
    }

    /// The energy of a quantity per period of the tariff, in the order in which that names them.
    private func energyByPeriod(
        _ quantity: BilledQuantity, _ planned: PlannedCharge
    ) throws(RatingHold) -> [Exact] {
        let usage = quantity.usage
        guard input.totals[usage] != nil else {
            throw missing(quantity, "from \(start) to \(end)", planned)
        }
        let given = input.determinants.energy
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

    /// The energy that filled tiers before the span.
    private func energyBefore(_ kind: TierCharge, _ charge: Charge) throws(RatingHold) -> Exact {
        switch kind.cycle {
        case .month, .billingPeriod:
            // By days, every span has limits of its own; else spans of a period share them.
            return kind.limits == .byDays ? .zero : input.periodToDate[kind.quantity.usage] ?? .zero
        case .calendarYear:
            guard let before = input.yearToDate[kind.quantity.usage] else {
                throw RatingHold(
                    code: .missingYearToDate, charge: charge.id,
                    detail: "what was billed earlier in the year is not known: give it as an "
                        + "opening value")
            }
            return before
        }
    }

    /// What limits are multiplied by.
    private func limitScale(_ kind: TierCharge) -> Exact {
        let cycle = input.cycle
        let part = days / Exact(cycle.fullEnd - cycle.fullStart)
        let byDays = kind.limits == .byDays
        switch kind.cycle {
        case .month: return Exact(cycle.months) * (byDays ? part : .one)
        case .billingPeriod: return byDays ? part : .one
        case .calendarYear(let attribution):
            guard byDays else { return .one }
            // A period counts in one year as a whole, however it is split.
            let year = attribution.year(from: cycle.periodStart, to: cycle.periodEnd)
            let (first, next) = (CivilDay.newYear(year), CivilDay.newYear(year + 1))
            let served = min(cycle.contractEnd ?? next, next) - max(cycle.contractStart, first)
            return Exact(served) / Exact(next - first)
        }
    }
}

/// The energy between two limits; open below for the first tier and above for the last.
private struct TierBand {
    let lower: Exact?
    let upper: Exact?

    /// How much of an amount counted from zero lies in the band.
    ///
    /// Below zero (more was credited than billed) all of it lies in the first tier.
    func amount(upTo position: Exact) -> Exact {
        if position.isOverflow { return .overflow }
        let capped = upper.map { min($0, position) } ?? position
        guard let lower else { return capped }
        return max(capped - lower, .zero)
    }
}
