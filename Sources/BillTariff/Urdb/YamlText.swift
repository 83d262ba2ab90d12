// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Writes the lines of a tariff file.
struct YamlText {
    private(set) var text = ""

    /// `key: value`, the value as it is to stand there.
    mutating func add(_ key: String, _ value: String, indent: Int = 0) {
        text += String(repeating: " ", count: indent) + "\(key): \(value)\n"
    }

    /// A line as it is.
    mutating func line(_ line: String) { text += line + "\n" }

    /// A value as it is, where nothing in it means anything to YAML; else quoted.
    static func scalar(_ text: String) -> String {
        let isPlain =
            text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                    || (0x61...0x7A).contains(byte) || "_.+-/ ".utf8.contains(byte)
            } && text.utf8.first != UInt8(ascii: "-") && text.utf8.first != UInt8(ascii: " ")
            && text.utf8.last != UInt8(ascii: " ")
        return isPlain || isNumber(text) ? text : quoted(text)
    }

    private static func isNumber(_ text: String) -> Bool {
        Exact(text) != nil && !text.contains("/")
    }

    /// A text that people wrote, on one line and quoted so that nothing in it means anything.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\" + String(scalar)
            case let control where control.value < 0x20 || (0x7F...0x9F).contains(control.value):
                quoted += " "
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// A text kept as it is, line by line, under a key.
    mutating func block(_ key: String, _ body: String) {
        text += "\(key): |2\n"
        for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
            text += line.isEmpty ? "\n" : "  \(line)\n"
        }
    }

    /// A list in one line.
    static func list(_ items: [String]) -> String { "[" + items.joined(separator: ", ") + "]" }

    /// A mapping in one line.
    static func mapping(_ entries: [(String, String)]) -> String {
        "{ " + entries.map { "\($0.0): \($0.1)" }.joined(separator: ", ") + " }"
    }
}
