// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities

/// A load to price: energy of equal intervals, without gaps.
public struct LoadProfile: Sendable {
    /// The energy of one interval.
    public struct Interval: Hashable, Sendable {
        /// When it begins.
        public let start: Instant
        /// kWh or kvarh. Shape: `[quantity]`, as in `quantities`.
        public let amounts: [Exact]
    }

    /// The quantities that the file has columns for.
    public let quantities: [BilledQuantity]
    /// The length of an interval in minutes.
    public let minutes: Int
    /// The intervals in order.
    public let intervals: [Interval]
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

extension LoadProfile {
    private static let columns: [String: BilledQuantity] = [
        "kwh": .activeImport, "kvarh": .reactiveImport, "export_kwh": .activeExport,
    ]

    /// Reads a load: header `start,kwh[,kvarh][,export_kwh]`, starts in ISO 8601.
    ///
    /// A start without offset is the zone's wall clock; in the hour that a clock change doubles, the
    /// order of the rows tells the two apart. A byte order mark is no part of the text.
    public static func parse(
        _ text: String, file: String, zone: TimeZoneTable
    ) throws(LoadProblem) -> LoadProfile {
        func problem(_ line: Int, _ code: LoadProblem.Code, _ detail: String) -> LoadProblem {
            LoadProblem(file: file, line: line, code: code, detail: detail)
        }
        let body = text.unicodeScalars.drop { $0 == "\u{FEFF}" }
        let lines = Substring(body).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let names = (lines.first ?? "").split(separator: ",", omittingEmptySubsequences: false)
            .map(String.init)
        let quantities = names.dropFirst().compactMap { columns[$0] }
        guard names.first == "start", quantities.count == names.count - 1,
            quantities.contains(.activeImport), Set(quantities).count == quantities.count
        else {
            throw problem(1, .badHeader, "write start,kwh and optionally kvarh and export_kwh")
        }
        var intervals: [Interval] = []
        var length: Int64?
        for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            guard cells.count == names.count else {
                throw problem(index + 1, .badRow, "\(cells.count) cells, not \(names.count)")
            }
            var amounts: [Exact] = []
            for cell in cells.dropFirst() {
                guard !cell.contains("/"), let amount = Exact(String(cell)) else {
                    throw problem(index + 1, .badRow, "'\(cell)' is not a decimal number")
                }
                amounts.append(amount)
            }
            let last = intervals.last?.start
            guard let found = starts(cells[0], zone: zone) else {
                throw problem(
                    index + 1, .badTime, "'\(cells[0])' is not a start such as 2026-01-31T08:15")
            }
            guard !found.isEmpty else {
                throw problem(
                    index + 1, .nonexistentTime, "\(zone.name) has no \(cells[0]): give offsets")
            }
            guard let start = found.first(where: { $0 > last ?? .distantPast }) else {
                throw problem(index + 1, .outOfOrder, "\(cells[0]) is not after the row before")
            }
            if let last {
                let step = start.seconds - last.seconds
                let expected = length ?? step
                length = expected
                guard step >= expected else {
                    throw problem(index + 1, .outOfOrder, "the row before has not ended yet")
                }
                guard step == expected else {
                    throw problem(
                        index + 1, .missingInterval,
                        "\((step - expected) / 60) minutes before it have no row")
                }
            }
            intervals.append(Interval(start: start, amounts: amounts))
        }
        guard let length, length % 60 == 0, 86_400 % length == 0 else {
            throw problem(
                lines.count, .intervalLength,
                "give at least two rows, a whole number of minutes apart that divides a day")
        }
        return LoadProfile(
            quantities: quantities, minutes: Int(length / 60), intervals: intervals)
    }

    /// The moments that a start can mean, sorted; nil where it is no time.
    private static func starts(_ text: Substring, zone: TimeZoneTable) -> [Instant]? {
        // Far enough from the calendar's ends that months and years can be added.
        guard let year = Int(text.prefix(4)), (1900...2999).contains(year) else { return nil }
        if let instant = Instant(iso: text) { return [instant] }
        guard let naive = Instant(iso: text + "Z") else { return nil }
        let (day, second) = naive.clock(offset: 0)
        guard second % 60 == 0 else { return nil }
        return zone.instants(day: day, minute: second / 60)
    }
}
