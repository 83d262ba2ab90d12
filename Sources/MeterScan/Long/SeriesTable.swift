// SPDX-License-Identifier: Apache-2.0

/// Finds the series of an entry and channel; open addressing, as every meter of a file is looked up.
struct SeriesTable {
    /// Positions + 1; 0 where free. Shape: a power of two.
    private var slots = [Int32](repeating: 0, count: 64)
    private var count = 0

    /// The position of a series, or nil where it is new.
    func position(_ entry: Int32, _ channel: UInt64, in series: [LongSeries]) -> Int? {
        var slot = SeriesTable.hash(entry, channel) & (slots.count - 1)
        while slots[slot] != 0 {
            let position = Int(slots[slot]) - 1
            if series[position].entry == entry, series[position].channel == channel {
                return position
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Takes the last of the series, which is new.
    mutating func takeLast(of series: [LongSeries]) {
        count += 1
        guard count * 2 > slots.count else { return put(series.count - 1, of: series) }
        slots = [Int32](repeating: 0, count: slots.count * 2)
        for position in series.indices { put(position, of: series) }
    }

    private mutating func put(_ position: Int, of series: [LongSeries]) {
        let hash = SeriesTable.hash(series[position].entry, series[position].channel)
        var slot = hash & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(position + 1)
    }

    private static func hash(_ entry: Int32, _ channel: UInt64) -> Int {
        let mixed = (UInt64(UInt32(bitPattern: entry)) ^ channel) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 32)
    }
}
