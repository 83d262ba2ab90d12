// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// Reads the interval records of NEM12 files into strips; one scanner per delivered file.
///
/// Lenient where senders are careless: the header may be missing, trailing cells may be absent or
/// empty and more, files may be joined, the end record may be missing. A 300 record is placed when
/// the record after its 400 records comes, because those change its qualities. In a 300 record a
/// bad cell costs the record. 500 records are not readings and are passed over.
/// Source: AEMO Meter Data File Format, NEM12.
public struct NEM12Scanner {
    /// Cells delivered so far: values and absents in batches, and those in rejections.
    public internal(set) var readings = 0

    let layout: NEM12Layout
    let index: MeterIndex
    var cutter = CellCutter(separator: UInt8(ascii: ","), keeping: 10)
    /// What the last 200 record said, or nil before the first.
    var stream: NEM12Stream?
    /// The cell of it that is at fault, where one is.
    private(set) var faultText = ""
    /// The last 300 record, while it waits for 400 records.
    var row = IntervalRow(count: 48, firstCell: NEM12Scanner.firstValue)
    /// The cells of `row` that are wanted.
    var rowCells = LineCells.all
    /// Where set, 300 records on other lines give neither readings nor rejections.
    private(set) var retried: RetriedRejections.Cursor?
    /// True where a cell of `row` is empty.
    var hasAbsent = false
    var state = State.noRow
    /// The 400 record that cannot be right, where the waiting row has one.
    var badDetail = ""
    /// The shape of the last value, which the next row's first mostly has.
    var template = NumberTemplate(terminator: UInt8(ascii: ","))
    /// The entry of the last 200 record, or -1.
    private var lastEntry: Int32 = -1
    /// 200 records read before, by the cells that tell what their rows are: suffix, unit and length.
    private var knownStreams: [(text: [UInt8], stream: NEM12Stream)] = []
    /// The dates and update times of 300 records.
    var days = CellMemo<Int32>()
    var versions = CellMemo<Int64>()

    /// The place of the first value in a 300 record, from 0.
    static let firstValue = 2

    enum State: Equatable {
        /// No 300 record since the last 200 record or the start.
        case noRow
        /// `row` was refused or not asked for; its 400 records go with it.
        case rowGone
        /// `row` waits; its first day begins at `start`.
        case rowWaits(start: Int64, detail: NEM12Detail)
    }

    /// A scanner for one file.
    ///
    /// - Parameters:
    ///   - layout: The file's clock and the latest end allowed.
    ///   - index: The meters known.
    ///   - retried: Where given, the rejections to try again; all other cells are passed over.
    public init(layout: NEM12Layout, index: MeterIndex, retrying retried: RetriedRejections? = nil)
    {
        self.layout = layout
        self.index = index
        self.retried = retried.map { RetriedRejections.Cursor($0) }
    }

    /// Reads the records of a window.
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
        var place = 0
        var line = LinePlace(number: firstLine, start: 0, byte: firstByte)
        while place < lines.byteCount {
            line.start = place
            switch NEM12Scanner.indicator(lines, place) {
            case 300:
                placeRow(into: &batch, rejections: &rejections)
                place = readRow(lines, line, rejections: &rejections)
            case let other:
                cutter.cut(lines, at: place)
                if !cutter.isEmptyLine {
                    if other != 400 { placeRow(into: &batch, rejections: &rejections) }
                    readRecord(other, lines, line, rejections: &rejections)
                }
                place = cutter.next
            }
            line.number += 1
        }
        return line.number - firstLine
    }

    /// Places the last record; to be called once, after the last window.
    public mutating func finish(
        into batch: inout ReadingBatch, rejections: inout [ReadingRejection]
    ) {
        placeRow(into: &batch, rejections: &rejections)
    }

    /// Nothing to do: no strip is kept between windows.
    public mutating func batchWasEmptied() {}

    /// The record's number, where the line begins with three digits and a comma or its end.
    @inline(__always)
    private static func indicator(_ lines: RawSpan, _ place: Int) -> Int {
        guard place + 3 <= lines.byteCount, let number = TimeLabel.number(lines, place, 3)
        else { return -1 }
        guard place + 3 < lines.byteCount else { return number }
        let follower = lines.byte(place + 3)
        let isWhole =
            follower == UInt8(ascii: ",") || follower == UInt8(ascii: "\n")
            || follower == UInt8(ascii: "\r")
        return isWhole ? number : -1
    }

    /// Reads any record but a 300; it is cut.
    private mutating func readRecord(
        _ indicator: Int, _ lines: RawSpan, _ line: LinePlace,
        rejections: inout [ReadingRejection]
    ) {
        // A record behind a carriage return would be lost in the last cells of this one.
        guard isText(lines, cutter.start..<cutter.end) else {
            refuseRecord(indicator, lines, line, rejections: &rejections)
            return
        }
        switch indicator {
        case 200: readStream(lines, line, rejections: &rejections)
        case 400: readDetail(lines, line, rejections: &rejections)
        case 100, 900: (stream, state) = (nil, .noRow)
        case 500: break
        default: refuseLine(.unknownRecord, lines, line, rejections: &rejections)
        }
    }

    /// True where neither a NUL nor a carriage return is among bytes.
    func isText(_ lines: RawSpan, _ bytes: Range<Int>) -> Bool {
        var place = bytes.lowerBound
        while place + 8 <= bytes.upperBound {
            let word = lines.word(place)
            if lowestMatch(word, 0) | lowestMatch(word, UInt8(ascii: "\r")) != 0 { return false }
            place += 8
        }
        while place < bytes.upperBound {
            let byte = lines.byte(place)
            if byte == 0 || byte == UInt8(ascii: "\r") { return false }
            place += 1
        }
        return true
    }

    /// Refuses a record that is no text, and what depends on it.
    private mutating func refuseRecord(
        _ indicator: Int, _ lines: RawSpan, _ line: LinePlace,
        rejections: inout [ReadingRejection]
    ) {
        if indicator == 400 {
            refuseDetail(lines, line)
        } else if !"345".utf8.contains(lines.byte(line.start)) {
            // It may be a 200 record: rows behind it are not of the one before.
            (stream, state) = (nil, .noRow)
        }
        refuseLine(.badText, lines, line, rejections: &rejections)
    }

    /// Reads a 200 record.
    private mutating func readStream(
        _ lines: RawSpan, _ line: LinePlace, rejections: inout [ReadingRejection]
    ) {
        (stream, state) = (nil, .noRow)
        guard cutter.count >= 9 else {
            refuseLine(.columnCount, lines, line, rejections: &rejections)
            return
        }
        let entry = index.entry(in: lines, cutter.from(1), cutter.to(1), after: lastEntry)
        lastEntry = entry
        if entry >= 0, let known = knownStreams.firstIndex(where: { isStream($0.text, lines) }) {
            stream = knownStreams[known].stream
            stream?.row.entry = entry
        } else {
            func text(_ cell: Int) -> String { lines.text(cutter.from(cell), cutter.to(cell)) }
            let read = NEM12Stream(
                suffix: text(4), unitName: text(7), intervalLength: text(8), entry: entry,
                latestEnd: layout.latestEnd)
            stream = read
            if entry >= 0, read.row.entry >= 0 { remember(read, lines) }
        }
        faultText = stream?.fault.map { lines.text(cutter.from($0.cell), cutter.to($0.cell)) } ?? ""
        if let cells = stream?.cellCount, cells > 0, row.count != cells {
            row = IntervalRow(count: cells, firstCell: NEM12Scanner.firstValue)
        }
    }

    /// Where a 200 record's cells of suffix, and of unit and interval length, stand.
    private var streamCells: (suffix: Range<Int>, measure: Range<Int>) {
        (cutter.from(4)..<cutter.to(4) + 1, cutter.from(7)..<cutter.to(8))
    }

    /// True where the 200 record differs from a known one in its meter only.
    private func isStream(_ text: [UInt8], _ lines: RawSpan) -> Bool {
        let (suffix, measure) = streamCells
        let (count, bytes) = (suffix.count, text.count)
        // SAFETY: bytes of an array are always initialized.
        return unsafe bytes == count + measure.count
            && lines.equals(suffix.lowerBound, suffix.upperBound, text.span.bytes, 0, count)
            && lines.equals(measure.lowerBound, measure.upperBound, text.span.bytes, count, bytes)
    }

    /// Remembers a stream by the text that tells it; meters of a file have the same few.
    private mutating func remember(_ read: NEM12Stream, _ lines: RawSpan) {
        let (suffix, measure) = streamCells
        if knownStreams.count >= 8 { knownStreams.removeAll(keepingCapacity: true) }
        knownStreams.append(
            (suffix.map { lines.byte($0) } + measure.map { lines.byte($0) }, read))
    }

    /// Refuses the line that is cut, as one reading.
    mutating func refuseLine(
        _ code: RejectionCode, _ lines: RawSpan, _ line: LinePlace,
        rejections: inout [ReadingRejection]
    ) {
        guard wantedCells(line.number) != nil else { return }
        readings += 1
        rejections.append(
            ReadingRejection(
                code, line: line.number, byte: line.byte(at: line.start),
                found: lines.text(line.start, cutter.end)))
    }

    /// The cells of a line that are wanted; nil for none.
    mutating func wantedCells(_ line: Int) -> LineCells? {
        retried == nil ? .all : retried?.cells(ofLine: line)
    }
}
