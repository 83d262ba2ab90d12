// SPDX-License-Identifier: Apache-2.0

import GRDB
import Quantities

/// What an invoice that stands bills of one charge.
public struct BilledMoney: Hashable, Sendable {
    /// Its billing period.
    public var period: Range<CivilDay>
    /// The tariff at the end of it.
    public var tariffID: String
    /// The charge; nil where the invoice has no line.
    public var charge: String?
    /// The amount, in the major unit of the currency.
    public var amount: Exact

    /// An amount from its parts.
    public init(period: Range<CivilDay>, tariffID: String, charge: String?, amount: Exact) {
        self.period = period
        self.tariffID = tariffID
        self.charge = charge
        self.amount = amount
    }
}

extension StoreTransaction {
    /// What a contract was billed of each charge in periods that end after a day, in order of time.
    public func billedMoney(contract: String, after day: CivilDay) throws -> [BilledMoney] {
        let select = try db.cachedStatement(
            sql: """
                SELECT i.period_start, i.period_end, i.tariff_id, l.charge_id,
                    coalesce(sum(l.amount_minor), 0), i.minor_digits
                FROM invoice i LEFT JOIN invoice_line l USING (invoice_id)
                WHERE i.contract_id = ? AND i.kind = 'invoice' AND i.period_end > ?
                AND NOT EXISTS (SELECT 1 FROM invoice c WHERE c.credits = i.invoice_id)
                GROUP BY i.invoice_id, l.charge_id ORDER BY i.period_end, l.charge_id
                """)
        return try Row.fetchAll(select, arguments: [contract, day.description]).compactMap { row in
            guard let start = CivilDay(iso: row[0] as String),
                let end = CivilDay(iso: row[1] as String)
            else { return nil }
            return BilledMoney(
                period: start..<end, tariffID: row[2], charge: row[3],
                amount: Exact(coefficient: Int128(row[4] as Int64), exponent: -(row[5] as Int)))
        }
    }
}
