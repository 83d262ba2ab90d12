// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// Reads rows of one interval value each into strips; one scanner per delivered file.
///
/// Rows may be grouped by meter or by time step; either way the next row's meter is guessed from
/// the order so far. A row that looks as expected takes `readExpectedRows`, any other the complete
/// way in `readRow`, which knows every error; both have the same result.
///
/// A file that gives hourly values for a meter of 15-minute slots would look like a file with gaps.
/// So rows of a storage day wait until no longer interval fits them, and are refused as
/// `wrong-interval-length` where the day ends and `SlotDistances` tells that one does. Where a row
/// lies between two slots, as quarter hours do for a meter of hours, that row is refused so, and the
/// day's rows from there on wait: those on whole slots are refused too if at most twice as many of
/// them come as of the others.
public struct LongScanner {
    /// Where set, rows on other lines give neither readings nor rejections.
    var retried: RetriedRejections.Cursor?
    /// Cells delivered so far: values and absents in batches, and those in rejections.
    public internal(set) var readings = 0

    let layout: LongLayout
    let index: MeterIndex
    var cutter: CellCutter
    var memo = LabelMemo()
    let clockTexts = LabelMemo.clockTexts
    var channelMemo: ChannelMemo
    var series: [LongSeries] = []
    /// By the place of their series.
    var daysBefore: [Int32: DayBefore] = [:]
    var seriesTable = SeriesTable()
    var waiting: [WaitingRow] = []
    var freeWaiting: [Int32] = []
    /// The order of rows so far, which the next one is expected to follow.
    var order = RowOrder()
    /// The shape of the last number.
    var template: NumberTemplate
    /// Which of the series' strips the batch holds, and where.
    var places = BatchPlaces()
    /// How many strips the batch held when the last window ended.
    var stripCount = 0
    /// True where rows are id, label, value and perhaps quality, in this order.
    private let isPlain: Bool

    /// A scanner for one file.
    ///
    /// - Parameters:
    ///   - layout: The file's shape.
    ///   - index: The meters known.
    ///   - retried: Where given, the rejections to try again; all other rows are passed over.
    public init(layout: LongLayout, index: MeterIndex, retrying retried: RetriedRejections? = nil) {
        self.layout = layout
        self.index = index
        self.retried = retried.map { RetriedRejections.Cursor($0) }
        let columns = layout.columns
        cutter = CellCutter(separator: layout.separator, keeping: columns.count)
        template = NumberTemplate(
            terminator: columns.quality == nil ? UInt8(ascii: "\n") : layout.separator)
        channelMemo = ChannelMemo(channel: layout.channel, unit: layout.unit)
        isPlain =
            columns.meter == 0 && columns.time == 1 && columns.value == 2
            && columns.channel == nil && columns.count == (columns.quality == nil ? 3 : 4)
            && (columns.quality ?? 3) == 3 && channelMemo.fault == nil
    }

    /// Reads the rows of a window.
    ///
    /// - Parameters:
    ///   - lines: Whole lines.
    ///   - firstLine: Number of the first line in the file, from 1.
    ///   - firstByte: Place of the first line in the inflated bytes.
    ///   - batch: Takes the readings. Between calls it may be emptied, see `batchWasEmptied()`.
    ///   - rejections: Takes what could not be accepted.
    /// - Returns: How many lines there were.
    @inline(never)
    @discardableResult
    public mutating func scan(
        _ lines: RawSpan, firstLine: Int, firstByte: Int64, into batch: inout ReadingBatch,
        rejections: inout [ReadingRejection]
    ) -> Int {
        if batch.intervals.count < stripCount { batchWasEmptied() }
        var (place, line) = (0, firstLine)
        let takesRuns = isPlain && retried == nil
        while place < lines.byteCount {
            if takesRuns, order.current >= 0 {
                let (next, rows) = readExpectedRows(lines, at: place, into: &batch)
                if rows > 0 {
                    (place, line) = (next, line + rows)
                    continue
                }
                let first = readNewMeter(
                    lines, at: place, into: &batch, rejections: &rejections)
                if first.rows > 0 {
                    (place, line) = (first.next, line + first.rows)
                    continue
                }
            }
            place = readRow(
                lines, at: place, line: line, firstByte: firstByte, into: &batch,
                rejections: &rejections)
            line += 1
        }
        stripCount = batch.intervals.count
        return line - firstLine
    }

    /// Places what still waits for its day to end; to be called once, after the last window.
    public mutating func finish(
        into batch: inout ReadingBatch, rejections: inout [ReadingRejection]
    ) {
        if batch.intervals.count < stripCount { batchWasEmptied() }
        for position in series.indices {
            closeDay(of: position, into: &batch, rejections: &rejections)
            placeHeld(of: position, into: &batch)
        }
        stripCount = batch.intervals.count
    }

    /// True while the days of all series are being filled: a batch that is cut now holds parts of
    /// them.
    public var isFillingDays: Bool { takesTurns && stripCount <= order.turn }

    /// True where series take turns by a few rows, so that their days are filled side by side.
    var takesTurns: Bool { order.turn > 1 && order.lastVisit < LongScanner.leastSlots }

    /// Must be called when the batch was emptied between two windows: its strips are gone.
    public mutating func batchWasEmptied() {
        batchWasCut(before: stripCount, cell: 0)
    }

    /// Must be called where the batch is emptied but for its strips from one on: with the first cell
    /// of this strip, which becomes the batch's first.
    public mutating func batchWasCut(before strip: Int, cell: Int) {
        places.cut(before: strip, cell: cell)
        stripCount -= strip
    }
}
