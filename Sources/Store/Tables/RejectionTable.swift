// SPDX-License-Identifier: Apache-2.0

import GRDB
import MeterModel
import Quantities

/// Lines of a file that are worth trying again.
public struct CurableLines: Hashable, Sendable {
    /// The lines by zip member, which is empty in other files.
    public private(set) var lines: [String: Set<Int>] = [:]
    /// Those among them that were refused as future.
    public private(set) var future: [String: Set<Int>] = [:]

    mutating func insert(_ line: Int, ofMember member: String, isFuture: Bool) {
        lines[member, default: []].insert(line)
        if isFuture { future[member, default: []].insert(line) }
    }
}

extension StoreTransaction {
    /// Keeps a rejection of a file.
    ///
    /// - Parameter meterID: The id of its meter, where that is known.
    public func insert(
        _ rejection: ReadingRejection, ofFile sha256: String, delivery: Int, meterID: String?
    ) throws {
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO rejection (sha256, member, line, byte, code, found, readings, delivery,
                    meter_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try insert.execute(arguments: [
            sha256, rejection.member, rejection.line, rejection.byte, rejection.code.rawValue,
            rejection.found, rejection.readings, delivery, meterID,
        ])
    }

    /// The curable codes as SQL literals.
    private static let curableCodes = RejectionCode.allCases.filter(\.isCurable)
        .map { "'\($0.rawValue)'" }.joined(separator: ", ")

    /// Files with open rejections that an import may have cured, or the date, and their lines.
    ///
    /// - Parameter asOf: The date that stands for today.
    public func curableLines(asOf: CivilDay) throws -> [String: CurableLines] {
        var files: [String: CurableLines] = [:]
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT sha256, member, line, code, substr(found, 1, 10) AS found FROM rejection
                WHERE closed_by IS NULL AND code IN (\(StoreTransaction.curableCodes))
                """)
        while let row = try rows.next() {
            let isFuture = row["code"] == RejectionCode.futureTime.rawValue
            if isFuture, !StoreTransaction.hasCome(row["found"], by: asOf) { continue }
            files[row["sha256"], default: CurableLines()].insert(
                row["line"], ofMember: row["member"], isFuture: isFuture)
        }
        return files
    }

    /// True where readings that were in the future when they came are so no longer.
    func hasFutureCome(by asOf: CivilDay) throws -> Bool {
        try String.fetchAll(
            db,
            sql: """
                SELECT DISTINCT substr(found, 1, 10) FROM rejection
                WHERE closed_by IS NULL AND code = '\(RejectionCode.futureTime.rawValue)'
                """
        ).contains { StoreTransaction.hasCome($0, by: asOf) }
    }

    /// True where a text begins with a date, `YYYY-MM-DD` or `YYYYMMDD`, that is no future any more.
    ///
    /// Other texts, and the years ahead of a wrong clock, are not tried again each night.
    private static func hasCome(_ found: String, by asOf: CivilDay) -> Bool {
        let digits = found.prefix(8)
        let date =
            digits.count == 8 && digits.allSatisfy(\.isWholeNumber)
            ? "\(digits.prefix(4))-\(digits.dropFirst(4).prefix(2))-\(digits.suffix(2))" : found
        return CivilDay(iso: date).map { $0 <= asOf + 1 } ?? false
    }

    /// Closes the open curable rejections of some lines, by zip member, of a file.
    public func closeRejections(
        ofFile sha256: String, lines: [String: Set<Int>], by delivery: Int
    ) throws {
        let update = try db.cachedStatement(
            sql: """
                UPDATE rejection SET closed_by = ? WHERE sha256 = ? AND member = ?
                AND line BETWEEN ? AND ? AND closed_by IS NULL AND code IN (\(StoreTransaction.curableCodes))
                """)
        for (member, lines) in lines {
            // In the order in which they stand in the table, so that each page is changed once.
            for run in StoreTransaction.runs(of: lines) {
                try update.execute(arguments: [
                    delivery, sha256, member, run.lowerBound, run.upperBound,
                ])
            }
        }
    }

    /// Runs of consecutive numbers, in order.
    private static func runs(of lines: Set<Int>) -> [ClosedRange<Int>] {
        var runs: [ClosedRange<Int>] = []
        for line in lines.sorted() {
            if let last = runs.last, last.upperBound + 1 == line {
                runs[runs.count - 1] = last.lowerBound...line
            } else {
                runs.append(line...line)
            }
        }
        return runs
    }

    /// Closes the rejection of a file that was quarantined once and is read whole now.
    public func closeQuarantine(ofFile sha256: String, by delivery: Int) throws {
        let update = try db.cachedStatement(
            sql: """
                UPDATE rejection SET closed_by = ? WHERE sha256 = ? AND line = 0
                AND closed_by IS NULL
                """)
        try update.execute(arguments: [delivery, sha256])
    }

    /// How many readings of each code a delivery had refused, and how many whole files.
    public func rejectionCodes(ofDelivery delivery: Int) throws -> (
        readings: [String: Int], files: [String: Int]
    ) {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT code, sum(readings) AS readings, sum(line = 0) AS files FROM rejection
                WHERE delivery = ? GROUP BY 1
                """, arguments: [delivery])
        func counts(_ column: String) -> [String: Int] {
            Dictionary(uniqueKeysWithValues: rows.map { ($0["code"], $0[column]) })
                .filter { $0.value > 0 }
        }
        return (counts("readings"), counts("files"))
    }
}

extension StoreTransaction {
    /// Keeps the one rejection of a quarantined file, unless the file was refused before.
    public func keepQuarantine(
        _ rejection: ReadingRejection, ofFile sha256: String, delivery: Int
    ) throws {
        let known = try Int.fetchOne(
            db, sql: "SELECT count(*) FROM rejection WHERE sha256 = ?", arguments: [sha256])
        if known ?? 0 > 0 { return }
        try insert(rejection, ofFile: sha256, delivery: delivery, meterID: nil)
    }
}
