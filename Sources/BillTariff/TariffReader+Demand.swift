// SPDX-License-Identifier: Apache-2.0

import Quantities

extension TariffReader {
    mutating func capacity(_ charge: Fields) -> CapacityCharge? {
        let parameter = fields.required(charge, "of").flatMap { numberParameter($0) }
        let unit = fields.text(charge, "unit")
        let basis = timeBasis(charge)
        guard let price = source(charge, "price"), let parameter, let unit, let basis else {
            return nil
        }
        return CapacityCharge(parameter: parameter, unit: unit, price: price, basis: basis)
    }

    mutating func contractDemand(_ charge: Fields) -> ContractDemandCharge? {
        let parameter = fields.required(charge, "of").flatMap { numberParameter($0) }
        var floor: ContractDemandCharge.Floor?
        if let tree = charge["floor"],
            let entries = fields.fields(tree, "the floor", allowed: ["of", "share"])
        {
            let of = fields.required(entries, "of").flatMap { numberParameter($0) }
            let share = fields.required(entries, "share").flatMap { self.share($0) }
            if let of, let share { floor = ContractDemandCharge.Floor(parameter: of, share: share) }
        }
        let from = fields.required(charge, "over_from").flatMap { fields.factor($0) }
        let times = fields.required(charge, "over_times").flatMap { fields.factor($0) }
        let demand = demandQuantity(charge)
        let basis = timeBasis(charge)
        let highUse = highUse(charge)
        guard let price = source(charge, "price"), let parameter, let from, let times, let demand,
            let basis
        else { return nil }
        return ContractDemandCharge(
            parameter: parameter, floor: floor, price: price, overFrom: from, overTimes: times,
            demand: demand, basis: basis, highUse: highUse)
    }

    mutating func excessDemand(_ charge: Fields) -> ExcessDemandCharge? {
        let parameter = fields.required(charge, "of").flatMap { numberParameter($0) }
        let demand = demandQuantity(charge)
        let basis = timeBasis(charge)
        guard let price = source(charge, "price"), let parameter, let demand, let basis else {
            return nil
        }
        return ExcessDemandCharge(
            parameter: parameter, demand: demand, price: price, basis: basis)
    }

    mutating func numberParameter(_ tree: YamlTree) -> String? {
        guard let name = fields.text(tree) else { return nil }
        if parameters[name]?.kind == .number { return name }
        fields.report(
            tree.position, .unknownReference, "'\(name)' is not a number that a contract gives",
            "add '\(name): number' to needs")
        return nil
    }

    /// The conditions of `if`; a list holds where all of it holds.
    mutating func conditions(_ tree: YamlTree) -> [Condition] {
        fields.list(tree).compactMap { condition($0) }
    }

    private mutating func condition(_ tree: YamlTree) -> Condition? {
        guard let text = fields.text(tree) else { return nil }
        let words = text.split(separator: " ").map(String.init)
        var condition: Condition?
        switch words.count {
        case 1: condition = Condition(parameter: words[0], comparison: .equal, value: "true")
        case 2 where words[0] == "not":
            condition = Condition(parameter: words[1], comparison: .equal, value: "false")
        case 3:
            condition = Condition.Comparison(rawValue: words[1]).map {
                Condition(parameter: words[0], comparison: $0, value: words[2])
            }
        default: break
        }
        guard let condition else {
            fields.report(
                tree.position, .badValue, "'\(text)' is not a condition",
                "write low_income, not low_income, persons >= 5 or basic_method = capacity")
            return nil
        }
        guard let parameter = parameters[condition.parameter] else {
            fields.report(
                tree.position, .unknownReference, "'\(condition.parameter)' is not a parameter",
                "add it to needs")
            return nil
        }
        let ordered: Set<Condition.Comparison> = [.equal, .different]
        guard parameter.accepts(condition.value),
            parameter.kind == .number || ordered.contains(condition.comparison)
        else {
            fields.report(
                tree.position, .badValue,
                "'\(text)' does not fit '\(parameter.name)', which is "
                    + parameter.expectation,
                "compare it with such a value; only numbers have an order")
            return nil
        }
        return condition
    }
}
