// SPDX-License-Identifier: Apache-2.0

import GRDB
import MeterModel
import Quantities

/// A delivered file, once per content.
public struct SourceFileRow: Hashable, Sendable {
    /// The SHA-256 of its bytes as delivered, in hexadecimal.
    public var sha256: String
    /// The name it came under first.
    public var name: String
    /// The format found, or nil where none was.
    public var format: String?
    /// Its size as delivered.
    public var bytes: Int64
    /// Its size inflated.
    public var inflatedBytes: Int64
    /// `accepted` or `quarantined`.
    public var status: String
    /// Why it was quarantined, or nil.
    public var detail: String?

    /// A row from its parts.
    public init(
        sha256: String, name: String, format: String?, bytes: Int64, inflatedBytes: Int64,
        status: String, detail: String? = nil
    ) {
        self.sha256 = sha256
        self.name = name
        self.format = format
        self.bytes = bytes
        self.inflatedBytes = inflatedBytes
        self.status = status
        self.detail = detail
    }
}

/// The energy of some interval values of a file: the key of `source_file_energy` without the file.
public struct EnergyKey: Hashable, Sendable {
    /// Quantity and the sender's register name, such as `1.8.0:E1`.
    public var channel: String
    /// The unit as delivered.
    public var unit: String
    /// The verdict they got.
    public var verdict: String

    /// A key from its parts.
    public init(channel: String, unit: String, verdict: String) {
        self.channel = channel
        self.unit = unit
        self.verdict = verdict
    }
}

extension StoreTransaction {
    /// The number of a file of this content, or nil where it was never delivered whole.
    public func fileNumber(sha256: String) throws -> Int? {
        let select = try db.cachedStatement(
            sql: "SELECT file_no FROM source_file WHERE sha256 = ? AND status = 'accepted'")
        return try Int.fetchOne(select, arguments: [sha256])
    }

    /// Adds a file and gives its number; a file quarantined before may come again.
    public func insert(_ file: SourceFileRow, counts: VerdictCounts, delivery: Int) throws -> Int {
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO source_file (sha256, name, format, bytes, inflated_bytes, status,
                    readings, accepted, duplicate, superseded, absent, rejected, delivery, detail)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (sha256) DO UPDATE SET format = excluded.format,
                    inflated_bytes = excluded.inflated_bytes, status = excluded.status,
                    readings = excluded.readings, accepted = excluded.accepted,
                    duplicate = excluded.duplicate, superseded = excluded.superseded,
                    absent = excluded.absent, rejected = excluded.rejected,
                    delivery = excluded.delivery, detail = NULL
                    WHERE status = 'quarantined' AND excluded.status = 'accepted'
                """)
        try insert.execute(arguments: [
            file.sha256, file.name, file.format, file.bytes, file.inflatedBytes, file.status,
            counts.readings, counts.accepted, counts.duplicate, counts.superseded, counts.absent,
            counts.rejected, delivery, file.detail,
        ])
        guard
            let number = try Int.fetchOne(
                db, sql: "SELECT file_no FROM source_file WHERE sha256 = ?",
                arguments: [file.sha256])
        else { preconditionFailure("the file was just inserted") }
        return number
    }

    /// Adds to the counts of a file whose delivery is being settled.
    public func add(_ counts: VerdictCounts, toFile fileNumber: Int, delivery: Int, isRetry: Bool)
        throws
    {
        if isRetry {
            let update = try db.cachedStatement(
                sql: """
                    INSERT INTO retried_file SELECT ?, sha256, ?, ?, ?, ?, ?, ? FROM source_file
                        WHERE file_no = ?
                    ON CONFLICT (delivery, sha256) DO UPDATE SET
                        readings = readings + excluded.readings,
                        accepted = accepted + excluded.accepted,
                        duplicate = duplicate + excluded.duplicate,
                        superseded = superseded + excluded.superseded,
                        absent = absent + excluded.absent, rejected = rejected + excluded.rejected
                    """)
            try update.execute(arguments: [
                delivery, counts.readings, counts.accepted, counts.duplicate, counts.superseded,
                counts.absent, counts.rejected, fileNumber,
            ])
        } else {
            let update = try db.cachedStatement(
                sql: """
                    UPDATE source_file SET readings = readings + ?, accepted = accepted + ?,
                        duplicate = duplicate + ?, superseded = superseded + ?,
                        absent = absent + ?, rejected = rejected + ? WHERE file_no = ?
                    """)
            try update.execute(arguments: [
                counts.readings, counts.accepted, counts.duplicate, counts.superseded,
                counts.absent, counts.rejected, fileNumber,
            ])
        }
    }

    /// Adds to the energy of a file by channel, unit and verdict; that of lines tried again is booked
    /// with the retry.
    public func add(
        _ energy: [EnergyKey: Exact], toFile fileNumber: Int, delivery: Int, isRetry: Bool
    ) throws {
        guard !energy.isEmpty else { return }
        let table = isRetry ? "retried_file_energy" : "source_file_energy"
        let head: StatementArguments = isRetry ? [delivery] : []
        let select = try db.cachedStatement(
            sql: """
                SELECT e.sum FROM \(table) e JOIN source_file f USING (sha256)
                WHERE \(isRetry ? "e.delivery = ? AND " : "")f.file_no = ? AND e.channel = ? AND e.unit = ? AND e.verdict = ?
                """)
        let insert = try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO \(table)
                SELECT \(isRetry ? "?, " : "")sha256, ?, ?, ?, ? FROM source_file WHERE file_no = ?
                """)
        for (key, sum) in energy.sorted(by: {
            ($0.key.channel, $0.key.verdict) < ($1.key.channel, $1.key.verdict)
        }) {
            let before =
                try String.fetchOne(
                    select,
                    arguments: head + [fileNumber, key.channel, key.unit, key.verdict]
                ).flatMap { Exact($0) } ?? .zero
            let row: StatementArguments = [
                key.channel, key.unit, key.verdict, (before + sum).description, fileNumber,
            ]
            try insert.execute(arguments: head + row)
        }
    }

    /// Adds to the counts of a feeder in a delivery.
    public func add(_ counts: VerdictCounts, toFeeder feederID: String, delivery: Int) throws {
        let update = try db.cachedStatement(
            sql: """
                INSERT INTO feeder_delivery VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (delivery, feeder_id) DO UPDATE SET
                    readings = readings + excluded.readings, accepted = accepted + excluded.accepted,
                    duplicate = duplicate + excluded.duplicate,
                    superseded = superseded + excluded.superseded,
                    absent = absent + excluded.absent, rejected = rejected + excluded.rejected,
                    displaced = displaced + excluded.displaced
                """)
        try update.execute(arguments: [
            delivery, feederID, counts.readings, counts.accepted, counts.duplicate,
            counts.superseded, counts.absent, counts.rejected, counts.displaced,
        ])
    }

    /// The counts of a whole delivery, over its files.
    public func counts(ofDelivery delivery: Int) throws -> VerdictCounts {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT sum(readings) AS readings, sum(accepted) AS accepted,
                    sum(duplicate) AS duplicate, sum(superseded) AS superseded,
                    sum(absent) AS absent, sum(rejected) AS rejected,
                    (SELECT sum(displaced) FROM feeder_delivery WHERE delivery = ?) AS displaced
                FROM (SELECT readings, accepted, duplicate, superseded, absent, rejected
                        FROM source_file WHERE delivery = ?
                    UNION ALL SELECT readings, accepted, duplicate, superseded, absent, rejected
                        FROM retried_file WHERE delivery = ?)
                """, arguments: [delivery, delivery, delivery])
        var counts = VerdictCounts()
        guard let row else { return counts }
        counts.readings = row["readings"] ?? 0
        counts.accepted = row["accepted"] ?? 0
        counts.duplicate = row["duplicate"] ?? 0
        counts.superseded = row["superseded"] ?? 0
        counts.absent = row["absent"] ?? 0
        counts.rejected = row["rejected"] ?? 0
        counts.displaced = row["displaced"] ?? 0
        return counts
    }

    /// File numbers in the order of their SHA-256, for those asked.
    public func contentOrder(of fileNumbers: Set<Int>) throws -> [Int: String] {
        var order: [Int: String] = [:]
        let select = try db.cachedStatement(sql: "SELECT sha256 FROM source_file WHERE file_no = ?")
        for number in fileNumbers {
            order[number] = try String.fetchOne(select, arguments: [number])
        }
        return order
    }
}
