// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// A series as delivered, and which of its slots may serve an estimate.
struct DeliveredSlots {
    /// The series before anything was filled.
    let series: IntervalSeries
    /// Slots whose value is doubted.
    let suspects: Set<Int>

    /// True where the slot holds a value that nothing doubts.
    func isUsable(_ slot: Int) -> Bool {
        Quality(packed: series.qualities[slot]).hasValue && !suspects.contains(slot)
    }

    /// True where the slot holds a value read from the meter that nothing doubts.
    func isActual(_ slot: Int) -> Bool {
        Quality(packed: series.qualities[slot]).qualityClass == .actual && !suspects.contains(slot)
    }

    /// The whole run of unusable slots around one of them.
    func gap(around slot: Int) -> Range<Int> {
        var (first, end) = (slot, slot + 1)
        while first > 0, !isUsable(first - 1) { first -= 1 }
        while end < series.values.count, !isUsable(end) { end += 1 }
        return first..<end
    }

    /// The slots cut at the starts of storage days.
    func daysOf(_ slots: Range<Int>, storageOffset: Int) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var first = slots.lowerBound
        for slot in slots.dropFirst()
        where series.day(ofSlot: slot, storageOffset: storageOffset)
            != series.day(ofSlot: slot - 1, storageOffset: storageOffset)
        {
            parts.append(first..<slot)
            first = slot
        }
        if first < slots.upperBound { parts.append(first..<slots.upperBound) }
        return parts
    }
}
