// SPDX-License-Identifier: Apache-2.0

import Quantities

extension TariffReader {
    /// The kinds of charge and the keys that each has beside `id`, `kind`, `name` and `if`.
    private static let kinds: [String: [String]] = [
        "fixed": ["price", "per", "prorate"],
        "energy": ["on", "groups", "price", "float", "split"],
        "interval_price": intervalPriceKeys,
        "tiers": [
            "on", "groups", "cycle", "year_of", "limits", "limits_per", "raise_limits",
            "allocation", "tiers",
        ],
        "usage_step": ["on", "limits", "steps", "per", "prorate"],
        "demand": demandKeys + [
            "by", "groups", "price", "tiers", "steps", "per", "prorate", "ratchet",
            "mean_of_months", "at_least", "least_of", "high_use",
        ],
        "capacity": ["of", "unit", "price", "per", "prorate"],
        "contract_demand": demandKeys + [
            "of", "floor", "price", "over_from", "over_times", "per", "prorate", "high_use",
        ],
        "excess_demand": demandKeys + ["of", "price", "per", "prorate"],
        "coincident_demand": coincidentDemandKeys,
        "excess_reactive": ["on", "free_share", "over", "price"],
        "percentage": ["of", "except", "base", "rate"],
        "power_factor": [
            "of", "except", "base", "table", "standard", "reactive", "mode", "if_idle",
            "with_losses",
        ],
        "free_quota": ["on", "up_to", "per", "prorate", "price"],
        "minimum": ["of", "except", "base", "price", "per", "prorate"],
        "yearly_minimum": ["of", "except", "base", "price", "year_of", "prorate"],
        "tax": ["category", "of", "except", "base", "rate"],
    ]
    /// Words that examples and results use for sums.
    private static let reservedCharges: Set<String> = ["all", "net", "tax", "total"]

    /// Reads `charges` into `self.charges`, in order, so that each can refer to those before it.
    mutating func readCharges(_ top: Fields) {
        guard let tree = fields.required(top, "charges") else { return }
        for item in fields.list(tree) {
            if let charge = charge(item) { charges.append(charge) }
        }
        if let taxOfAll,
            let untaxed = charges.dropFirst(taxOfAll.chargesAbove).first(where: { !$0.kind.isTax })
        {
            fields.report(
                taxOfAll.position, .badValue,
                "the tax of all stands above '\(untaxed.id)', which it leaves out",
                "put it below, or name the charges that it is of")
        }
        reportLossesWithoutIntervals()
        reportNetSlips()
        let used = Set(charges.flatMap(\.parameters) + losses.flatMap(\.parameters))
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
        groups = charge["groups"].flatMap { periodGroups($0) }
        defer { groups = nil }
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
        case "usage_step": usageStep(charge).map(Charge.Kind.usageStep)
        case "demand": demand(charge).map(Charge.Kind.demand)
        case "capacity": capacity(charge).map(Charge.Kind.capacity)
        case "contract_demand": contractDemand(charge).map(Charge.Kind.contractDemand)
        case "excess_demand": excessDemand(charge).map(Charge.Kind.excessDemand)
        case "coincident_demand": coincidentDemand(charge).map(Charge.Kind.coincidentDemand)
        case "excess_reactive": excessReactive(charge).map(Charge.Kind.excessReactive)
        case "percentage": percentage(charge).map(Charge.Kind.percentage)
        case "power_factor": powerFactor(charge).map(Charge.Kind.powerFactor)
        case "free_quota": freeQuota(charge).map(Charge.Kind.freeQuota)
        case "minimum": minimum(charge).map(Charge.Kind.minimum)
        case "yearly_minimum": yearlyMinimum(charge).map(Charge.Kind.yearlyMinimum)
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
        if let tree = charge["groups"], factors.isEmpty, price?.isByPeriod == false {
            reportIdleGroups(tree)
        }
        guard let quantity, let price else { return nil }
        return EnergyCharge(
            quantity: quantity, groups: groups, price: price, floatFactors: factors, split: split,
            componentNames: names)
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
            case .tiers(let charge): charge.parameters
            case .powerFactor(let charge):
                if case .parameter(let name) = charge.standard { [name] } else { [] }
            case .demand(let charge): [charge.highUse?.parameter].compactMap(\.self)
            case .contractDemand(let charge):
                [charge.parameter, charge.floor?.parameter, charge.highUse?.parameter]
                    .compactMap(\.self)
            case .excessDemand(let charge): [charge.parameter]
            default: []
            }
        return conditions.map(\.parameter) + ofKind
    }
}
