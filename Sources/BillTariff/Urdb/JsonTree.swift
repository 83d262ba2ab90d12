// SPDX-License-Identifier: Apache-2.0

extension YamlTree {
    /// Reads a JSON text (RFC 8259) as the tree that a YAML file would be: scalars as they were written,
    /// `null` a plain word, strings without their quotes.
    ///
    /// Foundation's reader knows no places, and takes numbers for floating point.
    static func parseJSON(_ text: String, file: String) throws(TariffProblems) -> YamlTree {
        var reader = JsonReader(text)
        do throws(JsonReader.Refusal) { return try reader.document() } catch {
            throw TariffProblems([
                TariffProblem(
                    file: file, position: reader.position, code: error.code, what: error.what,
                    mend: "save the rate as JSON, as the database gives it")
            ])
        }
    }
}

/// Reads JSON scalar by scalar, and knows where it stands.
private struct JsonReader {
    struct Refusal: Error {
        var code = TariffProblem.Code.syntax
        let what: String
    }

    /// A record nests some five deep; a file cannot make the reader go without end.
    private static let deepest = 64

    private let scalars: [Unicode.Scalar]
    private var next = 0
    private var depth = 0
    private var (line, column) = (1, 1)

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    var position: SourcePosition { SourcePosition(line: line, column: column) }

    mutating func document() throws(Refusal) -> YamlTree {
        skipSpace()
        let tree = try value()
        skipSpace()
        guard next == scalars.count else { throw Refusal(what: "something follows the JSON value") }
        return tree
    }

    private mutating func value() throws(Refusal) -> YamlTree {
        let place = position
        guard let first = peek else { throw Refusal(what: "the JSON ends in its midst") }
        depth += 1
        defer { depth -= 1 }
        guard depth <= JsonReader.deepest else { throw Refusal(what: "the JSON nests too deep") }
        switch first {
        case "{": return YamlTree(position: place, content: .mapping(try members()))
        case "[": return YamlTree(position: place, content: .list(try items()))
        case "\"": return YamlTree(position: place, content: .scalar(try string()))
        default: return YamlTree(position: place, content: .scalar(try word()))
        }
    }

    private mutating func members() throws(Refusal) -> [YamlTree.Entry] {
        var entries: [YamlTree.Entry] = []
        var keys: Set<String> = []
        try list(until: "}") { reader throws(Refusal) in
            let place = reader.position
            guard reader.peek == "\"" else { throw Refusal(what: "a key is not quoted") }
            let key = try reader.string()
            guard keys.insert(key).inserted else {
                throw Refusal(code: .duplicateKey, what: "the key '\(key)' is given twice")
            }
            reader.skipSpace()
            try reader.expect(":")
            reader.skipSpace()
            entries.append(YamlTree.Entry(key: key, position: place, value: try reader.value()))
        }
        return entries
    }

    private mutating func items() throws(Refusal) -> [YamlTree] {
        var trees: [YamlTree] = []
        try list(until: "]") { reader throws(Refusal) in trees.append(try reader.value()) }
        return trees
    }

    /// Reads what stands between brackets, with commas between.
    private mutating func list(
        until end: Unicode.Scalar, _ item: (inout JsonReader) throws(Refusal) -> Void
    ) throws(Refusal) {
        advance()
        skipSpace()
        if peek == end { return advance() }
        while true {
            skipSpace()
            try item(&self)
            skipSpace()
            if peek == end { return advance() }
            try expect(",")
        }
    }

    /// A number, `true`, `false` or `null`, as it is written.
    private mutating func word() throws(Refusal) -> String {
        let start = next
        while let scalar = peek, scalar.isASCII,
            scalar.properties.isAlphabetic || "+-.0123456789".unicodeScalars.contains(scalar)
        { advance() }
        let word = String(String.UnicodeScalarView(scalars[start..<next]))
        let isNumber = word.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil
        if isNumber || ["true", "false", "null"].contains(word) { return word }
        throw Refusal(what: "'\(word.prefix(20))' is no JSON value")
    }

    private mutating func string() throws(Refusal) -> String {
        advance()
        var units: [UInt16] = []
        while let scalar = peek {
            if scalar.value < 0x20 { throw Refusal(what: "a control character stands in a string") }
            advance()
            switch scalar {
            case "\"":
                if let text = String(validating: units, as: UTF16.self) { return text }
                throw Refusal(what: "an escape is half of a character")
            case "\\": units.append(try escape())
            default: units += String(scalar).utf16
            }
        }
        throw Refusal(what: "a string does not end")
    }

    private mutating func escape() throws(Refusal) -> UInt16 {
        let plain: [Unicode.Scalar: UInt16] = [
            "\"": 0x22, "\\": 0x5C, "/": 0x2F, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9,
        ]
        guard let scalar = peek else { throw Refusal(what: "a string does not end") }
        advance()
        if let unit = plain[scalar] { return unit }
        guard scalar == "u", next + 4 <= scalars.count else {
            throw Refusal(what: "'\\\(scalar)' is no escape")
        }
        let digits = String(String.UnicodeScalarView(scalars[next..<next + 4]))
        guard digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
            let unit = UInt16(digits, radix: 16)
        else {
            throw Refusal(what: "'\\u\(digits)' is no escape")
        }
        for _ in 0..<4 { advance() }
        return unit
    }

    private var peek: Unicode.Scalar? { next < scalars.count ? scalars[next] : nil }

    private mutating func expect(_ scalar: Unicode.Scalar) throws(Refusal) {
        guard peek == scalar else { throw Refusal(what: "a '\(scalar)' is missing") }
        advance()
    }

    private mutating func advance() {
        (line, column) = scalars[next] == "\n" ? (line + 1, 1) : (line, column + 1)
        next += 1
    }

    private mutating func skipSpace() {
        while let scalar = peek, [" ", "\t", "\n", "\r"].contains(scalar) { advance() }
    }
}
