// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import GRDB
import Quantities

/// What every document that a run issues shares.
public struct Issue: Hashable, Sendable {
    /// The run that issues.
    public var run: Int
    /// The issue date.
    public var date: CivilDay
    /// What every number begins with; may be empty.
    public var prefix: String
    /// The version of the engine that computed the amounts.
    public var engineVersion: String

    /// An issue from its parts.
    public init(run: Int, date: CivilDay, prefix: String, engineVersion: String) {
        self.run = run
        self.date = date
        self.prefix = prefix
        self.engineVersion = engineVersion
    }
}

extension StoreTransaction {
    /// Issues invoices in their order; each takes the next number of its series.
    public func issue(_ invoices: InvoiceRows) throws {
        if invoices.isEmpty { return }
        var number = invoices.unissued
        number.number =
            try Int.fetchOne(
                db, sql: "SELECT last FROM invoice_sequence WHERE series = ?",
                arguments: [number.series]) ?? 0
        try invoices.insert(into: db, after: &number)
        try db.execute(
            sql: "INSERT OR REPLACE INTO invoice_sequence VALUES (?, ?)",
            arguments: [number.series, number.number])
    }

    /// What a contract was billed of each quantity in periods that end after a day, by period.
    ///
    /// - Parameter asRead: True for what was measured, without the losses that were added to it.
    public func billedQuantities(
        contract: String, after day: CivilDay, asRead: Bool = false
    ) throws -> [(start: String, end: String, quantity: String, value: String)] {
        let (name, isMeant) =
            asRead
            ? (
                "IIF(d.quantity GLOB 'read.*', substr(d.quantity, 6), d.quantity)",
                """
                AND NOT EXISTS (SELECT 1 FROM invoice_determinant r WHERE r.invoice_id = d.invoice_id
                    AND r.part_start = d.part_start AND r.quantity = 'read.' || d.quantity)
                """
            ) : ("d.quantity", "")
        let select = try db.cachedStatement(
            sql: """
                SELECT i.period_start, i.period_end, \(name), d.value FROM invoice i
                JOIN invoice_determinant d USING (invoice_id)
                WHERE i.contract_id = ? AND i.kind = 'invoice' AND i.period_end > ?
                AND d.at IS NULL \(isMeant)
                AND NOT EXISTS (SELECT 1 FROM invoice c WHERE c.credits = i.invoice_id)
                ORDER BY i.period_end, d.part_start, d.quantity, d.period
                """)
        return try Row.fetchAll(select, arguments: [contract, day.description]).map {
            ($0[0], $0[1], $0[2], $0[3])
        }
    }
}

extension StoreTransaction {
    /// The last storage day that any issued invoice reaches, as `CivilDay.number`; very early if none.
    public func lastBilledDay() throws -> Int32 {
        // Feeder by feeder, each by its place in the index: all bills would be a scan of it.
        try String.fetchOne(
            db,
            sql: """
                WITH RECURSIVE feeder (id) AS (
                    SELECT min(feeder_id) FROM invoice
                    UNION ALL SELECT (SELECT min(feeder_id) FROM invoice WHERE feeder_id > id)
                    FROM feeder WHERE id IS NOT NULL)
                SELECT max((SELECT max(period_end) FROM invoice WHERE feeder_id = id)) FROM feeder
                """
        ).flatMap { CivilDay(iso: $0)?.number } ?? .min
    }

    /// The invoices that stand and may rest on some readings, each with the determinants of those of
    /// its parts that may; by number of the invoice.
    public func invoices(of search: CorrectionSearch) throws -> [CorrectionCandidate] {
        let find = try db.cachedStatement(
            sql: """
                SELECT i.period_start, i.period_end, p.ends_on, d.*
                FROM invoice i LEFT JOIN invoice_part p USING (invoice_id)
                JOIN invoice_determinant d ON d.invoice_id = i.invoice_id
                    AND d.part_start = coalesce(p.starts_on, d.part_start)
                WHERE i.invoice_id IN (
                    SELECT invoice_id FROM invoice
                    WHERE service_point_id = ?1 AND period_end >= ?2
                    UNION SELECT invoice_id FROM invoice_point WHERE service_point_id = ?1)
                AND i.kind = 'invoice' AND i.period_start <= ?3 AND i.period_end >= ?2
                AND coalesce(p.starts_on, i.period_start) <= ?3
                AND coalesce(p.ends_on, i.period_end) > ?2
                AND NOT EXISTS (SELECT 1 FROM invoice n WHERE n.credits = i.invoice_id)
                ORDER BY i.invoice_id, d.part_start
                """)
        let arguments: StatementArguments = [
            search.servicePointID, search.first.description, search.last.description,
        ]
        var found: [CorrectionCandidate] = []
        for row in try Row.fetchAll(find, arguments: arguments) {
            let invoiceID: Int64 = row["invoice_id"]
            if found.last?.invoiceID != invoiceID {
                let (start, end): (String, String) = (row["period_start"], row["period_end"])
                guard let first = CivilDay(iso: start), let end = CivilDay(iso: end) else {
                    throw DatabaseError(message: "invoice \(invoiceID): period from '\(start)'")
                }
                found.append(
                    CorrectionCandidate(
                        invoiceID: invoiceID, period: first..<end, parts: [], determinants: []))
            }
            let determinant = try InvoiceDeterminant(row)
            let last = found.count - 1
            if found[last].parts.last?.lowerBound != determinant.partStart {
                let end = (row["ends_on"] as String?).flatMap { CivilDay(iso: $0) }
                found[last].parts.append(
                    determinant.partStart..<(end ?? found[last].period.upperBound))
            }
            found[last].determinants.append(determinant)
        }
        return found
    }
}

/// An invoice that may rest on some readings.
public struct CorrectionCandidate: Hashable, Sendable {
    /// The invoice.
    public var invoiceID: Int64
    /// What it bills.
    public var period: Range<CivilDay>
    /// Those of its parts that may rest on the readings.
    public var parts: [Range<CivilDay>]
    /// The determinants of these.
    public var determinants: [InvoiceDeterminant]
}

/// How to find the invoices that rest on some readings of a meter.
public struct CorrectionSearch: Hashable, Sendable {
    /// The meter.
    public var meterID: String
    /// Where it served.
    public var servicePointID: String
    /// The local day of the first changed reading.
    public var first: CivilDay
    /// The local day of the last.
    public var last: CivilDay

    /// A search from its parts.
    public init(
        meterID: String, servicePointID: String, first: CivilDay, last: CivilDay
    ) {
        self.meterID = meterID
        self.servicePointID = servicePointID
        self.first = first
        self.last = last
    }
}
