// SPDX-License-Identifier: Apache-2.0

import Quantities

extension TariffReader {
    /// The kinds of charge and the keys that each has beside `id`, `kind`, `name` and `if`.
    private static let kinds: [String: [String]] = [
        "fixed": ["price", "per", "prorate"],
        "energy": ["on", "price", "float", "split"],
        "interval_price": intervalPriceKeys,
        "tiers": ["on", "cycle", "year_of", "limits", "allocation", "tiers"],
        "demand": ["by", "window", "type", "price", "per", "prorate", "round_quantity"],
        "capacity": ["of", "unit", "price", "per", "prorate"],
        "contract_demand": [
            "of", "floor", "price", "over_from", "over_times", "window", "type", "per", "prorate",
            "round_quantity",
        ],
        "percentage": ["of", "base", "rate"],
        "tax": ["category", "of", "base", "rate"],
    ]
    /// Words that examples and results use for sums.
    private static let reservedCharges: Set<String> = ["all", "net", "tax", "total"]

    /// Reads `charges` into `self.charges`, in order, so that each can refer to those before it.
    mutating func readCharges(_ top: Fields) {
        guard let tree = fields.required(top, "charges") else { return }
        for item in fields.list(tree) {
            if let charge = charge(item) { charges.append(charge) }
        }
        let used = Set(charges.flatMap(\.parameters))
        for parameter in parameters.values where !used.contains(parameter.name) {
            // A charge that could not be read may have been the one that uses it.
            guard fields.problems.isEmpty else { break }
            fields.report(
                parameter.position, .unusedParameter, "no charge uses '\(parameter.name)'",
                "leave it out of needs, or use it")
        }
    }

    private mutating func charge(_ tree: YamlTree) -> Charge? {
        guard let any = fields.fields(tree, "a charge", allowed: nil),
            let id = fields.text(any, "id"), let kindTree = fields.required(any, "kind"),
            let kindName = fields.text(kindTree)
        else { return nil }
        guard let keys = TariffReader.kinds[kindName] else {
            fields.report(
                kindTree.position, .badValue, "'\(kindName)' is not a kind of charge",
                "use one of " + TariffReader.kinds.keys.sorted().joined(separator: ", "))
            return nil
        }
        let allowed = ["id", "kind", "name", "if"] + keys
        guard let charge = fields.fields(tree, "charge '\(id)'", allowed: allowed) else {
            return nil
        }
        let isTaken = charges.contains { $0.id == id } || TariffReader.reservedCharges.contains(id)
        if isTaken || !FieldReader.isName(id) {
            fields.report(
                tree.position, .takenName, "the charge cannot be called '\(id)'",
                "use small letters, digits and '_', and no name that is taken")
        }
        let conditions = charge["if"].map { self.conditions($0) } ?? []
        guard let kind = kind(kindName, charge) else { return nil }
        return Charge(
            id: id, name: charge["name"].flatMap { localized($0) }, conditions: conditions,
            kind: kind, position: tree.position)
    }

    private mutating func kind(_ name: String, _ charge: Fields) -> Charge.Kind? {
        switch name {
        case "fixed": fixed(charge).map(Charge.Kind.fixed)
        case "energy": energy(charge).map(Charge.Kind.energy)
        case "interval_price": intervalPrice(charge).map(Charge.Kind.intervalPrice)
        case "tiers": tiers(charge).map(Charge.Kind.tiers)
        case "demand": demand(charge).map(Charge.Kind.demand)
        case "capacity": capacity(charge).map(Charge.Kind.capacity)
        case "contract_demand": contractDemand(charge).map(Charge.Kind.contractDemand)
        case "percentage": percentage(charge).map(Charge.Kind.percentage)
        default: tax(charge).map(Charge.Kind.tax)
        }
    }

    private mutating func fixed(_ charge: Fields) -> FixedCharge? {
        let basis = timeBasis(charge)
        guard let price = source(charge, "price"), let basis else { return nil }
        return FixedCharge(price: price, basis: basis)
    }

    private mutating func energy(_ charge: Fields) -> EnergyCharge? {
        let quantity = quantity(charge)
        var split: [String] = []
        var names: [String: LocalizedText] = [:]
        if let tree = charge["split"] {
            if case .mapping(let entries) = tree.content {
                split = entries.map(\.key)
                for entry in entries { names[entry.key] = localized(entry.value) }
            } else {
                split = fields.texts(tree)
            }
        }
        let price = price(charge, "price", columnsFollow: !split.isEmpty)
        if let tree = charge["split"], let price {
            let isSeries = price.sources.allSatisfy { source in
                if case .series = source.base { true } else { false }
            }
            if !isSeries || Set(split).count != split.count || split.isEmpty {
                fields.report(
                    tree.position, .badValue, "the split does not name columns of a series",
                    "name each column once, and give the price as a series")
            }
        }
        var factors: [String: Exact] = [:]
        if let tree = charge["float"] {
            factors = byPeriod(tree, read: { $0.fields.decimal($1) }) ?? [:]
        }
        guard let quantity, let price else { return nil }
        return EnergyCharge(
            quantity: quantity, price: price, floatFactors: factors, split: split,
            componentNames: names)
    }

    private mutating func tiers(_ charge: Fields) -> TierCharge? {
        let quantity = quantity(charge)
        let cycle = cycle(charge)
        let limits = limits(charge, cycle)
        var tiers: [TierCharge.Tier] = []
        if let tree = fields.required(charge, "tiers") {
            let items = fields.list(tree)
            for (index, item) in items.enumerated() {
                tiers += tier(item, after: tiers.last?.limit, isLast: index == items.count - 1)
            }
            if items.isEmpty {
                fields.report(
                    tree.position, .badValue, "there is no tier", "write at least one tier")
            }
        }
        var allocation: TierCharge.Allocation?
        if tiers.contains(where: \.price.isByPeriod) {
            allocation = fields.decision(
                charge, "allocation", TierCharge.Allocation.self,
                question: "how tiers are shared out over periods")
        } else if let tree = charge["allocation"] {
            fields.report(
                tree.position, .badValue,
                "an allocation is named, but no tier's price is by period",
                "leave it out")
        }
        guard let quantity, let cycle, let limits, !tiers.isEmpty else { return nil }
        return TierCharge(
            quantity: quantity, cycle: cycle, limits: limits, allocation: allocation, tiers: tiers)
    }

    /// What a part of a cycle does to its limits; a day is never parted.
    private mutating func limits(
        _ charge: Fields, _ cycle: TierCharge.Cycle?
    ) -> TierCharge.Limits? {
        guard cycle == .day else {
            return fields.decision(
                charge, "limits", TierCharge.Limits.self,
                question: "what a part of a cycle does to its limits")
        }
        if let tree = charge["limits"] {
            fields.report(
                tree.position, .badValue, "limits per day have nothing to shrink", "leave it out")
        }
        return .whole
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
        _ tree: YamlTree, after last: Exact?, isLast: Bool
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
        return price(item, "price").map { [TierCharge.Tier(limit: limit, price: $0)] } ?? []
    }

    mutating func quantity(_ charge: Fields) -> BilledQuantity? {
        guard let tree = fields.required(charge, "on") else { return nil }
        return fields.word(tree, BilledQuantity.self)
    }
}

extension Charge {
    /// The parameters it uses.
    var parameters: [String] {
        let ofKind: [String] =
            switch kind {
            case .capacity(let charge): [charge.parameter]
            case .contractDemand(let charge):
                [charge.parameter] + (charge.floor.map { [$0.parameter] } ?? [])
            default: []
            }
        return conditions.map(\.parameter) + ofKind
    }
}
