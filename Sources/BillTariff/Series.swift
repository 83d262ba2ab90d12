// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Values that arrive over time: monthly prices by component, prices of half-hours, or days of a special
/// kind.
public struct Series: Hashable, Sendable {
    /// The values of a stretch of days.
    public struct Row: Hashable, Sendable {
        /// The first day.
        public let from: CivilDay
        /// The day after the last; nil while open.
        public let to: CivilDay?
        /// One value per column; nil where the cell is empty. Shape: `[column]`.
        public let values: [Exact?]
        /// The line it stands on.
        public let line: Int
    }

    /// The values of a stretch of time that instants bound, such as a half-hour.
    public struct Interval: Hashable, Sendable {
        /// When it begins; a whole minute.
        public let from: Instant
        /// When it ends, not included; a whole minute.
        public let to: Instant
        /// One value per column; nil where the cell is empty. Shape: `[column]`.
        public let values: [Exact?]
        /// The line it stands on.
        public let line: Int
    }

    /// What it holds.
    enum Content: Hashable, Sendable {
        /// Rows sorted by their first day that do not overlap.
        case values(columns: [String], rows: [Row])
        /// Intervals sorted by their beginning that do not overlap.
        case intervals(columns: [String], [Interval])
        /// Days and their kinds, such as `holiday`.
        case days([CivilDay: String])
    }

    /// Its name: that of its file without `.csv`.
    public let id: String
    /// The file it was read from.
    public let file: String
    let content: Content

    /// The names of its columns; empty where it holds days.
    public var columns: [String] {
        switch content {
        case .values(let columns, _), .intervals(let columns, _): columns
        case .days: []
        }
    }

    /// Its intervals, sorted; nil where it holds values of days.
    public var intervals: [Interval]? {
        if case .intervals(_, let intervals) = content { intervals } else { nil }
    }

    /// Its rows of days, sorted; empty where it holds days and their kinds, or intervals.
    public var rows: [Row] {
        if case .values(_, let rows) = content { rows } else { [] }
    }

    /// Its days and their kinds; nil where it holds values.
    public var datedDays: [CivilDay: String]? {
        if case .days(let days) = content { days } else { nil }
    }

    /// The value of a column on a day.
    public func value(column: String, on day: CivilDay) throws(PriceGap) -> Exact {
        guard let index = columns.firstIndex(of: column),
            let row = row(on: day), let value = row.values[index]
        else { throw PriceGap(series: id, column: column, day: day) }
        return value
    }

    /// The mean of a column from `start` up to, not including, `end`, weighted by days.
    public func mean(
        column: String, from start: CivilDay, to end: CivilDay
    ) throws(PriceGap) -> Exact {
        precondition(start < end, "a span has days")
        var sum = Exact.zero
        var day = start
        while day < end {
            let value = try value(column: column, on: day)
            let rowEnd = row(on: day)?.to ?? end
            let next = min(rowEnd, end)
            sum += value * Exact(next - day)
            day = next
        }
        return sum / Exact(end - start)
    }

    private func row(on day: CivilDay) -> Row? {
        guard let row = rows.last(where: { $0.from <= day }), row.to.map({ day < $0 }) ?? true
        else { return nil }
        return row
    }
}

/// A value that a series does not have. Missing is never zero: whoever needs it waits for it.
public struct PriceGap: Error, Hashable, Sendable, CustomStringConvertible {
    /// The series.
    public let series: String
    /// The column; nil where the whole series is missing.
    public let column: String?
    /// The first day without a value; nil where the whole series is missing, or an interval of it.
    public let day: CivilDay?
    /// The first moment without a value, of a series of intervals.
    public var at: Instant? = nil

    /// What is missing and how to mend it.
    public var description: String {
        if let column, let at {
            return "series '\(series)' has no '\(column)' at \(at.iso(offset: 0)): add a row that "
                + "covers it"
        }
        guard let column, let day else {
            return "series '\(series)' is not loaded: add series/\(series).csv"
        }
        if column == "kind" {
            return
                "series '\(series)' names no day of \(day.components.year): add the days of that "
                + "year, or one of a kind that no period names"
        }
        return "series '\(series)' has no '\(column)' for \(day): add a row that covers the day"
    }
}

/// All series that are loaded, by name.
public struct SeriesSet: Hashable, Sendable {
    /// The series by name.
    public private(set) var all: [String: Series]

    /// A set of these series; of two with one name the later stays.
    public init(_ series: [Series] = []) {
        all = Dictionary(series.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    }

    /// The series of this name.
    public subscript(id: String) -> Series? { all[id] }

    /// The value of a price for the span from `start` up to, not including, `end`.
    public func value(
        of price: SeriesPrice, from start: CivilDay, to end: CivilDay
    ) throws(PriceGap) -> Exact {
        guard let series = all[price.series] else {
            throw PriceGap(series: price.series, column: nil, day: nil)
        }
        switch price.moment {
        case .periodStart: return try series.value(column: price.column, on: start)
        case .periodEnd: return try series.value(column: price.column, on: end - 1)
        case .byDays: return try series.mean(column: price.column, from: start, to: end)
        }
    }
}
