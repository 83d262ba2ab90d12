// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities

/// Sums for the step that an amount lies on.
extension SpanRater {
    /// A line with the sum of the step that the energy of the billing period lies on; none where that is zero.
    ///
    /// A period that is split has one step, where each of its parts asks for it alike: the energy of all
    /// counts, and each part pays its days.
    mutating func usageStep(
        _ kind: UsageStepCharge, _ planned: PlannedCharge
    ) throws(RatingHold) {
        let cycle = input.cycle
        let isWhole =
            spans[0].plan.start == cycle.periodStart
            && spans[spans.count - 1].plan.end == cycle.periodEnd
        var energy = Exact.zero
        for part in spans.indices {
            let own = spans[part].plan.charges.first { $0.charge.id == planned.charge.id }
            guard isWhole, let own, case .usageStep(let other) = own.charge.kind,
                other.isFound(as: kind)
            else {
                throw RatingHold(
                    code: .undecidedSplit, charge: planned.charge.id,
                    detail:
                        "the period is split at \(start) or \(end), and its energy lies on one step, "
                        + "which its tariffs do not find alike: let the change begin with a billing period"
                )
            }
            let rater = SpanRater(spans: spans, span: part, explains: false)
            energy += try rater.total(kind.quantity, own)
        }
        if energy.isOverflow { throw tooLarge(planned.charge.id) }
        guard let units = units(of: kind.basis) else { return }
        var scale = kind.basis.per == .month ? Exact(cycle.months) : .one
        if kind.limits == .byDays {
            let days = Exact(cycle.periodEnd - cycle.periodStart)
            scale = scale * days / Exact(cycle.fullEnd - cycle.fullStart)
        }
        try add(
            energy, kind.quantity.unit, on: kind.steps, limitsTimes: scale, of: kind.basis, units,
            showsZero: false, planned)
    }

    /// The line with the sum of the step that an amount lies on.
    ///
    /// - Parameters:
    ///   - scale: What limits are multiplied by.
    ///   - factor: What the sum is multiplied by.
    mutating func add(
        _ amount: Exact, _ unit: String, on steps: [SumStep], limitsTimes scale: Exact = .one,
        of basis: TimeBasis, _ units: Exact, times factor: Exact = .one, notes: [String?] = [],
        showsZero: Bool = true, _ planned: PlannedCharge
    ) throws(RatingHold) {
        guard let place = steps.firstIndex(where: { $0.takes(amount, scale: scale) }) else {
            preconditionFailure("the last step has no limit")
        }
        let price = try prices.price(steps[place].price, times: factor, planned.charge)
        guard showsZero || price != .zero else { return }
        let from = place == 0 ? .zero : (steps[place - 1].limit ?? .zero) * scale
        let to = steps[place].limit.map { " to \($0 * scale)" } ?? ""
        let step = "\(amount) \(unit) on step \(place + 1) from \(from)\(to)"
        try add(
            planned, quantity: units, unit: basis.per.rawValue, price: price, tier: place + 1,
            note: told((notes + [step]).compactMap(\.self).joined(separator: "; ")))
    }
}
