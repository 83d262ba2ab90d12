// SPDX-License-Identifier: Apache-2.0

import GRDB
import Quantities

/// A demand that an invoice which stands was computed from.
public struct BilledPeak: Hashable, Sendable {
    /// The billing period of the invoice.
    public var period: Range<CivilDay>
    /// The first day of the part of it.
    public var partStart: String
    /// What was measured, such as `demand.kw`.
    public var quantity: String
    /// The time-of-use period, or `all`.
    public var timeOfUse: String
    /// The power, exact.
    public var value: Exact
    /// When its window began.
    public var at: Instant
}

extension StoreTransaction {
    /// The demands that a contract was billed by in periods that end after a day, in order of time.
    public func billedPeaks(contract: String, after day: CivilDay) throws -> [BilledPeak] {
        let select = try db.cachedStatement(
            sql: """
                SELECT i.period_start, i.period_end, d.part_start, d.quantity, d.period, d.value, d.at
                FROM invoice i JOIN invoice_determinant d USING (invoice_id)
                WHERE i.contract_id = ? AND i.kind = 'invoice' AND i.period_end > ?
                AND d.quantity GLOB 'demand.*'
                AND NOT EXISTS (SELECT 1 FROM invoice c WHERE c.credits = i.invoice_id)
                ORDER BY i.period_end, d.part_start, d.quantity, d.period
                """)
        return try Row.fetchAll(select, arguments: [contract, day.description]).compactMap { row in
            guard let start = CivilDay(iso: row[0] as String),
                let end = CivilDay(iso: row[1] as String),
                let value = Exact(row[5] as String), let at = Instant(iso: row[6] as String)
            else { return nil }
            return BilledPeak(
                period: start..<end, partStart: row[2], quantity: row[3], timeOfUse: row[4],
                value: value, at: at)
        }
    }
}
