// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// The energy of one interval channel over a billing span, per time-of-use period.
///
/// Counts as the meter does, before the multiplier. Strips may come in any order and in any pieces;
/// two halves merge to the whole. A slot that may not be billed, such as a suspect one, is handed
/// in without a quality: it then counts as missing.
public struct IntervalUsage: Hashable, Sendable {
    /// Energy per period in steps of `UsageScale.step`. Shape: `[period]`.
    public private(set) var sums: [Int128]
    /// Slots of the span that had a value.
    public private(set) var present = 0
    /// Slots of the span that were handed in without a value.
    public private(set) var missing = 0
    /// Slots whose value is an estimate, the sender's or ours.
    public private(set) var estimated = 0
    /// True where a strip's step or size was beyond what the sums hold exactly: not billable.
    public private(set) var isOutOfRange = false

    /// Nothing used yet, in each of `periodCount` periods.
    public init(periodCount: Int) {
        sums = [Int128](repeating: 0, count: periodCount)
    }

    /// Adds the slots of a strip that lie in the plan's billing span.
    ///
    /// - Parameters:
    ///   - values: Energy per slot, in steps of `step`. Shape: `[slot]`.
    ///   - qualities: `Quality.packed` per slot; 0 where nothing was delivered. Shape: `[slot]`.
    ///   - firstSlot: The strip's first slot within the storage day.
    ///   - step: The strip's step.
    ///   - plan: The plan of the strip's storage day.
    public mutating func add(
        values: Span<Int64>, qualities: Span<UInt32>, firstSlot: Int, step: ValueStep,
        plan: SlotPlan
    ) {
        let strip = firstSlot..<(firstSlot + values.count)
        precondition(
            firstSlot >= 0 && strip.upperBound <= plan.periods.count, "the strip fits its day")
        let factor = UsageScale.factor(of: step)
        if let factor = factor.flatMap({ Int64(exactly: $0) }),
            areActualAndModerate(values: values, qualities: qualities)
        {
            return add(moderate: values, firstSlot: firstSlot, times: factor, plan: plan)
        }
        for run in plan.runs {
            let slots = run.slots.clamped(to: strip)
            guard !slots.isEmpty else { continue }
            let inStrip = (slots.lowerBound - firstSlot)..<(slots.upperBound - firstSlot)
            let found = sumSlots(
                values: values.extracting(inStrip), qualities: qualities.extracting(inStrip))
            present += found.present
            missing += slots.count - found.present
            estimated += found.estimated
            add(found.total, times: factor, toPeriod: run.period)
        }
    }

    /// Adds a strip whose slots are all actual and moderate, as nearly all are.
    private mutating func add(
        moderate values: Span<Int64>, firstSlot: Int, times factor: Int64, plan: SlotPlan
    ) {
        var sums = self.sums.mutableSpan
        var (added, isOver) = (0, false)
        let runs = plan.runs.span
        for index in runs.indices {
            let run = runs[index]
            let first = max(run.slots.lowerBound - firstSlot, 0)
            let end = min(run.slots.upperBound - firstSlot, values.count)
            guard first < end else { continue }
            added += end - first
            let total = sumModerate(values: values.extracting(first..<end))
            // The product of two words does not leave the range.
            let steps = Int128(total) &* Int128(factor)
            let (sum, over) = sums[run.period].addingReportingOverflow(steps)
            if over { isOver = true } else { sums[run.period] = sum }
        }
        present += added
        if isOver { isOutOfRange = true }
    }

    private mutating func add(_ total: Int128, times factor: Int128?, toPeriod period: Int) {
        guard let factor, total != 0 else {
            if total != 0 { isOutOfRange = true }
            return
        }
        let (steps, overSteps) = total.times(factor)
        let (sum, overSum) = sums[period].addingReportingOverflow(steps)
        if overSteps || overSum { isOutOfRange = true } else { sums[period] = sum }
    }

    /// Adds what another part of the span used; both count the same periods.
    public mutating func merge(_ other: IntervalUsage) {
        precondition(sums.count == other.sums.count, "both count the same periods")
        for period in sums.indices { add(other.sums[period], times: 1, toPeriod: period) }
        present += other.present
        missing += other.missing
        estimated += other.estimated
        isOutOfRange = isOutOfRange || other.isOutOfRange
    }

    /// The energy of a period in base units, before the multiplier.
    public func energy(ofPeriod period: Int) -> Exact {
        isOutOfRange ? .overflow : UsageScale.amount(of: sums[period])
    }

    /// The energy of all periods in base units, before the multiplier.
    public var total: Exact { sums.indices.reduce(.zero) { $0 + energy(ofPeriod: $1) } }
}

extension Int128 {
    /// The product, and whether it left the range; that of two numbers of one word, as nearly all are, does
    /// not, and is far faster.
    fileprivate func times(_ factor: Int128) -> (product: Int128, overflow: Bool) {
        if let small = Int64(exactly: self), let factor = Int64(exactly: factor) {
            return (Int128(small) &* Int128(factor), false)
        }
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return (product, overflow)
    }
}
