// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The demand of a billing period that limits of tiers are counted by (hours of use).
public struct DemandLimits: Hashable, Sendable {
    /// Which demand of a charge counts.
    public enum Taken: String, Hashable, Sendable, CaseIterable {
        /// What is charged, by what earlier bills and the least demand do to it.
        case billed
        /// What was measured.
        case measured
    }

    /// An earlier charge for the demand of the whole period.
    public let charge: String
    /// Which demand of it counts.
    public let taken: Taken
}

extension TariffReader {
    /// Limits for each unit of a demand: `limits_per: { demand: peak, take: billed }`.
    mutating func demandLimits(
        _ tree: YamlTree, cycle: TierCharge.Cycle?
    ) -> TierCharge.LimitUnit? {
        guard let entries = fields.fields(tree, "limits_per", allowed: ["demand", "take"]) else {
            return nil
        }
        if let cycle, cycle != .month, cycle != .billingPeriod {
            fields.report(
                tree.position, .badValue, "a demand is that of a billing period",
                "use cycle: month or billing_period")
        }
        let taken = fields.decision(
            entries, "take", DemandLimits.Taken.self,
            question: "whether the demand counts as it was measured, or as it is billed")
        guard let name = fields.required(entries, "demand"), let id = fields.text(name) else {
            return nil
        }
        let demand = charges.lazy.compactMap { charge -> DemandCharge? in
            guard charge.id == id, case .demand(let demand) = charge.kind else { return nil }
            return demand
        }.first
        guard demand?.scope == .all else {
            fields.report(
                name.position, .unknownReference,
                "'\(id)' is no earlier charge for the demand of all periods",
                "name a charge of kind demand with by: all that stands above")
            return nil
        }
        return taken.map { .perDemand(DemandLimits(charge: id, taken: $0)) }
    }
}
