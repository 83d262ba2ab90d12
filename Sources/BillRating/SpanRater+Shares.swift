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

    /// A share of earlier charges by the power factor of the billing period.
    mutating func powerFactor(
        _ kind: PowerFactorCharge, _ planned: PlannedCharge
    ) throws(RatingHold) {
        let charge = planned.charge
        let (active, reactive) = try energies(of: kind, planned)
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

    /// The energies of the billing period that its power factor is of.
    ///
    /// A period that is split has one power factor: where each of its parts asks for it alike, the energies
    /// of all count.
    private func energies(
        of kind: PowerFactorCharge, _ planned: PlannedCharge
    ) throws(RatingHold) -> (active: Exact, reactive: Exact) {
        let isWhole =
            spans[0].plan.start == input.cycle.periodStart
            && spans[spans.count - 1].plan.end == input.cycle.periodEnd
        var (active, reactive) = (Exact.zero, Exact.zero)
        for part in spans.indices {
            let rater = SpanRater(spans: spans, span: part, explains: false)
            let own = spans[part].plan.charges.first { $0.charge.id == planned.charge.id }
            guard isWhole, let own, case .powerFactor(let other) = own.charge.kind,
                other.isFound(as: kind)
            else {
                throw RatingHold(
                    code: .undecidedSplit, charge: planned.charge.id,
                    detail:
                        "the period is split at \(start) or \(end), and its power factor is one, "
                        + "which its tariffs do not find alike: let the change begin with a billing period"
                )
            }
            active += try rater.energy(.activeImport, of: kind, own)
            for quantity in kind.reactive {
                reactive += try rater.energy(quantity, of: kind, own)
            }
        }
        return (active, reactive)
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
