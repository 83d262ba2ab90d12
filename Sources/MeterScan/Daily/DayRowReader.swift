// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// Reads what rows of one meter and day have in common: their cells, their id and their date.
struct DayRowReader {
    var cutter: CellCutter
    let index: MeterIndex
    /// The cells of the row that is cut that are wanted.
    private(set) var cells = LineCells.all
    private var retried: RetriedRejections.Cursor?
    private let columnCount: Int
    private let header: [UInt8]
    private let clock: LabelClock
    private var midnights = MidnightMemo()
    /// The date of the last row: most files are of one.
    private var dates = CellMemo<Int32>()
    /// The entry of the last row, or -1.
    private var lastEntry: Int32 = -1

    /// - Parameter clock: Whose midnight dates mean; not the labels' own, for dates have no offset.
    init(
        index: MeterIndex, separator: UInt8, columnCount: Int, header: [UInt8], clock: LabelClock,
        retrying retried: RetriedRejections?
    ) {
        precondition(clock != .inFile, "a date does not carry its offset")
        cutter = CellCutter(separator: separator, keeping: columnCount)
        self.index = index
        self.retried = retried.map { RetriedRejections.Cursor($0) }
        self.columnCount = columnCount
        self.header = header
        self.clock = clock
    }

    /// Cuts the line at a place.
    ///
    /// - Returns: True where it is a row that was asked for, with the right number of cells or not.
    mutating func cut(_ lines: RawSpan, at place: Int, line: Int) -> Bool {
        cutter.cut(lines, at: place)
        if cutter.isEmptyLine { return false }
        if retried != nil {
            guard let wanted = retried?.cells(ofLine: line) else { return false }
            cells = wanted
        }
        // SAFETY: bytes of an array are always initialized.
        return unsafe header.isEmpty
            || !lines.equals(cutter.start, cutter.end, header.span.bytes, 0, header.count)
    }

    /// True where the line that is cut has as many cells as rows have.
    var hasAllCells: Bool { cutter.count == columnCount }

    /// The entry of the id in a cell, or -1.
    mutating func entry(_ lines: RawSpan, cell: Int) -> Int32 {
        let entry = index.entry(in: lines, cutter.from(cell), cutter.to(cell), after: lastEntry)
        lastEntry = entry
        return entry
    }

    /// The number of the day in a cell, or nil where it is no date.
    mutating func day(_ lines: RawSpan, cell: Int) -> Int32? {
        let (from, to) = (cutter.from(cell), cutter.to(cell))
        return dates.value(lines, from, to) { TimeLabel.day(lines, from, to) }
    }

    /// The text of a cell.
    func text(_ lines: RawSpan, cell: Int) -> String {
        lines.text(cutter.from(cell), cutter.to(cell))
    }

    /// The moment at which a day begins for an id, by the clock of the layout.
    ///
    /// Where that is the service point's and the id had several, it is the zone of the span that the
    /// day begins in, else that of the first span to come, else that of the last one.
    ///
    /// - Returns: Nil where the id has no span at all.
    mutating func midnight(of day: Int32, entry: Int32) -> (moment: Int64, zone: TimeZoneTable?)? {
        let utc = Int64(day) * 86_400
        switch clock {
        case .inFile: preconditionFailure("checked when the reader was made")
        case .fixed(let offset): return (utc - Int64(offset), nil)
        case .zone(let zone): return (midnights.midnight(of: day, zone: 0, zone), zone)
        case .servicePoint:
            var found: (moment: Int64, zone: TimeZoneTable?)?
            for place in index.spanRange(of: entry) {
                let span = index.span(place, of: entry)
                let zone = index.zones[Int(span.zone)]
                let moment = midnights.midnight(of: day, zone: span.zone, zone)
                found = (moment, zone)
                if moment < span.to { break }
            }
            return found
        }
    }
}

/// Remembers the last midnight found, because rows of one file are of few days and zones.
private struct MidnightMemo {
    private var day: Int32 = .min
    private var zone: UInt16 = 0
    private var moment: Int64 = 0

    mutating func midnight(of day: Int32, zone: UInt16, _ table: TimeZoneTable) -> Int64 {
        if day != self.day || zone != self.zone {
            (self.day, self.zone) = (day, zone)
            moment = table.startOfDay(CivilDay(number: day)).seconds
        }
        return moment
    }
}
