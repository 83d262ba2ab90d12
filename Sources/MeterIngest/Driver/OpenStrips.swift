// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// One slot of a storage day that a cell has been found to be.
struct SlotCell {
    var meter: UInt32
    var channel: UInt64
    /// The storage day, as `CivilDay.number`.
    var day: Int32
    /// Minutes of a slot.
    var minutes: Int
    var slot: Int
    var unit: MeasuredUnit
    var version: Int64
    var value: Int64
    var decimals: Int
    var quality: Quality
    var place: CellPlace
}

/// Strips that still take cells, until they go into a batch.
///
/// A slot that is delivered twice opens another strip of the same day: which one holds is for
/// settling to say.
struct OpenStrips {
    /// What all slots of a strip share.
    private struct Key: Hashable {
        let meter: UInt32
        let channel: UInt64
        let day: Int32
        let minutes: Int
        let unit: MeasuredUnit
        let version: Int64
    }

    private struct Strip {
        let key: Key
        var decimals: Int
        var cells: [Int: SlotCell] = [:]

        /// Takes a cell into an empty slot, at the finer of both decimal steps; false where the
        /// slot is taken or a value would not fit 64 bits.
        mutating func take(_ cell: SlotCell) -> Bool {
            guard cells[cell.slot] == nil else { return false }
            let common = max(decimals, cell.decimals)
            guard let value = Strip.shifted(cell.value, by: common - cell.decimals) else {
                return false
            }
            if common > decimals {
                var shifted = cells
                for (slot, own) in cells {
                    guard let value = Strip.shifted(own.value, by: common - decimals) else {
                        return false
                    }
                    shifted[slot]?.value = value
                }
                (cells, decimals) = (shifted, common)
            }
            cells[cell.slot] = cell
            cells[cell.slot]?.value = value
            return true
        }

        private static func shifted(_ value: Int64, by places: Int) -> Int64? {
            var value = value
            for _ in 0..<places {
                let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
                if isTooLarge { return nil }
                value = product
            }
            return value
        }

        /// True where at least four cells lie at equal distances of several slots: the meter counts
        /// longer intervals than the network says.
        var isCoarser: Bool {
            let slots = cells.keys.sorted()
            guard slots.count >= 4 else { return false }
            let steps = Set(zip(slots.dropFirst(), slots).map { $0 - $1 })
            return steps.count == 1 && steps != [1]
        }
    }

    private var strips: [Strip] = []
    private var places: [Key: [Int]] = [:]
    /// True where files give no length of intervals, so that a coarser one only shows as gaps.
    private let findsCoarser: Bool
    /// How many cells are in open strips.
    private(set) var cellCount = 0

    init(findsCoarser: Bool) {
        self.findsCoarser = findsCoarser
    }

    /// Takes a cell into the first strip of its day that has room for it.
    mutating func take(_ cell: SlotCell) {
        cellCount += 1
        let key = Key(
            meter: cell.meter, channel: cell.channel, day: cell.day, minutes: cell.minutes,
            unit: cell.unit, version: cell.version)
        for place in places[key, default: []] where strips[place].take(cell) { return }
        places[key, default: []].append(strips.count)
        strips.append(Strip(key: key, decimals: cell.decimals, cells: [cell.slot: cell]))
    }

    /// Closes all strips: moves them into a batch, or refuses their cells.
    mutating func close(
        into batch: inout ReadingBatch, rejections: inout [ReadingRejection]
    ) {
        for strip in strips {
            let cells = strip.cells.values.sorted { $0.slot < $1.slot }
            if findsCoarser, strip.isCoarser {
                rejections += cells.map {
                    $0.place.rejection(.wrongIntervalLength, meter: $0.meter)
                }
            } else if let first = cells.first, let last = cells.last {
                let key = strip.key
                let index = batch.intervals.appendStrip(
                    meter: key.meter, channel: key.channel, day: key.day,
                    slotMinutes: UInt16(key.minutes), firstSlot: UInt16(first.slot),
                    slotCount: UInt16(last.slot - first.slot + 1), unit: key.unit.rawValue,
                    decimals: UInt8(strip.decimals), version: key.version)
                let offset = batch.intervals.offsets[index] - first.slot
                for cell in cells {
                    batch.intervals.values[offset + cell.slot] = cell.value
                    batch.intervals.qualities[offset + cell.slot] = cell.quality.packed
                }
            }
        }
        strips.removeAll()
        places.removeAll()
        cellCount = 0
    }
}
