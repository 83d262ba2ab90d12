// SPDX-License-Identifier: Apache-2.0

import GRDB
import MeterModel

extension StoreTransaction {
    /// Keeps rejections of a file.
    ///
    /// - Parameter meterID: The id of a meter number, for rejections that know their meter.
    public func insert(
        _ rejections: [ReadingRejection], ofFile sha256: String, delivery: Int,
        meterID: (UInt32) -> String?
    ) throws {
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO rejection (sha256, member, line, byte, code, found, readings, delivery,
                    meter_id) VALUES (?, '', ?, ?, ?, ?, ?, ?, ?)
                """)
        for rejection in rejections {
            try insert.execute(arguments: [
                sha256, rejection.line, rejection.byte, rejection.code.rawValue, rejection.found,
                rejection.readings, delivery, rejection.meter.flatMap(meterID),
            ])
        }
    }

    /// The curable codes as SQL literals.
    private static let curableCodes = RejectionCode.allCases.filter(\.isCurable)
        .map { "'\($0.rawValue)'" }.joined(separator: ", ")

    /// Files with open rejections that an import may cure, and the lines of each.
    public func curableLines() throws -> [String: Set<Int>] {
        var lines: [String: Set<Int>] = [:]
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT sha256, line FROM rejection WHERE closed_by IS NULL
                AND code IN (\(StoreTransaction.curableCodes))
                """)
        while let row = try rows.next() {
            lines[row["sha256"], default: []].insert(row["line"])
        }
        return lines
    }

    /// Closes the open curable rejections of some lines of a file.
    public func closeRejections(ofFile sha256: String, lines: Set<Int>, by delivery: Int) throws {
        let update = try db.cachedStatement(
            sql: """
                UPDATE rejection SET closed_by = ? WHERE sha256 = ? AND line = ?
                AND closed_by IS NULL AND code IN (\(StoreTransaction.curableCodes))
                """)
        for line in lines { try update.execute(arguments: [delivery, sha256, line]) }
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

    /// How many rejections of each code a delivery brought.
    public func rejectionCodes(ofDelivery delivery: Int) throws -> [String: Int] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT code, sum(readings) AS n FROM rejection WHERE delivery = ? GROUP BY 1",
            arguments: [delivery])
        return Dictionary(uniqueKeysWithValues: rows.map { ($0["code"], $0["n"]) })
    }
}

extension StoreTransaction {
    /// Keeps the one rejection of a quarantined file, unless the file was refused before.
    public func keepQuarantine(
        _ rejections: [ReadingRejection], ofFile sha256: String, delivery: Int
    ) throws {
        let known = try Int.fetchOne(
            db, sql: "SELECT count(*) FROM rejection WHERE sha256 = ?", arguments: [sha256])
        if known ?? 0 > 0 { return }
        try insert(rejections, ofFile: sha256, delivery: delivery) { _ in nil }
    }
}
