// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan

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
    /// False where its line was not asked for: it takes its place and is left out at the end.
    var isWanted: Bool
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

        var wantedCells: [SlotCell] {
            cells.values.filter(\.isWanted).sorted { $0.slot < $1.slot }
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
        /// Strips of a day that fitted until a cell came that lies between two slots.
        private(set) var soundStrips: [Strip] = []
        /// The day of the stream that came next.
        var next: DayKey?
        private var distances = SlotDistances()
        /// How many cells came that lie between two slots.
        private var finerCells = 0

        /// True where the cells show the meter's interval length, so that they need not wait.
        var fits: Bool { distances.areDense && finerCells == 0 }

        /// Takes a cell into the first strip that has room for it, else into a new one.
        mutating func take(_ cell: SlotCell) {
            distances.note(Int32(cell.slot))
            let key = Key(unit: cell.unit, version: cell.version)
            for place in strips.indices where strips[place].key == key {
                if strips[place].take(cell) { return }
            }
            strips.append(Strip(key: key, decimals: cell.decimals, cells: [cell.slot: cell]))
        }

        /// Takes notice of a cell that lies between two slots: what came before stands where it
        /// fitted, what comes is judged at the day's end.
        mutating func noteFinerCell() {
            if fits {
                (soundStrips, strips) = (strips, [])
                distances.restart()
            }
            finerCells += 1
        }

        /// True where the meter counts longer intervals than the network says, shown by the
        /// distances of slots.
        func isOfLongerInterval(minutes: Int) -> Bool {
            distances.areOfLongerInterval(slotsPerDay: Int32(1440 / minutes))
        }

        /// True where it counts shorter ones, shown by cells between slots, at least half as many as
        /// those on slots.
        var isOfShorterInterval: Bool { finerCells > 0 && finerCells * 2 >= distances.count }

        /// True where the cells are too few to tell: then the day beside them in the file does.
        var isFew: Bool { distances.areFew && finerCells == 0 }
    }

    /// What a day is found by.
    private struct DayKey: Hashable {
        let meter: UInt32
        let channel: UInt64
        let day: Int32
        let minutes: Int

        /// True for the next or the previous day of the same channel and slots.
        func isBeside(_ other: DayKey) -> Bool {
            abs(day - other.day) == 1 && meter == other.meter && channel == other.channel
                && minutes == other.minutes
        }
    }

    private struct Stream: Hashable {
        let meter: UInt32
        let channel: UInt64
    }

    private var days: [DayKey: Day] = [:]
    /// Days in the order in which they were opened, so that batches do not depend on hashing.
    private var order: [DayKey] = []
    /// The last day of each stream that a cell came for.
    private var latest: [Stream: DayKey] = [:]
    /// The last day of each stream that was closed, where it was refused as of a longer interval.
    private var lastLonger: [Stream: DayKey] = [:]
    /// True where files give no length of intervals, so that another one only shows in the times.
    let findsOtherLengths: Bool
    /// How many cells are in open strips.
    private(set) var cellCount = 0

    init(findsOtherLengths: Bool) {
        self.findsOtherLengths = findsOtherLengths
    }

    /// Takes a cell into the first strip of its day that has room for it.
    mutating func take(_ cell: SlotCell) {
        cellCount += 1
        let key = DayKey(
            meter: cell.meter, channel: cell.channel, day: cell.day, minutes: cell.minutes)
        enter(key)
        days[key]?.take(cell)
    }

    /// Takes notice of a cell that is refused because it lies between two slots.
    mutating func noteFinerCell(meter: UInt32, channel: UInt64, day: Int32, minutes: Int) {
        let key = DayKey(meter: meter, channel: channel, day: day, minutes: minutes)
        enter(key)
        days[key]?.noteFinerCell()
    }

    private mutating func enter(_ key: DayKey) {
        let stream = Stream(meter: key.meter, channel: key.channel)
        if days[key] == nil {
            order.append(key)
            days[key] = Day()
            if let before = latest[stream] { days[before]?.next = key }
        }
        latest[stream] = key
    }

    /// Closes days: moves their strips into a batch, or refuses their cells.
    ///
    /// - Parameter isEnd: False where more of the file follows: then the days that were delivered
    ///   last stay open where they do not yet show their interval length, with what they decide about,
    ///   and those of the last meter, of which the next lines may be.
    mutating func close(
        isEnd: Bool, into batch: inout ReadingBatch, rejections: inout [ReadingRejection]
    ) {
        var kept: [DayKey] = []
        let lastMeter = order.last?.meter
        for key in order {
            guard let day = days[key] else { continue }
            let stream = Stream(meter: key.meter, channel: key.channel)
            let next = day.next.flatMap { days[$0] }
            let isOpen = !day.fits && latest[stream] == key
            let isNextOpen = next?.fits == false && latest[stream] == day.next
            let mayGoOn = key.meter == lastMeter && latest[stream] == key
            if !isEnd, mayGoOn || findsOtherLengths && (isOpen || day.isFew && isNextOpen) {
                kept.append(key)
                continue
            }
            days[key] = nil
            cellCount -= (day.soundStrips + day.strips).reduce(0) { $0 + $1.cells.count }
            let isLonger = day.isOfLongerInterval(minutes: key.minutes)
            let isBesideLonger =
                lastLonger[stream]?.isBeside(key) ?? false
                || next?.isOfLongerInterval(minutes: key.minutes) ?? false
                    && day.next?.isBeside(key) ?? false
            lastLonger[stream] = isLonger ? key : nil
            let isRefused =
                findsOtherLengths
                && (isLonger || day.isOfShorterInterval || day.isFew && isBesideLonger)
            for strip in isRefused ? day.soundStrips : day.soundStrips + day.strips {
                OpenStrips.append(strip, day: key, to: &batch)
            }
            if isRefused {
                rejections += day.strips.flatMap(OpenStrips.refused)
            }
        }
        order = kept
    }

    private static func refused(_ strip: Strip) -> [ReadingRejection] {
        strip.wantedCells.map { cell in
            cell.place.rejection(
                .wrongIntervalLength, meter: cell.meter,
                energy: RejectedEnergy(
                    channel: cell.channel, unit: cell.unit,
                    values: CollectionOfOne((value: cell.value, decimals: strip.decimals))))
        }
    }

    private static func append(_ strip: Strip, day: DayKey, to batch: inout ReadingBatch) {
        let cells = strip.wantedCells
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
