// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

/// Charges that are computed from earlier ones.
extension SpanRater {
    /// A share of the lines that earlier charges of the span gave.
    mutating func percentage(
        _ kind: PercentageCharge, _ planned: PlannedCharge
    ) throws(RatingHold) {
        try add(try planned.form(), quantity: sum(kind.of))
    }

    /// What earlier charges lack to the least amount; no line where they reach it.
    mutating func minimum(_ kind: MinimumCharge, _ planned: PlannedCharge) throws(RatingHold) {
        let units = try unitsOfWhole(kind.basis, planned.charge)
        let least = try planned.price() * units
        let sum = self.sum(kind.of)
        let lacking = least - sum
        if lacking.isOverflow { throw tooLarge(planned.charge.id) }
        guard lacking > .zero else { return }
        try add(
            try planned.form(), quantity: lacking,
            note: told(
                "at least \(least) \(input.plan.currency.code), of which \(kind.of) give \(sum)"))
    }

    /// Energy that is given back, up to an amount; no line where there is none.
    mutating func freeQuota(_ kind: FreeQuotaCharge, _ planned: PlannedCharge) throws(RatingHold) {
        let quota = kind.upTo * (try unitsOfWhole(kind.basis, planned.charge))
        let free = min(quota, try total(kind.quantity, planned))
        guard free > .zero else { return }
        try add(
            try planned.form(), quantity: -free, note: told("at most \(quota) are free"))
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
        let active = try total(.activeImport, planned)
        var reactive = Exact.zero
        for quantity in kind.reactive { reactive += try total(quantity, planned) }
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
            planned, quantity: sum(kind.of), unit: input.plan.currency.code, price: share,
            note: told(
                "power factor \(Exact(found) / Exact(100)) of \(active) kWh and \(reactive) kvarh, "
                    + "standard \(standard): share of \(kind.of)"))
    }

    /// The sum of earlier lines of the span.
    private func sum(_ selection: ChargeSelection) -> Exact {
        var (exact, billed) = (Exact.zero, Money.zero)
        for position in lines.indices where lines[position].counts(in: selection) {
            if selection.base == .exact {
                exact += lines[position].amountExact
            } else {
                billed += lines[position].amount
            }
        }
        return selection.base == .exact ? exact : billed.exact(in: input.plan.currency)
    }
}
