// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillTariff
import Quantities
import Store

/// Invoices as JSON; amounts and quantities are decimals written as strings.
enum InvoiceJSON {
    /// A document with its lines, taxes and determinants.
    static func text(_ document: InvoiceDocument) -> String {
        var object = head(document.invoice)
        object.add(
            "lines",
            list:
                document.lines.enumerated().map { index, line in
                    text(line, position: index + 1, document)
                })
        object.add(
            "taxes",
            list:
                document.taxes.map { tax in
                    var entry = JSONObject()
                    entry.add("category", tax.category)
                    entry.add("rate", tax.rate)
                    entry.add("base", tax.base.text(in: document.invoice.currency))
                    entry.add("amount", tax.amount.text(in: document.invoice.currency))
                    return entry.text
                })
        object.add("determinants", list: document.determinants.map(text))
        return object.text
    }

    /// The fields of a document itself.
    static func head(_ invoice: InvoiceRecord) -> JSONObject {
        var object = JSONObject()
        for (name, value) in InvoiceColumns.row(invoice) { value.add(name, to: &object) }
        object.add("tariff_sha256", invoice.tariffSHA256)
        object.add("inputs_sha256", invoice.inputsSHA256)
        object.add("known_seq", invoice.knownSeq)
        object.add("engine_version", invoice.engineVersion)
        return object
    }

    /// A line.
    ///
    /// - Parameters:
    ///   - rounding: How its amount was rounded; nil where nobody asked.
    ///   - clause: The clause of the tariff file; nil where nobody asked or the file cannot be read.
    static func text(
        _ line: InvoiceLine, position: Int, _ document: InvoiceDocument, rounding: String? = nil,
        clause: TariffClause? = nil
    ) -> String {
        let part = document.parts[line.part]
        var entry = JSONObject()
        entry.add("position", position)
        entry.add("charge", line.chargeID)
        entry.add("description", line.description)
        entry.add("quantity", line.quantity)
        entry.add("unit", line.unit)
        entry.add("price", line.price)
        entry.add("amount", line.amount.text(in: document.invoice.currency))
        entry.add("amount_exact", line.amountExact)
        entry.add("formula", line.formula)
        entry.add("part_start", part.days.lowerBound.description)
        entry.add("tariff_version", part.tariffVersion)
        entry.add("tariff_sha256", part.tariffSHA256)
        if let rounding { entry.add("rounding", rounding) }
        if let clause {
            entry.add("tariff_line", clause.line)
            entry.add("clause", clause.text.joined(separator: "\n"))
        }
        return entry.text
    }

    /// A determinant.
    static func text(_ determinant: InvoiceDeterminant) -> String {
        var entry = JSONObject()
        entry.add("part_start", determinant.partStart.description)
        entry.add("quantity", determinant.quantity)
        entry.add("period", determinant.period)
        entry.add("value", determinant.documentValue)
        entry.add("unit", determinant.unit)
        entry.add("at", determinant.at)
        return entry.text
    }
}

/// What a list of invoices shows of each, in order.
enum InvoiceColumns {
    static let names = [
        "number", "kind", "status", "contract_id", "customer_id", "customer", "service_point_id",
        "feeder_id", "period_start", "period_end", "tariff_id", "tariff_version", "currency",
        "net", "tax", "total", "estimated_values", "issued_on",
    ]

    /// The few that a terminal has room for.
    static let short = [
        "number", "status", "contract_id", "customer", "period_start", "period_end", "currency",
        "total", "estimated_values",
    ]

    static func row(_ invoice: InvoiceRecord) -> [(name: String, value: ListValue)] {
        let currency = invoice.currency
        let values: [ListValue] = [
            .text(invoice.number), .text(invoice.kind), .text(invoice.status),
            .text(invoice.contractID), .text(invoice.customerID), .text(invoice.customer),
            .text(invoice.servicePointID), .text(invoice.feederID), .text(invoice.periodStart),
            .text(invoice.periodEnd), .text(invoice.tariffID), .text(invoice.tariffVersion),
            .text(currency.code), .text(invoice.net.text(in: currency)),
            .text(invoice.tax.text(in: currency)), .text(invoice.total.text(in: currency)),
            .number(invoice.estimatedValues), .text(invoice.issuedOn),
        ]
        return Array(zip(names, values))
    }
}
