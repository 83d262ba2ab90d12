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

    /// Adds the slots of a strip of one quality, as nearly all are, that lie in the plan's billing span.
    ///
    /// - Parameters: As above, and
    ///   - quality: That of all slots; `.none` where nothing was delivered.
    public mutating func add(
        values: Span<Int64>, quality: Quality, firstSlot: Int, step: ValueStep, plan: SlotPlan
    ) {
        precondition(
            firstSlot >= 0 && firstSlot + values.count <= plan.periods.count,
            "the strip fits its day")
        let factor = UsageScale.factor(of: step)
        let wordFactor = factor.flatMap { Int64(exactly: $0) }
        let hasValue = quality.hasValue
        var (count, isOver) = (0, false)
        var sums = self.sums.mutableSpan
        let runs = plan.runs.span
        for index in runs.indices {
            let run = runs[index]
            let first = max(run.slots.lowerBound - firstSlot, 0)
            let end = min(run.slots.upperBound - firstSlot, values.count)
            guard first < end else { continue }
            count += end - first
            if !hasValue { continue }
            let slots = values.extracting(first..<end)
            if let wordFactor, let total = wordSum(values: slots) {
                // The product of two words does not leave the range.
                let steps = Int128(total) &* Int128(wordFactor)
                let (sum, over) = sums[run.period].addingReportingOverflow(steps)
                if over { isOver = true } else { sums[run.period] = sum }
                continue
            }
            let total = sumPresent(values: slots)
            if !IntervalUsage.add(total, times: factor, to: &sums[run.period]) { isOver = true }
        }
        if isOver { isOutOfRange = true }
        if !hasValue {
            missing += count
            return
        }
        present += count
        if quality.qualityClass == .estimated { estimated += count }
    }

    private mutating func add(_ total: Int128, times factor: Int128?, toPeriod period: Int) {
        if !IntervalUsage.add(total, times: factor, to: &sums[period]) { isOutOfRange = true }
    }

    /// Adds an energy to a sum; false where that cannot be held exactly, and nothing was added.
    ///
    /// Not inlined: the usual strip would make ready what it does not need.
    @inline(never)
    private static func add(
        _ total: Int128, times factor: Int128?, to sum: inout Int128
    ) -> Bool {
        if total == 0 { return true }
        guard let factor else { return false }
        let (steps, overSteps) = total.times(factor)
        let (new, overSum) = sum.addingReportingOverflow(steps)
        if overSteps || overSum { return false }
        sum = new
        return true
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
