// SPDX-License-Identifier: Apache-2.0

import Quantities

extension Series {
    /// Reads a series: columns `from`, `to` and one per component, or `date` and `kind`, in any order.
    ///
    /// Lines that start with `#` are remarks. Rows stand in the order of their dates and do not
    /// overlap; an empty `to` is open; an empty value is absent. Where `from` of the first row is an
    /// instant, or the length of rows stands in `minutes` in place of `to`, all rows are of instants.
    public static func parse(
        _ text: String, id: String, file: String
    ) throws(TariffProblems) -> Series {
        var reader = SeriesReader(id: id, file: file)
        let series = reader.read(text)
        guard let series, reader.problems.isEmpty else { throw TariffProblems(reader.problems) }
        return series
    }
}

/// Reads one series file and collects what is wrong with it.
struct SeriesReader {
    struct Cell {
        let text: String
        let position: SourcePosition
    }

    /// A line that is neither empty nor a remark.
    struct Line {
        let number: Int
        let bytes: ArraySlice<UInt8>
    }

    let id: String
    let file: String
    var problems: [TariffProblem] = []

    mutating func read(_ text: String) -> Series? {
        var lines = lines(text)[...]
        guard let header = lines.popFirst().map(cells) else {
            report(.start, .missingKey, "the series has no header", "start with from,to,value")
            return nil
        }
        let names = header.map(\.text)
        if names.sorted() == ["date", "kind"] {
            let kind = names[0] == "kind" ? 0 : 1
            return Series(id: id, file: file, content: .days(days(lines, kindAt: kind)))
        }
        guard names.count >= 3, let from = names.firstIndex(of: "from"),
            let to = names.firstIndex(of: "to") ?? names.firstIndex(of: "minutes")
        else {
            report(
                header[0].position, .badValue, "the header is '\(names.joined(separator: ","))'",
                "write from,to,value, from,to and a name per column, from,minutes,value, or "
                    + "date,kind")
            return nil
        }
        for (index, cell) in header.enumerated()
        where cell.text.isEmpty || names[..<index].contains(cell.text) {
            report(
                cell.position, .takenName, "the column name '\(cell.text)' is empty or given twice",
                "give every column a name of its own")
        }
        let values = names.indices.filter { $0 != from && $0 != to }
        let columns = values.map { names[$0] }
        let hasLengths = names[to] == "minutes"
        let first = lines.lazy.map(cells).first { $0.count == names.count }
        if hasLengths || first.map({ SeriesReader.isInstant($0[from].text) }) ?? false {
            let intervals = intervals(
                lines, width: names.count, from: from, to: to, hasLengths: hasLengths,
                values: values)
            return Series(id: id, file: file, content: .intervals(columns: columns, intervals))
        }
        let rows = rows(lines, width: names.count, from: from, to: to, values: values)
        return Series(id: id, file: file, content: .values(columns: columns, rows: rows))
    }

    private func lines(_ text: String) -> [Line] {
        // By bytes: a year of half-hours is read each night.
        SeriesText.lines(text).enumerated().lazy
            .filter { !$1.isEmpty && $1.first != UInt8(ascii: "#") }
            .map { Line(number: $0 + 1, bytes: $1) }
    }

    func cells(_ line: Line) -> [Cell] {
        var column = 1
        return line.bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map {
                let text = String(decoding: $0, as: UTF8.self)
                defer { column += text.unicodeScalars.count + 1 }
                return Cell(
                    text: text, position: SourcePosition(line: line.number, column: column))
            }
    }

    /// Reads rows; the others say in which columns their days and values stand.
    private mutating func rows(
        _ lines: ArraySlice<Line>, width: Int, from start: Int, to end: Int, values: [Int]
    ) -> [Series.Row] {
        var rows: [Series.Row] = []
        for cells in lines.lazy.map(cells) {
            guard hasWidth(cells, width), let from = day(cells[start]) else { continue }
            let to = cells[end].text.isEmpty ? nil : day(cells[end])
            if let to, to <= from {
                report(
                    cells[end].position, .badValue, "the row ends on \(to), not after it starts",
                    "write the day after its last day in 'to'")
                continue
            }
            if let last = rows.last, last.to.map({ from < $0 }) ?? true {
                report(
                    cells[start].position, .badValue,
                    "the row starts before the row of line "
                        + "\(last.line) ends",
                    "put rows in the order of their dates, without overlap")
                continue
            }
            let values = values.map { value(cells[$0]) }
            rows.append(
                Series.Row(from: from, to: to, values: values, line: cells[0].position.line))
        }
        return rows
    }

    private mutating func days(_ lines: ArraySlice<Line>, kindAt kind: Int) -> [CivilDay: String] {
        var days: [CivilDay: String] = [:]
        for cells in lines.lazy.map(cells) {
            guard hasWidth(cells, 2), let day = day(cells[1 - kind]) else { continue }
            if cells[kind].text.isEmpty || days[day] != nil {
                report(
                    cells[1 - kind].position, .badValue, "\(day) has no kind or is given twice",
                    "give every day one kind, such as holiday")
            }
            days[day] = cells[kind].text
        }
        return days
    }

    mutating func hasWidth(_ cells: [Cell], _ width: Int) -> Bool {
        if cells.count == width { return true }
        report(
            cells[0].position, .wrongShape, "the row has \(cells.count) cells, the header \(width)",
            "give every column a cell; an absent value is an empty cell")
        return false
    }

    private mutating func day(_ cell: Cell) -> CivilDay? {
        if let day = CivilDay(iso: cell.text) { return day }
        report(
            cell.position, .badValue, "'\(cell.text)' is not a day", "write it as 2026-01-31")
        return nil
    }

    mutating func value(_ cell: Cell) -> Exact? {
        if cell.text.isEmpty { return nil }
        if !cell.text.contains("/"), let value = Exact(cell.text) { return value }
        report(
            cell.position, .badValue, "'\(cell.text)' is not a decimal number",
            "write it as -12.345, with a point and without a unit")
        return nil
    }

    mutating func report(
        _ position: SourcePosition, _ code: TariffProblem.Code, _ what: String, _ mend: String
    ) {
        problems.append(
            TariffProblem(file: file, position: position, code: code, what: what, mend: mend))
    }
}
