// SPDX-License-Identifier: Apache-2.0

/// What people settled of a record that the database leaves open.
struct UrdbDecisions {
    static let keys = [
        "id", "version", "valid_from", "valid_to", "currency", "timezone", "rounding", "true_up",
        "limits", "tier_allocation", "season_of", "prorate", "minimum_scope", "demand_window",
        "demand_type", "ratchet_scope", "coincident_series",
        "coincident_window", "coincident_counts", "coincident_if_none", "hours_of_use", "export",
        "settled", "illustrative", "examples",
    ]

    let fields: Fields?
    var reader: FieldReader
    let recordFile: String

    /// What messages call the file of the decisions.
    var fileName: String {
        let file = fields == nil ? Urdb.decisionsFile(of: recordFile) : reader.file
        return file.split(separator: "/").last.map(String.init) ?? file
    }

    /// A decision that is one value, as the tariff file writes it.
    mutating func text(_ key: String) -> String? {
        fields?[key].flatMap { reader.text($0) }.map(YamlText.scalar)
    }

    /// A decision that is needed; what is open is reported at a place of the record.
    mutating func needed(
        _ key: String, _ question: String, _ choices: [String], _ position: SourcePosition
    ) -> String? {
        if let text = text(key) { return text }
        leavesOpen(key, question, choices, position)
        return nil
    }

    /// Writes a decision that the tariff file takes as it stands.
    mutating func copy(
        _ key: String, _ question: String, _ choices: [String], _ record: UrdbRecord,
        to yaml: inout YamlText
    ) {
        if let tree = fields?[key] {
            yaml.add(key, UrdbDecisions.written(tree))
        } else {
            leavesOpen(key, question, choices, record.position)
        }
    }

    /// Writes a decision that the tariff file takes as it stands, where there is one.
    func copy(_ key: String, to yaml: inout YamlText) {
        if let tree = fields?[key] { yaml.add(key, UrdbDecisions.written(tree)) }
    }

    mutating func leavesOpen(
        _ key: String, _ question: String, _ choices: [String], _ position: SourcePosition
    ) {
        guard fields?[key] == nil else { return }
        let choice = choices.map { "\(key): \($0)" }.joined(separator: " or ")
        reader.problems.append(
            TariffProblem(
                file: recordFile, position: position, code: .undecided,
                what: "the record leaves open \(question)", mend: "add \(choice) to \(fileName)"))
    }

    /// The fields of the record that cost its customers nothing, or are billed elsewhere.
    mutating func settled(_ record: UrdbRecord) -> Set<String> {
        guard let tree = fields?["settled"] else { return [] }
        var found: Set<String> = []
        for item in reader.list(tree) {
            guard let name = reader.text(item) else { continue }
            if record[name] == nil {
                reader.report(
                    item.position, .unknownReference, "the record has no '\(name)'", "leave it out")
            }
            found.insert(name)
        }
        return found
    }

    /// A tree in one line of YAML.
    static func written(_ tree: YamlTree) -> String {
        switch tree.content {
        case .scalar(let text): YamlText.scalar(text)
        case .list(let items): YamlText.list(items.map(written))
        case .mapping(let entries):
            YamlText.mapping(entries.map { (YamlText.scalar($0.key), written($0.value)) })
        }
    }
}
