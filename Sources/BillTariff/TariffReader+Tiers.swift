// SPDX-License-Identifier: Apache-2.0

import Quantities

extension TariffReader {
    mutating func tiers(_ charge: Fields) -> TierCharge? {
        let quantity = quantity(charge)
        let cycle = cycle(charge)
        let unit = limitUnit(charge, cycle: cycle)
        let limits = limits(charge, unit: unit, cycle: cycle)
        let schedule = fields.required(charge, "tiers").flatMap { self.schedule($0) }
        let allocation = allocation(charge, of: schedule, cycle: cycle)
        let raise = charge["raise_limits"].flatMap { self.raise($0, schedule: schedule) }
        guard let quantity, let cycle, let unit, let limits, let schedule else { return nil }
        return TierCharge(
            quantity: quantity, groups: groups, cycle: cycle, limits: limits, limitUnit: unit,
            raise: raise,
            allocation: allocation, schedule: schedule)
    }

    /// What limits are counted in: `limits_per`.
    private mutating func limitUnit(
        _ charge: Fields, cycle: TierCharge.Cycle?
    ) -> TierCharge.LimitUnit? {
        guard let tree = charge["limits_per"] else { return .energy }
        if case .mapping = tree.content { return demandLimits(tree, cycle: cycle) }
        guard case .scalar("day") = tree.content else {
            return numberParameter(tree).map(TierCharge.LimitUnit.perParameter)
        }
        if cycle != .month, cycle != .billingPeriod {
            fields.report(
                tree.position, .badValue, "limits per day are pooled over a billing period",
                "use cycle: billing_period; limits of each day have cycle: day and no limits_per")
        }
        return .perDay
    }

    /// What a part of a cycle does to limits; limits per day follow the days, and a day is never parted.
    private mutating func limits(
        _ charge: Fields, unit: TierCharge.LimitUnit?, cycle: TierCharge.Cycle?
    ) -> TierCharge.Limits? {
        guard unit == .perDay || cycle == .day else {
            return fields.decision(
                charge, "limits", TierCharge.Limits.self,
                question: "what a part of a cycle does to its limits")
        }
        if let extra = charge["limits"] {
            fields.report(
                extra.position, .badValue, "limits per day leave nothing open", "leave it out")
        }
        return cycle == .day ? .whole : .byDays
    }

    /// The tiers: one list, or one for every period or season.
    mutating func schedule(_ tree: YamlTree) -> TierCharge.Schedule? {
        guard case .mapping = tree.content else {
            return tierList(tree) { $0.price($1, "price") }.map(TierCharge.Schedule.single)
        }
        if let trees = bySeason(tree) {
            if seasons.moment == .byDays {
                fields.report(
                    tree.position, .badValue, "tiers of two seasons have no mean",
                    "write season_of: period_start or period_end")
            }
            let lists = seasons.names.compactMap { name in
                trees[name].flatMap { tierList($0) { $0.price($1, "price") } }
            }
            return lists.count == seasons.names.count ? .bySeason(lists) : nil
        }
        let lists = byPeriod(tree) { reader, tree in
            reader.tierList(tree) { $0.source($1, "price").map(Price.single) }
        }
        guard let lists, lists.count == periodNames.count else { return nil }
        return .byPeriod(periodNames.compactMap { lists[$0] })
    }

    /// The tiers of one list, at least one.
    private mutating func tierList(
        _ tree: YamlTree, price: (inout TariffReader, Fields) -> Price?
    ) -> [TierCharge.Tier]? {
        let items = fields.list(tree)
        var tiers: [TierCharge.Tier] = []
        for (index, item) in items.enumerated() {
            let isLast = index == items.count - 1
            tiers += tier(item, after: tiers.last?.limit, isLast: isLast, price: price)
        }
        if items.isEmpty {
            fields.report(tree.position, .badValue, "there is no tier", "write at least one tier")
        }
        return tiers.count == items.count && !tiers.isEmpty ? tiers : nil
    }

    private mutating func allocation(
        _ charge: Fields, of schedule: TierCharge.Schedule?, cycle: TierCharge.Cycle?
    ) -> TierCharge.Allocation? {
        guard let schedule else { return nil }
        guard schedule.isByPeriod else {
            if let tree = charge["groups"] { reportIdleGroups(tree) }
            if let tree = charge["allocation"] {
                fields.report(
                    tree.position, .badValue, "an allocation is named, but no price is by period",
                    "leave it out")
            }
            return nil
        }
        let allocation = fields.decision(
            charge, "allocation", TierCharge.Allocation.self,
            question: "how tiers are shared out over periods")
        if allocation == .proportional, cycle == .day, let tree = charge["allocation"] {
            fields.report(
                tree.position, .badValue,
                "shares of each day of a period have no common fraction that stays exact",
                "write allocation: chronological")
        }
        if allocation == .perPeriod, let tree = charge["allocation"] {
            if case .byPeriod = schedule {
            } else {
                fields.report(
                    tree.position, .badValue, "the periods have no tiers of their own",
                    "write tiers for every period: tiers: { peak: [...], flat: [...] }")
            }
            if cycle != .month, cycle != .billingPeriod {
                fields.report(
                    tree.position, .badValue,
                    "what filled the tiers of a period is known of a month or billing period only",
                    "use cycle: month or billing_period")
            }
        }
        return allocation
    }

    /// What raises the limits of some contracts: `raise_limits: { if: persons >= 5, by: [100, 100] }`.
    private mutating func raise(
        _ tree: YamlTree, schedule: TierCharge.Schedule?
    ) -> TierCharge.Raise? {
        guard let item = fields.fields(tree, "raise_limits", allowed: ["if", "by"]) else {
            return nil
        }
        let conditions = fields.required(item, "if").map { self.conditions($0) }
        guard let list = fields.required(item, "by"), let conditions else { return nil }
        let by = fields.list(list).compactMap { fields.decimal($0) }
        for tiers in schedule?.lists ?? [] where tiers.count - 1 != by.count {
            fields.report(
                list.position, .badValue, "\(by.count) limits are raised of \(tiers.count - 1)",
                "write a number for every limit; 0 leaves it as it is")
            return nil
        }
        for tiers in schedule?.lists ?? [] {
            let raised = zip(tiers, by).map { ($0.limit ?? .zero) + $1 }
            if zip([.zero] + raised, raised).contains(where: { $0 >= $1 }) {
                fields.report(
                    list.position, .unreachable, "the raised limits do not rise from tier to tier",
                    "raise each limit so that it stays above the one before it")
            }
        }
        return TierCharge.Raise(conditions: conditions, by: by)
    }

    private mutating func cycle(_ charge: Fields) -> TierCharge.Cycle? {
        enum CycleName: String, CaseIterable {
            case day
            case month
            case billingPeriod = "billing_period"
            case calendarYear = "calendar_year"
        }
        let name = fields.decision(
            charge, "cycle", CycleName.self, question: "what stretch of time its limits are for")
        if let tree = charge["year_of"], let name, name != .calendarYear {
            fields.report(
                tree.position, .badValue, "year_of is given, but the cycle is not calendar_year",
                "leave it out")
        }
        switch name {
        case .day: return .day
        case .month: return .month
        case .billingPeriod: return .billingPeriod
        case .calendarYear:
            let year = fields.decision(
                charge, "year_of", YearAttribution.self,
                question: "which year a billing period across New Year belongs to")
            if let year, let tree = charge["year_of"], let other = otherYear, other != year {
                fields.report(
                    tree.position, .badValue, "another charge has year_of: \(other.rawValue)",
                    "use one in a tariff")
            }
            return year.map(TierCharge.Cycle.calendarYear)
        case nil: return nil
        }
    }

    /// The attribution that an earlier charge names.
    private var otherYear: YearAttribution? {
        charges.lazy.compactMap(\.kind.yearAttribution).first
    }

    /// The tier of an item, as a list of one; empty where it cannot be read.
    private mutating func tier(
        _ tree: YamlTree, after last: Exact?, isLast: Bool,
        price: (inout TariffReader, Fields) -> Price?
    ) -> [TierCharge.Tier] {
        guard let item = fields.fields(tree, "a tier", allowed: ["to", "price"]) else { return [] }
        let limit = item["to"].flatMap { fields.positive($0) }
        if isLast, let to = item["to"] {
            fields.report(
                to.position, .undecided, "the tiers leave open the price above \(limit ?? .zero)",
                "leave 'to' out of the last tier, or add one without it")
        } else if !isLast, item["to"] == nil {
            fields.report(
                tree.position, .unreachable, "the tiers after this one can never apply",
                "give it a limit with 'to'")
        } else if let limit, let to = item["to"], limit <= (last ?? .zero) {
            fields.report(
                to.position, .unreachable, "the tier ends at \(limit), not above the one before it",
                "put tiers in the order of their limits")
        }
        return price(&self, item).map { [TierCharge.Tier(limit: limit, price: $0)] } ?? []
    }
}

extension TierCharge {
    /// The parameters that its limits depend on.
    var parameters: [String] {
        var found = raise?.conditions.map(\.parameter) ?? []
        if case .perParameter(let name) = limitUnit { found.append(name) }
        return found
    }
}
