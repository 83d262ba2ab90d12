// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// Reads rows with the intervals of one meter and day; one scanner per delivered file.
///
/// In a row with the right number of cells a bad cell costs the cell. On a day on which the clock
/// changes, the columns after the change could be meant by the clock or by elapsed time; nothing in
/// the row tells, so they are refused as `ambiguous-time`.
public struct WideScanner {
    /// Cells delivered so far: values and absents in batches, and those in rejections.
    public private(set) var readings = 0
    private let layout: WideLayout
    /// What all rows are of, but for their meter.
    private var stream: RowStream
    private var reader: DayRowReader
    private var row: IntervalRow

    /// A scanner for one file.
    ///
    /// - Parameters:
    ///   - layout: The file's shape.
    ///   - index: The meters known.
    ///   - retried: Where given, the rejections to try again; all other cells are passed over.
    public init(layout: WideLayout, index: MeterIndex, retrying retried: RetriedRejections? = nil) {
        self.layout = layout
        row = IntervalRow(count: layout.values.count, firstCell: layout.values.lowerBound)
        stream = RowStream(
            entry: -1, channel: layout.channel.packed, unit: layout.unit, minutes: layout.minutes,
            latestEnd: layout.latestEnd)
        reader = DayRowReader(
            index: index, separator: layout.separator, columnCount: layout.columnCount,
            header: layout.header, clock: layout.clock, retrying: retried)
    }

    /// Reads the rows of a window.
    ///
    /// - Parameters:
    ///   - lines: Whole lines.
    ///   - firstLine: Number of the first line in the file, from 1.
    ///   - firstByte: Place of the first line in the inflated bytes.
    ///   - batch: Takes the readings.
    ///   - rejections: Takes what could not be accepted.
    /// - Returns: How many lines there were.
    @inline(never)
    @discardableResult
    public mutating func scan(
        _ lines: RawSpan, firstLine: Int, firstByte: Int64, into batch: inout ReadingBatch,
        rejections: inout [ReadingRejection]
    ) -> Int {
        var line = LinePlace(number: firstLine, start: 0, byte: firstByte)
        while line.start < lines.byteCount {
            if reader.cut(lines, at: line.start, line: line.number) {
                readRow(lines, line, into: &batch, rejections: &rejections)
            }
            line.start = reader.cutter.next
            line.number += 1
        }
        return line.number - firstLine
    }

    /// Nothing to do: no row waits for another.
    public mutating func finish(
        into batch: inout ReadingBatch, rejections: inout [ReadingRejection]
    ) {}

    /// Nothing to do: no strip is kept between windows.
    public mutating func batchWasEmptied() {}

    private mutating func readRow(
        _ lines: RawSpan, _ line: LinePlace, into batch: inout ReadingBatch,
        rejections: inout [ReadingRejection]
    ) {
        guard reader.hasAllCells else {
            let found = reader.cells.count(
                of: layout.values.clamped(to: 0..<reader.cutter.count))
            refuse(
                .columnCount, line, line.start, nil, lines.text(line.start, reader.cutter.end),
                max(1, found), nil, &rejections)
            return
        }
        /// Refuses all values of the row that are wanted for one of its cells.
        func refuseRow(_ code: RejectionCode, cell: Int, meter: UInt32? = nil) {
            refuse(
                code, line, reader.cutter.from(cell), nil, reader.text(lines, cell: cell),
                reader.cells.count(of: layout.values), meter, &rejections,
                energy: code == .wrongUnit ? nil : rowEnergy(lines))
        }
        guard layout.channel.obis.baseUnit == layout.unit.base else {
            return refuseRow(.wrongUnit, cell: layout.values.lowerBound)
        }
        let entry = reader.entry(lines, cell: layout.meter)
        guard entry >= 0 else { return refuseRow(.unknownMeter, cell: layout.meter) }
        guard let day = reader.day(lines, cell: layout.date) else {
            return refuseRow(.badTime, cell: layout.date)
        }
        guard let midnight = reader.midnight(of: day, entry: entry) else {
            return refuseRow(.outsideInstallation, cell: layout.date)
        }
        let start = midnight.moment + Int64(layout.firstStartMinute) * 60
        let meter = reader.index.span(of: entry, at: start)?.meter
        var quality = layout.qualities.empty
        if let cell = layout.quality {
            quality = layout.qualities.read(lines, reader.cutter.from(cell), reader.cutter.to(cell))
            guard quality != 0 else { return refuseRow(.badQuality, cell: cell, meter: meter) }
        }
        row.begin(
            lines, line, date: reader.cutter.from(layout.date), reader.cutter.to(layout.date))
        readCells(lines, line, quality: quality, meter: meter, rejections: &rejections)
        if let zone = midnight.zone {
            refuseAfterChange(of: zone, from: start, meter: meter, rejections: &rejections)
        }
        stream.entry = entry
        readings += row.place(
            from: start, of: stream, index: reader.index, into: &batch, rejections: &rejections)
    }

    /// The energy of a row that is refused and cut.
    private func rowEnergy(_ lines: RawSpan) -> RejectedEnergy? {
        if let cell = layout.quality {
            let quality = layout.qualities.read(
                lines, reader.cutter.from(cell), reader.cutter.to(cell))
            if Quality.isMissing(packed: quality) { return nil }
        }
        return RejectedEnergy(
            channel: stream.channel, unit: stream.unit,
            values: layout.values.filter(reader.cells.contains).compactMap { cell in
                value(lines, reader.cutter.from(cell), reader.cutter.to(cell))
            })
    }

    /// The energy of the cell at a range of bytes; nil where it is no number or too large a one.
    @inline(__always)
    private func value(
        _ lines: RawSpan, _ from: Int, _ to: Int
    ) -> (value: Int64, decimals: Int)? {
        let number = NumberText.read(lines, from, to)
        let (value, overflow) = number.value.multipliedReportingOverflow(by: layout.scale.factor)
        guard number.isNumber, !overflow else { return nil }
        return (value, number.decimals + layout.scale.decimals)
    }

    /// Reads the values into `row`; those that are none are refused and leave an empty cell, as do
    /// those that are not wanted.
    @inline(__always)
    private mutating func readCells(
        _ lines: RawSpan, _ line: LinePlace, quality: UInt32, meter: UInt32?,
        rejections: inout [ReadingRejection]
    ) {
        let isMissing = Quality.isMissing(packed: quality)
        var (least, most) = (UInt8.max, UInt8.min)
        let isWhole = reader.cells == .all
        row.hasRefused = !isWhole
        for cell in 0..<row.count {
            let place = layout.values.lowerBound + cell
            let (from, to) = (reader.cutter.from(place), reader.cutter.to(place))
            row.values[cell] = 0
            row.decimals[cell] = 0
            guard isWhole || reader.cells.contains(place) else {
                row.qualities[cell] = 0
                continue
            }
            if from == to || isMissing {
                row.qualities[cell] = isMissing ? quality : Quality.missing.packed
                continue
            }
            guard let (value, places) = value(lines, from, to) else {
                row.qualities[cell] = 0
                row.hasRefused = true
                refuse(
                    .badNumber, line, from, place, lines.text(from, to), 1, meter, &rejections)
                continue
            }
            row.values[cell] = value
            let decimals = UInt8(places)
            row.decimals[cell] = decimals
            (least, most) = (min(least, decimals), max(most, decimals))
            row.qualities[cell] = quality
        }
        (row.leastDecimals, row.mostDecimals) = (min(least, most), most)
    }

    /// Refuses the cells that start after a change of the clock within the row.
    private mutating func refuseAfterChange(
        of zone: TimeZoneTable, from start: Int64, meter: UInt32?,
        rejections: inout [ReadingRejection]
    ) {
        let step = Int64(layout.minutes) * 60
        let offset = zone.offset(at: Instant(seconds: start))
        let last = start + Int64(row.count - 1) * step
        guard zone.offset(at: Instant(seconds: last)) != offset else { return }
        let cells = 0..<row.count
        let change =
            cells.first { zone.offset(at: Instant(seconds: start + Int64($0) * step)) != offset }
            ?? row.count
        readings += row.refuse(
            .ambiguousTime, change..<row.count, meter: meter, stream: stream,
            rejections: &rejections)
        row.hasRefused = true
        for cell in change..<row.count {
            row.values[cell] = 0
            row.qualities[cell] = 0
        }
    }

    private mutating func refuse(
        _ code: RejectionCode, _ line: LinePlace, _ place: Int, _ cell: Int?, _ found: String,
        _ count: Int, _ meter: UInt32?, _ rejections: inout [ReadingRejection],
        energy: RejectedEnergy? = nil
    ) {
        readings += count
        rejections.append(
            ReadingRejection(
                code, line: line.number, byte: line.byte(at: place), cell: cell.map { $0 + 1 },
                found: found, readings: count, meter: meter, energy: energy))
    }
}
