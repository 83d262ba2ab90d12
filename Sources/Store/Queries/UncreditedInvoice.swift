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
    /// What it bills.
    public var period: Range<CivilDay>
}

extension StoreTransaction {
    /// The invoices of a contract that stand, oldest first.
    public func uncreditedInvoices(contract: String) throws -> [UncreditedInvoice] {
        let select = try db.cachedStatement(
            sql: """
                SELECT invoice_id, number, period_start, period_end FROM invoice i
                WHERE contract_id = ? AND kind = 'invoice'
                AND NOT EXISTS (SELECT 1 FROM invoice c WHERE c.credits = i.invoice_id)
                ORDER BY period_start
                """)
        return try Row.fetchAll(select, arguments: [contract]).compactMap { row in
            let (start, end): (String, String) = (row["period_start"], row["period_end"])
            guard let start = CivilDay(iso: start), let end = CivilDay(iso: end)
            else { return nil }
            return UncreditedInvoice(
                invoiceID: row["invoice_id"], number: row["number"], contractID: contract,
                period: start..<end)
        }
    }
}
