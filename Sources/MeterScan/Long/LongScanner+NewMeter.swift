// SPDX-License-Identifier: Apache-2.0

import MeterModel

// The fast way into a meter that is new in the file, as each one is in a file in meter order.
extension LongScanner {
    /// The first row of a meter, as far as it must be known before its rows can be read as expected.
    private struct FirstRow {
        let series: LongSeries
        let place: SlotPlace
        let span: DirectorySpan
        let slot: Int32
        let decimals: Int
    }

    /// Reads the first rows of a new meter, where at least two come in step.
    ///
    /// Two neighbouring slots show that no longer interval fits them: so they need not wait, as they do
    /// on the complete way (`note(slot:of:into:)`), and the series can be filled from its first row.
    ///
    /// - Returns: Where the next row begins, and how many rows were read; 0 where nothing changed.
    mutating func readNewMeter(
        _ lines: RawSpan, at rowStart: Int, into batch: inout ReadingBatch,
        rejections: inout [ReadingRejection]
    ) -> (next: Int, rows: Int) {
        let last = Int(order.current)
        guard !order.isInterleaved, series[last].next < 0,
            let first = firstRow(lines, at: rowStart, after: series[last].entry)
        else { return (rowStart, 0) }
        let (orderBefore, position) = (order, series.count)
        makeRoom()
        series.append(first.series)
        enter(first.place, first.span, of: position, into: &batch, rejections: &rejections)
        series[position].distances.note(first.slot)
        series[position].distances.note(first.slot + 1)
        series[position].fits = true
        series[position].lastSlot = Int16(first.slot) - 1
        openStrip(of: position, at: first.slot, decimals: first.decimals, in: &batch)
        series[last].next = Int32(position)
        let run = readExpectedRows(lines, at: rowStart, into: &batch)
        if run.rows > 1 {
            seriesTable.takeLast(of: series)
            return run
        }
        readings -= run.rows
        order = orderBefore
        series[last].next = -1
        series.removeLast()
        batch.intervals.removeStrips(from: batch.intervals.count - 1)
        return (rowStart, 0)
    }

    /// Looks at the first row of a meter; nil where it is of a known one, or not as rows mostly are.
    private func firstRow(_ lines: RawSpan, at rowStart: Int, after last: Int32) -> FirstRow? {
        guard memo.length > 0,
            let idEnd = CellPattern.end(lines, rowStart, terminator: layout.separator)
        else { return nil }
        let labelFrom = idEnd + 1
        let valueFrom = labelFrom + memo.length + 1
        // A label and a number lie within so many bytes.
        guard labelFrom + 64 <= lines.byteCount, let moment = memo.moment(lines, labelFrom),
            lines.byte(valueFrom - 1) == layout.separator,
            template.read(lines.word(valueFrom)) >= 0
        else { return nil }
        let entry = index.entry(in: lines, rowStart, idEnd, after: last)
        guard entry >= 0, seriesTable.position(entry, channelMemo.packed, in: series) == nil,
            memo.zone < 0 || firstZone(of: entry) == memo.zone,
            case .start(let start, let span) = self.start(
                labelled: moment, zone: memo.zone < 0 ? nil : UInt16(memo.zone), ofEntry: entry),
            span.intervalMinutes > 0
        else { return nil }
        let step = Int64(span.intervalMinutes) * 60
        let place = SlotPlace(start: start, storageOffset: span.storageOffset)
        guard place.secondOfDay % step == 0 else { return nil }
        return FirstRow(
            series: LongSeries(
                entry: entry, id: CellPattern(lines, rowStart, idEnd), channel: channelMemo.packed),
            place: place, span: span, slot: Int32(place.secondOfDay / step),
            decimals: template.decimals)
    }

    /// The zone by whose clock labels of an entry are read first.
    private func firstZone(of entry: Int32) -> Int32? {
        index.spanRange(of: entry).first.map { Int32(index.span($0, of: entry).zone) }
    }
}
