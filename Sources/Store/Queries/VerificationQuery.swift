// SPDX-License-Identifier: Apache-2.0

import GRDB
import Quantities

/// A file as one delivery read it: whole, or the lines that were tried again.
public struct BookedFile: Sendable {
    /// The file.
    public let sha256: String
    fileprivate let number: Int
    fileprivate let delivery: Int
    fileprivate let isRetry: Bool
}

extension StoreTransaction {
    /// All files; the lines of a file that were tried again by themselves.
    public func bookedFiles() throws -> [BookedFile] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT f.file_no, f.sha256, f.delivery, 0 AS is_retry FROM source_file f
                WHERE f.status = 'accepted'
                UNION ALL SELECT f.file_no, r.sha256, r.delivery, 1 FROM retried_file r
                JOIN source_file f USING (sha256) ORDER BY 1, 3
                """
        ).map {
            BookedFile(
                sha256: $0["sha256"], number: $0["file_no"], delivery: $0["delivery"],
                isRetry: $0["is_retry"])
        }
    }

    /// The parts of a file as they came, and the energy booked for them by channel, unit and verdict.
    public func books(of file: BookedFile) throws -> (
        parts: [PartRow], energy: [EnergyKey: Exact]
    ) {
        let parts = try db.cachedStatement(
            sql: """
                SELECT \(PartRow.columns) FROM part p WHERE file_no = ? AND delivery = ?
                ORDER BY part_id
                """)
        let sums = try db.cachedStatement(
            sql: file.isRetry
                ? "SELECT * FROM retried_file_energy WHERE sha256 = ? AND delivery = ?"
                : "SELECT * FROM source_file_energy WHERE sha256 = ?")
        let key: StatementArguments = file.isRetry ? [file.sha256, file.delivery] : [file.sha256]
        var energy: [EnergyKey: Exact] = [:]
        for row in try Row.fetchAll(sums, arguments: key) {
            let key = EnergyKey(channel: row["channel"], unit: row["unit"], verdict: row["verdict"])
            energy[key] = Exact(row["sum"] as String) ?? .zero
        }
        return (
            try Row.fetchAll(parts, arguments: [file.number, file.delivery])
                .compactMap(PartRow.init), energy
        )
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
