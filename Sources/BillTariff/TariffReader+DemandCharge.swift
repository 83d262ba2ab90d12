// SPDX-License-Identifier: Apache-2.0

import Quantities

extension TariffReader {
    mutating func demand(_ charge: Fields) -> DemandCharge? {
        let scope = fields.decision(
            charge, "by", DemandCharge.Scope.self, question: "which maximum is charged")
        let demand = demandQuantity(charge)
        let basis = timeBasis(charge)
        let schedule = demandSchedule(charge)
        if let tree = charge["by"], scope == .period, !periods.hasTimeOfUse {
            fields.report(
                tree.position, .unknownReference, "demand is by period, but there are no periods",
                "name the tariff's periods under 'periods'")
        }
        if let tree = charge["price"] ?? charge["tiers"], scope == .all,
            schedule?.isByPeriod == true
        {
            fields.report(
                tree.position, .badValue, "the price is by period, but the demand is not",
                "write by: period, or one price")
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
        guard let scope, let demand, let basis, let schedule else { return nil }
        return DemandCharge(
            scope: scope, groups: groups, demand: demand, schedule: schedule, basis: basis,
            history: history,
            least: least, highUse: highUse)
    }

    /// One price, or `tiers`: a list, or one for every period or season.
    private mutating func demandSchedule(_ charge: Fields) -> TierCharge.Schedule? {
        guard let tree = charge["tiers"] else {
            return price(charge, "price").map { .single([TierCharge.Tier(limit: nil, price: $0)]) }
        }
        if let price = charge["price"] {
            fields.report(
                price.position, .badValue, "the charge has both a price and tiers", "keep one")
        }
        return schedule(tree)
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
