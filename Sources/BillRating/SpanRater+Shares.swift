// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

/// Charges that are computed from earlier ones.
extension SpanRater {
    /// A share of the lines that earlier charges of the span gave.
    mutating func percentage(_ kind: PercentageCharge, _ charge: Charge) throws(RatingHold) {
        try add(
            charge, quantity: sum(kind.of), unit: tariff.currency.code,
            price: try prices.price(kind.rate, charge), note: "share of \(kind.of)")
    }

    /// What earlier charges lack to the least amount; no line where they reach it.
    mutating func minimum(_ kind: MinimumCharge, _ charge: Charge) throws(RatingHold) {
        let units = try unitsOfWhole(kind.basis, charge)
        let least = try prices.price(kind.price, charge) * units
        let sum = self.sum(kind.of)
        let lacking = least - sum
        if lacking.isOverflow { throw tooLarge(charge.id) }
        guard lacking > .zero else { return }
        try add(
            charge, quantity: lacking, unit: tariff.currency.code, price: .one,
            note: "at least \(least) \(tariff.currency.code), of which \(kind.of) give \(sum)")
    }

    /// Energy that is given back, up to an amount; no line where there is none.
    mutating func freeQuota(_ kind: FreeQuotaCharge, _ planned: PlannedCharge) throws(RatingHold) {
        let charge = planned.charge
        let quota = kind.upTo * (try unitsOfWhole(kind.basis, charge))
        let free = min(quota, try total(kind.quantity, planned))
        guard free > .zero else { return }
        try add(
            charge, quantity: -free, unit: kind.quantity.unit,
            price: try prices.price(kind.price, charge), note: "at most \(quota) are free")
    }

    /// A share of earlier charges by the power factor of the span.
    mutating func powerFactor(
        _ kind: PowerFactorCharge, _ planned: PlannedCharge
    ) throws(RatingHold) {
        let charge = planned.charge
        let isWhole = start == input.cycle.periodStart && end == input.cycle.periodEnd
        guard isWhole else {
            throw RatingHold(
                code: .undecidedSplit, charge: charge.id,
                detail: "the period is split at \(start) or \(end), and its power factor is one: "
                    + "let the change begin with a billing period")
        }
        let active = try energy(.activeImport, of: kind, planned)
        var reactive = Exact.zero
        for quantity in kind.reactive { reactive += try energy(quantity, of: kind, planned) }
        let standard =
            switch kind.standard {
            case .number(let number): number
            case .parameter(let name): try input.number(name, charge)
            }
        let hundredths = standard * Exact(100)
        guard hundredths.denominator == 1, let held = Int(exactly: hundredths.numerator),
            kind.table.standards.contains(held)
        else {
            throw RatingHold(
                code: .badParameter, charge: charge.id,
                detail: "\(standard) is no standard of the table \(kind.table.rawValue)")
        }
        if active == .zero, reactive == .zero, kind.idle == .noAdjustment { return }
        guard
            let found = PowerFactor.hundredths(
                active: active, reactive: reactive, rounded: kind.mode),
            let share = kind.table.share(of: found, standard: held)
        else {
            throw RatingHold(
                code: .undefinedPowerFactor, charge: charge.id,
                detail: "\(active) kWh and \(reactive) kvarh have no power factor")
        }
        try add(
            charge, quantity: sum(kind.of), unit: tariff.currency.code, price: share,
            note:
                "power factor \(Exact(found) / Exact(100)) of \(active) kWh and \(reactive) kvarh, "
                + "standard \(standard): share of \(kind.of)")
    }

    /// The energy that a power factor is of, with losses or without.
    private func energy(
        _ quantity: BilledQuantity, of kind: PowerFactorCharge, _ planned: PlannedCharge
    ) throws(RatingHold) -> Exact {
        let billed = try total(quantity, planned)
        if kind.withLosses.contains(quantity) { return billed }
        return input.determinants.measured(quantity.usage) ?? billed
    }

    /// The sum of earlier lines of the span.
    func sum(_ selection: ChargeSelection) -> Exact {
        lines.reduce(Exact.zero) { sum, line in
            guard line.counts(in: selection) else { return sum }
            let isExact = selection.base == .exact
            return sum + (isExact ? line.amountExact : line.amount.exact(in: tariff.currency))
        }
    }
}
