// SPDX-License-Identifier: Apache-2.0

import GRDB
import MeterUsage
import Quantities

/// An invoice that stands, with the determinants that it was computed from.
public struct BilledInvoice: Sendable {
    /// The days of one tariff and the same terms.
    public struct Part: Sendable {
        /// The days.
        public var days: Range<CivilDay>
        /// The SHA-256 of the tariff's file.
        public var tariffSHA256: String
        /// Energy by quantity and period, with what was read of it before losses, and demand peaks of one window. What was measured for the charges of one
        /// tariff only, such as energy at the prices of its intervals, is not among them.
        public var determinants: Determinants
    }

    /// The contract billed.
    public let contractID: String
    /// The class of its customer on the last day billed; nil where the network names none.
    public let customerClass: String?
    /// What it bills.
    public let period: Range<CivilDay>
    /// The tariff at the end.
    public let tariffID: String
    /// The currency's code.
    public let currency: String
    /// What is to pay.
    public let total: Money
    /// By day.
    public internal(set) var parts: [Part]
}

extension StoreTransaction {
    /// The invoices whose last day is one of some, in the order of their issue; what was credited since and
    /// credit notes are among them.
    ///
    /// - Parameter feeder: Those of this feeder only; nil for all.
    public func invoices(endingIn days: Range<CivilDay>, feeder: String?) throws -> [Int64] {
        // Feeder by feeder, each by its place in the index: of years of bills a scan would read all.
        let rows = try RowScan(
            db,
            sql: """
                WITH RECURSIVE feeder (id) AS (
                    SELECT coalesce(?3, (SELECT min(feeder_id) FROM invoice))
                    UNION ALL SELECT (SELECT min(feeder_id) FROM invoice WHERE feeder_id > id)
                    FROM feeder WHERE id IS NOT NULL AND ?3 IS NULL)
                SELECT invoice_id FROM feeder CROSS JOIN invoice ON feeder_id = id
                WHERE period_end > ?1 AND period_end <= ?2
                """, [days.lowerBound.description, days.upperBound.description, feeder])
        var numbers: [Int64] = []
        while try rows.next() { numbers.append(rows.integer(0)) }
        return numbers.sorted()
    }

    /// Those of some invoices that stand, with what they were computed from; each table is read once, in
    /// its order.
    ///
    /// - Parameter numbers: In ascending order.
    public func billedInvoices(_ numbers: ArraySlice<Int64>) throws -> [BilledInvoice] {
        guard let first = numbers.first, let last = numbers.last else { return [] }
        var reading = BilledInvoiceReading(numbers)
        let heads = try RowScan(
            db,
            sql: """
                SELECT i.invoice_id, i.contract_id, i.period_start, i.period_end, i.tariff_id,
                    i.tariff_sha256, i.currency, i.total_minor,
                    (SELECT class FROM customer c WHERE c.customer_id = i.customer_id
                        AND c.valid_from < i.period_end ORDER BY c.valid_from DESC LIMIT 1)
                FROM invoice i WHERE invoice_id BETWEEN ? AND ? AND kind = 'invoice'
                AND NOT EXISTS (SELECT 1 FROM invoice c WHERE c.credits = i.invoice_id)
                ORDER BY invoice_id
                """, [first, last])
        while try heads.next() { try reading.addHead(heads) }
        let parts = try RowScan(
            db,
            sql: """
                SELECT invoice_id, starts_on, ends_on, tariff_sha256 FROM invoice_part
                WHERE invoice_id BETWEEN ? AND ? ORDER BY invoice_id, part
                """, [first, last])
        reading.beginTable()
        while try parts.next() { try reading.addPart(parts) }
        let determinants = try RowScan(
            db,
            sql: """
                SELECT invoice_id, part_start, quantity, period, value FROM invoice_determinant
                WHERE invoice_id BETWEEN ? AND ? ORDER BY invoice_id, part_start, quantity, period
                """, [first, last])
        reading.beginTable()
        while try determinants.next() { try reading.addDeterminant(determinants) }
        return reading.found
    }
}

extension StoreTransaction {
    /// The contracts that one of some tariff files billed, sorted.
    public func contracts(billedBy tariffs: [String]) throws -> [String] {
        var contracts: Set<String> = []
        for tariff in tariffs {
            try contracts.formUnion(
                String.fetchAll(
                    db,
                    sql: "SELECT DISTINCT contract_id FROM invoice WHERE tariff_sha256 = ?",
                    arguments: [tariff]))
        }
        return contracts.sorted()
    }

    /// The last invoices of a contract that stand, at most so many, oldest first.
    public func lastBilledInvoices(contract: String, _ most: Int) throws -> [BilledInvoice] {
        let select = try db.cachedStatement(
            sql: """
                SELECT invoice_id FROM invoice i WHERE contract_id = ? AND kind = 'invoice'
                AND NOT EXISTS (SELECT 1 FROM invoice c WHERE c.credits = i.invoice_id)
                ORDER BY period_start DESC LIMIT ?
                """)
        // One by one: between the first and the last are those of all others.
        return try Int64.fetchAll(select, arguments: [contract, most]).reversed().flatMap {
            try billedInvoices([$0])
        }
    }
}
