// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// A row of values at consecutive intervals, read and waiting to become strips.
struct IntervalRow {
    /// The values, each in its own decimal step; 0 where absent. Shape: `[cell]`, as are the next.
    var values: [Int64]
    /// Digits after the point.
    var decimals: [UInt8]
    /// Packed qualities; 0 where the cell was refused, or is not wanted, and so is no part of the row.
    var qualities: [UInt32]
    /// True where `qualities` has a 0.
    var hasRefused = false
    /// The fewest and the most decimals among the values; equal where there are none.
    var leastDecimals: UInt8 = 0
    var mostDecimals: UInt8 = 0
    /// The place in the line of the first value, from 0.
    let firstCell: Int
    /// The line, its place, and the date that a rejection of the row's cells shows.
    var line = 0
    var byte: Int64 = 0
    var date: LabelText?

    /// A row of so many cells, of which the first has this place in its line.
    init(count: Int, firstCell: Int) {
        self.firstCell = firstCell
        values = [Int64](repeating: 0, count: count)
        decimals = [UInt8](repeating: 0, count: count)
        qualities = [UInt32](repeating: 0, count: count)
    }

    /// How many cells it has.
    var count: Int { values.count }

    /// How many of a range of cells were delivered and not refused.
    func delivered(_ cells: Range<Int>) -> Int {
        hasRefused ? cells.count { qualities[$0] != 0 } : cells.count
    }

    /// Remembers the row's place, and the cell with its date.
    mutating func begin(_ lines: RawSpan, _ line: LinePlace, date from: Int, _ to: Int) {
        self.line = line.number
        byte = line.byte(at: line.start)
        date = LabelText(lines, from, to)
    }

    /// Leaves only some cells of the line in the row.
    mutating func keep(only wanted: LineCells) {
        hasRefused = wanted != .all
        guard hasRefused else { return }
        for cell in 0..<count where !wanted.contains(firstCell + cell) {
            values[cell] = 0
            qualities[cell] = 0
        }
    }

    /// Refuses a range of cells: each run of delivered ones by itself, so that a rejection tells its
    /// cells.
    ///
    /// - Returns: How many were delivered.
    func refuse(
        _ code: RejectionCode, _ cells: Range<Int>, meter: UInt32?, stream: RowStream,
        rejections: inout [ReadingRejection]
    ) -> Int {
        var (cell, readings) = (cells.lowerBound, 0)
        while cell < cells.upperBound {
            let first = cell
            while cell < cells.upperBound, !hasRefused || qualities[cell] != 0 { cell += 1 }
            if cell > first {
                rejections.append(
                    ReadingRejection(
                        code, line: line, byte: byte, cell: firstCell + first + 1,
                        found: date?.text ?? "",
                        readings: cell - first, meter: meter,
                        energy: energy(of: first..<cell, stream: stream)))
                readings += cell - first
            }
            cell += 1
        }
        return readings
    }

    /// The energy of some of the row's cells; those without value hold 0.
    func energy(of cells: Range<Int>, stream: RowStream) -> RejectedEnergy? {
        RejectedEnergy(
            channel: stream.channel, unit: stream.unit,
            values: cells.lazy.map { (value: values[$0], decimals: Int(decimals[$0])) })
    }
}

/// Where rows of intervals go: the stream that they are of.
struct RowStream {
    /// The id's entry in the index.
    var entry: Int32
    /// The channel, as `Channel.packed`.
    var channel: UInt64
    var unit: MeasuredUnit
    /// Length of the row's intervals.
    var minutes: Int
    /// The sender's version time, or 0.
    var version: Int64 = 0
    /// Intervals that end later are refused.
    var latestEnd: Int64 = .max
}

extension IntervalRow {
    /// Puts the row's cells into strips: one per storage day and span of the meter.
    ///
    /// What cannot be placed is refused in runs of cells: outside the meter's spans, of another
    /// length than the meter's slots, off their grid, or in the future.
    ///
    /// - Parameter start: Start of the row's first interval, seconds since 1970-01-01T00:00:00Z.
    /// - Returns: How many cells were delivered, placed or refused.
    func place(
        from start: Int64, of stream: RowStream, index: MeterIndex,
        into batch: inout ReadingBatch, rejections: inout [ReadingRejection]
    ) -> Int {
        let step = Int64(stream.minutes) * 60
        var (cell, readings) = (0, 0)
        while cell < count {
            let moment = start + Int64(cell) * step
            let span = index.span(of: stream.entry, at: moment)
            let place = SlotPlace(start: moment, storageOffset: span?.storageOffset ?? 0)
            let slot = Int(place.secondOfDay / step)
            // The run ends with the storage day, or before the first interval of another span.
            var end = span == nil ? count : min(count, cell + 1440 / stream.minutes - slot)
            let change = span?.to ?? index.nextSpanStart(of: stream.entry, after: moment)
            if let change, change < start + Int64(end) * step {
                end = cell + Int((change - moment + step - 1) / step)
            }
            let fault: RejectionCode? =
                switch span {
                case nil: .outsideInstallation
                case let span?
                where span.intervalMinutes != 0
                    && Int(span.intervalMinutes) != stream.minutes:
                    .wrongIntervalLength
                case _ where place.secondOfDay % step != 0: .offGrid
                case _ where moment > stream.latestEnd - step: .futureTime
                default: nil
                }
            if fault == nil, start + Int64(end) * step > stream.latestEnd {
                end = Int((stream.latestEnd - start) / step)
            }
            let cells = cell..<end
            cell = end
            if let fault {
                readings += refuse(
                    fault, cells, meter: span?.meter, stream: stream, rejections: &rejections)
                continue
            }
            let delivered = delivered(cells)
            readings += delivered
            if let span, delivered > 0 {
                put(cells, firstSlot: slot, day: place.day, meter: span.meter, stream, &batch)
            }
        }
        return readings
    }

    /// The fewest and most decimals of the values other than zero, and the largest value.
    private func decimals(of cells: Range<Int>) -> (least: UInt8, most: UInt8, largest: UInt64) {
        var (least, most, largest) = (UInt8.max, UInt8.min, 0 as UInt64)
        for cell in cells where values[cell] != 0 {
            least = min(least, decimals[cell])
            most = max(most, decimals[cell])
            largest = max(largest, values[cell].magnitude)
        }
        return (min(least, most), most, largest)
    }

    /// Puts cells of one storage day into a strip, at the most decimals that one of them has.
    private func put(
        _ cells: Range<Int>, firstSlot: Int, day: Int32, meter: UInt32, _ stream: RowStream,
        _ batch: inout ReadingBatch
    ) {
        var (least, most, largest) = (leastDecimals, mostDecimals, 0 as UInt64)
        if least != most { (least, most, largest) = decimals(of: cells) }
        if largest > UInt64(Int64.max / powersOfTen[Int(most - least)]), cells.count > 1 {
            // Together they would lose digits: each half by itself, down to single cells.
            let middle = cells.lowerBound + cells.count / 2
            put(
                cells.lowerBound..<middle, firstSlot: firstSlot, day: day, meter: meter, stream,
                &batch)
            put(
                middle..<cells.upperBound, firstSlot: firstSlot + middle - cells.lowerBound,
                day: day, meter: meter, stream, &batch)
            return
        }
        batch.intervals.meters.append(meter)
        batch.intervals.channels.append(stream.channel)
        batch.intervals.days.append(day)
        batch.intervals.slotMinutes.append(UInt16(stream.minutes))
        batch.intervals.firstSlots.append(UInt16(firstSlot))
        batch.intervals.slotCounts.append(UInt16(cells.count))
        batch.intervals.units.append(stream.unit.rawValue)
        batch.intervals.decimals.append(most)
        batch.intervals.versions.append(stream.version)
        let first = batch.intervals.values.count
        batch.intervals.offsets.append(first)
        if cells.count == count {
            // A slice of an array is counted as an owner of it.
            batch.intervals.qualities.append(contentsOf: qualities)
            batch.intervals.values.append(contentsOf: values)
        } else {
            batch.intervals.qualities.append(contentsOf: qualities[cells])
            batch.intervals.values.append(contentsOf: values[cells])
        }
        guard least != most else { return }
        for cell in cells where values[cell] != 0 {
            batch.intervals.values[first + cell - cells.lowerBound] *=
                powersOfTen[Int(most - decimals[cell])]
        }
    }
}
