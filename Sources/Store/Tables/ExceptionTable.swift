// SPDX-License-Identifier: Apache-2.0

import GRDB
import Quantities

/// An accepted value that a check doubts, as a work item.
public struct ExceptionRow: Hashable, Sendable {
    /// `meter`, `feeder` or `contract`.
    public var subjectKind: String
    /// The id of the subject.
    public var subjectID: String
    /// The channel, or empty.
    public var channel: String
    /// The first moment concerned, ISO 8601.
    public var startsAt: String
    /// The moment after the last concerned, ISO 8601.
    public var endsAt: String
    /// The rule's stable code.
    public var rule: String
    /// `info`, `warn` or `fail`.
    public var severity: String
    /// What was found.
    public var detail: String

    /// A row from its parts.
    public init(
        subjectKind: String, subjectID: String, channel: String, startsAt: String, endsAt: String,
        rule: String, severity: String, detail: String
    ) {
        self.subjectKind = subjectKind
        self.subjectID = subjectID
        self.channel = channel
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.rule = rule
        self.severity = severity
        self.detail = detail
    }
}

extension StoreTransaction {
    /// Hands the open exceptions of a meter to another block, which its readings moved to.
    public func moveExceptions(subject: String, from block: String, to other: String) throws {
        let move = try db.cachedStatement(
            sql: """
                UPDATE exception SET block = ? WHERE block = ? AND subject_id = ?
                AND status = 'open'
                """)
        try move.execute(arguments: [other, block, subject])
    }

    /// Makes `found` the open exceptions of a block: new ones open, healed ones close.
    ///
    /// - Parameter block: What was checked as a whole, such as the text of a `BlockKey`.
    public func reconcileExceptions(block: String, found: [ExceptionRow], seq: Int) throws {
        let open = try Row.fetchAll(
            try db.cachedStatement(
                sql: "SELECT * FROM exception WHERE block = ? AND status = 'open'"),
            arguments: [block])
        var pending = Set(found)
        for row in open {
            let known = ExceptionRow(
                subjectKind: row["subject_kind"], subjectID: row["subject_id"],
                channel: row["channel"], startsAt: row["starts_at"], endsAt: row["ends_at"],
                rule: row["rule"], severity: row["severity"], detail: row["detail"])
            if pending.remove(known) == nil {
                try db.execute(
                    sql: """
                        UPDATE exception SET status = 'closed', closed_seq = ? WHERE exception_id = ?
                        """, arguments: [seq, row["exception_id"] as Int64])
            }
        }
        guard !pending.isEmpty else { return }
        let insert = try RowInsert(
            db,
            sql: """
                INSERT INTO exception (subject_kind, subject_id, channel, starts_at, ends_at, rule,
                    severity, status, detail, block, opened_seq)
                VALUES (?, ?, ?, ?, ?, ?, ?, 'open', ?, ?, ?)
                """)
        var rows = RowBuffer()
        for row in found where pending.remove(row) != nil {
            rows.begin()
            for text in [
                row.subjectKind, row.subjectID, row.channel, row.startsAt, row.endsAt, row.rule,
                row.severity, row.detail, block,
            ] {
                rows.add(text)
            }
            rows.add(seq)
            rows.end()
        }
        try insert.insert(rows)
    }

    /// Gives where registers fell or rolled over, as far as that ended on some day or later, by time of its
    /// end; closed exceptions too.
    public func forEachRegisterTurn(
        from day: CivilDay?,
        _ body: (_ meter: String, _ channel: String, _ span: (String, String))
            -> Void
    ) throws {
        // Times have the offset of their meter: as text, they are a day away from any other at most.
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT subject_id, channel, starts_at, ends_at FROM exception
                WHERE rule IN ('register-decrease', 'register-rollover') AND ends_at >= ?
                ORDER BY ends_at
                """, arguments: [day.map { ($0 - 2).description } ?? ""])
        while let row = try rows.next() { body(row[0], row[1], (row[2], row[3])) }
    }

    /// The blocks of open exceptions whose names end so.
    public func blocksWithExceptions(endingWith suffix: String) throws -> Set<String> {
        try String.fetchSet(
            db,
            sql: "SELECT block FROM exception WHERE status = 'open' AND block LIKE '%' || ?",
            arguments: [suffix])
    }

    /// The blocks of open exceptions whose names begin so.
    public func blocksWithExceptions(beginningWith prefix: String) throws -> Set<String> {
        // By the index: no character comes after this one.
        try String.fetchSet(
            db,
            sql: """
                SELECT block FROM exception WHERE status = 'open' AND block BETWEEN ?1
                AND ?1 || char(0x10FFFF)
                """, arguments: [prefix])
    }

    /// How many exceptions a change of input opened.
    public func exceptionsOpened(bySeq seq: Int) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT count(*) FROM exception WHERE opened_seq = ?", arguments: [seq]) ?? 0
    }
}
