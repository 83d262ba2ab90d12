// SPDX-License-Identifier: Apache-2.0

import Quantities

extension UrdbConversion {
    /// Writes `demand_flat` and `demand_tou`.
    ///
    /// - Parameter isNeeded: True where `demand_flat` is needed though it may cost nothing.
    mutating func demand(_ months: UrdbMonths, _ grid: UrdbGrid, isNeeded: Bool = false) {
        var flat = tierLists("flatdemandstructure", unit: ["flatdemandunit", "flatdemandunits"])
        let byPeriod = tierLists("demandratestructure", unit: ["demandrateunit", "demandunits"])
        if flat == nil, isNeeded, record["flatdemandstructure"] == nil {
            // A place for every month's.
            let free = [UrdbTier(limit: nil, price: .zero)]
            flat = months.seasons.map { _ in free }
        }
        guard flat != nil || byPeriod != nil, let window = window() else { return }
        let ratchet = ratchet()
        if let flat {
            let lists = months.seasons.compactMap { season in
                flat.indices.contains(season.flatDemand) ? flat[season.flatDemand] : nil
            }
            guard lists.count == months.seasons.count else {
                return reportMissing("flatdemandstructure")
            }
            if isNeeded || lists.contains(where: { $0.contains { $0.price != .zero } }) {
                writeDemand(
                    "demand_flat", [("by", "all")] + window, ratchet, lists,
                    names: months.seasons.indices.map { "s\($0 + 1)" })
            }
        }
        if let byPeriod {
            let lists = grid.demand.compactMap {
                byPeriod.indices.contains($0) ? byPeriod[$0] : nil
            }
            guard lists.count == grid.demand.count else {
                return reportMissing("demandratestructure")
            }
            if lists.contains(where: { $0.contains { $0.price != .zero } }) {
                let scope = lists.count == 1 ? "all" : "period"
                writeDemand(
                    "demand_tou", [("by", scope)] + grid.demandGroups + window, ratchet, lists,
                    names: grid.demand.map { "d\($0)" })
            }
        }
    }

    private mutating func reportMissing(_ key: String) {
        fields.report(
            record[key]?.position ?? record.position, .badValue,
            "'\(key)' lacks a period that its schedule names", "correct the record")
    }

    private mutating func writeDemand(
        _ id: String, _ measure: [(String, String)], _ ratchet: String?, _ lists: [[UrdbTier]],
        names: [String]
    ) {
        guard let basis = timeBasis(per: "month") else { return }
        var entries = [("kind", "demand")] + measure
        let scope = decisions.fields?["ratchet_scope"].map { decisions.reader.texts($0) } ?? []
        if let ratchet, scope.contains(id) { entries.append(("ratchet", ratchet)) }
        entries += basis
        guard lists.count > 1 else {
            return charge(id, entries + [("tiers", UrdbTier.written(lists[0]))])
        }
        charge(id, entries)
        yaml.line("    tiers:")
        for (name, tiers) in zip(names, lists) {
            yaml.add(name, UrdbTier.written(tiers), indent: 6)
        }
    }

    /// The tiers of each period of a demand; nil where there are none, or they cannot be mapped.
    private mutating func tierLists(_ key: String, unit keys: [String]) -> [[UrdbTier]]? {
        guard let tree = record[key] else { return nil }
        let unit = keys.compactMap { record[$0] }.first.flatMap { fields.text($0) } ?? "kW"
        guard unit == "kW" else {
            // Left unmapped, so that it is refused until somebody settles it.
            return nil
        }
        _ = take(key)
        var lists: [[UrdbTier]] = []
        for period in fields.list(tree) {
            var tiers: [UrdbTier] = []
            var tierUnit: String?
            for item in fields.list(period) {
                guard let tier = tier(item, unit: &tierUnit, plain: "kW") else { return nil }
                tiers.append(tier)
            }
            if let tierUnit, tierUnit != "kW" {
                fields.report(
                    period.position, .badValue, "limits in '\(tierUnit)' are not mapped",
                    "write the tariff by hand")
            }
            if tiers.isEmpty {
                fields.report(
                    period.position, .badValue, "a period of '\(key)' has no price", "add its tiers"
                )
                return nil
            }
            lists.append(tiers)
        }
        return lists
    }

    /// The window of demand: minutes of the record or decided, and how windows follow each other.
    private mutating func window() -> [(String, String)]? {
        let minutes = take("demandwindow").flatMap { fields.jsonNumber($0) }
        let length =
            minutes.map { "\($0)min" }
            ?? decisions.needed(
                "demand_window", "the minutes that demand is the mean of", ["15min"],
                record.position)
        let type = decisions.needed(
            "demand_type", "how demand windows follow each other", ["block", "sliding"],
            record.position)
        guard let length, let type else { return nil }
        return [("window", length), ("type", type)]
    }

    /// What earlier peaks do to the demand: a share of the highest in the months before.
    private mutating func ratchet() -> String? {
        guard let share = takeNumber("lookbackpercent") else { return nil }
        guard let range = record["lookbackrange"].flatMap({ fields.jsonIndex($0) }), range > 0
        else {
            let tree = record["lookbackmonths"] ?? record["lookbackpercent"]
            fields.report(
                tree?.position ?? record.position, .badValue,
                "a look back over months of the year, not over those before, is not mapped",
                "write the tariff by hand")
            return nil
        }
        decisions.leavesOpen(
            "ratchet_scope", "which demand charges look back", ["[demand_flat]", "[demand_tou]"],
            record.position)
        return YamlText.mapping([
            ("share", share.description), ("months", String(range)), ("scope", "all"),
        ])
    }
}
