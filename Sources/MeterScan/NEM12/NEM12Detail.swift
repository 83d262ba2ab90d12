// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// How far the 400 records have told the qualities of the 300 record before them.
struct NEM12Detail: Equatable {
    /// True where the 300 record says `V`, so that 400 records must tell everything.
    var isRequired: Bool
    /// The interval that the next 400 record must begin with, from 1.
    var next = 1
    /// Place of the QualityMethod cell of the 300 record.
    var byte: Int64
    /// True where a 400 record says that intervals are missing, whatever values stand there.
    var hidesValues = false
    /// True where a 400 record cannot be right: the scanner's `badDetail`.
    var isBad = false
}

// Qualities that differ within a day.
extension NEM12Scanner {
    /// Reads a 400 record, which is cut, into the waiting row.
    ///
    /// The records must follow each other without gap, from 1 where the 300 record says `V`.
    mutating func readDetail(
        _ lines: RawSpan, _ line: LinePlace, rejections: inout [ReadingRejection]
    ) {
        guard case .rowWaits(let start, var detail) = state else {
            if state == .noRow {
                refuseLine(.recordOrder, lines, line, rejections: &rejections)
            }
            return
        }
        if let (cells, quality) = readDetailCells(lines, from: detail) {
            // What has no value does not get one by a better quality.
            for cell in cells where !Quality.isMissing(packed: row.qualities[cell]) {
                row.qualities[cell] = quality.packed
            }
            if !quality.hasValue { detail.hidesValues = true }
            detail.next = cells.upperBound + 1
            state = .rowWaits(start: start, detail: detail)
        } else {
            refuseDetail(lines, line)
        }
    }

    /// Remembers the 400 record that is cut as what is wrong with the waiting row; the first counts.
    mutating func refuseDetail(_ lines: RawSpan, _ line: LinePlace) {
        guard case .rowWaits(let start, var detail) = state, !detail.isBad else { return }
        badDetail = lines.text(line.start, cutter.end)
        detail.isBad = true
        state = .rowWaits(start: start, detail: detail)
    }

    /// The cells that a 400 record is about, and their quality; nil where it cannot be right.
    private func readDetailCells(
        _ lines: RawSpan, from detail: NEM12Detail
    ) -> (cells: Range<Int>, quality: Quality)? {
        func range(_ cell: Int) -> Range<Int> {
            cell < cutter.keptCount ? cutter.from(cell)..<cutter.to(cell) : 0..<0
        }
        func number(_ cell: Int) -> Int? {
            let bytes = range(cell)
            guard (1...4).contains(bytes.count) else { return nil }
            return TimeLabel.number(lines, bytes.lowerBound, bytes.count)
        }
        guard let first = number(1), let last = number(2), first <= last, last <= row.count,
            first == detail.next || (!detail.isRequired && first > detail.next),
            case .plain(let quality)? = NEM12Quality.read(lines, flag: range(3), reason: range(4))
        else { return nil }
        return (first - 1..<last, quality)
    }

    /// Places the waiting row, if one waits.
    mutating func placeRow(
        into batch: inout ReadingBatch, rejections: inout [ReadingRejection]
    ) {
        guard case .rowWaits(let start, let detail) = state, let stream else { return }
        state = .rowGone
        row.keep(only: rowCells)
        if detail.isBad || (detail.isRequired && detail.next != row.count + 1) {
            let delivered = row.delivered(0..<row.count)
            readings += delivered
            rejections.append(
                ReadingRejection(
                    .qualityRows, line: row.line, byte: detail.byte,
                    found: detail.isBad ? badDetail : "V",
                    readings: delivered,
                    meter: index.span(of: stream.row.entry, at: start)?.meter,
                    energy: row.energy(of: 0..<row.count, stream: stream.row)))
            return
        }
        if detail.hidesValues {
            for cell in 0..<row.count where Quality.isMissing(packed: row.qualities[cell]) {
                row.values[cell] = 0
            }
        }
        readings += row.place(
            from: start, of: stream.row, index: index, into: &batch, rejections: &rejections)
    }
}
