// SPDX-License-Identifier: Apache-2.0

import Quantities

extension PricedLoad {
    /// The result as one JSON object; decimals are strings, as on an invoice.
    public var json: String {
        let months = periods.map { period in
            let lines = period.bill.lines.map { line in
                object([
                    ("charge", quoted(line.chargeID)),
                    ("description", quoted(line.description)),
                    ("quantity", line.quantity.map { quoted($0.documentText) } ?? "null"),
                    ("unit", quoted(line.unit)),
                    ("price", line.price.map { quoted($0.documentText) } ?? "null"),
                    ("amount", quoted(line.amount.text(in: currency))),
                    ("amount_exact", quoted(line.amountExact.documentText)),
                ])
            }
            let taxes = period.bill.taxes.map { tax in
                object([
                    ("category", quoted(tax.category)),
                    ("rate", quoted(tax.rate.description)),
                    ("base", quoted(tax.base.text(in: currency))),
                    ("amount", quoted(tax.amount.text(in: currency))),
                ])
            }
            return object([
                ("from", quoted(period.from.description)),
                ("to", quoted(period.to.description)),
                ("lines", array(lines)),
                ("taxes", array(taxes)),
                ("total", quoted(period.bill.total.text(in: currency))),
            ])
        }
        return object([
            ("currency", quoted(currency.code)),
            ("periods", array(months)),
            ("total", quoted(total.text(in: currency))),
        ])
    }

    private func object(_ members: [(String, String)]) -> String {
        "{" + members.map { quoted($0.0) + ":" + $0.1 }.joined(separator: ",") + "}"
    }

    private func array(_ items: [String]) -> String {
        "[" + items.joined(separator: ",") + "]"
    }

    /// A JSON string; everything but quotes, backslashes and control characters stays as it is.
    private func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
