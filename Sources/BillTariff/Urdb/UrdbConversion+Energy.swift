// SPDX-License-Identifier: Apache-2.0

import Quantities

/// One tier of a record.
struct UrdbTier {
    let limit: Exact?
    let price: Exact

    /// Tiers as a tariff file writes them, in one line.
    static func written(_ tiers: [UrdbTier]) -> String {
        YamlText.list(
            tiers.map { tier in
                let limit = tier.limit.map { [("to", $0.description)] } ?? []
                return YamlText.mapping(limit + [("price", tier.price.description)])
            })
    }
}

extension UrdbConversion {
    /// Writes `energy`.
    mutating func energy(_ grid: UrdbGrid) {
        guard let tree = take("energyratestructure") else { return }
        let all = fields.list(tree)
        var unit: String?
        var lists: [[UrdbTier]] = []
        for place in grid.energy where all.indices.contains(place) {
            var tiers: [UrdbTier] = []
            for item in fields.list(all[place]) {
                guard let tier = tier(item, unit: &unit) else { return }
                tiers.append(tier)
            }
            lists.append(tiers)
        }
        guard lists.count == grid.energy.count, lists.allSatisfy({ !$0.isEmpty }) else {
            fields.report(
                tree.position, .badValue, "a period of the energy has no price", "add its tiers")
            return
        }
        if lists.allSatisfy({ $0.count == 1 }) {
            let price = energyPrice(lists.map { $0[0].price }, grid)
            charge(
                "energy",
                [("kind", "energy"), ("on", "import.kwh")] + grid.energyGroups + [("price", price)])
        } else {
            tiers(lists, grid, unit: unit ?? "kWh", tree)
        }
    }

    /// True where limits of energy are counted by the month's demand.
    var countsHoursOfUse: Bool {
        func says(_ tree: YamlTree) -> Bool {
            switch tree.content {
            case .scalar: false
            case .list(let items): items.contains(where: says)
            case .mapping(let entries):
                entries.contains { entry in
                    if case .scalar("kWh/kW") = entry.value.content { return entry.key == "unit" }
                    return false
                }
            }
        }
        return record["energyratestructure"].map(says) ?? false
    }

    private mutating func tiers(
        _ lists: [[UrdbTier]], _ grid: UrdbGrid, unit: String, _ tree: YamlTree
    ) {
        var entries = [("kind", "tiers"), ("on", "import.kwh")] + grid.energyGroups
        switch unit {
        case "kWh":
            entries.append(("cycle", "month"))
            let limits = decisions.needed(
                "limits", "what a part of a month does to the limits of its tiers",
                ["whole", "by_days"], tree.position)
            if let limits { entries.append(("limits", limits)) }
        case "kWh/kW":
            entries.append(("cycle", "month"))
            let limits = decisions.needed(
                "limits", "what a part of a month does to the limits of its tiers",
                ["whole", "by_days"], tree.position)
            let taken = decisions.needed(
                "hours_of_use", "whether hours of use are those of the demand measured or billed",
                ["measured", "billed"], tree.position)
            if let limits, let taken {
                let demand = YamlText.mapping([("demand", "demand_flat"), ("take", taken)])
                entries += [("limits", limits), ("limits_per", demand)]
            }
        case "kWh daily": entries += [("cycle", "billing_period"), ("limits_per", "day")]
        default:
            fields.report(
                tree.position, .badValue, "limits in '\(unit)' are not mapped",
                "write the tariff by hand")
            return
        }
        if grid.energy.count > 1 {
            let allocation = decisions.needed(
                "tier_allocation", "how tiers are shared out over periods",
                ["proportional", "chronological", "per_period"], tree.position)
            if let allocation { entries.append(("allocation", allocation)) }
        }
        guard grid.energy.count > 1 else {
            charge("energy", entries + [("tiers", UrdbTier.written(lists[0]))])
            return
        }
        charge("energy", entries)
        yaml.line("    tiers:")
        for (period, tiers) in zip(grid.energy, lists) {
            yaml.add("p\(period)", UrdbTier.written(tiers), indent: 6)
        }
    }

    /// A tier; its limit is open from 10³⁰ on, which stands for none.
    mutating func tier(_ tree: YamlTree, unit: inout String?, plain: String = "kWh") -> UrdbTier? {
        guard
            let item = fields.fields(
                tree, "a tier", allowed: ["rate", "adj", "max", "unit", "sell"])
        else { return nil }
        guard let rateTree = fields.required(item, "rate"), let rate = fields.jsonNumber(rateTree)
        else { return nil }
        let adjustment = item["adj"].flatMap { fields.jsonNumber($0) } ?? .zero
        var limit = item["max"].flatMap { fields.jsonNumber($0) }
        if let found = limit, found >= Exact.powerOfTen(30) { limit = nil }
        let given = item["unit"].flatMap { fields.text($0) } ?? plain
        guard given.hasPrefix(plain) else {
            fields.report(
                tree.position, .badValue, "prices in '\(given)' are not mapped",
                "write the tariff by hand")
            return nil
        }
        if limit != nil {
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

    /// A price for every period of energy, in their order, as the tariff file writes it.
    func energyPrice(_ prices: [Exact], _ grid: UrdbGrid) -> String {
        guard prices.count > 1 else { return prices[0].description }
        return YamlText.mapping(zip(grid.energy, prices).map { ("p\($0)", $1.description) })
    }
}
