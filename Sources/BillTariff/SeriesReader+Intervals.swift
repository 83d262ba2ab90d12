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
        _ lines: ArraySlice<[Cell]>, width: Int, from start: Int, to end: Int, hasLengths: Bool,
        values: [Int]
    ) -> [Series.Interval] {
        var found: [Series.Interval] = []
        found.reserveCapacity(lines.count)
        for cells in lines {
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
                    line: cells[0].position.line))
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

/// The lines of series files.
public enum SeriesText {
    /// The lines of a text, as bytes; they end in LF or CR LF.
    public static func lines(_ text: String) -> [ArraySlice<UInt8>] {
        Array(text.utf8).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
    }
}
