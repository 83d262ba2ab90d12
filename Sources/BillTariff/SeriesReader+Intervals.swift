// SPDX-License-Identifier: Apache-2.0

import Quantities

extension SeriesReader {
    /// True for a text that is meant as an instant: a day, and a time after `T` or a space.
    static func isInstant(_ text: String) -> Bool {
        text.utf8.dropFirst(10).first.map { "T ".utf8.contains($0) } ?? false
    }

    /// Reads rows that instants bound; the others say in which columns they stand.
    ///
    /// - Parameter hasLengths: True where `to` is the column of the rows' length in minutes.
    mutating func intervals(
        _ lines: ArraySlice<Line>, width: Int, from start: Int, to end: Int, hasLengths: Bool,
        values: [Int]
    ) -> [Series.Interval] {
        var found: [Series.Interval] = []
        found.reserveCapacity(lines.count)
        var plain = PlainInterval(width: width, from: start, to: end, hasLengths: hasLengths)
        for line in lines {
            if let next = plain.read(line), found.last.map({ $0.to <= next.from }) ?? true {
                found.append(next)
                continue
            }
            let cells = cells(line)
            guard hasWidth(cells, width), let from = instant(cells[start]),
                let to = hasLengths ? self.end(from, cells[end]) : instant(cells[end])
            else { continue }
            if to <= from {
                report(
                    cells[end].position, .badValue,
                    "the row ends at \(to.iso(offset: 0)), not after it starts",
                    "write the end of the row in 'to'")
                continue
            }
            if let last = found.last, from < last.to {
                report(
                    cells[start].position, .badValue,
                    "the row starts before the row of line \(last.line) ends",
                    "put rows in the order of their instants, without overlap")
                continue
            }
            found.append(
                Series.Interval(
                    from: from, to: to, values: values.map { value(cells[$0]) },
                    line: line.number))
            plain.learn(from, cells[start].text, to, cells[end].text)
        }
        return found
    }

    /// A whole minute with its distance from UTC: by the wall clock alone, an autumn hour would be two.
    private mutating func instant(_ cell: Cell) -> Instant? {
        if let instant = Instant(iso: cell.text), instant.seconds % 60 == 0 { return instant }
        report(
            cell.position, .badValue, "'\(cell.text)' is not an instant",
            "write a whole minute with its offset, as 2026-07-01T00:30Z or 2026-07-01T02:30+02:00")
        return nil
    }

    private mutating func end(_ from: Instant, _ cell: Cell) -> Instant? {
        if let minutes = Int64(cell.text), (1...1440).contains(minutes) {
            return from + minutes * 60
        }
        report(
            cell.position, .badValue, "'\(cell.text)' is not a length",
            "write whole minutes, such as 30")
        return nil
    }
}

/// Reads the rows of intervals that are written as the row before was; any other is nil.
private struct PlainInterval {
    private let width: Int
    private let start: Int
    private let end: Int
    private let hasLengths: Bool
    /// How instants of the days of the row read last are written.
    private var (startDay, endDay): (WrittenDay?, WrittenDay?)

    init(width: Int, from start: Int, to end: Int, hasLengths: Bool) {
        (self.width, self.start, self.end) = (width, start, end)
        self.hasLengths = hasLengths
    }

    /// Takes note of a row that was read as text.
    mutating func learn(_ from: Instant, _ start: String, _ to: Instant, _ end: String) {
        startDay = WrittenDay(Array(start.utf8), of: from, zone: nil)
        endDay = hasLengths ? nil : WrittenDay(Array(end.utf8), of: to, zone: nil)
    }

    func read(_ line: SeriesReader.Line) -> Series.Interval? {
        guard let startDay else { return nil }
        let bytes = line.bytes.span
        var (from, to, minutes): (Instant?, Instant?, Int64?)
        var values: [Exact?] = []
        values.reserveCapacity(width - 2)
        var position = 0
        for column in 0..<width {
            if column > 0 {
                guard position < bytes.count, bytes[position] == UInt8(ascii: ",") else {
                    return nil
                }
                position += 1
            }
            if column == start {
                from = startDay.moment(at: position, in: bytes)
                position += startDay.width
            } else if column == end, let endDay {
                to = endDay.moment(at: position, in: bytes)
                position += endDay.width
            } else {
                guard let number = PlainDecimal(at: &position, in: bytes) else { return nil }
                if column == end {
                    guard hasLengths, number.decimals == 0, (1...1440).contains(number.steps) else {
                        return nil
                    }
                    minutes = number.steps
                } else {
                    values.append(number.exact)
                }
            }
        }
        guard position == bytes.count, let from else { return nil }
        guard let to = to ?? minutes.map({ from + $0 * 60 }), from < to else { return nil }
        return Series.Interval(from: from, to: to, values: values, line: line.number)
    }
}

/// The lines of series files.
public enum SeriesText {
    /// The lines of a text, as bytes; they end in LF or CR LF.
    public static func lines(_ text: String) -> [ArraySlice<UInt8>] {
        Array(text.utf8).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
    }
}
