// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// Reads rows with the registers of one meter and day; one scanner per delivered file.
///
/// In a row with the right number of cells a bad cell costs the cell. Where the id stands for one
/// meter before the moment of the reading and for another from it on, a register frozen at 24:00 of
/// a date is of the meter that was there on that date; one frozen at 00:00 is of the next.
public struct RegisterScanner {
    /// Cells delivered so far: values and absents in batches, and those in rejections.
    public private(set) var readings = 0
    private let layout: RegisterLayout
    private let columns: [Column]
    private var reader: DayRowReader

    /// A register of the row as readings hold it.
    private struct Column {
        var position: Int
        var channel: UInt64
        var unit: UInt8
        var isWrongUnit: Bool
    }

    /// A scanner for one file.
    ///
    /// - Parameters:
    ///   - layout: The file's shape.
    ///   - index: The meters known.
    ///   - retried: Where given, the rejections to try again; all other cells are passed over.
    public init(
        layout: RegisterLayout, index: MeterIndex, retrying retried: RetriedRejections? = nil
    ) {
        self.layout = layout
        columns = layout.registers.map { register in
            Column(
                position: register.position, channel: register.channel.packed,
                unit: register.unit.rawValue,
                isWrongUnit: register.channel.obis.baseUnit != register.unit.base)
        }
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
            let found = layout.registers.count {
                $0.position < reader.cutter.count && reader.cells.contains($0.position)
            }
            refuse(
                .columnCount, line, line.start, nil, lines.text(line.start, reader.cutter.end),
                max(1, found), nil, &rejections)
            return
        }
        /// Refuses all registers of the row that are wanted for one of its cells.
        func refuseRow(_ code: RejectionCode, cell: Int, meter: UInt32? = nil) {
            refuse(
                code, line, reader.cutter.from(cell), nil, reader.text(lines, cell: cell),
                layout.registers.count { reader.cells.contains($0.position) }, meter, &rejections)
        }
        let entry = reader.entry(lines, cell: layout.meter)
        guard entry >= 0 else { return refuseRow(.unknownMeter, cell: layout.meter) }
        guard let date = reader.day(lines, cell: layout.date) else {
            return refuseRow(.badTime, cell: layout.date)
        }
        let day = date + Int32(layout.freezeDays)
        guard let readAt = reader.midnight(of: day, entry: entry)?.moment,
            let span = reader.index.span(of: entry, at: layout.freezeDays > 0 ? readAt - 1 : readAt)
                ?? reader.index.span(of: entry, at: layout.freezeDays > 0 ? readAt : readAt - 1)
        else { return refuseRow(.outsideInstallation, cell: layout.date) }
        guard readAt <= layout.latestEnd else {
            return refuseRow(.futureTime, cell: layout.date, meter: span.meter)
        }
        var quality = layout.qualities.empty
        if let cell = layout.quality {
            quality = layout.qualities.read(lines, reader.cutter.from(cell), reader.cutter.to(cell))
            guard quality != 0 else {
                return refuseRow(.badQuality, cell: cell, meter: span.meter)
            }
        }
        let isMissing = Quality.isMissing(packed: quality)
        let isWhole = reader.cells == .all
        for column in columns where isWhole || reader.cells.contains(column.position) {
            let (from, to) = (
                reader.cutter.from(column.position), reader.cutter.to(column.position)
            )
            let isAbsent = isMissing || from == to
            let number =
                isAbsent ? NumberText(value: 0, decimals: 0) : NumberText.read(lines, from, to)
            guard number.isNumber, !column.isWrongUnit else {
                refuse(
                    column.isWrongUnit ? .wrongUnit : .badNumber, line, from, column.position,
                    lines.text(from, to), 1, span.meter, &rejections)
                continue
            }
            readings += 1
            batch.registers.append(
                RegisterRow(
                    meter: span.meter, channel: column.channel, instant: readAt,
                    value: number.value, decimals: UInt8(truncatingIfNeeded: number.decimals),
                    unit: column.unit,
                    quality: isAbsent && !isMissing ? Quality.missing.packed : quality, version: 0))
        }
    }

    private mutating func refuse(
        _ code: RejectionCode, _ line: LinePlace, _ place: Int, _ cell: Int?, _ found: String,
        _ count: Int, _ meter: UInt32?, _ rejections: inout [ReadingRejection]
    ) {
        readings += count
        rejections.append(
            ReadingRejection(
                code, line: line.number, byte: line.byte(at: place), cell: cell.map { $0 + 1 },
                found: found, readings: count, meter: meter))
    }
}
