// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What a record says month by month, and the seasons that this makes.
struct UrdbMonths {
    /// Months of which all is the same.
    struct Season {
        /// The months, from 1.
        var months: [Int]
        /// The fuel adjustment.
        let fuel: Exact
        /// The place of the flat demand's tiers in the record.
        let flatDemand: Int
    }

    /// The seasons, that of January first.
    private(set) var seasons: [Season] = []

    /// - Parameters:
    ///   - fuel: The fuel adjustment of each month; empty where there is none.
    ///   - flatDemand: The place of the flat demand's tiers of each month; empty where there is none.
    init(fuel: [Exact], flatDemand: [Int]) {
        for month in 0..<12 {
            let (fuel, demand) = (
                fuel.isEmpty ? .zero : fuel[month], flatDemand.isEmpty ? 0 : flatDemand[month]
            )
            let known = seasons.firstIndex { $0.fuel == fuel && $0.flatDemand == demand }
            if let known {
                seasons[known].months.append(month + 1)
            } else {
                seasons.append(Season(months: [month + 1], fuel: fuel, flatDemand: demand))
            }
        }
    }
}

extension UrdbConversion {
    /// Reads what is given month by month.
    mutating func monthlyValues() -> UrdbMonths {
        var fuel: [Exact] = []
        if let tree = take("fueladjustmentsmonthly") {
            fuel = monthly(fields.list(tree).compactMap { fields.jsonNumber($0) }, tree)
        }
        var demand: [Int] = []
        if record["flatdemandstructure"] != nil, let tree = take("flatdemandmonths") {
            demand = monthly(fields.list(tree).compactMap { fields.jsonIndex($0) }, tree)
        }
        return UrdbMonths(fuel: fuel, flatDemand: demand)
    }

    /// Twelve values; none where they are not twelve.
    private mutating func monthly<Value>(_ values: [Value], _ tree: YamlTree) -> [Value] {
        if values.count == 12 { return values }
        fields.report(
            tree.position, .badValue, "there are \(values.count) values, not one for every month",
            "correct the record")
        return []
    }

    /// Writes `seasons`.
    mutating func seasons(_ months: UrdbMonths) {
        let seasons = months.seasons
        guard seasons.count > 1 else { return }
        yaml.line("seasons:")
        for (place, season) in seasons.enumerated() {
            let months = YamlText.list(season.months.map(String.init))
            yaml.add("s\(place + 1)", YamlText.mapping([("months", months)]), indent: 2)
        }
        let seasonOf = decisions.needed(
            "season_of", "which month's prices count for a billing period across two",
            ["period_start", "period_end", "by_days"], record.position)
        if let seasonOf { yaml.add("season_of", seasonOf) }
    }

    /// Writes `fuel`.
    mutating func fuel(_ months: UrdbMonths) {
        let seasons = months.seasons
        guard seasons.contains(where: { $0.fuel != .zero }) else { return }
        let prices = seasons.enumerated().map { ("s\($0 + 1)", $1.fuel.description) }
        charge(
            "fuel",
            [
                ("kind", "energy"), ("on", "import.kwh"),
                (
                    "price",
                    seasons.count == 1 ? seasons[0].fuel.description : YamlText.mapping(prices)
                ),
            ])
    }

    /// Writes `fixed`.
    mutating func fixed() {
        let key =
            record["fixedchargefirstmeter"] == nil ? "fixedmonthlycharge" : "fixedchargefirstmeter"
        guard let price = takeNumber(key) else { return }
        guard let basis = basis("fixedchargeunits") else { return }
        charge("fixed", [("kind", "fixed"), ("price", price.description)] + basis)
    }

    /// Writes `minimum`.
    mutating func minimum() {
        let key = record["mincharge"] == nil ? "minmonthlycharge" : "mincharge"
        guard let price = takeNumber(key) else { return }
        let basis = basis("minchargeunits")
        let scope =
            decisions.fields?["minimum_scope"].map(UrdbDecisions.written)
            ?? decisions.needed(
                "minimum_scope", "which charges count towards the least bill",
                ["[" + charges.joined(separator: ", ") + "]"], record.position)
        guard let scope, let basis else { return }
        charge(
            "minimum",
            [("kind", "minimum"), ("of", scope), ("base", "exact"), ("price", price.description)]
                + basis)
    }

    /// What a price of money is per: the unit of a field, `$/month` where it has none.
    private mutating func basis(_ key: String) -> [(String, String)]? {
        let text = record[key].flatMap { fields.text($0) } ?? "$/month"
        let names = ["$/day": "day", "$/month": "month", "$/year": "year"]
        guard let per = names[text] else {
            fields.report(
                record[key]?.position ?? record.position, .badValue, "'\(text)' is not mapped",
                "use $/day, $/month or $/year")
            return nil
        }
        guard per != "day" else { return [("per", "day")] }
        return timeBasis(per: per)
    }

    /// What a price is per, and what a part of a billing period does to it, as decided.
    mutating func timeBasis(per: String) -> [(String, String)]? {
        let prorate = decisions.needed(
            "prorate", "what a part of a billing period does to charges per month",
            ["days", "none"], record.position)
        return prorate.map { [("per", per), ("prorate", $0)] }
    }

    /// Writes `export`, where the record has a price for energy fed in.
    mutating func export(_ grid: UrdbGrid) {
        let rules = ["dgrules", "usenetmetering"].filter { record[$0] != nil }
        guard let tree = record["energyratestructure"] else { return }
        let all = fields.list(tree)
        let prices = grid.energy.map { place -> Exact? in
            guard all.indices.contains(place), let first = fields.list(all[place]).first,
                case .mapping(let entries) = first.content,
                let sell = entries.first(where: { $0.key == "sell" })?.value
            else { return nil }
            return fields.jsonNumber(sell)
        }
        guard !rules.isEmpty || prices.contains(where: { $0 != nil && $0 != .zero }) else { return }
        let choice = decisions.needed(
            "export",
            "what energy fed in is worth: nobody feeds in, or all of it is sold at 'sell'",
            ["none", "sell"], record.position)
        guard let choice else { return }
        used.formUnion(rules)
        guard ["none", "sell"].contains(choice) else {
            return decisions.reader.report(
                decisions.fields?["export"]?.position ?? record.position, .badValue,
                "'\(choice)' is not what energy fed in is worth", "write none or sell")
        }
        guard choice == "sell" else { return }
        let tiers = grid.energy.filter { all.indices.contains($0) }.map {
            fields.list(all[$0]).count
        }
        if tiers.contains(where: { $0 > 1 }) {
            return fields.report(
                tree.position, .badValue, "prices 'sell' of several tiers are not mapped",
                "write the tariff by hand")
        }
        let known = prices.compactMap(\.self)
        guard known.count == grid.energy.count else {
            fields.report(
                tree.position, .badValue, "a period has no price 'sell'",
                "add it, or write export: none")
            return
        }
        let price = energyPrice(known.map { -$0 }, grid)
        charge(
            "export",
            [("kind", "energy"), ("on", "export.kwh")] + grid.energyGroups + [("price", price)])
    }
}
