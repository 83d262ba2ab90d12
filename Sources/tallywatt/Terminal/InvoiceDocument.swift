// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import Quantities
import Store

/// An issued document with everything on it.
struct InvoiceDocument {
    let invoice: InvoiceRecord
    let parts: [InvoicePart]
    let lines: [InvoiceLine]
    let taxes: [InvoiceTax]
    let determinants: [InvoiceDeterminant]

    init(_ invoice: InvoiceRecord, from transaction: StoreTransaction) throws {
        self.invoice = invoice
        parts = try transaction.parts(ofInvoice: invoice.invoiceID)
        lines = try transaction.lines(ofInvoice: invoice.invoiceID)
        taxes = try transaction.taxes(ofInvoice: invoice.invoiceID)
        determinants = try transaction.determinants(ofInvoice: invoice.invoiceID)
    }

    /// The bill as a customer reads it, Chinese and English side by side.
    var bill: String {
        (head + [""] + table + [""] + sums).joined(separator: "\n")
    }

    private var head: [String] {
        let title =
            invoice.kind == "credit_note" ? "红字账单 Credit note" : "电费账单 Electricity invoice"
        let name = invoice.customer.map { "  \($0)" } ?? ""
        let last = CivilDay(iso: invoice.periodEnd).map { ($0 - 1).description } ?? ""
        return TextTable.lines([
            [title, invoice.number + (invoice.status == "credited" ? "  已冲销 credited" : "")],
            ["户名 Customer", invoice.customerID + name],
            ["合同 Contract", invoice.contractID],
            ["计量点 Service point", "\(invoice.servicePointID)  线路 feeder \(invoice.feederID)"],
            ["计费期间 Period", "\(invoice.periodStart) – \(last)"],
            ["电价 Tariff", "\(invoice.tariffID)  \(invoice.tariffVersion)"],
            ["出账日期 Issued", invoice.issuedOn],
        ])
    }

    private var table: [String] {
        let header = ["项目 Item", "数量 Quantity", "单位 Unit", "单价 Price", "金额 Amount"]
        let rows = lines.map { line in
            [
                line.description, line.quantity ?? "", line.unit, line.price ?? "",
                line.amount.text(in: invoice.currency),
            ]
        }
        return TextTable.lines([header] + rows, right: [1, 3, 4])
    }

    private var sums: [String] {
        let currency = invoice.currency
        var rows = [["不含税 Net", invoice.net.text(in: currency), currency.code]]
        for tax in taxes {
            let base = tax.base.text(in: currency)
            rows.append([
                "税额 \(tax.category) \(tax.rate) × \(base)", tax.amount.text(in: currency),
                currency.code,
            ])
        }
        rows.append(["合计 Total", invoice.total.text(in: currency), currency.code])
        rows.append(["估算值 Estimated values", "\(invoice.estimatedValues)", ""])
        return TextTable.lines(rows, right: [1])
    }
}
