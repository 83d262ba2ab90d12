// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// Finds values of longer intervals among those of slots: an hour taken for a quarter would be billed
/// four times.
///
/// Values that are alone, each as many slots from the next, are of intervals of that length. Few of them
/// may be what is left where others are missing, so the slots between must be many. Of the two values
/// that begin and end such a stretch one may be of a slot, which nothing tells; it counts to the stretch.
struct LongerIntervals {
    /// The fewest values of a stretch.
    private static let fewestValues = 4
    /// The fewest slots between them: of quarters, as between four hours or ten half-hours.
    private static let fewestBetween = 9

    /// The slots of the values found, in rising order.
    private(set) var slots: [Int] = []

    /// Looks at all slots of a series, of which some were delivered.
    init(in series: IntervalSeries) {
        var alone: [Int] = []
        var last = -1
        for slot in series.qualities.indices where series.qualities[slot] != 0 {
            if slot == last + 1 {
                find(in: alone[...])
                alone.removeAll(keepingCapacity: true)
            }
            alone.append(slot)
            last = slot
        }
        find(in: alone[...])
    }

    /// Looks at slots none of which are neighbours.
    private mutating func find(in alone: ArraySlice<Int>) {
        guard alone.count >= LongerIntervals.fewestValues else { return }
        let length = LongerIntervals.commonDistance(alone)
        var start = alone.startIndex
        for place in alone.indices.dropFirst() {
            // Of the longer intervals too, one may be missing.
            let distance = alone[place] - alone[place - 1]
            if distance == length || distance == 2 * length { continue }
            find(in: alone[start..<place])
            start = place
        }
        guard start == alone.startIndex else { return find(in: alone[start...]) }
        if (alone.count - 1) * (length - 1) >= LongerIntervals.fewestBetween { slots += alone }
    }

    /// The distance that most slots have from the one before, the longer of two as frequent.
    private static func commonDistance(_ alone: ArraySlice<Int>) -> Int {
        var counts: [Int: Int] = [:]
        for (slot, next) in zip(alone, alone.dropFirst()) { counts[next - slot, default: 0] += 1 }
        return counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 1
    }
}

extension IntervalSeries {
    /// Makes values of longer intervals missing; all that came, in whatever pieces, tells them.
    public mutating func withdrawLongerIntervals() {
        for slot in LongerIntervals(in: self).slots { qualities[slot] = 0 }
    }
}
