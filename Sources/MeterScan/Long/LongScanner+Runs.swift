// SPDX-License-Identifier: Apache-2.0

import MeterModel

// The fast way: rows that continue a strip just as their series leads to expect.
extension LongScanner {
    /// Reads rows of the current series, or of the one that followed it before, for as long as they
    /// are as expected.
    ///
    /// - Returns: Where the next row begins, and how many rows were read; 0 where nothing changed.
    @inline(__always)
    mutating func readExpectedRows(
        _ lines: RawSpan, at place: Int, into batch: inout ReadingBatch
    ) -> (next: Int, rows: Int) {
        guard memo.length > 0 else { return (place, 0) }
        let run = LongScanner.fill(
            lines, at: place, layout, memo, clockTexts, index, places, &order, &series,
            &template, &batch.intervals.values, &batch.intervals.qualities)
        readings += run.rows
        return run
    }

    /// The loop of `readExpectedRows`, over the columns of the batch.
    @inline(__always)
    private static func fill(
        _ lines: RawSpan, at first: Int, _ layout: LongLayout, _ memo: LabelMemo,
        _ clockTexts: [UInt64], _ index: MeterIndex, _ places: BatchPlaces, _ order: inout RowOrder,
        _ seriesColumn: inout [LongSeries], _ templateInOut: inout NumberTemplate,
        _ valueColumn: inout [Int64], _ qualityColumn: inout [UInt32]
    ) -> (next: Int, rows: Int) {
        var series = seriesColumn.mutableSpan
        var values = valueColumn.mutableSpan
        var qualities = qualityColumn.mutableSpan
        var template = templateInOut
        defer { templateInOut = template }
        let clocks = clockTexts.span
        var run = (next: first, rows: 0)
        while true {
            let following = series[Int(order.current)].next
            var position = order.isInterleaved ? following : order.current
            var more = (next: run.next, rows: 0)
            if position >= 0 {
                more = fillRun(
                    lines, at: run.next, of: Int(position), isAlone: !order.isInterleaved, layout,
                    memo, clocks, index, places, &series, &template, &values, &qualities)
            }
            if more.rows == 0 {
                position = order.isInterleaved ? order.current : following
                guard position >= 0 else { return run }
                more = fillRun(
                    lines, at: run.next, of: Int(position), isAlone: !order.isInterleaved, layout,
                    memo, clocks, index, places, &series, &template, &values, &qualities)
                if more.rows == 0 { return run }
            }
            order.visit(position, rows: more.rows)
            run = (more.next, run.rows &+ more.rows)
        }
    }

    /// Reads rows of one series, for as long as each is the next slot of its strip.
    ///
    /// - Parameter isAlone: True where rows of the series come one after the other.
    @inline(__always)
    private static func fillRun(
        _ lines: RawSpan, at first: Int, of position: Int, isAlone: Bool, _ layout: LongLayout,
        _ memo: LabelMemo, _ clocks: Span<UInt64>, _ index: MeterIndex, _ places: BatchPlaces,
        _ series: inout MutableSpan<LongSeries>, _ template: inout NumberTemplate,
        _ values: inout MutableSpan<Int64>, _ qualities: inout MutableSpan<UInt32>
    ) -> (next: Int, rows: Int) {
        guard places.holds(series[position].strip), series[position].fits,
            memo.zone < 0 || memo.zone == series[position].zone
        else { return (first, 0) }
        let letters = layout.qualities.packed.span
        let separator = layout.separator
        let hasQuality = layout.columns.quality != nil
        let valueEnd = hasQuality ? separator : UInt8(ascii: "\n")
        let id = series[position].id
        let decimals = Int(series[position].decimals)
        // Whatever is looked at in a row before its end is known lies within so many bytes.
        let reach = id.length + 64
        let (dayStart, lastSlot) = (series[position].dayStart, Int(series[position].lastSlot))
        let step = Int64(series[position].stepSeconds)
        // The start of the next slot, as labels name it.
        var expected = dayStart + (Int64(lastSlot) + 1) * step + (layout.labelsEnd ? step : 0)
        let labelShift = layout.labelsEnd ? step : 0
        let lowest = max(
            dayStart + Int64(series[position].spanFrom),
            dayStart + Int64(series[position].firstSlot) * step)
        // Slots of the strip, within the meter's span and not in the future, named by labels of the day
        // that is remembered.
        let limit = min(
            dayStart + Int64(series[position].spanTo),
            dayStart + Int64(series[position].endSlot) * step,
            layout.latestEnd - step + 1, memo.dayEnd - labelShift)
        guard expected - labelShift >= lowest, var minute = memo.minute(of: expected)
        else { return (first, 0) }
        let stepMinutes = Int(step / 60)

        var cell = places.cell(series[position].base, Int32(lastSlot) + 1)
        var (place, rows) = (first, 0)
        while place + reach <= lines.byteCount, expected - labelShift < limit {
            let labelFrom = place &+ id.length &+ 1
            guard
                id.matches(lines, place)
                    || (id.length > 16
                        && index.isID(
                            of: series[position].entry, lines, place, place &+ id.length)),
                lines.knownByte(labelFrom &- 1) == separator,
                memo.matches(lines, labelFrom, clock: clocks[minute]),
                lines.knownByte(labelFrom &+ memo.length) == separator
            else { break }
            let valueFrom = labelFrom &+ memo.length &+ 1
            let word = lines.knownWord(valueFrom)
            var number = NumberText(value: template.read(word), decimals: template.decimals)
            var length = template.length
            if number.value < 0 {
                // A carriage return before the newline makes it none: the complete way reads it.
                (number, length) = template.readOther(word)
                if length == 8 {
                    let ends = lowestMatch(lines.knownWord(valueFrom &+ 8), valueEnd)
                    length &+= ends.trailingZeroBitCount &>> 3
                    if ends != 0 {
                        number = NumberText.long(lines, valueFrom, valueFrom &+ length)
                    }
                }
            }
            guard number.isNumber, number.decimals <= decimals else { break }
            if number.decimals < decimals {
                let (scaled, overflow) = number.value.multipliedReportingOverflow(
                    by: powersOfTen[decimals - number.decimals])
                if overflow { break }
                number.value = scaled
            }
            var end = valueFrom &+ length
            var quality = layout.qualities.empty
            if hasQuality {
                end &+= 1
                let letter = lines.knownByte(end)
                if letter >= UInt8(ascii: " ") {
                    quality = letters[Int(letter)]
                    end &+= 1
                }
                if lines.knownByte(end) == UInt8(ascii: "\r") { end &+= 1 }
                guard lines.knownByte(end) == UInt8(ascii: "\n") else { break }
            }
            guard quality >> 24 >= 2, qualities[cell] == 0 else { break }
            values[cell] = number.value
            qualities[cell] = quality
            let rowStart = place
            place = end &+ 1
            cell &+= 1
            rows &+= 1
            expected &+= step
            minute &+= stepMinutes
            if isAlone, length == template.length, number.decimals == decimals,
                valueFrom &- rowStart <= RowShape.longestPrefix
            {
                let shape = RowShape(
                    lines, from: rowStart, to: place, clock: labelFrom &+ 11, value: valueFrom,
                    template)
                let slots = Int((limit &+ labelShift &- expected &+ step &- 1) / step)
                let free = freeCells(qualities.span.extracting(cell..<(cell &+ slots)))
                let more = shape.read(
                    lines, at: place, clocks, minute, stepMinutes, free, &values, from: cell)
                for read in cell..<(cell &+ more.rows) { qualities[read] = quality }
                place = more.next
                cell &+= more.rows
                rows &+= more.rows
                expected &+= Int64(more.rows) &* step
                minute &+= more.rows &* stepMinutes
            }
        }
        if rows > 0 {
            let last = lastSlot &+ rows
            series[position].lastSlot = Int16(truncatingIfNeeded: last)
            series[position].note(label: expected - step, ofRowsInStep: rows, step: step)
        }
        return (place, rows)
    }
}

/// How many cells at the front have not been delivered yet; mostly that is all of them.
private func freeCells(_ qualities: Span<UInt32>) -> Int {
    var taken: UInt32 = 0
    for cell in qualities.indices { taken |= qualities[cell] }
    return taken == 0 ? qualities.count : qualities.indices.first { qualities[$0] != 0 } ?? 0
}
