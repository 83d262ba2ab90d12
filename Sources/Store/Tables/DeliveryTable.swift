// SPDX-License-Identifier: Apache-2.0

import GRDB

/// How far a delivery has come; committed with the work of each stage.
public enum DeliveryStage: String, Hashable, Sendable {
    /// Its files are being read.
    case ingest
    /// Its parts are being merged and checked.
    case settle
    /// Everything it brought is settled.
    case done
}

/// A delivery: the set of files that one run found, and what was fixed before it read them.
public struct DeliveryRow: Hashable, Sendable {
    /// Its number.
    public var delivery: Int
    /// The change of input that it is.
    public var seq: Int
    /// `run`, `ingest` or `retry`.
    public var kind: String
    /// The civil date that stands for the clock.
    public var asOf: String
    /// How far it has come.
    public var stage: DeliveryStage
}

/// One file of a delivery's plan.
public struct PlannedFile: Hashable, Sendable {
    /// Its place in the plan.
    public var position: Int
    /// Where it was found.
    public var path: String
    /// What it was when the plan was made.
    public var stamp: FileStamp

    /// A planned file from its parts.
    public init(position: Int, path: String, stamp: FileStamp) {
        self.position = position
        self.path = path
        self.stamp = stamp
    }
}

/// What became of a planned file.
public enum PlannedFileState: String, Hashable, Sendable {
    /// Not read yet.
    case planned
    /// Read; its readings are among the parts.
    case done
    /// Refused as a whole.
    case quarantined
    /// Its bytes were known already.
    case repeated
    /// It changed while it was read, and waits for the next run.
    case postponed
    /// It was gone when its turn came.
    case vanished
}

extension StoreTransaction {
    /// The delivery that a crash interrupted, or nil.
    public func interruptedDelivery() throws -> DeliveryRow? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM delivery WHERE stage <> 'done' ORDER BY delivery LIMIT 1"
        ).flatMap(DeliveryRow.init)
    }

    /// Commits a plan; reading may begin when the transaction ends.
    public func plan(
        kind: String, asOf: String, rulesSHA256: String, tariffsSHA256: String,
        files: [PlannedFile], by author: ChangeAuthor
    ) throws -> DeliveryRow {
        let delivery = (try Int.fetchOne(db, sql: "SELECT max(delivery) FROM delivery") ?? 0) + 1
        let seq = try recordChange(by: author, subject: "delivery \(delivery)")
        try db.execute(
            sql: "INSERT INTO delivery VALUES (?, ?, ?, ?, ?, ?, 'ingest')",
            arguments: [delivery, seq, kind, asOf, rulesSHA256, tariffsSHA256])
        let insert = try db.cachedStatement(
            sql: "INSERT INTO delivery_file VALUES (?, ?, ?, ?, ?, 'planned', NULL, ?, ?)")
        for file in files {
            try insert.execute(arguments: [
                delivery, file.position, file.path, file.stamp.bytes,
                file.stamp.modifiedNanoseconds, file.stamp.changedNanoseconds, file.stamp.inode,
            ])
        }
        return DeliveryRow(delivery: delivery, seq: seq, kind: kind, asOf: asOf, stage: .ingest)
    }

    /// The files of a delivery that were not read yet, in the plan's order.
    public func unreadFiles(of delivery: Int) throws -> [PlannedFile] {
        try files(of: delivery, in: "('planned')")
    }

    /// The files of a delivery that need not be read again.
    public func finishedFiles(of delivery: Int) throws -> [PlannedFile] {
        try files(of: delivery, in: "('done', 'quarantined', 'repeated')")
    }

    private func files(of delivery: Int, in states: String) throws -> [PlannedFile] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM delivery_file WHERE delivery = ? AND state IN \(states)
                ORDER BY position
                """,
            arguments: [delivery]
        ).map {
            PlannedFile(
                position: $0["position"], path: $0["path"],
                stamp: FileStamp(
                    bytes: $0["bytes"], modifiedNanoseconds: $0["modified_ns"],
                    changedNanoseconds: $0["changed_ns"], inode: $0["inode"]))
        }
    }

    /// Notes what became of a planned file.
    public func finish(
        _ file: PlannedFile, of delivery: Int, state: PlannedFileState, sha256: String?
    ) throws {
        let update = try db.cachedStatement(
            sql: """
                UPDATE delivery_file SET state = ?, sha256 = ? WHERE delivery = ? AND position = ?
                """)
        try update.execute(arguments: [state.rawValue, sha256, delivery, file.position])
    }

    /// Moves a delivery to its next stage.
    public func enter(_ stage: DeliveryStage, delivery: Int) throws {
        try db.execute(
            sql: "UPDATE delivery SET stage = ? WHERE delivery = ?",
            arguments: [stage.rawValue, delivery])
    }

    /// How many files of a delivery ended in each state.
    public func fileStates(of delivery: Int) throws -> [PlannedFileState: Int] {
        var counts: [PlannedFileState: Int] = [:]
        let rows = try Row.fetchAll(
            db, sql: "SELECT state, count(*) AS n FROM delivery_file WHERE delivery = ? GROUP BY 1",
            arguments: [delivery])
        for row in rows {
            if let state = PlannedFileState(rawValue: row["state"]) { counts[state] = row["n"] }
        }
        return counts
    }

    /// Forgets a delivery whose files brought nothing, as if it had not been planned.
    ///
    /// One that was interrupted and that another change of input followed stays, as done: no number
    /// of a change may be missing.
    public func withdraw(_ delivery: DeliveryRow) throws {
        guard try latestSeq() == delivery.seq else {
            try enter(.done, delivery: delivery.delivery)
            return
        }
        try db.execute(
            sql: "DELETE FROM delivery_file WHERE delivery = ?", arguments: [delivery.delivery])
        try db.execute(
            sql: "DELETE FROM delivery WHERE delivery = ?", arguments: [delivery.delivery])
        try db.execute(sql: "DELETE FROM change WHERE seq = ?", arguments: [delivery.seq])
    }

    /// Remembers a file by name and stamp, so that the next run need not read it to know it.
    public func remember(_ file: PlannedFile) throws {
        let insert = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO seen_file VALUES (?, ?, ?, ?, ?)")
        try insert.execute(arguments: [
            file.path, file.stamp.bytes, file.stamp.modifiedNanoseconds,
            file.stamp.changedNanoseconds, file.stamp.inode,
        ])
    }

    /// True for a file that an earlier run read or refused under this name and stamp.
    public func remembers(path: String, stamp: FileStamp) throws -> Bool {
        let select = try db.cachedStatement(
            sql: """
                SELECT 1 FROM seen_file WHERE path = ? AND bytes = ? AND modified_ns = ?
                AND changed_ns = ? AND inode = ?
                """)
        return try Int.fetchOne(
            select,
            arguments: [
                path, stamp.bytes, stamp.modifiedNanoseconds, stamp.changedNanoseconds, stamp.inode,
            ]) != nil
    }
}

extension DeliveryRow {
    init?(_ row: Row) {
        guard let stage = DeliveryStage(rawValue: row["stage"]) else { return nil }
        self.init(
            delivery: row["delivery"], seq: row["seq"], kind: row["kind"], asOf: row["as_of"],
            stage: stage)
    }
}
