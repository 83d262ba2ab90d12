// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The hours of a record's energy periods.
struct UrdbGrid {
    /// The tariff file's `period_grid`; nil where one period has all hours.
    let text: String?
    /// The places of the periods in the record that have hours, in order; at least one.
    let periods: [Int]

    /// A price for every period, in their order, as the tariff file writes it.
    func price(_ prices: [Exact]) -> String {
        guard text != nil else { return prices[0].description }
        return YamlText.mapping(zip(periods, prices).map { ("p\($0)", $1.description) })
    }
}

/// One tier of a record.
private struct UrdbTier {
    let limit: Exact?
    let price: Exact
}

extension UrdbConversion {
    /// The hours of the energy periods.
    mutating func periodGrid() -> UrdbGrid {
        let count = record["energyratestructure"].map { fields.list($0).count } ?? 1
        let rows = ["energyweekdayschedule", "energyweekendschedule"].map { key in
            schedule(key, periodCount: count)
        }
        let used = Set(rows.joined().joined()).sorted()
        guard used.count > 1 else { return UrdbGrid(text: nil, periods: [used.first ?? 0]) }
        var lines = ["period_grid:", "  names: " + YamlText.list(used.map { "p\($0)" })]
        for (key, rows) in zip(["weekday", "weekend"], rows) {
            lines.append("  \(key):")
            lines += rows.map { row in
                let places = row.compactMap { used.firstIndex(of: $0) }
                return "    - " + YamlText.list(places.map(String.init))
            }
        }
        return UrdbGrid(text: lines.joined(separator: "\n"), periods: used)
    }

    /// The periods of 24 hours of each month. Shape: `[12][24]`; empty where it cannot be read.
    private mutating func schedule(_ key: String, periodCount: Int) -> [[Int]] {
        guard let tree = record[key] else {
            if periodCount > 1 {
                fields.report(
                    record.position, .missingKey, "the record has no '\(key)'", "add it to it")
            }
            return []
        }
        let rows = fields.list(tree).map { row in
            fields.list(row).compactMap { fields.jsonIndex($0) }
        }
        if rows.count == 12,
            rows.allSatisfy({ $0.count == 24 && $0.allSatisfy { $0 < periodCount } })
        {
            return rows
        }
        fields.report(
            tree.position, .badValue,
            "'\(key)' is not 12 rows of 24 periods from 0 to "
                + "\(periodCount - 1)", "correct the record")
        return []
    }

    /// Writes `energy`.
    mutating func energy(_ grid: UrdbGrid) {
        guard let tree = take("energyratestructure") else { return }
        let all = fields.list(tree)
        var unit: String?
        var lists: [[UrdbTier]] = []
        for place in grid.periods where all.indices.contains(place) {
            var tiers: [UrdbTier] = []
            for item in fields.list(all[place]) {
                guard let tier = tier(item, unit: &unit) else { return }
                tiers.append(tier)
            }
            lists.append(tiers)
        }
        guard lists.count == grid.periods.count, lists.allSatisfy({ !$0.isEmpty }) else {
            fields.report(
                tree.position, .badValue, "a period of the energy has no price", "add its tiers")
            return
        }
        if lists.allSatisfy({ $0.count == 1 }) {
            let price = grid.price(lists.map { $0[0].price })
            charge("energy", [("kind", "energy"), ("on", "import.kwh"), ("price", price)])
        } else {
            tiers(lists, grid, unit: unit ?? "kWh", tree)
        }
    }

    private mutating func tiers(
        _ lists: [[UrdbTier]], _ grid: UrdbGrid, unit: String, _ tree: YamlTree
    ) {
        var entries = [("kind", "tiers"), ("on", "import.kwh")]
        switch unit {
        case "kWh":
            entries.append(("cycle", "month"))
            let limits = decisions.needed(
                "limits", "what a part of a month does to the limits of its tiers",
                ["whole", "by_days"], tree.position)
            if let limits { entries.append(("limits", limits)) }
        case "kWh daily": entries += [("cycle", "billing_period"), ("limits_per", "day")]
        default:
            fields.report(
                tree.position, .badValue, "limits in '\(unit)' are not mapped",
                "write the tariff by hand")
            return
        }
        if grid.text != nil {
            let allocation = decisions.needed(
                "tier_allocation", "how tiers are shared out over periods",
                ["proportional", "chronological", "per_period"], tree.position)
            if let allocation { entries.append(("allocation", allocation)) }
        }
        func written(_ tiers: [UrdbTier]) -> String {
            YamlText.list(
                tiers.map { tier in
                    let limit = tier.limit.map { [("to", $0.description)] } ?? []
                    return YamlText.mapping(limit + [("price", tier.price.description)])
                })
        }
        guard grid.text != nil else {
            charge("energy", entries + [("tiers", written(lists[0]))])
            return
        }
        charge("energy", entries)
        yaml.line("    tiers:")
        for (period, tiers) in zip(grid.periods, lists) {
            yaml.add("p\(period)", written(tiers), indent: 6)
        }
    }

    /// A tier; its limit is open from 10³⁰ on, which stands for none.
    private mutating func tier(_ tree: YamlTree, unit: inout String?) -> UrdbTier? {
        guard
            let item = fields.fields(
                tree, "a tier", allowed: ["rate", "adj", "max", "unit", "sell"])
        else { return nil }
        guard let rateTree = fields.required(item, "rate"), let rate = fields.jsonNumber(rateTree)
        else { return nil }
        let adjustment = item["adj"].flatMap { fields.jsonNumber($0) } ?? .zero
        var limit = item["max"].flatMap { fields.jsonNumber($0) }
        if let found = limit, found >= Exact.powerOfTen(30) { limit = nil }
        if limit != nil {
            let given = item["unit"].flatMap { fields.text($0) } ?? "kWh"
            if let other = unit, other != given {
                fields.report(
                    tree.position, .badValue, "limits are in '\(other)' and in '\(given)'",
                    "write the tariff by hand")
                return nil
            }
            unit = given
        }
        return UrdbTier(limit: limit, price: rate + adjustment)
    }
}
