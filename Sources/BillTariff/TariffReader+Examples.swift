// SPDX-License-Identifier: Apache-2.0

import Quantities

extension TariffReader {
    private static let given = [
        "from", "to", "kwh", "kwh_by_month", "kwh_by_period", "kwh_by_day", "interval",
        "kwh_by_interval", "export_kwh_by_interval", "export_kwh", "export_kwh_by_month", "kvarh",
        "kvarh_by_interval", "reactive_export_kvarh", "demand", "demand_by_month", "event_demand",
    ]
    /// What examples give beside parameters, so that no parameter may be called so.
    static let reservedParameters = Set(given + ["true", "false", "not"])

    /// Reads `examples`.
    mutating func examples(_ top: Fields, validFrom: CivilDay?) -> [TariffExample] {
        guard let tree = top["examples"] else { return [] }
        return fields.list(tree).compactMap { example($0, validFrom: validFrom) }
    }

    private mutating func example(_ tree: YamlTree, validFrom: CivilDay?) -> TariffExample? {
        guard
            let item = fields.fields(tree, "an example", allowed: ["name", "given", "expect"]),
            let givenTree = fields.required(item, "given"),
            let given = fields.fields(
                givenTree, "given", allowed: TariffReader.given + parameters.keys.sorted()),
            let expectTree = fields.required(item, "expect")
        else { return nil }
        let from = given["from"].map { fields.day($0) } ?? validFrom
        let to = given["to"].flatMap { fields.day($0) }
        if let tree = given["to"], let to, let from, to <= from {
            fields.report(
                tree.position, .badValue, "the example ends before it starts",
                "write the day after its last in 'to'")
        }
        let energy = energy(given)
        let exported = exportedEnergy(given)
        if let tree = given["to"], max(energy.count, exported.count) > 1 {
            fields.report(
                tree.position, .badValue, "an example of several months has no 'to'",
                "leave it out: the bills run from month to month")
        }
        let daily = given["kwh_by_day"].map { tree in
            fields.list(tree).compactMap { fields.decimal($0) }
        }
        let end = to ?? from?.addingMonths(1)
        let intervals = exampleIntervals(
            given, days: from.flatMap { from in end.map { (from, $0) } })
        let other = otherQuantities(given)
        let demand = exampleDemand(given, bills: max(energy.count, exported.count))
        let events = given["event_demand"].map { tree in
            fields.list(tree).compactMap { fields.decimal($0) }
        }
        let parameters = givenParameters(given)
        let expectations = expectations(expectTree)
        guard let from, !expectations.isEmpty else { return nil }
        return TariffExample(
            name: item["name"].flatMap { fields.text($0) }
                ?? "example at line \(tree.position.line)",
            start: from, end: to ?? daily.map { from + $0.count }, parameters: parameters,
            energy: energy, exportedEnergy: exported, dailyEnergy: daily ?? [],
            intervals: intervals, otherQuantities: other, demand: demand, eventDemand: events,
            expectations: expectations, position: tree.position)
    }

    private mutating func energy(_ given: Fields) -> [TariffExample.Energy] {
        let keys = ["kwh", "kwh_by_month", "kwh_by_period", "kwh_by_day", "kwh_by_interval"].filter
        {
            given[$0] != nil
        }
        if keys.count > 1, let extra = given[keys[1]] {
            fields.report(
                extra.position, .badValue, "the energy is given twice",
                "keep one of " + keys.joined(separator: ", "))
        }
        if let tree = given["kwh"] {
            return fields.decimal(tree).map { [.total($0)] } ?? []
        }
        if let tree = given["kwh_by_month"] {
            return billedEnergy(tree)
        }
        if let tree = given["kwh_by_period"] {
            return periodEnergy(tree).map { [$0] } ?? []
        }
        return []
    }

    /// Energy of each bill, in total or by period.
    private mutating func billedEnergy(_ tree: YamlTree) -> [TariffExample.Energy] {
        fields.list(tree).compactMap { item in
            if case .mapping = item.content { return periodEnergy(item) }
            return fields.decimal(item).map(TariffExample.Energy.total)
        }
    }

    /// Exported energy by bills.
    private mutating func exportedEnergy(_ given: Fields) -> [TariffExample.Energy] {
        guard let tree = given["export_kwh_by_month"] else { return [] }
        if given["export_kwh"] != nil {
            fields.report(
                tree.position, .badValue, "the exported energy is given twice",
                "keep export_kwh or export_kwh_by_month")
        }
        return billedEnergy(tree)
    }

    /// Energy by period; a period that is not named has none.
    private mutating func periodEnergy(_ tree: YamlTree) -> TariffExample.Energy? {
        guard let entries = mapping(tree, "the energy by period") else { return nil }
        var found: [String: Exact] = [:]
        for entry in entries {
            if !periods.names.contains(entry.key) {
                fields.report(
                    entry.position, .unknownReference, "there is no period '\(entry.key)'",
                    "use one of " + periods.names.joined(separator: ", "))
            }
            if let value = fields.decimal(entry.value) { found[entry.key] = value }
        }
        return .byPeriod(found)
    }

    private mutating func otherQuantities(_ given: Fields) -> [BilledQuantity: Exact] {
        var found: [BilledQuantity: Exact] = [:]
        let keys: [(String, BilledQuantity)] = [
            ("export_kwh", .activeExport), ("kvarh", .reactiveImport),
            ("reactive_export_kvarh", .reactiveExport),
        ]
        for (key, quantity) in keys {
            if let tree = given[key], let value = fields.decimal(tree) { found[quantity] = value }
        }
        return found
    }

    private mutating func givenParameters(_ given: Fields) -> [String: String] {
        var found: [String: String] = [:]
        for parameter in parameters.values {
            guard let tree = given[parameter.name], let text = fields.text(tree) else { continue }
            if !parameter.accepts(text) {
                fields.report(
                    tree.position, .badValue, "'\(text)' is not \(parameter.expectation)",
                    "give '\(parameter.name)' such a value")
            }
            found[parameter.name] = text
        }
        return found
    }

    private mutating func expectations(_ tree: YamlTree) -> [TariffExample.Expectation] {
        guard let entries = mapping(tree, "expect") else { return [] }
        var found: [TariffExample.Expectation] = []
        for entry in entries {
            let charge = charges.first {
                $0.id == entry.key.split(separator: ".").first.map(String.init)
            }
            if charge == nil, !["net", "tax", "total"].contains(entry.key) {
                fields.report(
                    entry.position, .unknownReference, "there is no charge '\(entry.key)'",
                    "use a charge's id, net, tax or total")
            }
            guard let amount = fields.decimal(entry.value) else { continue }
            found.append(
                TariffExample.Expectation(
                    subject: entry.key, amount: amount, position: entry.position))
        }
        if entries.isEmpty {
            fields.report(
                tree.position, .badValue, "the example expects nothing", "expect a total at least")
        }
        return found
    }
}
