// SPDX-License-Identifier: Apache-2.0

import GRDB
import MeterUsage
import Quantities

/// The energy that an invoice which stands kept for later ones.
public struct BilledBank: Hashable, Sendable {
    /// The end of its billing period.
    public var end: CivilDay
    /// What it kept.
    public var lots: [Determinants.BankLot]
}

extension StoreTransaction {
    /// What a contract's invoices kept, in order of time: of the last that ends on a day or before it,
    /// and of all that end later.
    public func billedBanks(contract: String, before day: CivilDay) throws -> [BilledBank] {
        let select = try db.cachedStatement(
            sql: """
                WITH kept AS (
                    SELECT i.period_end, d.part_start, d.quantity, d.period, d.value
                    FROM invoice i JOIN invoice_determinant d USING (invoice_id)
                    WHERE i.contract_id = ?1 AND i.kind = 'invoice'
                    AND d.quantity GLOB '\(Determinants.bankAfterPrefix)*'
                    AND NOT EXISTS (SELECT 1 FROM invoice c WHERE c.credits = i.invoice_id))
                SELECT period_end, part_start, quantity, period, value FROM kept
                WHERE period_end >= ifnull(
                    (SELECT max(period_end) FROM kept WHERE period_end <= ?2), '')
                ORDER BY period_end, part_start, quantity, period
                """)
        var found: [BilledBank] = []
        var part = ""
        for row in try Row.fetchAll(select, arguments: [contract, day.description]) {
            let (quantity, value): (String, String) = (row[2], row[4])
            let earned = quantity.dropFirst(Determinants.bankAfterPrefix.count)
            guard let end = CivilDay(iso: row[0] as String), let earned = CivilDay(iso: earned),
                let amount = Exact(value)
            else { throw DatabaseError(message: "invoice_determinant: \(quantity) '\(value)'") }
            if found.last?.end != end { found.append(BilledBank(end: end, lots: [])) }
            // The last part of a period says what the invoice kept.
            if part != row[1] { found[found.count - 1].lots = [] }
            part = row[1]
            found[found.count - 1].lots.append(
                Determinants.BankLot(earned: earned, period: row[3], amount: amount))
        }
        return found
    }
}
