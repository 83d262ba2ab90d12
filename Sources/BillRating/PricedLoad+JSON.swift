// SPDX-License-Identifier: Apache-2.0

import Quantities

extension PricedLoad {
    /// The result as one JSON object; decimals are strings, as on an invoice.
    ///
    /// - Parameter trace: What lines are explained by; nil for no explanation.
    public func json(_ trace: PricedLoadTrace? = nil) -> String {
        let months = periods.map { period in
            let lines = period.bill.lines.map { line -> String in
                var members = [
                    ("charge", line.chargeID.jsonText),
                    ("description", line.description.jsonText),
                    ("quantity", line.quantity.documentText.jsonText),
                    ("unit", line.unit.jsonText),
                    ("price", line.form.priceText.jsonText),
                    ("amount", line.amount.text(in: currency).jsonText),
                    ("amount_exact", line.amountExact.documentText.jsonText),
                ]
                if let trace {
                    members += zip(
                        ["formula", "rounding", "clause"],
                        trace.steps(of: line, in: currency).map(\.jsonText))
                }
                return object(members)
            }
            let taxes = period.bill.taxes.map { tax in
                object([
                    ("category", tax.category.jsonText),
                    ("rate", tax.rate.description.jsonText),
                    ("base", tax.base.text(in: currency).jsonText),
                    ("amount", tax.amount.text(in: currency).jsonText),
                ])
            }
            return object([
                ("from", period.from.description.jsonText),
                ("to", period.to.description.jsonText),
                ("lines", array(lines)),
                ("taxes", array(taxes)),
                ("total", period.bill.total.text(in: currency).jsonText),
            ])
        }
        return object([
            ("currency", currency.code.jsonText),
            ("periods", array(months)),
            ("total", total.text(in: currency).jsonText),
        ])
    }

    private func object(_ members: [(String, String)]) -> String {
        "{" + members.map { $0.0.jsonText + ":" + $0.1 }.joined(separator: ",") + "}"
    }

    private func array(_ items: [String]) -> String {
        "[" + items.joined(separator: ",") + "]"
    }
}
