// SPDX-License-Identifier: Apache-2.0

import GRDB
import Quantities

/// A file's delivered parts in one delivery, and the energy booked for them.
public struct DeliveredFileBooks: Sendable {
    /// The file.
    public let sha256: String
    /// Its parts as they came.
    public let parts: [PartRow]
    /// Its energy by channel, unit and verdict.
    public let energy: [EnergyKey: Exact]
}

extension StoreTransaction {
    /// All files with their parts; the lines of a file that were tried again by themselves.
    public func deliveredFiles() throws -> [DeliveredFileBooks] {
        let files = try Row.fetchAll(
            db,
            sql: """
                SELECT f.file_no, f.sha256, f.delivery, 0 AS is_retry FROM source_file f
                WHERE f.status = 'accepted'
                UNION ALL SELECT f.file_no, r.sha256, r.delivery, 1 FROM retried_file r
                JOIN source_file f USING (sha256) ORDER BY 1, 3
                """)
        let parts = try db.cachedStatement(
            sql: "SELECT * FROM part WHERE file_no = ? AND delivery = ? ORDER BY part_id")
        return try files.map { file in
            let (number, delivery): (Int, Int) = (file["file_no"], file["delivery"])
            let isRetry: Bool = file["is_retry"]
            let sums = try Row.fetchAll(
                db,
                sql: isRetry
                    ? """
                    SELECT * FROM retried_file_energy WHERE sha256 = ? AND delivery = \(delivery)
                    """ : "SELECT * FROM source_file_energy WHERE sha256 = ?",
                arguments: [file["sha256"] as String])
            var energy: [EnergyKey: Exact] = [:]
            for row in sums {
                let key = EnergyKey(
                    channel: row["channel"], unit: row["unit"], verdict: row["verdict"])
                energy[key] = Exact(row["sum"] as String) ?? .zero
            }
            return DeliveredFileBooks(
                sha256: file["sha256"],
                parts: try Row.fetchAll(parts, arguments: [number, delivery])
                    .compactMap(PartRow.init), energy: energy)
        }
    }

    /// The tariff files that were used, as they are kept.
    public func keptTariffs() throws -> [(
        sha256: String, id: String, version: String, body: String
    )] {
        try Row.fetchAll(db, sql: "SELECT * FROM tariff_file ORDER BY sha256").map {
            ($0["sha256"], $0["tariff_id"], $0["version"], $0["body"])
        }
    }
}
