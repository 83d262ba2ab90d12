// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// Reads rows of one interval value each into strips; one scanner per delivered file.
///
/// Rows may be grouped by meter or by time step; either way the next row's meter is guessed from
/// the order so far. A row that looks as expected takes `readExpectedRow`, any other the complete
/// way in `readRow`, which knows every error; both have the same result.
///
/// A file that gives hourly values for a meter of 15-minute slots would look like a file with gaps.
/// So rows of a storage day wait until two of them are neighbours, or differ in their distances.
/// A day that ends with four or more slots at one distance above 1 is refused as
/// `wrong-interval-length`.
public struct LongScanner {
    /// Where set, rows on other lines give neither readings nor rejections.
    public var onlyLines: Set<Int>?
    /// Cells delivered so far: values and absents in batches, and those in rejections.
    public internal(set) var readings = 0

    let layout: LongLayout
    let index: MeterIndex
    var cutter: CellCutter
    var memo = LabelMemo()
    var channelMemo: ChannelMemo
    var series: [LongSeries] = []
    var positions: [SeriesKey: Int32] = [:]
    var waiting: [WaitingRow] = []
    var freeWaiting: [Int32] = []
    /// The series of the last row, or -1.
    var current: Int32 = -1
    /// Counts how often the batch was emptied; strips of earlier generations are gone.
    var generation: Int32 = 0
    /// How many strips the batch held when the last window ended.
    var stripCount = 0
    private let isPlain: Bool

    struct SeriesKey: Hashable {
        let entry: Int32
        let channel: UInt64
    }

    /// A scanner for one file.
    ///
    /// - Parameters:
    ///   - layout: The file's shape.
    ///   - index: The meters known.
    ///   - onlyLines: Where given, the lines to read; all others are passed over.
    public init(layout: LongLayout, index: MeterIndex, onlyLines: Set<Int>? = nil) {
        self.layout = layout
        self.index = index
        self.onlyLines = onlyLines
        let columns = layout.columns
        cutter = CellCutter(separator: layout.separator, keeping: columns.count)
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
    @inline(never)
    public mutating func scan(
        _ lines: RawSpan, firstLine: Int, firstByte: Int64, into batch: inout ReadingBatch,
        rejections: inout [ReadingRejection]
    ) {
        if batch.intervals.count < stripCount { generation += 1 }
        var (place, line) = (0, firstLine)
        let takesExpected = isPlain && onlyLines == nil
        while place < lines.byteCount {
            if takesExpected {
                let next = readExpectedRow(lines, at: place, into: &batch)
                if next > place {
                    place = next
                    line += 1
                    continue
                }
            }
            place = readRow(
                lines, at: place, line: line, firstByte: firstByte, into: &batch,
                rejections: &rejections)
            line += 1
        }
        stripCount = batch.intervals.count
    }

    /// Places what still waits for its day to end; to be called once, after the last window.
    public mutating func finish(
        into batch: inout ReadingBatch, rejections: inout [ReadingRejection]
    ) {
        if batch.intervals.count < stripCount { generation += 1 }
        for position in series.indices {
            closeDay(of: position, into: &batch, rejections: &rejections)
        }
        stripCount = batch.intervals.count
    }

    /// Must be called when the batch was emptied between two windows: its strips are gone.
    public mutating func batchWasEmptied() {
        generation += 1
        stripCount = 0
    }

    /// Reads a row that continues a strip as its series leads to expect.
    ///
    /// - Returns: Where the next row begins, or -1 where nothing was read and nothing changed.
    @inline(__always)
    private mutating func readExpectedRow(
        _ lines: RawSpan, at place: Int, into batch: inout ReadingBatch
    ) -> Int {
        guard current >= 0 else { return -1 }
        var position = Int(current)
        var idEnd = index.endOfID(of: series[position].entry, lines, place)
        if idEnd < 0 || lines.byte(idEnd) != layout.separator {
            guard series[position].next >= 0 else { return -1 }
            position = Int(series[position].next)
            idEnd = index.endOfID(of: series[position].entry, lines, place)
            guard idEnd >= 0, lines.byte(idEnd) == layout.separator else { return -1 }
        }
        guard let label = memo.moment(lines, idEnd + 1) else { return -1 }
        let labelEnd = idEnd + 1 + memo.length
        // The memo has seen that the label's bytes, and some after them, are inside.
        guard labelEnd + 12 <= lines.byteCount, lines.byte(labelEnd) == layout.separator,
            series[position].generation == generation, series[position].fits,
            memo.zone < 0 || memo.zone == series[position].zone
        else { return -1 }

        let step = Int64(series[position].stepSeconds)
        let start = layout.labelsEnd ? label - step : label
        let slot = series[position].lastSlot + 1
        guard start == series[position].dayStart + Int64(slot) * step,
            start < series[position].dayStart + 86_400,
            start >= series[position].spanFrom, start < series[position].spanTo,
            start <= layout.latestEnd - step
        else { return -1 }

        // The value ends at a separator, or at the newline where no quality follows.
        let valueFrom = labelEnd + 1
        let word = lines.word(valueFrom)
        let hasQuality = layout.columns.quality != nil
        let ends = lowestMatch(word, hasQuality ? layout.separator : UInt8(ascii: "\n"))
        guard ends != 0 else { return -1 }
        var length = ends.trailingZeroBitCount >> 3
        var next = valueFrom + length + 1
        if !hasQuality, length > 0, lines.byte(valueFrom + length - 1) == UInt8(ascii: "\r") {
            length -= 1
        }
        guard length > 0 else { return -1 }
        let number = NumberText.short(word, length)
        guard number.isNumber, number.decimals == series[position].decimals else { return -1 }
        var quality = layout.qualities.empty
        if hasQuality {
            var end = next
            guard end + 2 < lines.byteCount else { return -1 }
            if lines.byte(end) >= UInt8(ascii: " ") {
                quality = layout.qualities.packed[Int(lines.byte(end))]
                end += 1
            }
            if lines.byte(end) == UInt8(ascii: "\r") { end += 1 }
            guard lines.byte(end) == UInt8(ascii: "\n") else { return -1 }
            next = end + 1
        }
        let cell = series[position].base + Int(slot)
        guard quality >> 24 >= 2, batch.intervals.qualities[cell] == 0 else { return -1 }
        batch.intervals.values[cell] = number.value
        batch.intervals.qualities[cell] = quality
        series[position].lastSlot = slot
        series[position].lastStart = start
        if position != Int(current) { current = Int32(truncatingIfNeeded: position) }
        readings += 1
        return next
    }
}
