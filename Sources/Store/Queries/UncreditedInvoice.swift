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

    fileprivate init?(_ row: Row) {
        let (start, end): (String, String) = (row["period_start"], row["period_end"])
        guard let start = CivilDay(iso: start), let end = CivilDay(iso: end) else { return nil }
        invoiceID = row["invoice_id"]
        number = row["number"]
        contractID = row["contract_id"]
        servicePointID = row["service_point_id"]
        period = start..<end
    }
}

extension StoreTransaction {
    private static let uncredited = """
        SELECT invoice_id, number, contract_id, service_point_id, period_start, period_end
        FROM invoice i WHERE kind = 'invoice'
        AND NOT EXISTS (SELECT 1 FROM invoice c WHERE c.credits = i.invoice_id)
        """

    /// The invoices of a contract that stand, oldest first.
    public func uncreditedInvoices(contract: String) throws -> [UncreditedInvoice] {
        let select = try db.cachedStatement(
            sql: StoreTransaction.uncredited + " AND contract_id = ? ORDER BY period_start")
        return try Row.fetchAll(select, arguments: [contract]).compactMap(UncreditedInvoice.init)
    }

    /// All invoices that stand, by contract, oldest first.
    public func uncreditedInvoices() throws -> [String: [UncreditedInvoice]] {
        var invoices: [String: [UncreditedInvoice]] = [:]
        let rows = try Row.fetchCursor(
            db, sql: StoreTransaction.uncredited + " ORDER BY contract_id, period_start")
        while let row = try rows.next() {
            guard let invoice = UncreditedInvoice(row) else { continue }
            invoices[invoice.contractID, default: []].append(invoice)
        }
        return invoices
    }
}
