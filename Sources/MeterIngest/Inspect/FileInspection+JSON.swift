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
                    ("code", rejection.code.rawValue.jsonText), ("found", rejection.found.jsonText),
                ] + (rejection.member.isEmpty ? [] : [("member", rejection.member.jsonText)]))
        }
        return object([
            ("path", path.jsonText), ("format", format.map(\.jsonText) ?? "null"),
            ("bytes", String(bytes)), ("readings", String(readings)),
            ("rejections", list(refused)), ("series", list(series.map(\.json))),
            ("rejected", String(rejected)),
        ])
    }
}

extension FileInspection.Series {
    fileprivate var json: String {
        let codes = quality.sorted { $0.key < $1.key }.map { ($0.key, String($0.value)) }
        return object([
            ("meter", meter.jsonText), ("channel", channel.jsonText),
            ("obis", obis.description.jsonText), ("unit", unit.jsonText),
            ("kind", (kind == .register ? "register" : "interval").jsonText),
            ("interval_minutes", intervalMinutes.map { String($0) } ?? "null"),
            ("count", String(count)), ("first", first.jsonText), ("last", last.jsonText),
            ("sum", sum?.description ?? "null"), ("quality", object(codes)),
        ])
    }
}

/// An object of keys and values that are JSON already.
private func object(_ members: [(key: String, value: String)]) -> String {
    "{" + members.map { $0.key.jsonText + ": " + $0.value }.joined(separator: ", ") + "}"
}

/// A list of values that are JSON already, each on its own line.
private func list(_ items: [String]) -> String {
    if items.isEmpty { return "[]" }
    return "[\n      " + items.joined(separator: ",\n      ") + "\n    ]"
}
