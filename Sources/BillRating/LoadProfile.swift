// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities

/// A load to price: energy of intervals of one length, as columns.
///
/// A load file has no gaps; the intervals of a tariff's example may have some.
public struct LoadProfile: Sendable {
    /// The quantities that the file has columns for.
    let quantities: [BilledQuantity]
    /// The length of an interval in minutes.
    let minutes: Int
    /// When each interval begins, in order. Shape: `[interval]`.
    let starts: [Instant]
    /// The energy of the intervals. Shape: `[quantity]`, as in `quantities`.
    let columns: [LoadColumn]

    /// The local days that it has intervals of; nil where it has none.
    func days(in zone: TimeZoneTable) -> Range<CivilDay>? {
        guard let first = starts.first, let last = starts.last else { return nil }
        return zone.clock(at: first).day..<zone.clock(at: last).day + 1
    }
}

/// What is wrong with a load file; nothing of it is priced.
public struct LoadProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of problem it is. Stable.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The header is not `start,kwh[,kvarh][,export_kwh]`.
        case badHeader = "bad-header"
        /// A row has too many or too few cells, or one that cannot be read.
        case badRow = "bad-row"
        /// A start that is no time.
        case badTime = "bad-time"
        /// A wall-clock time that a clock change skips.
        case nonexistentTime = "nonexistent-time"
        /// A row that does not begin after the one before it.
        case outOfOrder = "out-of-order"
        /// Time between two rows that no row covers.
        case missingInterval = "missing-interval"
        /// Rows whose length cannot be told or is not whole minutes that divide a day.
        case intervalLength = "interval-length"
    }

    /// The file as the caller named it.
    public let file: String
    /// The line, from 1.
    public let line: Int
    /// What kind of problem it is.
    public let code: Code
    /// What was found, and how to mend it.
    public let detail: String

    /// One line that editors and terminals can follow: `file:line: code: detail`.
    public var description: String { "\(file):\(line): \(code.rawValue): \(detail)" }
}
