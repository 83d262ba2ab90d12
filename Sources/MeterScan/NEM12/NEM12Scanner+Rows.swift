// SPDX-License-Identifier: Apache-2.0

import MeterModel

// 300 records.
extension NEM12Scanner {
    /// Why a row is refused, and for which of its bytes.
    private struct Fault {
        let code: RejectionCode
        let bytes: Range<Int>
        /// Nil where the cells that are there count.
        var readings: Int?
    }

    /// Reads a 300 record into `row`.
    ///
    /// - Returns: Where the next line begins.
    @inline(__always)
    mutating func readRow(
        _ lines: RawSpan, _ line: LinePlace, rejections: inout [ReadingRejection]
    ) -> Int {
        state = .rowGone
        if retried != nil {
            guard let wanted = wantedCells(line.number) else {
                cutter.cut(lines, at: line.start)
                return cutter.next
            }
            rowCells = wanted
        }
        guard let stream, stream.fault == nil else {
            return passRow(lines, line, rejections: &rejections)
        }
        // Indicator, comma, eight digits, comma.
        let valuesFrom = line.start + 13
        let (dayFrom, dayTo) = (line.start + 4, line.start + 12)
        guard valuesFrom < lines.byteCount,
            let day = days.value(
                lines, dayFrom, dayTo, { TimeLabel.day(lines, dayFrom, dayTo) }),
            lines.byte(line.start + 12) == UInt8(ascii: ",")
        else {
            return refuseRow(lines, line, fault: .badTime, rejections: &rejections)
        }
        let read = readCells(
            lines, from: valuesFrom, &row.values, &row.decimals, &template)
        guard read.next >= 0 else {
            return refuseRow(lines, line, fault: .badNumber, rejections: &rejections)
        }
        row.leastDecimals = min(read.least, read.most)
        row.mostDecimals = read.most
        hasAbsent = read.hasAbsent
        cutter.cut(lines, at: read.next)
        let start = Int64(day) * 86_400 - Int64(layout.clockOffset)
        if let fault = readTail(lines, line, start: start) {
            return refuseRow(lines, line, fault: fault, rejections: &rejections)
        }
        row.begin(lines, line, date: line.start + 4, line.start + 12)
        return cutter.next
    }

    /// Reads what follows the values, which is cut; gives the fault if there is one.
    private mutating func readTail(
        _ lines: RawSpan, _ line: LinePlace, start: Int64
    ) -> RejectionCode? {
        func range(_ cell: Int) -> Range<Int> {
            cell < cutter.count ? cutter.from(cell)..<cutter.to(cell) : 0..<0
        }
        // Quality, reason, description, update time, load time; then nothing but commas.
        if cutter.count > 5 {
            for place in cutter.from(5)..<cutter.end
            where lines.byte(place) != UInt8(ascii: ",") { return .columnCount }
        }
        let flag = range(0)
        if !flag.isEmpty, lines.byte(flag.lowerBound) < UInt8(ascii: "A") { return .columnCount }
        guard let quality = NEM12Quality.read(lines, flag: flag, reason: range(1)) else {
            return .badQuality
        }
        guard let version = readVersion(lines, range(3)) else { return .badTime }
        // Description and load time are not looked at, and must not hide a record of their own.
        guard isText(lines, range(2)), isText(lines, range(4)) else { return .badText }
        stream?.row.version = version
        var detail = NEM12Detail(isRequired: true, byte: line.byte(at: flag.lowerBound))
        // Where 400 records tell, this stands until they do.
        var packed = Quality.actual.packed
        if case .plain(let plain) = quality {
            detail.isRequired = false
            packed = plain.packed
        }
        fill(packed)
        state = .rowWaits(start: start, detail: detail)
        return nil
    }

    /// Gives every cell the quality, and those without value the quality missing.
    private mutating func fill(_ packed: UInt32) {
        var qualities = row.qualities.mutableSpan
        qualities.update(repeating: packed)
        let isMissing = Quality.isMissing(packed: packed)
        guard hasAbsent || isMissing else { return }
        for cell in 0..<row.count {
            if row.decimals[cell] == absentCell {
                row.decimals[cell] = 0
                if !isMissing { row.qualities[cell] = Quality.missing.packed }
            }
            if isMissing { row.values[cell] = 0 }
        }
    }

    /// The UpdateDateTime of 14 digits in seconds by its own clock; 0 where empty, nil where bad.
    private mutating func readVersion(_ lines: RawSpan, _ cell: Range<Int>) -> Int64? {
        if cell.isEmpty { return 0 }
        return versions.value(lines, cell.lowerBound, cell.upperBound) {
            TimeLabel.moment(lines, cell)
        }
    }

    /// Refuses a row that no good 200 record stands before.
    @inline(never)
    private mutating func passRow(
        _ lines: RawSpan, _ line: LinePlace, rejections: inout [ReadingRejection]
    ) -> Int {
        guard let fault = stream?.fault else {
            return refuseRow(lines, line, fault: .recordOrder, rejections: &rejections)
        }
        let (ends, count) = cutWholeRow(lines, line)
        refuse(
            fault.code, line, byte: line.start, faultText, values: count,
            energy: energy(lines, ends: ends, values: count), &rejections)
        return cutter.next
    }

    /// Refuses a row; looks at it once more to tell which cell is at fault.
    ///
    /// - Parameter fault: `badNumber` also stands for a row that ends before its values do.
    @inline(never)
    private mutating func refuseRow(
        _ lines: RawSpan, _ line: LinePlace, fault: RejectionCode,
        rejections: inout [ReadingRejection]
    ) -> Int {
        let (ends, values) = cutWholeRow(lines, line)
        let expected = stream?.cellCount ?? 0
        func range(_ cell: Int) -> Range<Int> {
            guard cell < ends.count else { return line.start..<cutter.end }
            return (cell == 0 ? line.start : ends[cell - 1] + 1)..<ends[cell]
        }
        var (code, readings, bytes) = (fault, expected, line.start..<cutter.end)
        if ends.count < expected + 3, fault != .recordOrder { code = .columnCount }
        switch code {
        case .columnCount, .recordOrder: readings = values
        case .badNumber:
            for cell in 2..<(2 + expected) {
                bytes = range(cell)
                let number = NumberText.read(lines, bytes.lowerBound, bytes.upperBound)
                if !bytes.isEmpty, !number.isNumber { break }
            }
        case .badQuality: bytes = range(2 + expected)
        // The date, where it is one the update time is at fault.
        case .badTime:
            bytes = range(1)
            if TimeLabel.day(lines, bytes.lowerBound, bytes.upperBound) != nil, bytes.count == 8 {
                bytes = range(5 + expected)
            }
        default: break
        }
        refuse(
            code, line, byte: bytes.lowerBound, lines.text(bytes.lowerBound, bytes.upperBound),
            values: readings, energy: energy(lines, ends: ends, values: readings), &rejections)
        return cutter.next
    }

    /// The energy of a row that is refused, over the values found in it and wanted.
    ///
    /// - Parameters:
    ///   - ends: Where the row's cells end.
    ///   - values: How many values it has; where no quality follows them, it is not known which of
    ///     its cells are values and which are times.
    private func energy(_ lines: RawSpan, ends: [Int], values: Int) -> RejectedEnergy? {
        guard let stream, stream.isMeasured, 2 + values < ends.count else { return nil }
        func range(_ cell: Int) -> Range<Int> { (ends[cell - 1] + 1)..<ends[cell] }
        let quality = NEM12Quality.read(lines, flag: range(2 + values), reason: 0..<0)
        if case .plain(let plain)? = quality, !plain.hasValue { return nil }
        return RejectedEnergy(
            channel: stream.row.channel, unit: stream.row.unit,
            values: (2..<(2 + values)).filter(rowCells.contains).compactMap { cell in
                let number = NumberText.read(lines, range(cell).lowerBound, range(cell).upperBound)
                return number.isNumber ? (value: number.value, decimals: number.decimals) : nil
            })
    }

    /// Cuts a row into all its cells.
    ///
    /// - Returns: Where they end, and how many values stand in front of the first letter, at least 1.
    private mutating func cutWholeRow(
        _ lines: RawSpan, _ line: LinePlace
    ) -> (ends: [Int], values: Int) {
        cutter.cut(lines, at: line.start)
        var ends: [Int] = []
        for place in line.start..<cutter.end where lines.byte(place) == UInt8(ascii: ",") {
            ends.append(place)
        }
        ends.append(cutter.end)
        var values = 0
        for cell in 2..<max(ends.count, 2) {
            let from = ends[cell - 1] + 1
            if from < ends[cell], lines.byte(from) >= UInt8(ascii: "A") { break }
            values += 1
        }
        return (ends, max(values, 1))
    }

    /// Refuses so many values of a row, as far as they are wanted.
    private mutating func refuse(
        _ code: RejectionCode, _ line: LinePlace, byte place: Int, _ found: String,
        values: Int, energy: RejectedEnergy?, _ rejections: inout [ReadingRejection]
    ) {
        let first = NEM12Scanner.firstValue
        let count = max(1, rowCells.count(of: first..<(first + values)))
        readings += count
        rejections.append(
            ReadingRejection(
                code, line: line.number, byte: line.byte(at: place), found: found,
                readings: count, energy: energy))
    }
}

/// Stands among decimals for a cell without value, while a row is read.
private let absentCell: UInt8 = 255

/// Reads as many values as the columns hold; empty cells are absent.
///
/// - Returns: Where the cell after them begins, or -1 where a cell is no number or is not there; the
///   fewest and most decimals of values; whether a cell is absent.
@inline(__always)
private func readCells(
    _ lines: RawSpan, from: Int, _ valueColumn: inout [Int64], _ decimalColumn: inout [UInt8],
    _ lastTemplate: inout NumberTemplate
) -> (next: Int, least: UInt8, most: UInt8, hasAbsent: Bool) {
    var place = from
    let comma = UInt8(ascii: ",")
    var values = valueColumn.mutableSpan
    var decimals = decimalColumn.mutableSpan
    var (least, most, hasAbsent) = (UInt8.max, UInt8.min, false)
    var template = lastTemplate
    defer { lastTemplate = template }
    var cell = 0
    while cell < values.count {
        let alike = readAlike(lines, from: place, template, into: &values, at: cell)
        if alike.cell > cell {
            let count = UInt8(truncatingIfNeeded: template.decimals)
            for cell in cell..<alike.cell { decimals[cell] = count }
            (least, most) = (min(least, count), max(most, count))
            (place, cell) = alike
            continue
        }
        var end = place
        var number = NumberText.none
        if place &+ 8 <= lines.byteCount {
            (number, end) = template.readOther(lines.knownWord(place))
            end &+= place
        }
        if !number.isNumber {
            while end < lines.byteCount, lines.byte(end) != comma, lines.byte(end) >= 0x20 {
                end += 1
            }
            guard end < lines.byteCount, lines.byte(end) == comma else {
                return (-1, least, most, hasAbsent)
            }
            if end == place {
                hasAbsent = true
                values[cell] = 0
                decimals[cell] = absentCell
                place += 1
                cell += 1
                continue
            }
            number = NumberText.long(lines, place, end)
            guard number.isNumber else { return (-1, least, most, hasAbsent) }
        }
        let count = UInt8(truncatingIfNeeded: number.decimals)
        values[cell] = number.value
        decimals[cell] = count
        (least, most) = (min(least, count), max(most, count))
        place = end &+ 1
        cell += 1
    }
    return (place, least, most, hasAbsent)
}

/// Reads values for as long as they have the template's shape: a loop that fits the registers.
///
/// - Returns: Where the next cell begins, and which it is.
@inline(never)
private func readAlike(
    _ lines: RawSpan, from: Int, _ template: NumberTemplate, into values: inout MutableSpan<Int64>,
    at first: Int
) -> (place: Int, cell: Int) {
    var (place, cell) = (from, first)
    while cell < values.count, place &+ 8 <= lines.byteCount {
        let value = template.read(lines.knownWord(place))
        guard value >= 0 else { break }
        values[cell] = value
        place &+= template.length &+ 1
        cell &+= 1
    }
    return (place, cell)
}
