// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The entries of one mapping, its keys known to be allowed.
struct Fields {
    let position: SourcePosition
    /// What the mapping describes, for messages: `charge 'energy'`.
    let subject: String
    let entries: [String: YamlTree]

    subscript(key: String) -> YamlTree? { entries[key] }
}

/// Reads values out of a tree and collects what is wrong with them.
///
/// A value that cannot be read is reported and given as nil; the reader goes on, so that one check
/// shows every problem of a file.
struct FieldReader {
    let file: String
    var problems: [TariffProblem] = []

    mutating func report(
        _ position: SourcePosition, _ code: TariffProblem.Code, _ what: String, _ mend: String
    ) {
        problems.append(
            TariffProblem(file: file, position: position, code: code, what: what, mend: mend))
    }

    /// A mapping; keys that are not allowed are reported, except where `allowed` is nil.
    mutating func fields(_ tree: YamlTree, _ subject: String, allowed: [String]?) -> Fields? {
        guard case .mapping(let entries) = tree.content else {
            report(tree.position, .wrongShape, "\(subject) is not a mapping", "write key: value")
            return nil
        }
        if let allowed {
            for entry in entries where !allowed.contains(entry.key) {
                report(
                    entry.position, .unknownKey, "\(subject) has no key '\(entry.key)'",
                    "use one of " + allowed.joined(separator: ", "))
            }
        }
        return Fields(
            position: tree.position, subject: subject,
            entries: Dictionary(entries.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }))
    }

    /// The text of a scalar.
    mutating func text(_ tree: YamlTree) -> String? {
        guard case .scalar(let text) = tree.content, !text.isEmpty else {
            report(tree.position, .wrongShape, "a single value belongs here", "write one value")
            return nil
        }
        return text
    }

    /// A text under a key that is always needed.
    mutating func text(_ fields: Fields, _ key: String) -> String? {
        guard let tree = required(fields, key) else { return nil }
        return text(tree)
    }

    /// The tree under a key that is always needed.
    mutating func required(_ fields: Fields, _ key: String) -> YamlTree? {
        if let tree = fields[key] { return tree }
        report(
            fields.position, .missingKey, "\(fields.subject) has no '\(key)'", "add '\(key):' to it"
        )
        return nil
    }

    /// A decimal number, exactly as written.
    mutating func decimal(_ tree: YamlTree) -> Exact? {
        guard let text = text(tree) else { return nil }
        if !text.contains("/"), let value = Exact(text) { return value }
        report(
            tree.position, .badValue, "'\(text)' is not a decimal number",
            "write it as 0.538, with a point and without a unit")
        return nil
    }

    /// A decimal number under a key that is always needed.
    mutating func decimal(_ fields: Fields, _ key: String) -> Exact? {
        guard let tree = required(fields, key) else { return nil }
        return decimal(tree)
    }

    /// A decimal number above zero.
    mutating func positive(_ tree: YamlTree) -> Exact? {
        guard let value = decimal(tree) else { return nil }
        if value > .zero { return value }
        report(tree.position, .badValue, "\(value) is not above zero", "write a number above zero")
        return nil
    }

    /// What something is multiplied by: above zero, and no percentage.
    mutating func factor(_ tree: YamlTree) -> Exact? {
        guard let value = positive(tree) else { return nil }
        if value <= Exact(10) { return value }
        report(
            tree.position, .badValue, "\(value) times is no factor of a price or a limit",
            "write 1.05 for 105 per cent")
        return nil
    }

    /// A calendar day.
    mutating func day(_ tree: YamlTree) -> CivilDay? {
        guard let text = text(tree) else { return nil }
        // Far enough from the calendar's ends that months and years can be added to it.
        if let day = CivilDay(iso: text), (1900...2999).contains(day.components.year) { return day }
        report(
            tree.position, .badValue, "'\(text)' is not a day from 1900 to 2999",
            "write it as 2026-01-31")
        return nil
    }

    /// `true` or `false`.
    mutating func flag(_ tree: YamlTree) -> Bool? {
        guard let text = text(tree) else { return nil }
        if text == "true" || text == "false" { return text == "true" }
        report(tree.position, .badValue, "'\(text)' is not true or false", "write true or false")
        return nil
    }

    /// One of the words of an enumeration.
    mutating func word<Word: RawRepresentable & CaseIterable>(
        _ tree: YamlTree, _ type: Word.Type
    ) -> Word? where Word.RawValue == String {
        guard let text = text(tree) else { return nil }
        if let word = Word(rawValue: text) { return word }
        report(
            tree.position, .badValue, "'\(text)' is not a word the language has here",
            "use one of " + Word.allCases.map(\.rawValue).joined(separator: ", "))
        return nil
    }

    /// A word that settles what the rules leave open; `question` says what that is.
    mutating func decision<Word: RawRepresentable & CaseIterable>(
        _ fields: Fields, _ key: String, _ type: Word.Type, question: String
    ) -> Word? where Word.RawValue == String {
        if let tree = fields[key] { return word(tree, type) }
        let choices = Word.allCases.map { "\(key): \($0.rawValue)" }.joined(separator: " or ")
        report(
            fields.position, .undecided, "\(fields.subject) leaves open \(question)",
            "add \(choices)")
        return nil
    }

    /// The items of a list; a single value counts as a list of one.
    mutating func list(_ tree: YamlTree) -> [YamlTree] {
        if case .list(let items) = tree.content { return items }
        return [tree]
    }

    /// The texts of a list; a single value counts as a list of one.
    mutating func texts(_ tree: YamlTree) -> [String] {
        list(tree).compactMap { text($0) }
    }

    /// Whether a name is made of small letters, digits and `_`, starting with a letter.
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x61...0x7A).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_")
        }
    }
}
