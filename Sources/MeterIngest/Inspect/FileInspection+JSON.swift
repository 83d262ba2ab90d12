// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

extension FileInspection {
    /// The promised JSON of several files, keys always in the same order, one line per series.
    ///
    /// Sums are JSON numbers with all their digits.
    public static func json(_ files: [FileInspection]) -> String {
        let list = files.map { "    " + $0.json }.joined(separator: ",\n")
        return "{\n  \"files\": [\n\(list)\n  ]\n}\n"
    }

    private var json: String {
        let refused = rejections.map { rejection in
            object(
                [
                    ("line", String(rejection.line)), ("byte", String(rejection.byte)),
                    ("code", quoted(rejection.code.rawValue)), ("found", quoted(rejection.found)),
                ] + (rejection.member.isEmpty ? [] : [("member", quoted(rejection.member))]))
        }
        return object([
            ("path", quoted(path)), ("format", format.map(quoted) ?? "null"),
            ("bytes", String(bytes)), ("readings", String(readings)),
            ("rejections", list(refused)), ("series", list(series.map(\.json))),
        ])
    }
}

extension FileInspection.Series {
    fileprivate var json: String {
        let codes = quality.sorted { $0.key < $1.key }.map { ($0.key, String($0.value)) }
        return object([
            ("meter", quoted(meter)), ("channel", quoted(channel)),
            ("obis", quoted(obis.description)), ("unit", quoted(unit)),
            ("kind", quoted(kind == .register ? "register" : "interval")),
            ("interval_minutes", intervalMinutes.map { String($0) } ?? "null"),
            ("count", String(count)), ("first", quoted(first)), ("last", quoted(last)),
            ("sum", sum?.description ?? "null"), ("quality", object(codes)),
        ])
    }
}

/// An object of keys and values that are JSON already.
private func object(_ members: [(key: String, value: String)]) -> String {
    "{" + members.map { quoted($0.key) + ": " + $0.value }.joined(separator: ", ") + "}"
}

/// A list of values that are JSON already, each on its own line.
private func list(_ items: [String]) -> String {
    if items.isEmpty { return "[]" }
    return "[\n      " + items.joined(separator: ",\n      ") + "\n    ]"
}

/// A JSON string. Source: RFC 8259 §7.
private func quoted(_ text: String) -> String {
    var json = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": json += "\\\""
        case "\\": json += "\\\\"
        case "\n": json += "\\n"
        case "\r": json += "\\r"
        case "\t": json += "\\t"
        case "\u{0}"..<"\u{20}":
            let digits = String(scalar.value, radix: 16)
            json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: json.unicodeScalars.append(scalar)
        }
    }
    return json + "\""
}
