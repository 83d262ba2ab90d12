// SPDX-License-Identifier: Apache-2.0

import GRDB

/// An input that could not be accepted, with the file it stood in.
public struct RejectionRecord: Hashable, Sendable {
    /// The file's name when it first came; nil where it is not on record.
    public let file: String?
    /// The SHA-256 of the file.
    public let sha256: String
    /// The member of a zip archive; empty in any other file.
    public let member: String
    /// The line in the inflated text; 0 for the whole file.
    public let line: Int
    /// The byte offset in the inflated text.
    public let byte: Int
    /// Why, as a stable code.
    public let code: String
    /// The text as it stood.
    public let found: String
    /// How many delivered cells it costs.
    public let readings: Int
    /// The delivery that brought it.
    public let delivery: Int
    /// The delivery in which a retry accepted it; nil while it is open.
    public let closedBy: Int?
}

/// An accepted value that a check doubts.
public struct ExceptionRecord: Hashable, Sendable {
    /// Its number.
    public let number: Int
    /// `open` or `closed`.
    public let status: String
    /// What it is about.
    public let row: ExceptionRow
}

/// A contract and period that could not be billed.
public struct HoldRecord: Hashable, Sendable {
    /// The contract.
    public let contractID: String
    /// The first day of the period.
    public let periodStart: String
    /// The day after its last.
    public let periodEnd: String
    /// Why, as a stable code.
    public let code: String
    /// What is missing.
    public let detail: String
    /// The change of input since which it stands.
    public let sinceSeq: Int
    /// The change of input that released it; nil while it is open.
    public let releasedSeq: Int?
}

/// An issued invoice that something changed under.
public struct CorrectionRecord: Hashable, Sendable {
    /// The invoice's number.
    public let number: String
    /// The contract billed.
    public let contractID: String
    /// The first day billed.
    public let periodStart: String
    /// The day after the last billed.
    public let periodEnd: String
    /// Why, as a stable code.
    public let cause: String
    /// What changed.
    public let detail: String
    /// The change of input that put it on the list.
    public let seq: Int
}

/// Which findings are wanted; nil is any.
public struct FindingFilter: Hashable, Sendable {
    /// The rejection's or hold's code, the exception's rule, or the correction's cause.
    public var code: String?
    /// The meter of an exception, the contract of a hold or correction, the start of a rejected
    /// file's SHA-256 or its name.
    public var subject: String?
    /// True for closed, released and credited ones too.
    public var includesClosed: Bool

    /// A filter from its parts.
    public init(code: String? = nil, subject: String? = nil, includesClosed: Bool = false) {
        self.code = code
        self.subject = subject
        self.includesClosed = includesClosed
    }

    fileprivate var arguments: StatementArguments { [code, subject, includesClosed] }
}

extension StoreTransaction {
    /// Gives the rejections of a filter, one by one, file by file in the order of each.
    public func forEachRejection(
        _ filter: FindingFilter, _ body: (RejectionRecord) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT r.*, f.name FROM rejection r LEFT JOIN source_file f USING (sha256)
                WHERE (?1 IS NULL OR r.code = ?1)
                AND (?2 IS NULL OR f.name = ?2 OR substr(r.sha256, 1, length(?2)) = ?2)
                AND (?3 OR r.closed_by IS NULL)
                ORDER BY r.delivery, f.name, r.sha256, r.member, r.line, r.byte, r.rejection_id
                """, arguments: filter.arguments)
        while let row = try rows.next() {
            try body(
                RejectionRecord(
                    file: row["name"], sha256: row["sha256"], member: row["member"],
                    line: row["line"],
                    byte: row["byte"], code: row["code"], found: row["found"],
                    readings: row["readings"], delivery: row["delivery"],
                    closedBy: row["closed_by"]))
        }
    }

    /// Gives the exceptions of a filter, one by one, by subject and time.
    public func forEachException(
        _ filter: FindingFilter, _ body: (ExceptionRecord) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT * FROM exception
                WHERE (?1 IS NULL OR rule = ?1) AND (?2 IS NULL OR subject_id = ?2)
                AND (?3 OR status = 'open')
                ORDER BY subject_kind, subject_id, starts_at, channel, rule, exception_id
                """, arguments: filter.arguments)
        while let row = try rows.next() {
            try body(
                ExceptionRecord(
                    number: row["exception_id"], status: row["status"],
                    row: ExceptionRow(
                        subjectKind: row["subject_kind"], subjectID: row["subject_id"],
                        channel: row["channel"], startsAt: row["starts_at"],
                        endsAt: row["ends_at"], rule: row["rule"], severity: row["severity"],
                        detail: row["detail"])))
        }
    }

    /// Gives the holds of a filter, one by one, by contract and period.
    public func forEachHold(
        _ filter: FindingFilter, _ body: (HoldRecord) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT * FROM hold
                WHERE (?1 IS NULL OR code = ?1) AND (?2 IS NULL OR contract_id = ?2)
                AND (?3 OR released_seq IS NULL)
                ORDER BY contract_id, period_start, since_seq, code
                """, arguments: filter.arguments)
        while let row = try rows.next() {
            try body(
                HoldRecord(
                    contractID: row["contract_id"], periodStart: row["period_start"],
                    periodEnd: row["period_end"], code: row["code"], detail: row["detail"],
                    sinceSeq: row["since_seq"], releasedSeq: row["released_seq"]))
        }
    }

    /// Gives the corrections of a filter, one by one, by contract, period and change.
    public func forEachCorrection(
        _ filter: FindingFilter, _ body: (CorrectionRecord) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT c.*, i.number, i.contract_id, i.period_start, i.period_end
                FROM correction c JOIN invoice_view i USING (invoice_id)
                WHERE (?1 IS NULL OR c.cause = ?1) AND (?2 IS NULL OR i.contract_id = ?2)
                AND (?3 OR i.status = 'issued')
                ORDER BY i.contract_id, i.period_start, i.number, c.seq, c.cause
                """, arguments: filter.arguments)
        while let row = try rows.next() {
            try body(
                CorrectionRecord(
                    number: row["number"], contractID: row["contract_id"],
                    periodStart: row["period_start"], periodEnd: row["period_end"],
                    cause: row["cause"], detail: row["detail"], seq: row["seq"]))
        }
    }
}
