// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillRating
import GRDB
import MeterUsage
import Quantities

/// Invoices as the rows that they are stored in, complete but for their numbers.
///
/// Any thread makes them, so that the one that issues them has only SQLite to wait for.
public struct InvoiceRows: Sendable {
    private let issue: Issue
    private let issuedOn: String
    private var rows = RowBuffer()
    /// The cells of the form that each line had on the bill before; mostly the next one's has the same.
    private var formCells: [FormCells] = []

    /// The cells that all lines of a form have alike.
    private struct FormCells {
        let form: LineForm
        /// Charge and description.
        var names = RowBuffer()
        /// Unit and price.
        var price = RowBuffer()

        init(_ form: LineForm) {
            self.form = form
            names.add(form.chargeID)
            names.add(form.description)
            price.add(form.unit)
            price.add(form.priceText)
        }
    }

    /// The tables, by their number in the rows; of the first, the first column is the number of the
    /// invoice, of all others its row.
    private enum Table: Int, CaseIterable {
        case invoice, line, part, tax, determinant, point

        var insertion: String {
            switch self {
            case .invoice:
                """
                INSERT INTO invoice (number, kind, contract_id, customer_id, service_point_id,
                    feeder_id, period_start, period_end, tariff_id, tariff_version, tariff_sha256,
                    inputs_sha256, known_seq, engine_version, currency, minor_digits, net_minor,
                    tax_minor, total_minor, estimated_values, issued_on, run_id)
                VALUES (?, 'invoice', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
            case .line: "INSERT INTO invoice_line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            case .part: "INSERT INTO invoice_part VALUES (?, ?, ?, ?, ?, ?, ?)"
            case .tax: "INSERT INTO invoice_tax VALUES (?, ?, ?, ?, ?)"
            case .determinant: "INSERT INTO invoice_determinant VALUES (?, ?, ?, ?, ?, ?, ?)"
            case .point: "INSERT INTO invoice_point (invoice_id, service_point_id) VALUES (?, ?)"
            }
        }
    }

    /// No invoices yet.
    public init(as issue: Issue) {
        self.issue = issue
        issuedOn = issue.date.description
    }

    /// Adds an invoice with all that hangs on it.
    public mutating func add(_ draft: InvoiceDraft) {
        guard let first = draft.parts.first, let last = draft.parts.last else {
            preconditionFailure("a period has a part")
        }
        let bill = draft.bill
        rows.begin(table: Table.invoice.rawValue)
        rows.add(draft.contractID)
        rows.add(draft.customerID)
        rows.add(draft.servicePointID)
        rows.add(draft.feederID)
        rows.add(first.days.lowerBound)
        rows.add(last.days.upperBound)
        rows.add(last.tariffID)
        rows.add(last.tariffVersion)
        rows.add(last.tariffSHA256)
        rows.add(draft.inputsSHA256)
        rows.add(draft.knownSeq)
        rows.add(issue.engineVersion)
        rows.add(bill.currency.code)
        rows.add(bill.currency.decimals)
        rows.add(bill.net.minorUnits)
        rows.add(bill.tax.minorUnits)
        rows.add(bill.total.minorUnits)
        rows.add(draft.estimatedValues)
        rows.add(issuedOn)
        rows.add(issue.run)
        rows.end()
        for position in bill.lines.indices {
            add(bill, line: position)
        }
        if draft.parts.count > 1 {
            for (number, entry) in draft.parts.enumerated() {
                add(entry, number: number)
            }
        }
        for entry in bill.taxes {
            rows.begin(table: Table.tax.rawValue)
            rows.add(entry.category)
            rows.addExact(entry.rate)
            rows.add(entry.base.minorUnits)
            rows.add(entry.amount.minorUnits)
            rows.end()
        }
        for part in draft.determinants { add(part) }
        if draft.determinants.contains(where: { !$0.points.isEmpty }) { addPoints(of: draft) }
    }

    /// Adds which service points the energy of an invoice came from.
    private mutating func addPoints(of draft: InvoiceDraft) {
        let points = draft.determinants.flatMap { $0.points.map(\.share.servicePoint) }
        for point in Set(points).sorted() {
            rows.begin(table: Table.point.rawValue)
            rows.add(point)
            rows.end()
        }
    }

    private mutating func add(_ bill: RatedBill, line position: Int) {
        // Piece by piece: a line is large to copy.
        let form = bill.lines[position].form
        let quantity = bill.lines[position].quantity
        let exact = bill.lines[position].amountExact
        let note = bill.lines[position].note
        // Each number stands in its cell and in the formula.
        let (quantityText, exactText) = (quantity.shortText, exact.shortText)
        rows.begin(table: Table.line.rawValue)
        rows.add(position + 1)
        if position == formCells.count {
            formCells.append(FormCells(form))
        } else if formCells[position].form !== form {
            formCells[position] = FormCells(form)
        }
        rows.add(cellsOf: formCells[position].names)
        rows.add(quantity, quantityText)
        rows.add(cellsOf: formCells[position].price)
        rows.add(bill.lines[position].amount.minorUnits)
        rows.add(exact, exactText)
        rows.addText { text in
            text.append(note.map(LineFormula.note) ?? form.formula.note)
            text.append(quantity, quantityText)
            text.append(form.formula.timesPrice)
            text.append(exact, exactText)
            text.append(form.formula.ending)
        }
        rows.add(bill.lines[position].span)
        rows.end()
    }

    private mutating func add(_ determinants: Determinants) {
        let start = determinants.start
        let startText = start.shortText
        determinants.forEachEntry { entry in
            rows.begin(table: Table.determinant.rawValue)
            if let startText { rows.add(startText) } else { rows.add(start) }
            rows.add(entry.quantity)
            rows.add(entry.period)
            rows.addExact(entry.value)
            rows.add(entry.unit)
            rows.add(entry.at?.iso(offset: 0))
            rows.end()
        }
    }

    private mutating func add(_ entry: InvoicePart, number: Int) {
        rows.begin(table: Table.part.rawValue)
        rows.add(number)
        rows.add(entry.days.lowerBound)
        rows.add(entry.days.upperBound)
        rows.add(entry.tariffID)
        rows.add(entry.tariffVersion)
        rows.add(entry.tariffSHA256)
        rows.end()
    }

    /// Inserts all of them, each with the next number of its series.
    ///
    /// - Parameter number: The last number that was issued; then the last of these.
    func insert(into db: Database, after number: inout InvoiceNumber) throws {
        let inserts = try Table.allCases.map { try RowInsert(db, sql: $0.insertion) }
        var place = 0
        var invoiceID: Int64 = 0
        var text: [UInt8] = []
        while place < rows.count {
            let table = rows.table(at: place)
            place += 1
            if table == Table.invoice.rawValue {
                number.number += 1
                text.removeAll(keepingCapacity: true)
                number.append(to: &text)
                try inserts[table].insert(rows, at: &place, after: .text(text))
                invoiceID = db.lastInsertedRowID
            } else {
                try inserts[table].insert(rows, at: &place, after: .integer(invoiceID))
            }
        }
    }

    /// True where there are none.
    var isEmpty: Bool { rows.count == 0 }

    /// The number before the first of a series.
    var unissued: InvoiceNumber {
        InvoiceNumber(
            prefix: issue.prefix, kind: .invoice, year: issue.date.components.year, number: 0)
    }
}
