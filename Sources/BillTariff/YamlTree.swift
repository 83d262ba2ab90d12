// SPDX-License-Identifier: Apache-2.0

import Yams

/// A YAML text as a tree of raw scalars with their places.
///
/// Nothing is typed implicitly: `22:00`, `0.10` and `no` stay what was written. Anchors, aliases,
/// explicit tags and duplicate keys are refused.
struct YamlTree: Hashable, Sendable {
    /// A key of a mapping and its value.
    struct Entry: Hashable, Sendable {
        let key: String
        let position: SourcePosition
        let value: YamlTree
    }

    /// What stands at a place.
    enum Content: Hashable, Sendable {
        case scalar(String)
        case list([YamlTree])
        case mapping([Entry])
    }

    let position: SourcePosition
    let content: Content

    /// Reads the one document of a text.
    static func parse(_ text: String, file: String) throws(TariffProblems) -> YamlTree {
        func problem(
            _ code: TariffProblem.Code, _ position: SourcePosition, _ what: String, _ mend: String
        ) -> TariffProblems {
            TariffProblems([
                TariffProblem(file: file, position: position, code: code, what: what, mend: mend)
            ])
        }
        do {
            // The parser owns the anchors it met, so it has to outlive the walk that looks for them.
            let parser = try Parser(yaml: text, resolver: .basic)
            let root = try parser.singleRoot()
            return try withExtendedLifetime(parser) {
                guard let root else { throw Refusal.empty }
                return try tree(root)
            }
        } catch let refusal as Refusal {
            throw problem(refusal.code, refusal.position, refusal.what, refusal.mend)
        } catch let error as YamlError {
            let (position, what) = place(of: error)
            if case .duplicatedKeysInMapping(let keys, _) = error {
                throw problem(
                    .duplicateKey, position,
                    "the key '\(keys.first ?? "")', which first stands here, is given twice",
                    "keep one of them")
            }
            throw problem(.syntax, position, what, "mend the YAML; it uses spaces, never tabs")
        } catch {
            throw problem(.syntax, .start, "the text cannot be read", "save it as UTF-8")
        }
    }

    /// A construct of YAML that the files do not use.
    private struct Refusal: Error {
        let code: TariffProblem.Code
        let position: SourcePosition
        let what: String
        let mend: String

        static let empty = Refusal(
            code: .syntax, position: .start, what: "the file is empty", mend: "write a tariff in it"
        )
    }

    private static func tree(_ node: Node) throws -> YamlTree {
        let position = SourcePosition(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        let (hasAnchor, tag, isQuoted) =
            switch node {
            case .scalar(let scalar):
                (scalar.anchor != nil, scalar.tag.name(), scalar.style != .plain)
            case .mapping(let mapping): (mapping.anchor != nil, mapping.tag.name(), false)
            case .sequence(let list): (list.anchor != nil, list.tag.name(), false)
            case .alias(let alias): (true, alias.tag.name(), false)
            }
        if hasAnchor {
            throw Refusal(
                code: .alias, position: position, what: "anchors and aliases are not used",
                mend: "write the value out where it is needed")
        }
        if let tag, !(isQuoted && tag == Tag.Name.str.rawValue) {
            throw Refusal(
                code: .explicitTag, position: position, what: "the type '\(tag)' is not used",
                mend: "leave it out; every value is read as it is written")
        }
        switch node {
        case .scalar(let scalar):
            return YamlTree(position: position, content: .scalar(scalar.string))
        case .sequence(let list):
            return YamlTree(position: position, content: .list(try list.map(tree)))
        case .mapping(let mapping):
            let entries = try mapping.map { pair in
                let key = pair.key
                let place = SourcePosition(line: key.mark?.line ?? 1, column: key.mark?.column ?? 1)
                guard case .scalar(let scalar) = key, scalar.anchor == nil,
                    (scalar.tag.name() ?? Tag.Name.str.rawValue) == Tag.Name.str.rawValue
                else {
                    throw Refusal(
                        code: .wrongShape, position: place, what: "a key is not a plain word",
                        mend: "write the key as one word")
                }
                return Entry(key: scalar.string, position: place, value: try tree(pair.value))
            }
            return YamlTree(position: position, content: .mapping(entries))
        case .alias:
            throw Refusal.empty
        }
    }

    private static func place(of error: YamlError) -> (SourcePosition, String) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return (SourcePosition(line: mark.line, column: mark.column), problem)
        case .duplicatedKeysInMapping(_, let context):
            let mark = context.mark
            return (SourcePosition(line: mark.line, column: mark.column), context.text)
        case .reader(let problem, let offset, _, let yaml):
            let before = yaml.prefix(offset ?? 0)
            let line = before.count { $0.isNewline } + 1
            let column = before.reversed().prefix { !$0.isNewline }.count + 1
            return (SourcePosition(line: line, column: column), problem)
        default:
            return (.start, "the text cannot be read")
        }
    }
}

extension Tag {
    /// The tag a writer gave, or nil where the value has none.
    fileprivate func name() -> String? {
        let name = description
        return name.isEmpty || name == "!" ? nil : name
    }
}
