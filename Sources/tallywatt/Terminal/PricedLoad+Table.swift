// SPDX-License-Identifier: Apache-2.0

import BillRating
import Quantities

extension PricedLoad {
    /// A bill for each month as a person reads it.
    ///
    /// - Parameter trace: What lines are explained by; nil for no explanation.
    func table(_ trace: PricedLoadTrace? = nil) -> String {
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
            var table = TextTable.lines(lines + taxes + total, right: [1, 3, 4])
            if let trace {
                // From the last line to the first, so that the places of those before it stand.
                for (place, line) in period.bill.lines.enumerated().reversed() {
                    let steps = trace.steps(of: line, in: currency).map { "      " + $0 }
                    table.insert(contentsOf: steps, at: place + 1)
                }
            }
            text += table
        }
        text.append("total \(total.text(in: currency)) \(currency.code)")
        return text.joined(separator: "\n")
    }
}
