// SPDX-License-Identifier: Apache-2.0

import GRDB
import MeterModel

/// What a run reports of itself; the table keeps it with the run's number.
public struct RunCounts: Hashable, Sendable {
    /// Files of the delivery that were read or refused.
    public var files = 0
    /// Files whose bytes were known already.
    public var filesRepeated = 0
    /// Files refused as a whole.
    public var filesQuarantined = 0
    /// Readings by verdict.
    public var verdicts = VerdictCounts()
    /// Values estimated for invoices.
    public var estimated = 0
    /// Invoices issued.
    public var invoices = 0
    /// Contract periods held.
    public var holds = 0
    /// Exceptions opened.
    public var exceptions = 0
    /// Issued invoices put on the list for correction.
    public var corrections = 0

    /// Nothing done.
    public init() {}
}

extension StoreTransaction {
    /// Notes the start of a run and gives its number.
    public func beginRun(command: String, asOf: String, at time: String) throws -> Int {
        try db.execute(
            sql: "INSERT INTO run (command, as_of, started_at, status) VALUES (?, ?, ?, 'running')",
            arguments: [command, asOf, time])
        return Int(db.lastInsertedRowID)
    }

    /// The runs before one that were killed: nobody noted how they ended.
    public func untoldRuns(before run: Int) throws -> [Int] {
        try Int.fetchAll(
            db,
            sql: "SELECT run_id FROM run WHERE status = 'running' AND run_id < ? ORDER BY run_id",
            arguments: [run])
    }

    /// The deliveries that were settled since the last that a run told of.
    public func untoldDeliveries() throws -> [DeliveryRow] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM delivery WHERE stage = 'done'
                AND delivery > (SELECT coalesce(max(delivery), 0) FROM run) ORDER BY delivery
                """
        ).compactMap(DeliveryRow.init)
    }

    /// Notes that a later run told of runs that were killed.
    public func endUntoldRuns(_ runs: [Int]) throws {
        for run in runs {
            try db.execute(
                sql: "UPDATE run SET status = 'stopped', message = ? WHERE run_id = ?",
                arguments: ["ended without its report", run])
        }
    }

    /// Notes how a run ended.
    public func finishRun(
        _ run: Int, delivery: Int?, status: String, counts: RunCounts, message: String?,
        at time: String
    ) throws {
        let verdicts = counts.verdicts
        try db.execute(
            sql: """
                UPDATE run SET finished_at = ?, status = ?, delivery = ?, files = ?,
                    files_repeated = ?, files_quarantined = ?, readings = ?, accepted = ?,
                    duplicate = ?, superseded = ?, absent = ?, rejected = ?, displaced = ?,
                    estimated = ?, invoices = ?, holds = ?, exceptions = ?, corrections = ?,
                    message = ?
                WHERE run_id = ?
                """,
            arguments: [
                time, status, delivery, counts.files, counts.filesRepeated, counts.filesQuarantined,
                verdicts.readings, verdicts.accepted, verdicts.duplicate, verdicts.superseded,
                verdicts.absent, verdicts.rejected, verdicts.displaced, counts.estimated,
                counts.invoices, counts.holds, counts.exceptions, counts.corrections, message, run,
            ])
    }
}
