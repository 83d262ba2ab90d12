// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A rate of the OpenEI Utility Rate Database (URDB) as a tariff file.
///
/// What the database leaves open is settled by decisions, a YAML file beside the record; what neither
/// is mapped nor settled there, and may change an amount, refuses the tariff.
public enum Urdb {
    /// The endings of a record's file and of the decisions beside it.
    public static let (ending, decisionsEnding) = (".urdb.json", ".decisions.yaml")

    /// The tariff file that stands for a record. It holds the record itself, unchanged, under `urdb`.
    ///
    /// - Parameters:
    ///   - record: The JSON text.
    ///   - file: What problems call the record's file; its name gives the tariff's `id`.
    ///   - decisions: The text of the decisions and what problems call their file; nil for none.
    /// - Throws: Everything that is wrong with either file, or left open.
    public static func tariffText(
        of record: String, file: String, decisions: (text: String, file: String)?
    ) throws(TariffProblems) -> String {
        let record = record.replacing("\r\n", with: "\n")
        let tree = try UrdbRecord.read(YamlTree.parseJSON(record, file: file), file: file)
        let settled: Fields?
        var reader = FieldReader(file: decisions?.file ?? file)
        if let decisions {
            settled = reader.fields(
                try YamlTree.parse(decisions.text, file: decisions.file), "the decisions",
                allowed: UrdbDecisions.keys)
        } else {
            settled = nil
        }
        var conversion = UrdbConversion(
            record: tree, fields: FieldReader(file: file),
            decisions: UrdbDecisions(fields: settled, reader: reader, recordFile: file))
        let text = conversion.tariff(keeping: record)
        let problems = conversion.fields.problems + conversion.decisions.reader.problems
        guard problems.isEmpty else { throw TariffProblems(problems) }
        return text
    }

    /// The record that a tariff file holds, as it was; nil where it holds none.
    public static func record(in text: String, file: String) throws(TariffProblems) -> String? {
        guard case .mapping(let entries) = try YamlTree.parse(text, file: file).content,
            case .scalar(let record) = entries.first(where: { $0.key == "urdb" })?.value.content
        else { return nil }
        return record
    }

    /// The file of the decisions that stand beside a record's.
    public static func decisionsFile(of file: String) -> String {
        file.dropLast(ending.utf8.count) + decisionsEnding
    }

    /// The tariff that a file is of: the record that decisions are beside, or the file itself.
    static func tariffFile(of file: String) -> String {
        guard file.hasSuffix(decisionsEnding) else { return file }
        return file.dropLast(decisionsEnding.utf8.count) + ending
    }
}

/// Writes the tariff file of one record, part by part.
struct UrdbConversion {
    let record: UrdbRecord
    var fields: FieldReader
    var decisions: UrdbDecisions
    /// The fields that are mapped or settled.
    var used: Set<String> = []
    var yaml = YamlText()
    /// The ids of the charges written so far.
    var charges: [String] = []

    mutating func tariff(keeping body: String) -> String {
        head()
        let months = monthlyValues()
        let grid = periodGrid()
        seasons(months)
        if let text = grid.text {
            yaml.line(text)
        } else {
            // Registers may bill it too.
            decisions.copy(
                "true_up", "what follows a register read after billed estimates",
                ["next_bill", "rebill_span"], record, to: &yaml)
        }
        yaml.line("charges:")
        // Limits by a demand refer to it, so that it stands first.
        let isByHours = countsHoursOfUse
        if isByHours { demand(months, grid, isNeeded: true) }
        energy(grid)
        fuel(months)
        if !isByHours { demand(months, grid) }
        coincident()
        fixed()
        minimum()
        export(grid)
        refuseUnmapped()
        decisions.copy("examples", to: &yaml)
        yaml.block("urdb", body)
        return yaml.text
    }

    /// Writes a charge.
    mutating func charge(_ id: String, _ entries: [(String, String)]) {
        charges.append(id)
        yaml.line("  - id: \(id)")
        for (key, value) in entries { yaml.add(key, value, indent: 4) }
    }

    /// A field's tree, which from now on counts as mapped, with the fields that say how it is meant.
    mutating func take(_ key: String) -> YamlTree? {
        guard let tree = record[key] else { return nil }
        used.insert(key)
        for (unit, of) in UrdbFields.units where of == key { used.insert(unit) }
        return tree
    }

    /// A number that is not zero.
    mutating func takeNumber(_ key: String) -> Exact? {
        guard let tree = take(key), let value = fields.jsonNumber(tree), value != .zero else {
            return nil
        }
        return value
    }

    private mutating func head() {
        let name = fields.file.split(separator: "/").last.map(String.init) ?? fields.file
        let base =
            name.hasSuffix(Urdb.ending) ? String(name.dropLast(Urdb.ending.utf8.count)) : name
        yaml.line(
            "# Written from a record of the OpenEI Utility Rate Database, which stands below.")
        yaml.add("format", "1")
        yaml.add("id", decisions.text("id") ?? YamlText.scalar(base))
        let label = record["label"].flatMap { fields.text($0) }
        if let version = decisions.text("version") ?? label.map(YamlText.scalar) {
            yaml.add("version", version)
        } else {
            decisions.leavesOpen(
                "version", "the name of this version", ["2026-01"], record.position)
        }
        day("valid_from", of: "startdate", isNeeded: true)
        day("valid_to", of: "enddate", isNeeded: false)
        let names = ["utility", "name"].compactMap { key in record[key].flatMap { fields.text($0) }
        }
        if !names.isEmpty {
            yaml.add(
                "name", YamlText.mapping([("en", YamlText.quoted(names.joined(separator: ", ")))]))
        }
        yaml.add("currency", decisions.text("currency") ?? "USD")
        decisions.copy(
            "timezone", "whose clock the hours follow", ["America/New_York"], record, to: &yaml)
        if let uri = (record["uri"] ?? record["source"]).flatMap({ fields.text($0) }) {
            yaml.add("source", YamlText.quoted(uri))
        }
        decisions.copy(
            "rounding", "how money is rounded",
            ["{ money: 0.01, mode: half_up, at: line }"], record, to: &yaml)
        yaml.add("prices_include_tax", "false")
        decisions.copy("illustrative", to: &yaml)
    }

    /// A day of the record, in seconds of UTC, unless it is decided.
    private mutating func day(_ key: String, of field: String, isNeeded: Bool) {
        if let decided = decisions.text(key) {
            yaml.add(key, decided)
        } else if let tree = record[field], let seconds = fields.jsonNumber(tree),
            let whole = Int32(exactly: seconds.wholePart(.down) / 86_400)
        {
            yaml.add(key, CivilDay(number: whole).description)
        } else if isNeeded {
            decisions.leavesOpen(
                key, "the first day it is valid on", ["2026-01-01"], record.position)
        }
    }

    /// Refuses what may change an amount and is neither mapped nor settled.
    private mutating func refuseUnmapped() {
        let settled = decisions.settled(record)
        for name in settled.sorted() where used.contains(name) {
            decisions.reader.report(
                decisions.fields?["settled"]?.position ?? record.position, .badValue,
                "'\(name)' is billed, and so not settled", "leave it out")
        }
        if !used.contains("energyratestructure"), !settled.contains("energyratestructure") {
            fields.report(
                record.position, .undecided, "the record has no price of energy",
                "add energyratestructure to it: energy is never free because a price is missing")
        }
        for entry in record.entries
        where !used.contains(entry.key) && !UrdbFields.kept.contains(entry.key)
            && !settled.contains(entry.key)
        {
            // Units of a field that is not there say nothing.
            if let of = UrdbFields.units[entry.key], record[of] == nil { continue }
            if isNothing(entry.value) { continue }
            fields.report(
                entry.position, .undecided,
                "'\(entry.key)' may change what is billed and is not mapped",
                "write the charge by hand, or name it under 'settled' in "
                    + "\(decisions.fileName) if it costs this rate's customers nothing")
        }
    }

    /// True for a number, or numbers, of zero, and for what is off.
    private func isNothing(_ tree: YamlTree) -> Bool {
        switch tree.content {
        case .scalar(let text): text == "false" || Exact(text) == .zero
        case .list(let items): items.allSatisfy(isNothing)
        case .mapping(let entries): entries.allSatisfy { isNothing($0.value) }
        }
    }
}
