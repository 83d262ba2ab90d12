// SPDX-License-Identifier: Apache-2.0

import Quantities

/// One rate of the OpenEI Utility Rate Database, as its JSON has it.
struct UrdbRecord {
    /// Where the record begins.
    let position: SourcePosition
    /// Its fields, but those that are null or empty, in the order of the file.
    let entries: [YamlTree.Entry]

    /// A record out of a tree: bare, or the one item of an answer of the database.
    static func read(_ tree: YamlTree, file: String) throws(TariffProblems) -> UrdbRecord {
        guard case .mapping(let entries) = tree.content else {
            throw problem(file, tree, "the file is no JSON object", "save one rate as JSON")
        }
        if let items = entries.first(where: { $0.key == "items" })?.value {
            guard case .list(let records) = items.content, records.count == 1 else {
                throw problem(
                    file, items, "the file does not hold one rate", "save each rate in its own file"
                )
            }
            return try read(records[0], file: file)
        }
        return UrdbRecord(
            position: tree.position, entries: entries.filter { !UrdbRecord.isEmpty($0.value) })
    }

    subscript(key: String) -> YamlTree? { entries.first { $0.key == key }?.value }

    private static func isEmpty(_ tree: YamlTree) -> Bool {
        switch tree.content {
        case .scalar(let text): text.isEmpty || text == "null"
        case .list(let items): items.isEmpty
        case .mapping(let entries): entries.isEmpty
        }
    }

    private static func problem(
        _ file: String, _ tree: YamlTree, _ what: String, _ mend: String
    ) -> TariffProblems {
        TariffProblems([
            TariffProblem(
                file: file, position: tree.position, code: .wrongShape, what: what, mend: mend)
        ])
    }
}

extension FieldReader {
    /// A number as JSON writes it, exponents among them; exact.
    mutating func jsonNumber(_ tree: YamlTree) -> Exact? {
        guard let text = text(tree) else { return nil }
        let parts = text.split(
            separator: "e", maxSplits: 1, omittingEmptySubsequences: false
        ).flatMap {
            $0.split(separator: "E", maxSplits: 1, omittingEmptySubsequences: false)
        }
        if !text.contains("/"), let head = parts.first, let value = Exact(String(head)) {
            if parts.count == 1 { return value }
            let sign = parts[1].hasPrefix("+") ? parts[1].dropFirst() : parts[1]
            if parts.count == 2, let exponent = Int(sign), (-30...38).contains(exponent) {
                let scaled =
                    exponent < 0
                    ? value / Exact.powerOfTen(-exponent) : value * Exact.powerOfTen(exponent)
                if !scaled.isOverflow { return scaled }
            }
        }
        report(tree.position, .badValue, "'\(text)' is not a number", "write a decimal number")
        return nil
    }

    /// A whole number from 0 on, also written as `1.0`.
    mutating func jsonIndex(_ tree: YamlTree) -> Int? {
        guard let value = jsonNumber(tree) else { return nil }
        if value.denominator == 1, value >= .zero, let index = Int(exactly: value.numerator) {
            return index
        }
        report(tree.position, .badValue, "'\(value)' is not a place in a list", "count from 0")
        return nil
    }
}
