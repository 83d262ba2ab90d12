// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// The highest demand of a service point over a billing span, by one measure.
///
/// A block begins on the local clock at a multiple of its length after midnight, a sliding window at the
/// start of any slot. A window belongs to the period and the local day of its start, and counts once all
/// its slots have values. Energy is taken after the multiplier, so a window may span a meter exchange,
/// also to slots of another length. Strips may come in any order and in any pieces; channels that count
/// together must be summed first (`StripSum`).
public struct DemandUsage: Hashable, Sendable {
    /// What is measured of a window.
    public let measure: DemandMeasure
    /// The highest windows of each period. Shape: `[period]`.
    private(set) var peaks: [HighestWindows]
    /// Windows that are not complete yet, by when they begin.
    private var partials: [Int64: PartialWindow] = [:]
    /// True where a strip's step or size was beyond what is held exactly: not billable.
    public private(set) var isOutOfRange = false
    /// True where windows cannot be made of the slots of a part of the span: not billable.
    public private(set) var isTooCoarse = false

    /// A window of which some minutes are known.
    private struct PartialWindow: Hashable {
        var energy: WindowEnergy
        var minutes: Int
        /// What its first slot says of it, where that one is known.
        var place: WindowPlace?
    }

    /// No demand yet, in each of `periodCount` periods.
    public init(periodCount: Int, measure: DemandMeasure) {
        self.measure = measure
        peaks = [HighestWindows](
            repeating: HighestWindows(measure), count: periodCount)
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
        var sum = StripSum(slotCount: plan.periods.count, channels: 1)
        sum.add(
            values: values, qualities: qualities, firstSlot: firstSlot, step: step,
            multiplier: multiplier)
        add(sum, plan: plan)
    }

    /// Adds the slots of a sum of channels that lie in the plan's billing span.
    ///
    /// - Parameters:
    ///   - sum: What is measured: active energy, or reactive energy of a demand in kvar.
    ///   - reactive: Reactive energy beside it, for a demand in kVA; slots that lack it do not count, and
    ///     slots of another length make it too coarse.
    public mutating func add(_ sum: StripSum, reactive: StripSum? = nil, plan: SlotPlan) {
        precondition(sum.energy.count == plan.periods.count, "the sum covers the day")
        guard reactive.map({ $0.energy.count == sum.energy.count }) ?? true else {
            isTooCoarse = true
            return
        }
        if sum.isOutOfRange || reactive?.isOutOfRange ?? false { isOutOfRange = true }
        let isSlot = measure.windowMinutes == plan.slotMinutes
        let slides = measure.sequence == .sliding
        var run: [WindowEnergy] = []
        for slot in sum.energy.indices {
            guard sum.isComplete(slot), reactive?.isComplete(slot) ?? true,
                plan.periods[slot] != SlotPlan.outside
            else {
                addRun(&run, endingAt: slot, plan)
                continue
            }
            let energy = WindowEnergy(
                energy: sum.energy[slot], reactive: reactive?.energy[slot] ?? 0)
            if isSlot {
                raise(energy, at: plan.start(ofSlot: slot), plan.place(ofSlot: slot))
            } else if !measure.isMadeOf(intervalMinutes: plan.slotMinutes) {
                isTooCoarse = true
            } else if slides {
                run.append(energy)
            } else {
                addToBlock(energy, slot: slot, plan)
            }
        }
        addRun(&run, endingAt: sum.energy.count, plan)
    }

    /// Adds a slot to the block that it is in.
    private mutating func addToBlock(_ energy: WindowEnergy, slot: Int, _ plan: SlotPlan) {
        let minutesIn = Int(plan.localMinutes[slot]) % measure.windowMinutes
        let part = PartialWindow(
            energy: energy, minutes: plan.slotMinutes,
            place: minutesIn == 0 ? plan.place(ofSlot: slot) : nil)
        add(part, at: plan.start(ofSlot: slot) - Int64(minutesIn * 60))
    }

    /// Adds slots that follow each other to the sliding windows that any of them is in, and empties them.
    ///
    /// - Parameter end: The slot after the last of them.
    private mutating func addRun(
        _ run: inout [WindowEnergy], endingAt end: Int, _ plan: SlotPlan
    ) {
        guard !run.isEmpty else { return }
        let first = end - run.count
        let slotsOfWindow = measure.windowMinutes / plan.slotMinutes
        var sums = [WindowEnergy()]
        for energy in run { sums.append(sum(sums[sums.count - 1], energy)) }
        // A window that begins before the run, or ends after it, is a part of one.
        for start in (1 - slotsOfWindow)..<run.count {
            let slots = max(start, 0)..<min(start + slotsOfWindow, run.count)
            let energy = sums[slots.upperBound].less(sums[slots.lowerBound])
            let part = PartialWindow(
                energy: energy, minutes: slots.count * plan.slotMinutes,
                place: start >= 0 ? plan.place(ofSlot: first + start) : nil)
            add(part, at: plan.start(ofSlot: first + start))
        }
        run.removeAll(keepingCapacity: true)
    }

    private mutating func add(_ part: PartialWindow, at start: Int64) {
        if part.minutes == measure.windowMinutes, let place = part.place {
            return raise(part.energy, at: start, place)
        }
        guard var window = partials[start] else {
            partials[start] = part
            return
        }
        window.energy = sum(window.energy, part.energy)
        window.minutes += part.minutes
        window.place = window.place ?? part.place
        if window.minutes == measure.windowMinutes, let place = window.place {
            partials[start] = nil
            raise(window.energy, at: start, place)
        } else {
            partials[start] = window
        }
    }

    private mutating func sum(_ left: WindowEnergy, _ right: WindowEnergy) -> WindowEnergy {
        let (sum, isOver) = left.adding(right)
        if isOver { isOutOfRange = true }
        return sum
    }

    private mutating func raise(_ energy: WindowEnergy, at start: Int64, _ place: WindowPlace) {
        peaks[place.period].raise(
            to: HighestWindows.Window(energy: energy, at: start, day: place.day))
    }

    /// Adds what another part of the span showed; both have the same periods and measure.
    public mutating func merge(_ other: DemandUsage) {
        precondition(
            peaks.count == other.peaks.count && measure == other.measure,
            "both measure the same windows")
        for period in peaks.indices { peaks[period].merge(other.peaks[period]) }
        for (start, part) in other.partials { add(part, at: start) }
        isOutOfRange = isOutOfRange || other.isOutOfRange
        isTooCoarse = isTooCoarse || other.isTooCoarse
    }

    /// The peaks of each measure that a request asks for, or why they cannot be told.
    public static func peaks(
        of usages: [DemandUsage], for request: UsageRequest
    ) -> Result<[Determinants.DemandPeak], UsageGap> {
        var found: [Determinants.DemandPeak] = []
        for measure in request.demand {
            let usage = usages.first { $0.measure == measure }
            guard let usage, !usage.isTooCoarse else { return .failure(UsageGap(.missingDemand)) }
            if usage.isOutOfRange {
                return .failure(UsageGap(.outOfRange, obis: measure.quantities[0].obis))
            }
            let peaks = usage.demandPeaks(names: request.periods)
            if peaks.isEmpty { return .failure(UsageGap(.missingDemand)) }
            found += peaks
        }
        return .success(found)
    }

    /// The peaks of the periods that had any, then that of the whole span as `all`.
    ///
    /// - Parameter names: The periods; a lone `all` is not said twice. Shape: `[period]`.
    public func demandPeaks(names: [String]) -> [Determinants.DemandPeak] {
        precondition(names.count == peaks.count, "one name per period")
        var found = zip(names, peaks).compactMap { $1.demandPeak(named: $0) }
        guard names != ["all"] else { return found }
        var whole = HighestWindows(measure)
        for period in peaks { whole.merge(period) }
        if let peak = whole.demandPeak(named: "all") { found.append(peak) }
        return found
    }
}

/// What the first slot of a window says of it.
struct WindowPlace: Hashable {
    /// Index in the calendar's periods.
    var period: Int
    /// The local day.
    var day: CivilDay
}

extension SlotPlan {
    /// The period and local day of a slot inside the billing span.
    fileprivate func place(ofSlot slot: Int) -> WindowPlace {
        WindowPlace(period: Int(periods[slot]), day: localDays[slot])
    }
}
