// SPDX-License-Identifier: Apache-2.0

import BillRating
import Quantities

extension PricedLoad {
    /// A bill for each month as a person reads it.
    var table: String {
        var text: [String] = []
        for period in periods {
            text.append("\(period.from) – \(period.to - 1)")
            let lines = period.bill.lines.map { line in
                [
                    "  " + line.description, line.quantity.documentText, line.unit,
                    line.form.priceText, line.amount.text(in: currency),
                ]
            }
            let taxes = period.bill.taxes.map { tax in
                [
                    "  \(tax.category) \(tax.rate) × \(tax.base.text(in: currency))", "", "", "",
                    tax.amount.text(in: currency),
                ]
            }
            let total = [["  total", "", "", "", period.bill.total.text(in: currency)]]
            text += TextTable.lines(lines + taxes + total, right: [1, 3, 4])
        }
        text.append("total \(total.text(in: currency)) \(currency.code)")
        return text.joined(separator: "\n")
    }
}
