// SPDX-License-Identifier: Apache-2.0

import GRDB
import MeterModel
import Quantities

extension StoreTransaction {
    /// Keeps rejections of a file that a delivery brought or tried again.
    public func rejectionRows(ofFile sha256: String, delivery: Int) throws -> RejectionRows {
        try RejectionRows(db, sha256: sha256, delivery: delivery)
    }

    /// The curable codes as SQL literals.
    private static let curableCodes = RejectionCode.curable
        .map { "'\($0.rawValue)'" }.joined(separator: ", ")

    private static let future = RejectionCode.futureTime.rawValue

    /// Files with open rejections that an import may have cured, or the date.
    ///
    /// - Parameter asOf: The date that stands for today.
    public func retriedFiles(asOf: CivilDay) throws -> Set<String> {
        var files: Set<String> = []
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT DISTINCT sha256,
                    CASE code WHEN '\(StoreTransaction.future)' THEN substr(found, 1, 10) END AS time
                FROM rejection
                WHERE closed_by IS NULL AND code IN (\(StoreTransaction.curableCodes))
                """)
        while let row = try rows.next() {
            let time: String? = row["time"]
            guard time.map({ StoreTransaction.hasCome($0, by: asOf) }) ?? true else { continue }
            files.insert(row["sha256"])
        }
        return files
    }

    /// The open rejections of a file that an import may have cured, or the date, by zip member, which
    /// is empty in other files.
    ///
    /// - Parameter asOf: The date that stands for today.
    public func retriedRejections(
        ofFile sha256: String, asOf: CivilDay
    ) throws -> [String: RetriedRejections] {
        var members: [String: RetriedRejections] = [:]
        // The index gives the order of lines, so that nothing is sorted.
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT rejection_id, member, line, cell, readings, code,
                    CASE code WHEN '\(StoreTransaction.future)' THEN substr(found, 1, 10) END AS time
                FROM rejection INDEXED BY rejection_file
                WHERE sha256 = ? AND closed_by IS NULL
                AND code IN (\(StoreTransaction.curableCodes))
                ORDER BY line, rejection_id
                """, arguments: [sha256])
        while let row = try rows.next() {
            let time: String? = row["time"]
            guard time.map({ StoreTransaction.hasCome($0, by: asOf) }) ?? true else { continue }
            guard let code = RejectionCode(rawValue: row["code"]) else {
                preconditionFailure("a code that was asked for")
            }
            members[row["member"], default: RetriedRejections()].append(
                RetriedRejections.Entry(
                    number: row["rejection_id"], line: row["line"], cell: row["cell"],
                    readings: row["readings"], code: code))
        }
        return members
    }

    /// True where readings that were in the future when they came are so no longer.
    func hasFutureCome(by asOf: CivilDay) throws -> Bool {
        try String.fetchAll(
            db,
            sql: """
                SELECT DISTINCT substr(found, 1, 10) FROM rejection
                WHERE closed_by IS NULL AND code = '\(StoreTransaction.future)'
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

    /// Closes the rejections that a retry cured, wholly or in part, or refused for another reason.
    public func close(_ retried: RetriedRejections, by delivery: Int) throws {
        let update = try db.cachedStatement(
            sql: """
                UPDATE rejection SET closed_by = ?
                WHERE rejection_id BETWEEN ? AND ? AND closed_by IS NULL
                """)
        // Neighbours at once: most of a file's are.
        var run: ClosedRange<Int64>?
        func closeRun() throws {
            guard let run else { return }
            try update.execute(arguments: [delivery, run.lowerBound, run.upperBound])
        }
        try retried.forEachClosed { entry in
            if let last = run, last.upperBound + 1 == entry.number {
                run = last.lowerBound...entry.number
            } else {
                try closeRun()
                run = entry.number...entry.number
            }
        }
        try closeRun()
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
        var rows = try rejectionRows(ofFile: sha256, delivery: delivery)
        try rows.insert(rejection, meterID: nil)
    }
}

/// Writes the rejections of one file, of which there may be many.
public struct RejectionRows {
    private let sha256: String
    private let delivery: Int
    private let rows: RowInsert
    private var row = RowBuffer()

    fileprivate init(_ db: Database, sha256: String, delivery: Int) throws {
        (self.sha256, self.delivery) = (sha256, delivery)
        rows = try RowInsert(
            db,
            sql: """
                INSERT INTO rejection (sha256, member, line, byte, cell, code, found, readings,
                    delivery, meter_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
    }

    /// Keeps a rejection.
    ///
    /// - Parameter meterID: The id of its meter, where that is known.
    public mutating func insert(_ rejection: ReadingRejection, meterID: String?) throws {
        row.removeAll()
        row.begin()
        row.add(sha256)
        row.add(rejection.member)
        row.add(rejection.line)
        row.add(rejection.byte)
        row.add(rejection.cell)
        row.add(rejection.code.rawValue)
        row.add(rejection.found)
        row.add(rejection.readings)
        row.add(delivery)
        row.add(meterID)
        row.end()
        try rows.insert(row)
    }
}
