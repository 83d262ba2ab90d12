// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities
import Store

/// A series file, read and found sound.
struct SeriesFile {
    let path: String
    /// The name of its series.
    let id: String
    /// Its header as it stands.
    private(set) var header = ""
    private var headerLine = 0
    /// True where its rows are days and their kinds.
    private(set) var holdsDayKinds = false
    private var rows: [(line: Int, cells: [String])] = []

    /// False where each row is one day.
    var hasEnds: Bool { SeriesFile.cells(header[...]).contains("to") }

    /// The header that the series is kept under when this file is the first of it: days come first.
    var keptHeader: String {
        let days = hasEnds ? ["from", "to"] : ["date"]
        let others = SeriesFile.cells(header[...]).filter { !days.contains($0) }
        return (days + others).joined(separator: ",")
    }

    init(_ path: String) throws(TariffProblems) {
        let text = try TariffFolder.text(of: path)
        let name = path.split(separator: "/").last.map(String.init) ?? path
        self.path = path
        id = name.hasSuffix(".csv") ? String(name.dropLast(4)) : name
        let series = try Series.parse(text, id: id, file: path)
        for (index, line) in SeriesText.lines(text).enumerated()
        where !line.isEmpty && line.first != UInt8(ascii: "#") {
            if header.isEmpty {
                (header, headerLine) = (String(decoding: line, as: UTF8.self), index + 1)
            } else {
                let cells = line.split(
                    separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
                rows.append((index + 1, cells.map { String(decoding: $0, as: UTF8.self) }))
            }
        }
        holdsDayKinds = series.datedDays != nil
        if let intervals = series.intervals { bound(by: intervals) }
    }

    /// Writes the bounds of rows as instants of UTC, in the columns `from` and `to`: so they are kept,
    /// whatever offset or form a file gives them in.
    private mutating func bound(by intervals: [Series.Interval]) {
        let names = SeriesFile.cells(header[...])
        let bounds = names.contains("to") ? ["from", "to"] : ["from", "minutes"]
        let values = names.indices.filter { !bounds.contains(names[$0]) }
        header = (["from", "to"] + values.map { names[$0] }).joined(separator: ",")
        for (place, interval) in intervals.enumerated() {
            let cells = rows[place].cells
            rows[place].cells =
                [interval.from.iso(offset: 0), interval.to.iso(offset: 0)]
                + values.map { cells[$0] }
        }
    }

    /// Its rows with their cells in the order of a loaded header, with the line of each.
    ///
    /// - Throws: Where that header names other columns.
    func rows(under loaded: String) throws(TariffProblems) -> [(line: Int, row: SeriesTextRow)] {
        let names = SeriesFile.cells(header[...])
        let order = SeriesFile.cells(loaded[...]).map { names.firstIndex(of: $0) }
        guard order.count == names.count, !order.contains(nil) else {
            throw TariffProblems([
                TariffProblem(
                    file: path, position: SourcePosition(line: headerLine, column: 1),
                    code: .badValue,
                    what: "the header is '\(header)', the series was loaded with '\(loaded)'",
                    mend: "name the same columns, in any order, or give other columns a series of "
                        + "their own")
            ])
        }
        let hasEnds = hasEnds
        return rows.map { line, found in
            let cells = order.compactMap { $0.map { found[$0] } }
            let row = SeriesTextRow(
                startsAt: cells[0], endsAt: hasEnds ? cells[1] : "",
                text: cells.joined(separator: ","))
            return (line, row)
        }
    }

    private static func cells(_ line: Substring) -> [String] {
        line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
}
