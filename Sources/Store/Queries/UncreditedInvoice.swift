// SPDX-License-Identifier: Apache-2.0

import GRDB
import Quantities

/// An issued invoice that no credit note takes back.
public struct UncreditedInvoice: Hashable, Sendable {
    /// The invoice.
    public var invoiceID: Int64
    /// Its number.
    public var number: String
    /// The contract.
    public var contractID: String
    /// Where the energy was used.
    public var servicePointID: String
    /// What it bills.
    public var period: Range<CivilDay>
    /// How many of its values were estimated.
    public var estimatedValues: Int

    fileprivate init?(_ row: Row) {
        let (start, end): (String, String) = (row["period_start"], row["period_end"])
        guard let start = CivilDay(iso: start), let end = CivilDay(iso: end) else { return nil }
        invoiceID = row["invoice_id"]
        number = row["number"]
        contractID = row["contract_id"]
        servicePointID = row["service_point_id"]
        period = start..<end
        estimatedValues = row["estimated_values"]
    }
}

extension StoreTransaction {
    private static let uncredited = """
        SELECT invoice_id, number, contract_id, service_point_id, period_start, period_end,
            estimated_values
        FROM invoice i WHERE kind = 'invoice'
        AND NOT EXISTS (SELECT 1 FROM invoice c WHERE c.credits = i.invoice_id)
        """

    /// The invoices of a contract that stand, oldest first.
    public func uncreditedInvoices(contract: String) throws -> [UncreditedInvoice] {
        let select = try db.cachedStatement(
            sql: StoreTransaction.uncredited + " AND contract_id = ? ORDER BY period_start")
        return try Row.fetchAll(select, arguments: [contract]).compactMap(UncreditedInvoice.init)
    }

    /// The invoices that stand and that a change of input put on the list for correction, with what of them
    /// is other.
    public func uncreditedInvoices(listedBySeq seq: Int, cause: String) throws
        -> [UncreditedInvoice: CorrectedInputs]
    {
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT u.*, c.energy, c.demand, c.amounts FROM correction c CROSS JOIN ("
                + StoreTransaction.uncredited
                + ") u USING (invoice_id) WHERE c.seq = ? AND c.cause = ?",
            arguments: [seq, cause])
        return rows.reduce(into: [:]) { listed, row in
            if let invoice = UncreditedInvoice(row) { listed[invoice] = CorrectedInputs(row) }
        }
    }

    /// The invoices that stand and are on the list for correction, each with a cause of those that put it
    /// there and with what of it is other.
    public func causesOfCorrections() throws
        -> [UncreditedInvoice: (cause: String, changes: CorrectedInputs)]
    {
        let rows = try Row.fetchAll(
            db,
            // From the list to its invoices: the other way, SQLite reads all that were ever issued.
            sql: """
                SELECT u.*, min(c.cause) AS cause, max(c.energy) AS energy, max(c.demand) AS demand,
                    max(c.amounts) AS amounts
                FROM correction c CROSS JOIN (\(StoreTransaction.uncredited)) u USING (invoice_id)
                GROUP BY u.invoice_id
                """)
        return rows.reduce(into: [:]) { causes, row in
            if let invoice = UncreditedInvoice(row) {
                causes[invoice] = (row["cause"], CorrectedInputs(row))
            }
        }
    }

    /// The contracts with a credit note.
    public func creditedContracts() throws -> Set<String> {
        // By the index of credit notes, of which there are few: left alone, SQLite reads all invoices.
        try String.fetchSet(
            db,
            sql: """
                SELECT contract_id FROM invoice INDEXED BY invoice_credited_once
                WHERE credits IS NOT NULL
                """)
    }

    /// The contracts with an invoice that is on the list for a cause.
    public func contracts(listedForCorrection cause: String) throws -> [String] {
        try String.fetchAll(
            db,
            sql: """
                SELECT DISTINCT contract_id FROM correction JOIN invoice USING (invoice_id)
                WHERE cause = ?
                """, arguments: [cause])
    }

    /// Gives each contract that an invoice was issued to, credited or not, with the first day of the last
    /// period it has one of; by contract.
    ///
    /// Goes from contract to contract in the index, whatever the number of invoices.
    public func forEachLastPeriod(_ body: (String, CivilDay) -> Void) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                WITH RECURSIVE billed(contract) AS (
                    SELECT min(contract_id) FROM invoice
                    UNION ALL
                    SELECT (SELECT min(contract_id) FROM invoice WHERE contract_id > contract)
                        FROM billed WHERE contract IS NOT NULL)
                SELECT contract, (SELECT max(period_start) FROM invoice WHERE contract_id = contract)
                FROM billed WHERE contract IS NOT NULL
                """)
        while let row = try rows.next() {
            let (contract, start): (String, String) = (row[0], row[1])
            if let start = CivilDay(iso: start) { body(contract, start) }
        }
    }

    /// The invoices that stand and bill a day of some, by contract, oldest first.
    ///
    /// - Parameter to: The day after the last; empty is open.
    public func uncreditedInvoices(from: String, to: String) throws -> [UncreditedInvoice] {
        try Row.fetchAll(
            db,
            sql: StoreTransaction.uncredited + """
                 AND period_end > ?1 AND (?2 = '' OR period_start < ?2)
                ORDER BY contract_id, period_start
                """, arguments: [from, to]
        ).compactMap(UncreditedInvoice.init)
    }
}
