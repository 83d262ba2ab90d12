// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// The highest demand of a service point over a billing span, in blocks of a fixed window.
///
/// A window begins on the local clock at a multiple of its length within the hour, belongs to the
/// period of its start, and counts once all its slots have values. Energy is taken after the
/// multiplier, so a window may span a meter exchange, also to slots of another length. Strips may
/// come in any order and in any pieces; channels that count together must be summed first
/// (`StripSum`).
public struct DemandUsage: Hashable, Sendable {
    /// The highest window of a period.
    struct Peak: Hashable {
        /// Energy of the window in steps of `UsageScale.step`, after multiplier.
        var energy: Int128
        /// When the window begins, in seconds since 1970-01-01T00:00:00Z.
        var at: Int64
    }

    /// A window of which some minutes are known.
    private struct Partial: Hashable {
        var energy: Int128 = 0
        var minutes = 0
        /// The period of the first slot, where that one is known.
        var period: Int?
    }

    /// Length of a window.
    public let windowMinutes: Int
    /// The highest window of each period; nil where none was complete. Shape: `[period]`.
    private(set) var peaks: [Peak?]
    /// Windows that are not complete yet, by when they begin.
    private var partials: [Int64: Partial] = [:]
    /// True where a strip's step or size was beyond what is held exactly: not billable.
    public private(set) var isOutOfRange = false
    /// True where windows cannot be made of the slots of a part of the span: not billable.
    public private(set) var isTooCoarse = false

    /// No demand yet, in each of `periodCount` periods.
    ///
    /// - Parameter windowMinutes: Length of a window: a slot, or a multiple of it that divides the
    ///   hour.
    public init(periodCount: Int, windowMinutes: Int) {
        precondition(windowMinutes > 0, "a window has a length")
        self.windowMinutes = windowMinutes
        peaks = [Peak?](repeating: nil, count: periodCount)
    }

    /// Adds the slots of a strip that lie in the plan's billing span.
    ///
    /// - Parameters:
    ///   - values: Energy per slot, in steps of `step`. Shape: `[slot]`.
    ///   - qualities: `Quality.packed` per slot; 0 where nothing was delivered. Shape: `[slot]`.
    ///   - firstSlot: The strip's first slot within the storage day.
    ///   - step: The strip's step.
    ///   - multiplier: CT × PT; 1 where it is applied already.
    ///   - plan: The plan of the strip's storage day.
    public mutating func add(
        values: Span<Int64>, qualities: Span<UInt32>, firstSlot: Int, step: ValueStep,
        multiplier: Exact, plan: SlotPlan
    ) {
        precondition(
            firstSlot >= 0 && firstSlot + values.count <= plan.periods.count,
            "the strip fits its day")
        guard let factor = UsageScale.factor(of: step, multiplier: multiplier) else {
            isOutOfRange = true
            return
        }
        for index in values.indices where Quality(packed: qualities[index]).hasValue {
            let (energy, over) = Int128(values[index]).multipliedReportingOverflow(by: factor)
            if over { isOutOfRange = true }
            add(energy, slot: firstSlot + index, plan: plan)
        }
    }

    /// Adds the slots of a sum of channels that lie in the plan's billing span.
    public mutating func add(_ sum: StripSum, plan: SlotPlan) {
        precondition(sum.energy.count == plan.periods.count, "the sum covers the day")
        if sum.isOutOfRange { isOutOfRange = true }
        for slot in sum.energy.indices where sum.isComplete(slot) {
            add(sum.energy[slot], slot: slot, plan: plan)
        }
    }

    private mutating func add(_ energy: Int128, slot: Int, plan: SlotPlan) {
        guard plan.periods[slot] != SlotPlan.outside else { return }
        let period = Int(plan.periods[slot])
        let slotMinutes = plan.slotMinutes
        if windowMinutes == slotMinutes {
            raise(period, to: Peak(energy: energy, at: plan.start(ofSlot: slot)))
            return
        }
        guard windowMinutes % slotMinutes == 0, 60 % windowMinutes == 0 else {
            isTooCoarse = true
            return
        }
        let minutesIn = Int(plan.localMinutes[slot]) % windowMinutes
        let part = Partial(
            energy: energy, minutes: slotMinutes, period: minutesIn == 0 ? period : nil)
        add(part, at: plan.start(ofSlot: slot) - Int64(minutesIn * 60))
    }

    private mutating func add(_ part: Partial, at start: Int64) {
        var window = partials[start] ?? Partial()
        let (energy, over) = window.energy.addingReportingOverflow(part.energy)
        if over { isOutOfRange = true }
        window.energy = energy
        window.minutes += part.minutes
        window.period = window.period ?? part.period
        if window.minutes == windowMinutes, let period = window.period {
            partials[start] = nil
            raise(period, to: Peak(energy: window.energy, at: start))
        } else {
            partials[start] = window
        }
    }

    /// Keeps the higher of two windows, the earlier where they are equal.
    private mutating func raise(_ period: Int, to peak: Peak) {
        guard let old = peaks[period] else {
            peaks[period] = peak
            return
        }
        if (peak.energy, old.at) > (old.energy, peak.at) { peaks[period] = peak }
    }

    /// Adds what another part of the span showed; both have the same periods and windows.
    public mutating func merge(_ other: DemandUsage) {
        precondition(
            peaks.count == other.peaks.count && windowMinutes == other.windowMinutes,
            "both measure the same windows")
        for (period, peak) in other.peaks.enumerated() {
            if let peak { raise(period, to: peak) }
        }
        for (start, part) in other.partials { add(part, at: start) }
        isOutOfRange = isOutOfRange || other.isOutOfRange
        isTooCoarse = isTooCoarse || other.isTooCoarse
    }

    /// The peaks of the periods that had any, then that of the whole span as `all`.
    ///
    /// - Parameter names: The periods; a lone `all` is not said twice. Shape: `[period]`.
    public func demandPeaks(names: [String]) -> [Determinants.DemandPeak] {
        precondition(names.count == peaks.count, "one name per period")
        func named(_ name: String, _ peak: Peak) -> Determinants.DemandPeak {
            let energy = UsageScale.amount(of: peak.energy)
            return Determinants.DemandPeak(
                period: name, kilowatts: energy * Exact(60, over: Int128(windowMinutes)),
                at: Instant(seconds: peak.at))
        }
        var found = zip(names, peaks).compactMap { name, peak in peak.map { named(name, $0) } }
        let highest = peaks.compactMap(\.self).max { ($0.energy, $1.at) < ($1.energy, $0.at) }
        if let highest, names != ["all"] { found.append(named("all", highest)) }
        return found
    }
}
