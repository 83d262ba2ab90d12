// SPDX-License-Identifier: Apache-2.0

import Quantities

extension UrdbConversion {
    /// Writes `demand_coincident`, where it is decided which list tells the hours of the system's peaks.
    mutating func coincident() {
        // Without a list it stays unmapped, and refuses the record until somebody settles it.
        guard record["coincidentratestructure"] != nil,
            let series = decisions.text("coincident_series"),
            let price = coincidentPrice()
        else { return }
        _ = take("coincidentratestructure")
        let window = decisions.needed(
            "coincident_window", "how long the events of a system's peak are", ["60min"],
            record.position)
        let counts = decisions.needed(
            "coincident_counts", "which of several events of a month are charged",
            ["mean", "sum", "highest"], record.position)
        let idle = decisions.needed(
            "coincident_if_none", "what a month without an event does", ["no_charge", "hold"],
            record.position)
        guard let window, let counts, let idle, let basis = timeBasis(per: "month") else { return }
        charge(
            "demand_coincident",
            [
                ("kind", "coincident_demand"), ("series", series), ("counts", counts),
                ("if_none", idle), ("window", window), ("price", price.description),
            ] + basis)
    }

    /// The price of a kW, where it is the same whenever the peak is; nil where it is not mapped.
    private mutating func coincidentPrice() -> Exact? {
        guard let tree = record["coincidentratestructure"] else { return nil }
        let unit = record["coincidentrateunit"].flatMap { fields.text($0) } ?? "kW"
        let all = fields.list(tree)
        var places: Set<Int> = []
        if let schedule = record["coincidentrateschedule"] {
            for month in fields.list(schedule) {
                places.formUnion(fields.list(month).compactMap { fields.jsonIndex($0) })
            }
        } else {
            places = Set(all.indices)
        }
        var prices: Set<Exact> = []
        for place in places {
            let tiers = all.indices.contains(place) ? fields.list(all[place]) : []
            var limit: String?
            guard tiers.count == 1, let tier = tier(tiers[0], unit: &limit, plain: "kW") else {
                return refuseCoincident(tree)
            }
            prices.insert(tier.price)
        }
        guard unit == "kW", prices.count == 1, let price = prices.first else {
            return refuseCoincident(tree)
        }
        return price
    }

    private mutating func refuseCoincident(_ tree: YamlTree) -> Exact? {
        fields.report(
            tree.position, .badValue,
            "a price of coincident demand that is not one per kW for all hours is not mapped",
            "write the tariff by hand")
        return nil
    }
}
