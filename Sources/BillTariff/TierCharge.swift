// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Prices per unit of energy that change with the amount used in a cycle (阶梯).
public struct TierCharge: Hashable, Sendable {
    /// The stretch of time over which the amount is counted.
    public enum Cycle: Hashable, Sendable {
        /// Limits are per local day, each counted by itself.
        case day
        /// Limits are per month; a billing cycle of several months has as many times the limits.
        case month
        /// Limits are per billing period.
        case billingPeriod
        /// Limits are per calendar year; the amounts billed earlier in the year count.
        case calendarYear(YearAttribution)
    }

    /// What a part of a cycle does to its limits.
    public enum Limits: String, Hashable, Sendable, CaseIterable {
        /// Nothing.
        case whole
        /// They shrink by days.
        case byDays = "by_days"
    }

    /// How a tier is shared out over time-of-use periods.
    public enum Allocation: String, Hashable, Sendable, CaseIterable {
        /// By each period's share of the span's energy.
        case proportional
        /// By what came first: the running total decides which tier each stretch of energy falls in.
        case chronological
        /// Each period fills tiers of its own.
        case perPeriod = "per_period"
    }

    /// The amount up to a limit, and its price.
    public struct Tier: Hashable, Sendable {
        /// The limit, counted from zero; nil for the last tier.
        public let limit: Exact?
        /// The price of the amount between the limit before and this one.
        public let price: Price
    }

    /// What limits are counted in.
    public enum LimitUnit: Hashable, Sendable {
        /// The unit of the energy.
        case energy
        /// The unit of the energy for each day, pooled over the days of the span.
        case perDay
        /// The unit of the energy for each unit of a parameter (hours of use).
        case perParameter(String)
        /// The unit of the energy for each unit of the period's own demand (hours of use).
        case perDemand(DemandLimits)
    }

    /// What raises the limits of some contracts (一户多人口).
    public struct Raise: Hashable, Sendable {
        /// All must hold.
        public let conditions: [Condition]
        /// How much each limit rises, for the cycle. Shape: `[limited tier]`.
        public let by: [Exact]
    }

    /// The tiers of all contracts and days, or of each part of them.
    public enum Schedule: Hashable, Sendable {
        /// The same tiers always.
        case single([Tier])
        /// Tiers for every time-of-use period. Shape: `[period]`, in the order of the tariff.
        case byPeriod([[Tier]])
        /// Tiers for every season. Shape: `[season]`, in the order of the tariff.
        case bySeason([[Tier]])

        /// All lists of tiers, each with at least one tier, whose last has no limit.
        public var lists: [[Tier]] {
            switch self {
            case .single(let tiers): [tiers]
            case .byPeriod(let lists), .bySeason(let lists): lists
            }
        }

        /// True where periods differ in tiers or prices.
        public var isByPeriod: Bool {
            if case .byPeriod = self { return true }
            return lists.joined().contains(where: \.price.isByPeriod)
        }
    }

    /// True where the energy of a span does not tell its tiers: what each day or stretch of it was does.
    public var needsStretches: Bool { cycle == .day || allocation == .chronological }

    /// True where lines are per time-of-use period.
    public var isByPeriod: Bool { schedule.isByPeriod }

    /// The energy.
    public let quantity: BilledQuantity
    /// The periods that it takes together; nil where it tells all apart.
    public let groups: PeriodGroups?
    /// The stretch of time over which it is counted.
    public let cycle: Cycle
    /// What a part of a cycle does.
    public let limits: Limits
    /// What limits are counted in.
    public let limitUnit: LimitUnit
    /// What raises the limits; nil for nothing.
    public let raise: Raise?
    /// How tiers meet periods; nil where no price is by period.
    public let allocation: Allocation?
    /// The tiers.
    public let schedule: Schedule
}
