// SPDX-License-Identifier: Apache-2.0

import MeterModel

// The fast way: rows that continue a strip just as their series leads to expect.
extension LongScanner {
    /// Reads rows of the current series, or of the one that followed it before.
    ///
    /// - Returns: Where the next row begins, and how many rows were read; 0 where nothing changed.
    @inline(__always)
    mutating func readExpectedRows(
        _ lines: RawSpan, at place: Int, into batch: inout ReadingBatch
    ) -> (next: Int, rows: Int) {
        let following = series[Int(current)].next
        let (first, second) = isInterleaved ? (following, current) : (current, following)
        var run = (next: place, rows: 0)
        var position = first
        if position >= 0 { run = readRun(lines, at: place, of: Int(position), into: &batch) }
        if run.rows == 0, second >= 0 {
            position = second
            run = readRun(lines, at: place, of: Int(position), into: &batch)
        }
        if run.rows > 0 {
            visit(position, rows: run.rows)
            readings += run.rows
        }
        return run
    }

    /// Reads rows of one series, for as long as each is the next slot of its strip.
    @inline(__always)
    private mutating func readRun(
        _ lines: RawSpan, at place: Int, of position: Int, into batch: inout ReadingBatch
    ) -> (next: Int, rows: Int) {
        let state = series[position]
        guard state.generation == generation, state.fits, memo.length > 0,
            memo.zone < 0 || memo.zone == state.zone
        else { return (place, 0) }
        let (next, rows) = fillRun(
            lines, at: place, of: state, &batch.intervals.values, &batch.intervals.qualities)
        if rows > 0 {
            let last = state.lastSlot + Int32(truncatingIfNeeded: rows)
            series[position].lastSlot = last
            series[position].lastStart = state.dayStart + Int64(last) * Int64(state.stepSeconds)
        }
        return (next, rows)
    }

    /// The loop of `readRun`, over the columns of the batch.
    @inline(__always)
    private func fillRun(
        _ lines: RawSpan, at first: Int, of state: LongSeries, _ valueColumn: inout [Int64],
        _ qualityColumn: inout [UInt32]
    ) -> (next: Int, rows: Int) {
        var values = valueColumn.mutableSpan
        var qualities = qualityColumn.mutableSpan
        let memo = self.memo
        let letters = layout.qualities.packed.span
        let separator = layout.separator
        let hasQuality = layout.columns.quality != nil
        let valueEnd = hasQuality ? separator : UInt8(ascii: "\n")
        let id = state.id
        // Whatever is looked at in a row before its end is known lies within so many bytes.
        let reach = id.length + 64
        let step = Int64(state.stepSeconds)
        // The start of the next slot, as labels name it.
        var expected =
            state.dayStart + (Int64(state.lastSlot) + 1) * step + (layout.labelsEnd ? step : 0)
        let labelShift = layout.labelsEnd ? step : 0
        let lowest = max(state.spanFrom, state.dayStart + Int64(state.firstSlot) * step)
        // Slots of the strip, within the meter's span and not in the future.
        let limit = min(
            state.spanTo, state.dayStart + Int64(state.endSlot) * step,
            layout.latestEnd - step + 1)
        guard expected - labelShift >= lowest else { return (first, 0) }

        var template = NumberTemplate(terminator: valueEnd)
        var cell = state.base + Int(state.lastSlot) + 1
        var (place, rows) = (first, 0)
        while place + reach <= lines.byteCount, expected - labelShift < limit {
            let labelFrom = place &+ id.length &+ 1
            guard
                id.matches(lines, place)
                    || (id.length > 16
                        && index.isID(of: state.entry, lines, place, place &+ id.length)),
                lines.knownByte(labelFrom &- 1) == separator,
                let label = memo.moment(lines, labelFrom), label == expected,
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
            guard number.isNumber, number.decimals <= state.decimals else { break }
            if number.decimals < state.decimals {
                let (scaled, overflow) = number.value.multipliedReportingOverflow(
                    by: powersOfTen[state.decimals - number.decimals])
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
            place = end &+ 1
            cell &+= 1
            rows &+= 1
            expected &+= step
        }
        return (place, rows)
    }
}
