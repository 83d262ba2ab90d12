// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import GRDB
import Quantities

/// Which invoices are wanted; nil is any.
public struct InvoiceFilter: Hashable, Sendable {
    /// The contract billed.
    public var contract: String?
    /// The feeder at the end of the period.
    public var feeder: String?
    /// The month of the period's last day, such as `2026-09`.
    public var month: String?
    /// The document's number.
    public var number: String?

    /// A filter from its parts.
    public init(
        contract: String? = nil, feeder: String? = nil, month: String? = nil, number: String? = nil
    ) {
        self.contract = contract
        self.feeder = feeder
        self.month = month
        self.number = number
    }
}

/// An issued document without its lines.
public struct InvoiceRecord: Hashable, Sendable {
    /// Its number in the database.
    public let invoiceID: Int64
    /// Its number on paper.
    public let number: String
    /// `invoice` or `credit_note`.
    public let kind: String
    /// `issued` or `credited`.
    public let status: String
    /// The contract billed.
    public let contractID: String
    /// Who pays.
    public let customerID: String
    /// The customer's name as known now; nil where the network no longer names it.
    public let customer: String?
    /// Where the energy was used.
    public let servicePointID: String
    /// The feeder at the end of the period.
    public let feederID: String
    /// The first day billed.
    public let periodStart: String
    /// The day after the last billed.
    public let periodEnd: String
    /// The tariff.
    public let tariffID: String
    /// Its version.
    public let tariffVersion: String
    /// The SHA-256 of the version's file.
    public let tariffSHA256: String
    /// SHA-256 over what the amounts follow from.
    public let inputsSHA256: String
    /// The latest change of input it was computed from.
    public let knownSeq: Int
    /// The version of the engine that computed it.
    public let engineVersion: String
    /// The currency of all its amounts.
    public let currency: Currency
    /// Without tax.
    public let net: Money
    /// All taxes.
    public let tax: Money
    /// What is to pay.
    public let total: Money
    /// How many values behind it are estimates.
    public let estimatedValues: Int
    /// The issue date.
    public let issuedOn: String
}

extension InvoiceRecord {
    fileprivate init(_ row: Row) throws {
        let code: String = row["currency"]
        guard let currency = Currency(code: code) else {
            throw DatabaseError(message: "invoice \(row["number"] as String): currency '\(code)'")
        }
        self.init(
            invoiceID: row["invoice_id"], number: row["number"], kind: row["kind"],
            status: row["status"], contractID: row["contract_id"], customerID: row["customer_id"],
            customer: row["customer"], servicePointID: row["service_point_id"],
            feederID: row["feeder_id"], periodStart: row["period_start"],
            periodEnd: row["period_end"], tariffID: row["tariff_id"],
            tariffVersion: row["tariff_version"], tariffSHA256: row["tariff_sha256"],
            inputsSHA256: row["inputs_sha256"], knownSeq: row["known_seq"],
            engineVersion: row["engine_version"], currency: currency,
            net: Money(minorUnits: row["net_minor"]), tax: Money(minorUnits: row["tax_minor"]),
            total: Money(minorUnits: row["total_minor"]),
            estimatedValues: row["estimated_values"], issuedOn: row["issued_on"])
    }
}

extension StoreTransaction {
    /// Gives the documents of a filter, one by one, in the order in which they were issued.
    public func forEachInvoice(
        _ filter: InvoiceFilter, _ body: (InvoiceRecord) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT i.*, v.status, v.customer FROM invoice i JOIN invoice_view v USING (invoice_id)
                WHERE (?1 IS NULL OR i.contract_id = ?1) AND (?2 IS NULL OR i.feeder_id = ?2)
                AND (?3 IS NULL OR strftime('%Y-%m', i.period_end, '-1 day') = ?3)
                AND (?4 IS NULL OR i.number = ?4)
                ORDER BY i.invoice_id
                """,
            arguments: [filter.contract, filter.feeder, filter.month, filter.number])
        while let row = try rows.next() { try body(InvoiceRecord(row)) }
    }

    /// True where a contract or a feeder has a document.
    public func hasInvoices(contract: String? = nil, feeder: String? = nil) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: "SELECT EXISTS (SELECT 1 FROM invoice WHERE contract_id = ? OR feeder_id = ?)",
            arguments: [contract, feeder]) ?? false
    }

    /// The document of a number; nil where there is none.
    public func invoice(number: String) throws -> InvoiceRecord? {
        var found: InvoiceRecord?
        try forEachInvoice(InvoiceFilter(number: number)) { found = $0 }
        return found
    }

    /// The parts that a document's period was rated in, by day.
    public func parts(ofInvoice invoiceID: Int64) throws -> [InvoicePart] {
        let select = try db.cachedStatement(
            sql: """
                SELECT starts_on, ends_on, tariff_id, tariff_version, tariff_sha256
                FROM invoice_part_view WHERE invoice_id = ? ORDER BY part
                """)
        return try Row.fetchAll(select, arguments: [invoiceID]).map { row in
            let (start, end): (String, String) = (row["starts_on"], row["ends_on"])
            guard let first = CivilDay(iso: start), let end = CivilDay(iso: end) else {
                throw DatabaseError(message: "invoice \(invoiceID): part from '\(start)'")
            }
            return InvoicePart(
                days: first..<end, tariffID: row["tariff_id"],
                tariffVersion: row["tariff_version"], tariffSHA256: row["tariff_sha256"])
        }
    }

    /// The service points whose energy a document sums; none where it is of its own alone.
    public func points(ofInvoice invoiceID: Int64) throws -> [String] {
        let select = try db.cachedStatement(
            sql: "SELECT service_point_id FROM invoice_point WHERE invoice_id = ? ORDER BY 1")
        return try String.fetchAll(select, arguments: [invoiceID])
    }

    /// The lines of a document, by position.
    public func lines(ofInvoice invoiceID: Int64) throws -> [InvoiceLine] {
        let select = try db.cachedStatement(
            sql: "SELECT * FROM invoice_line WHERE invoice_id = ? ORDER BY position")
        return try Row.fetchAll(select, arguments: [invoiceID]).map { row in
            InvoiceLine(
                part: row["part"], chargeID: row["charge_id"], description: row["description"],
                quantity: row["quantity"], unit: row["unit"], price: row["price"],
                amount: Money(minorUnits: row["amount_minor"]), amountExact: row["amount_exact"],
                formula: row["formula"])
        }
    }

    /// The taxes of a document.
    public func taxes(ofInvoice invoiceID: Int64) throws -> [InvoiceTax] {
        let select = try db.cachedStatement(
            sql: "SELECT * FROM invoice_tax WHERE invoice_id = ? ORDER BY category, rate")
        return try Row.fetchAll(select, arguments: [invoiceID]).map { row in
            InvoiceTax(
                category: row["category"], rate: row["rate"],
                base: Money(minorUnits: row["base_minor"]),
                amount: Money(minorUnits: row["tax_minor"]))
        }
    }

    /// The determinants that a document's lines were computed from.
    public func determinants(ofInvoice invoiceID: Int64) throws -> [InvoiceDeterminant] {
        let select = try db.cachedStatement(
            sql: """
                SELECT * FROM invoice_determinant WHERE invoice_id = ?
                ORDER BY part_start, quantity, period
                """)
        return try Row.fetchAll(select, arguments: [invoiceID]).map(InvoiceDeterminant.init)
    }
}

extension InvoiceDeterminant {
    /// A row of `invoice_determinant`.
    init(_ row: Row) throws {
        let start: String = row["part_start"]
        guard let day = CivilDay(iso: start) else {
            throw DatabaseError(message: "invoice_determinant: part_start '\(start)'")
        }
        self.init(
            partStart: day, quantity: row["quantity"], period: row["period"],
            value: row["value"], unit: row["unit"], at: row["at"])
    }
}
