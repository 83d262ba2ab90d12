// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// How a missing interval was estimated; the number is the method of the quality that it gets.
///
/// Source: AEMO substitution types 17 (linear interpolation) and 14 (retrospective like day).
public enum EstimationMethod: Int, Hashable, Sendable, CaseIterable {
    /// On a straight line between the neighbours.
    case linearInterpolation = 17
    /// The same slots of an earlier day of the same kind.
    case likeDay = 14

    /// The quality of a slot estimated so: `E` with the method's number.
    public var quality: Quality {
        Quality(packed: Quality.estimated.packed | UInt32(rawValue + 1) << 8)
    }
}

/// What estimation did to the gaps of a series.
public struct GapEstimate: Hashable, Sendable {
    /// Slots that were filled by one method.
    public struct Filled: Hashable, Sendable {
        /// The slots, as indexes in the series.
        public var slots: Range<Int>
        /// The method.
        public var method: EstimationMethod
        /// The first slot copied, for a like day; nil for a line.
        public var source: Int?

        /// A filled run from its parts.
        public init(slots: Range<Int>, method: EstimationMethod, source: Int? = nil) {
            self.slots = slots
            self.method = method
            self.source = source
        }
    }

    /// What was filled, in order of slots.
    public var filled: [Filled] = []
    /// What no method could fill, in order of slots: still missing, never zero.
    public var unfilled: [Range<Int>] = []

    /// How many slots were filled.
    public var filledCount: Int { filled.reduce(0) { $0 + $1.slots.count } }
    /// How many slots were not.
    public var unfilledCount: Int { unfilled.reduce(0) { $0 + $1.count } }
}

/// Fills the gaps of a series: short ones by a line, the others by a like day.
///
/// A run that reaches beyond the target is judged by its whole length; only the target's slots are
/// written. A line needs a run of at most two hours and a value on both sides. A like day is sought
/// for each storage day of the run on its own.
///
/// - Parameters:
///   - series: As delivered; filled slots get value and quality `E17` or `E14`.
///   - target: The slots to complete.
///   - suspects: Slots whose value is doubted: treated as missing, and as no source for others.
///   - storageOffset: Seconds ahead of UTC of the storage day, which tells the weekday.
public func estimateGaps(
    in series: inout IntervalSeries, target: Range<Int>, suspects: Set<Int> = [],
    storageOffset: Int
) -> GapEstimate {
    precondition(
        target.lowerBound >= 0 && target.upperBound <= series.values.count,
        "the target lies in the series")
    let delivered = DeliveredSlots(series: series, suspects: suspects)
    var estimate = GapEstimate()
    var slot = target.lowerBound
    while slot < target.upperBound {
        guard !delivered.isUsable(slot) else {
            slot += 1
            continue
        }
        let run = delivered.gap(around: slot)
        let wanted = run.clamped(to: target)
        if let values = LinearInterpolation.values(of: run, in: delivered) {
            let method = EstimationMethod.linearInterpolation
            for filled in wanted {
                series.values[filled] = values[filled - run.lowerBound]
                series.qualities[filled] = method.quality.packed
            }
            estimate.filled.append(.init(slots: wanted, method: method))
        } else {
            for part in delivered.daysOf(wanted, storageOffset: storageOffset) {
                fill(&series, part, from: delivered, storageOffset: storageOffset, &estimate)
            }
        }
        slot = wanted.upperBound
    }
    return estimate
}

/// Fills the slots of one storage day from a like day, or reports them unfilled.
private func fill(
    _ series: inout IntervalSeries, _ part: Range<Int>, from delivered: DeliveredSlots,
    storageOffset: Int, _ estimate: inout GapEstimate
) {
    let source = LikeDay.source(for: part, in: delivered, storageOffset: storageOffset)
    guard let source else {
        if let last = estimate.unfilled.last, last.upperBound == part.lowerBound {
            estimate.unfilled[estimate.unfilled.count - 1] = last.lowerBound..<part.upperBound
        } else {
            estimate.unfilled.append(part)
        }
        return
    }
    for position in 0..<part.count {
        series.values[part.lowerBound + position] = delivered.series.values[source + position]
        series.qualities[part.lowerBound + position] = EstimationMethod.likeDay.quality.packed
    }
    estimate.filled.append(.init(slots: part, method: .likeDay, source: source))
}
