// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

// The complete way through a row: every error is found here.
extension LongScanner {
    /// Reads any row.
    ///
    /// - Returns: Where the next row begins.
    mutating func readRow(
        _ lines: RawSpan, at rowStart: Int, line: Int, firstByte: Int64,
        into batch: inout ReadingBatch, rejections: inout [ReadingRejection]
    ) -> Int {
        cutter.cut(lines, at: rowStart)
        let next = cutter.next
        guard !cutter.isEmptyLine, !isHeader(lines) else { return next }
        let isWanted = retried == nil || retried?.cells(ofLine: line) != nil

        /// Refuses the row for one of its cells.
        func refuse(_ code: RejectionCode, cell: Int, meter: UInt32? = nil) {
            guard isWanted else { return }
            readings += 1
            rejections.append(
                ReadingRejection(
                    code, line: line, byte: firstByte + Int64(cutter.from(cell)),
                    found: lines.text(cutter.from(cell), cutter.to(cell)), meter: meter,
                    energy: energy(lines)))
        }

        let columns = layout.columns
        guard cutter.count == columns.count else {
            guard isWanted else { return next }
            readings += 1
            rejections.append(
                ReadingRejection(
                    .columnCount, line: line, byte: firstByte + Int64(rowStart),
                    found: lines.text(rowStart, cutter.end)))
            return next
        }
        if let cell = columns.channel {
            channelMemo.read(lines, cutter.from(cell), cutter.to(cell))
        }
        if let fault = channelMemo.fault {
            refuse(fault, cell: columns.channel ?? columns.value)
            return next
        }
        guard let position = position(lines) else {
            refuse(.unknownMeter, cell: columns.meter)
            return next
        }

        let (start, span): (Int64, DirectorySpan)
        switch readStart(lines, of: position) {
        case .refused(let code):
            refuse(code, cell: columns.time)
            return next
        case .start(let moment, let found): (start, span) = (moment, found)
        }
        let step = Int64(span.intervalMinutes) * 60
        let meter = span.meter
        guard step > 0 else {
            refuse(.wrongIntervalLength, cell: columns.time, meter: meter)
            return next
        }
        let place = SlotPlace(start: start, storageOffset: span.storageOffset)
        guard place.secondOfDay % step == 0 else {
            let isFiner = place.secondOfDay % SlotPlace.finestStep == 0
            refuse(isFiner ? .wrongIntervalLength : .offGrid, cell: columns.time, meter: meter)
            if isFiner {
                enter(place, span, of: position, into: &batch, rejections: &rejections)
                noteFinerRow(of: position)
            }
            return next
        }
        guard start <= layout.latestEnd - step else {
            refuse(.futureTime, cell: columns.time, meter: meter)
            return next
        }
        let slot = Int32(place.secondOfDay / step)
        enter(place, span, of: position, into: &batch, rejections: &rejections)
        note(slot: slot, of: position, into: &batch)

        let quality =
            columns.quality.map { layout.qualities.read(lines, cutter.from($0), cutter.to($0)) }
            ?? layout.qualities.empty
        guard quality != 0 else {
            refuse(.badQuality, cell: columns.quality ?? columns.value, meter: meter)
            return next
        }
        let (from, to) = (cutter.from(columns.value), cutter.to(columns.value))
        var number = NumberText(value: 0, decimals: 0)
        let isAbsent = from == to || Quality.isMissing(packed: quality)
        if !isAbsent { number = NumberText.read(lines, from, to) }
        guard number.isNumber else {
            refuse(.badNumber, cell: columns.value, meter: meter)
            return next
        }
        let row = WaitingRow(
            slot: slot, value: number.value, decimals: number.decimals,
            quality: isAbsent ? missing(quality) : quality, line: line,
            byte: firstByte + Int64(cutter.from(columns.time)),
            label: LabelText(lines, cutter.from(columns.time), cutter.to(columns.time)),
            isWanted: isWanted)
        if series[position].fits {
            put(row, of: position, into: &batch)
        } else {
            wait(row, of: position)
        }
        return next
    }

    /// The energy of a row that is refused and cut; nil where its value is none or not known.
    private func energy(_ lines: RawSpan) -> RejectedEnergy? {
        guard channelMemo.fault == nil else { return nil }
        let columns = layout.columns
        if let cell = columns.quality {
            let quality = layout.qualities.read(lines, cutter.from(cell), cutter.to(cell))
            if Quality.isMissing(packed: quality) { return nil }
        }
        let number = NumberText.read(lines, cutter.from(columns.value), cutter.to(columns.value))
        guard number.isNumber else { return nil }
        return RejectedEnergy(
            channel: channelMemo.packed, unit: layout.unit,
            values: CollectionOfOne((value: number.value, decimals: number.decimals)))
    }

    /// The quality of an absent cell: the sender's where it says missing, else plain missing.
    private func missing(_ quality: UInt32) -> UInt32 {
        Quality.isMissing(packed: quality) ? quality : Quality.missing.packed
    }

    /// True where the line is the header again, as in files that were joined.
    private func isHeader(_ lines: RawSpan) -> Bool {
        guard !layout.header.isEmpty else { return false }
        // SAFETY: bytes of an array are always initialized.
        return unsafe lines.equals(
            cutter.start, cutter.end, layout.header.span.bytes, 0, layout.header.count)
    }

    /// The series of the row's id and channel, or nil where the id is not known.
    private mutating func position(_ lines: RawSpan) -> Int? {
        let (from, to) = (cutter.from(layout.columns.meter), cutter.to(layout.columns.meter))
        let channel = channelMemo.packed
        let current = Int(order.current)
        if current >= 0 {
            if isRow(lines, from, to, of: current, channel) {
                order.visit(order.current, rows: 1)
                return current
            }
            let guess = series[current].next
            if guess >= 0, isRow(lines, from, to, of: Int(guess), channel) {
                order.visit(guess, rows: 1)
                return Int(guess)
            }
        }
        let last = current >= 0 ? series[current].entry : -1
        let entry = index.entry(in: lines, from, to, after: last)
        guard entry >= 0 else { return nil }
        let known = seriesTable.position(entry, channel, in: series)
        let position = known ?? series.count
        if known == nil {
            makeRoom()
            series.append(
                LongSeries(entry: entry, id: CellPattern(lines, from, to), channel: channel))
            seriesTable.takeLast(of: series)
        }
        if current >= 0 { series[current].next = Int32(position) }
        order.visit(Int32(position), rows: 1)
        return position
    }

    /// Makes room for one more series; in a long file for all meters, as it may be of all of them.
    ///
    /// Memory that no series comes to use costs nothing, unlike a copy at each doubling.
    mutating func makeRoom() {
        guard series.count == series.capacity, series.count >= 1 << 12 else { return }
        series.reserveCapacity(max(index.meterCount, 2 * series.count))
    }

    private func isRow(
        _ lines: RawSpan, _ from: Int, _ to: Int, of position: Int, _ channel: UInt64
    ) -> Bool {
        series[position].channel == channel
            && index.isID(of: series[position].entry, lines, from, to)
    }
}
