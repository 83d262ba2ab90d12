// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import GRDB
import Quantities

extension StoreTransaction {
    /// Makes `holds` the open holds of some contracts: new ones are added, the others released.
    ///
    /// A hold that stays says from now on what is missing now.
    public func reconcileHolds(of contracts: [String], found holds: [PeriodHold], seq: Int) throws {
        var pending = holds
        for contract in contracts {
            let open = try Row.fetchAll(
                try db.cachedStatement(
                    sql: "SELECT * FROM hold WHERE contract_id = ? AND released_seq IS NULL"),
                arguments: [contract])
            for row in open {
                let start: String = row["period_start"]
                let code: String = row["code"]
                if let known = pending.firstIndex(where: {
                    $0.contractID == contract && $0.periodStart.description == start
                        && $0.code == code
                }) {
                    let hold = pending.remove(at: known)
                    let end: String = row["period_end"]
                    let detail: String = row["detail"]
                    guard hold.periodEnd.description != end || hold.detail != detail else {
                        continue
                    }
                    try db.execute(
                        sql: """
                            UPDATE hold SET period_end = ?, detail = ? WHERE contract_id = ?
                            AND period_start = ? AND since_seq = ? AND code = ?
                            """,
                        arguments: [
                            hold.periodEnd.description, hold.detail, contract, start,
                            row["since_seq"] as Int, code,
                        ])
                } else {
                    try db.execute(
                        sql: """
                            UPDATE hold SET released_seq = ? WHERE contract_id = ?
                            AND period_start = ? AND since_seq = ? AND code = ?
                            """, arguments: [seq, contract, start, row["since_seq"] as Int, code])
                }
            }
        }
        let insert = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO hold VALUES (?, ?, ?, ?, ?, ?, NULL)")
        for hold in pending {
            try insert.execute(arguments: [
                hold.contractID, hold.periodStart.description, hold.periodEnd.description,
                hold.code, hold.detail, seq,
            ])
        }
    }

    /// The contracts that have open holds.
    public func contractsWithHolds() throws -> Set<String> {
        try String.fetchSet(db, sql: "SELECT contract_id FROM hold WHERE released_seq IS NULL")
    }

    /// How many holds are open.
    public func openHoldCount() throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM hold WHERE released_seq IS NULL") ?? 0
    }

    /// How many issued invoices a change of input put on the list for correction.
    public func correctionsListed(bySeq seq: Int) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT count(DISTINCT invoice_id) FROM correction WHERE seq = ?",
            arguments: [seq]) ?? 0
    }

    /// Puts an issued invoice on the list for correction, unless the cause has put it there before.
    ///
    /// - Returns: True where it is new on the list.
    public func listOnceForCorrection(
        invoice: Int64, cause: String, seq: Int, detail: String, changes: CorrectedInputs
    ) throws -> Bool {
        try db.execute(
            sql: """
                INSERT INTO correction SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE NOT EXISTS
                    (SELECT 1 FROM correction WHERE invoice_id = ?1 AND cause = ?2)
                """, arguments: [invoice, cause, seq, detail] + changes.columns)
        return db.changesCount > 0
    }

    /// Puts an issued invoice on the list of those whose inputs changed.
    public func listForCorrection(
        invoice: Int64, cause: String, seq: Int, detail: String, changes: CorrectedInputs
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO correction VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET energy = max(energy, excluded.energy),
                    demand = max(demand, excluded.demand), amounts = max(amounts, excluded.amounts)
                """, arguments: [invoice, cause, seq, detail] + changes.columns)
    }
}
