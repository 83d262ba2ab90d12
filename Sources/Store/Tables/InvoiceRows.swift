// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillRating
import GRDB
import MeterUsage
import Quantities

/// Writes the rows of invoices, one document after the other, in the order of their keys.
struct InvoiceRows {
    private let db: Database
    private let issue: Issue
    private let issuedOn: String
    private var invoice: RowInsert
    private var line: RowInsert
    private var part: RowInsert
    private var tax: RowInsert
    private var determinant: RowInsert

    init(_ db: Database, _ issue: Issue) throws {
        self.db = db
        self.issue = issue
        issuedOn = issue.date.description
        invoice = try RowInsert(
            db,
            sql: """
                INSERT INTO invoice (number, kind, contract_id, customer_id, service_point_id,
                    feeder_id, period_start, period_end, tariff_id, tariff_version, tariff_sha256,
                    inputs_sha256, known_seq, engine_version, currency, minor_digits, net_minor,
                    tax_minor, total_minor, estimated_values, issued_on, run_id)
                VALUES (?, 'invoice', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        line = try RowInsert(
            db, sql: "INSERT INTO invoice_line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        part = try RowInsert(db, sql: "INSERT INTO invoice_part VALUES (?, ?, ?, ?, ?, ?, ?)")
        tax = try RowInsert(db, sql: "INSERT INTO invoice_tax VALUES (?, ?, ?, ?, ?)")
        determinant = try RowInsert(
            db, sql: "INSERT INTO invoice_determinant VALUES (?, ?, ?, ?, ?, ?, ?)")
    }

    /// Inserts an invoice with all that hangs on it.
    mutating func insert(_ draft: InvoiceDraft, number: InvoiceNumber) throws {
        guard let first = draft.parts.first, let last = draft.parts.last else {
            preconditionFailure("a period has a part")
        }
        let bill = draft.bill
        invoice.add { number.append(to: &$0) }
        invoice.add(draft.contractID)
        invoice.add(draft.customerID)
        invoice.add(draft.servicePointID)
        invoice.add(draft.feederID)
        invoice.add(first.days.lowerBound)
        invoice.add(last.days.upperBound)
        invoice.add(last.tariffID)
        invoice.add(last.tariffVersion)
        invoice.add(last.tariffSHA256)
        invoice.add(draft.inputsSHA256)
        invoice.add(draft.knownSeq)
        invoice.add(issue.engineVersion)
        invoice.add(bill.currency.code)
        invoice.add(bill.currency.decimals)
        invoice.add(bill.net.minorUnits)
        invoice.add(bill.tax.minorUnits)
        invoice.add(bill.total.minorUnits)
        invoice.add(draft.estimatedValues)
        invoice.add(issuedOn)
        invoice.add(issue.run)
        try invoice.insert()
        let invoiceID = db.lastInsertedRowID
        for position in bill.lines.indices {
            try insert(bill, line: position, invoiceID)
        }
        if draft.parts.count > 1 {
            for (number, entry) in draft.parts.enumerated() {
                try insert(entry, invoiceID, number: number)
            }
        }
        for entry in bill.taxes {
            tax.add(invoiceID)
            tax.add(entry.category)
            tax.add { entry.rate.append(to: &$0) }
            tax.add(entry.base.minorUnits)
            tax.add(entry.amount.minorUnits)
            try tax.insert()
        }
        for part in draft.determinants { try insert(part, invoiceID) }
    }

    private mutating func insert(
        _ bill: RatedBill, line position: Int, _ invoiceID: Int64
    ) throws {
        // Piece by piece: a line is large to copy.
        let form = bill.lines[position].form
        line.add(invoiceID)
        line.add(position + 1)
        line.add(form.chargeAndDescription, cutAt: form.descriptionPlace)
        let quantity = bill.lines[position].quantity
        line.add(quantity)
        line.add(form.unitAndPrice, cutAt: form.pricePlace)
        line.add(bill.lines[position].amount.minorUnits)
        let exact = bill.lines[position].amountExact
        line.add(exact)
        let note = bill.lines[position].note
        line.add { form.appendFormula(of: quantity, exactly: exact, note: note, to: &$0) }
        line.add(bill.lines[position].span)
        try line.insert()
    }

    private mutating func insert(_ determinants: Determinants, _ invoiceID: Int64) throws {
        let start = determinants.start.description
        try determinants.forEachEntry { entry in
            determinant.add(invoiceID)
            determinant.add(start)
            determinant.add(entry.quantity)
            determinant.add(entry.period)
            determinant.add { entry.value.append(to: &$0) }
            determinant.add(entry.unit)
            determinant.add(entry.at?.iso(offset: 0))
            try determinant.insert()
        }
    }

    private mutating func insert(
        _ entry: InvoicePart, _ invoiceID: Int64, number: Int
    ) throws {
        part.add(invoiceID)
        part.add(number)
        part.add(entry.days.lowerBound)
        part.add(entry.days.upperBound)
        part.add(entry.tariffID)
        part.add(entry.tariffVersion)
        part.add(entry.tariffSHA256)
        try part.insert()
    }
}
