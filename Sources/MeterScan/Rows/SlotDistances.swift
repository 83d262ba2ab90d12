// SPDX-License-Identifier: Apache-2.0

/// How far apart the slots of one day and channel come, which tells whether a meter really counts the
/// intervals that the network says.
///
/// Hourly values of a meter of 15-minute slots look like a day with gaps. Billed as quarter hours with
/// the gaps estimated they would be far too much, so in doubt they are refused. The doubt is small
/// only where such slots neither begin with the day nor end with it: a file of
/// hours has the first or the last hour of its days, even where its days are those of another clock.
public struct SlotDistances: Sendable {
    /// How many different slots came one after the other.
    public var count: Int { Int(slotCount) }
    // Small, as each of a file's meters has one; a day has at most 1440 slots.
    private var slotCount: Int32 = 0
    private var last: Int16 = 0
    private var lowest: Int16 = 0
    private var highest: Int16 = 0
    /// What divides all distances; 0 before the first.
    private var common: Int16 = 0

    /// No slots.
    public init() {}

    /// True once no longer interval fits the slots.
    public var areDense: Bool { common == 1 }

    /// True where slots are too few to tell; the day beside them in the file may.
    public var areFew: Bool { common != 1 && count < 4 }

    /// Takes notice of a slot, in the order of delivery.
    public mutating func note(_ slot: Int32) {
        let slot = Int16(slot)
        let distance = abs(slot - last)
        last = slot
        if slotCount == 0 {
            (slotCount, lowest, highest) = (1, slot, slot)
        } else if distance > 0 {
            slotCount += 1
            (lowest, highest) = (min(lowest, slot), max(highest, slot))
            common = greatestDivisor(common, distance)
        }
    }

    /// Counts slots anew; whether they are dense stays known.
    public mutating func restart() { slotCount = 0 }

    /// True where four slots or more are those of a longer interval: several slots apart, from the day's
    /// first such one to its last with more of them there than missing, or from or to one of these
    /// with less than a quarter missing.
    ///
    /// - Parameter slotsPerDay: How many slots the meter's interval makes of a day.
    public func areOfLongerInterval(slotsPerDay: Int32) -> Bool {
        guard fitLongerInterval else { return false }
        let (begins, ends) = (lowest < common, Int32(highest) + Int32(common) >= slotsPerDay)
        return begins && ends || (begins || ends) && 4 * count > 3 * places
    }

    /// True where four slots or more lie several slots apart, with more of them there than missing.
    public var fitLongerInterval: Bool { common > 1 && count >= 4 && 2 * count > places }

    /// How many slots of the longer interval there are from the first to the last.
    private var places: Int { Int((highest - lowest) / common) + 1 }

    private func greatestDivisor(_ left: Int16, _ right: Int16) -> Int16 {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return left
    }
}
