// SPDX-License-Identifier: Apache-2.0

import Yams

/// A place in a profile's YAML tree: a raw scalar, a list or a mapping, with its position.
///
/// Scalars stay the text that was written; anchors, aliases and tags are refused, so that what a
/// person reads in the file is what the profile says.
struct ProfileNode {
    let file: String
    let node: Node

    /// Reads one YAML document.
    static func document(_ yaml: String, file: String) throws(ProfileError) -> ProfileNode {
        let parser: Parser
        let root: Node?
        do {
            // The basic resolver leaves every untagged scalar a string.
            parser = try Parser(yaml: yaml, resolver: .basic)
            root = try parser.singleRoot()
        } catch {
            throw ProfileNode.explain(error, file: file)
        }
        guard let root else {
            throw ProfileError(
                file: file, line: 1, column: 1, problem: "the profile is empty",
                mend: "write at least name, shape and columns")
        }
        let document = ProfileNode(file: file, node: root)
        // The parser owns the anchors; it must live until they have been looked for.
        let checked: Result<Void, ProfileError> = withExtendedLifetime(parser) {
            do throws(ProfileError) {
                try document.refuseAnchorsAndTags()
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try checked.get()
        return document
    }

    private static func explain(_ error: any Error, file: String) -> ProfileError {
        func problem(_ text: String, _ mark: Mark?, _ mend: String) -> ProfileError {
            ProfileError(
                file: file, line: mark?.line ?? 0, column: mark?.column ?? 0, problem: text,
                mend: mend)
        }
        switch error {
        case YamlError.duplicatedKeysInMapping(let keys, let context):
            return problem(
                "the key '\(keys.joined(separator: "', '"))' stands twice", context.mark,
                "keep one of them")
        case YamlError.scanner(_, let text, let mark, _),
            YamlError.parser(_, let text, let mark, _),
            YamlError.composer(_, let text, let mark, _):
            return problem("not YAML: \(text)", mark, "check indentation and quotes")
        default:
            return problem("not YAML", nil, "save the file as UTF-8 text")
        }
    }

    /// An error at this place.
    func error(_ problem: String, _ mend: String) -> ProfileError {
        ProfileError(
            file: file, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0,
            problem: problem, mend: mend)
    }

    private func refuseAnchorsAndTags() throws(ProfileError) {
        if node.anchor != nil {
            throw error("anchors and aliases are not used here", "write the value out")
        }
        let plain = ["tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"]
        if !plain.contains(node.tag.description) {
            throw error("tags are not used here", "remove '\(node.tag)'")
        }
        switch node {
        case .scalar, .alias: return
        case .sequence(let items):
            for item in items { try ProfileNode(file: file, node: item).refuseAnchorsAndTags() }
        case .mapping(let pairs):
            for (key, value) in pairs {
                try ProfileNode(file: file, node: key).refuseAnchorsAndTags()
                try ProfileNode(file: file, node: value).refuseAnchorsAndTags()
            }
        }
    }

    /// The text of a scalar, as written.
    func text() throws(ProfileError) -> String {
        guard case .scalar(let scalar) = node else {
            throw error("a single value is expected", "write one text or number")
        }
        return scalar.string
    }

    /// A whole number within limits.
    func whole(_ limits: ClosedRange<Int>) throws(ProfileError) -> Int {
        let text = try text()
        guard let number = Int(text), limits.contains(number), text.utf8.first != 0x2B else {
            throw error(
                "'\(text)' is not a whole number from \(limits.lowerBound) to \(limits.upperBound)",
                "write digits only")
        }
        return number
    }

    /// One of the words of an enumeration.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ type: Choice.Type
    ) throws(ProfileError) -> Choice where Choice.RawValue == String {
        let text = try text()
        guard let choice = Choice(rawValue: text) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw error("'\(text)' is not known here", "use one of: \(words)")
        }
        return choice
    }

    /// The items of a list.
    func list() throws(ProfileError) -> [ProfileNode] {
        guard case .sequence(let items) = node else {
            throw error("a list is expected", "write it as [a, b]")
        }
        return items.map { ProfileNode(file: file, node: $0) }
    }

    /// The keys and values of a mapping, in the order written.
    func pairs() throws(ProfileError) -> [(key: ProfileNode, value: ProfileNode)] {
        guard case .mapping(let mapping) = node else {
            throw error("keys and values are expected", "write 'key: value' lines")
        }
        return mapping.map {
            (ProfileNode(file: file, node: $0.key), ProfileNode(file: file, node: $0.value))
        }
    }

    /// The values of a mapping whose keys must be among `known`.
    func fields(_ known: [String]) throws(ProfileError) -> [String: ProfileNode] {
        var found: [String: ProfileNode] = [:]
        for (key, value) in try pairs() {
            let name = try key.text()
            guard known.contains(name) else {
                throw key.error(
                    "the key '\(name)' is not known here",
                    "use one of: \(known.joined(separator: ", "))")
            }
            found[name] = value
        }
        return found
    }
}
