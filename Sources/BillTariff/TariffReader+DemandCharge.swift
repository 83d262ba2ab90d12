// SPDX-License-Identifier: Apache-2.0

import Quantities

extension TariffReader {
    mutating func demand(_ charge: Fields) -> DemandCharge? {
        let scope = fields.decision(
            charge, "by", DemandCharge.Scope.self, question: "which maximum is charged")
        let demand = demandQuantity(charge)
        let basis = timeBasis(charge)
        let pricing = pricing(charge, scope)
        if let tree = charge["by"], scope == .period, !periods.hasTimeOfUse {
            fields.report(
                tree.position, .unknownReference, "demand is by period, but there are no periods",
                "name the tariff's periods under 'periods'")
        }
        if let tree = charge["groups"] {
            if scope != .period { reportIdleGroups(tree) }
            if let measure = demand?.measure, measure.count > 1 {
                fields.report(
                    tree.position, .badValue, "a mean of several peaks is not made of groups",
                    "leave groups or peaks out")
            }
        }
        let history = demandHistory(charge, scope)
        let least = charge["at_least"].flatMap { fields.positive($0) }
        let highUse = highUse(charge)
        guard let scope, let demand, let basis, let pricing else { return nil }
        return DemandCharge(
            scope: scope, groups: groups, demand: demand, pricing: pricing, basis: basis,
            history: history,
            least: least, highUse: highUse)
    }

    /// One price, `tiers`, a list or one for every period or season, or `steps`.
    private mutating func pricing(
        _ charge: Fields, _ scope: DemandCharge.Scope?
    ) -> DemandCharge.Pricing? {
        let given = ["price", "tiers", "steps"].compactMap { charge[$0] }
        if given.count > 1 {
            fields.report(
                given[1].position, .badValue, "the charge has several of price, tiers and steps",
                "keep one")
        }
        if let tree = charge["steps"] {
            if scope == .period {
                fields.report(
                    tree.position, .badValue, "steps are of one demand, not of one in every period",
                    "write by: all")
            }
            return steps(tree).map(DemandCharge.Pricing.steps)
        }
        let schedule =
            charge["tiers"].map { self.schedule($0) }
            ?? price(charge, "price").map { .single([TierCharge.Tier(limit: nil, price: $0)]) }
        if let tree = given.first, scope == .all, schedule?.isByPeriod == true {
            fields.report(
                tree.position, .badValue, "the price is by period, but the demand is not",
                "write by: period, or one price")
        }
        return schedule.map(DemandCharge.Pricing.tiers)
    }

    /// A lower price for those who use what they may draw many hours:
    /// `high_use: { kwh_per: kva, at_least: 260, times: 0.9 }`.
    mutating func highUse(_ charge: Fields) -> HighUse? {
        guard let tree = charge["high_use"],
            let entries = fields.fields(
                tree, "high_use", allowed: ["kwh_per", "at_least", "times"])
        else { return nil }
        let parameter = fields.required(entries, "kwh_per").flatMap { numberParameter($0) }
        let least = fields.required(entries, "at_least").flatMap { fields.positive($0) }
        let times = fields.required(entries, "times").flatMap { fields.factor($0) }
        guard let parameter, let least, let times else { return nil }
        return HighUse(parameter: parameter, least: least, times: times)
    }
}
