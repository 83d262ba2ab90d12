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
    /// What all slots of a strip share beside their day.
    private struct Key: Hashable {
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
    }

    /// A storage day of one channel, and whether its cells show the meter's interval length.
    private struct Day {
        private(set) var strips: [Strip] = []
        /// How many different slots came, each at the same distance from the one before.
        private var slotsSeen = 0
        private var lastSlot = 0
        private var gap = 0
        /// True once two cells were neighbours or two distances differed.
        private(set) var fits = false

        /// Takes a cell into the first strip that has room for it, else into a new one.
        mutating func take(_ cell: SlotCell) {
            note(cell.slot)
            let key = Key(unit: cell.unit, version: cell.version)
            for place in strips.indices where strips[place].key == key {
                if strips[place].take(cell) { return }
            }
            strips.append(Strip(key: key, decimals: cell.decimals, cells: [cell.slot: cell]))
        }

        /// Takes notice of a slot in the order of delivery.
        private mutating func note(_ slot: Int) {
            let distance = abs(slot - lastSlot)
            lastSlot = slot
            if slotsSeen == 0 {
                slotsSeen = 1
            } else if distance == 1 || distance > 0 && gap > 0 && distance != gap {
                fits = true
            } else if distance > 0 {
                gap = distance
                slotsSeen += 1
            }
        }

        /// True where at least four cells came at equal distances of several slots: the meter
        /// counts longer intervals than the network says.
        var isCoarser: Bool { !fits && slotsSeen >= 4 }
    }

    /// What a day is found by.
    private struct DayKey: Hashable {
        let meter: UInt32
        let channel: UInt64
        let day: Int32
        let minutes: Int
    }

    private var days: [DayKey: Day] = [:]
    /// Days in the order in which they were opened, so that batches do not depend on hashing.
    private var order: [DayKey] = []
    /// The last day of each channel that a cell came for.
    private var latest: [DayKey: Int32] = [:]
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
        let dayKey = DayKey(
            meter: cell.meter, channel: cell.channel, day: cell.day, minutes: cell.minutes)
        if days[dayKey] == nil { order.append(dayKey) }
        latest[DayKey(meter: cell.meter, channel: cell.channel, day: 0, minutes: 0)] = cell.day
        days[dayKey, default: Day()].take(cell)
    }

    /// Closes days: moves their strips into a batch, or refuses their cells.
    ///
    /// - Parameter isEnd: False where more of the file follows: then the days that were delivered
    ///   last and do not yet show their interval length stay open.
    mutating func close(
        isEnd: Bool, into batch: inout ReadingBatch, rejections: inout [ReadingRejection]
    ) {
        var kept: [DayKey] = []
        for key in order {
            guard let day = days[key] else { continue }
            let channel = DayKey(meter: key.meter, channel: key.channel, day: 0, minutes: 0)
            if findsCoarser, !isEnd, !day.fits, latest[channel] == key.day {
                kept.append(key)
                continue
            }
            days[key] = nil
            for strip in day.strips {
                let cells = strip.cells.values.sorted { $0.slot < $1.slot }
                cellCount -= cells.count
                if findsCoarser, day.isCoarser {
                    rejections += cells.map {
                        $0.place.rejection(
                            .wrongIntervalLength, meter: $0.meter,
                            energy: RejectedEnergy(
                                channel: $0.channel, unit: $0.unit,
                                values: CollectionOfOne((value: $0.value, decimals: strip.decimals))
                            ))
                    }
                } else {
                    OpenStrips.append(cells, strip: strip, day: key, to: &batch)
                }
            }
        }
        order = kept
    }

    private static func append(
        _ cells: [SlotCell], strip: Strip, day: DayKey, to batch: inout ReadingBatch
    ) {
        guard let first = cells.first, let last = cells.last else { return }
        let index = batch.intervals.appendStrip(
            meter: day.meter, channel: day.channel, day: day.day,
            slotMinutes: UInt16(day.minutes), firstSlot: UInt16(first.slot),
            slotCount: UInt16(last.slot - first.slot + 1), unit: strip.key.unit.rawValue,
            decimals: UInt8(strip.decimals), version: strip.key.version)
        let offset = batch.intervals.offsets[index] - first.slot
        for cell in cells {
            batch.intervals.values[offset + cell.slot] = cell.value
            batch.intervals.qualities[offset + cell.slot] = cell.quality.packed
        }
    }
}
