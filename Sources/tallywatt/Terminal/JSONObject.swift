// SPDX-License-Identifier: Apache-2.0

/// A JSON object whose keys stand in the order they were added.
struct JSONObject {
    private var entries: [String] = []

    /// The object as text.
    var text: String { "{" + entries.joined(separator: ",") + "}" }

    mutating func add(_ key: String, _ value: String?) {
        add(key, raw: value.map(JSONObject.quoted) ?? "null")
    }

    mutating func add(_ key: String, _ value: Int?) {
        add(key, raw: value.map(String.init) ?? "null")
    }

    mutating func add(_ key: String, raw value: String) {
        entries.append(JSONObject.quoted(key) + ":" + value)
    }

    /// A text as a JSON string.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
