// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A price per kilowatt, kVA or kvar of the highest mean power over a window.
public struct DemandCharge: Hashable, Sendable {
    /// Which maximum is charged.
    public enum Scope: String, Hashable, Sendable, CaseIterable {
        /// The highest of the span.
        case all
        /// The highest inside each time-of-use period.
        case period
    }

    /// Which maximum is charged.
    public let scope: Scope
    /// The periods that it takes together; nil where it tells all apart.
    public let groups: PeriodGroups?
    /// What is measured.
    public let demand: DemandQuantity
    /// What it costs.
    public let pricing: Pricing
    /// What the price is per.
    public let basis: TimeBasis
    /// What earlier bills do to the demand; nil for nothing.
    public let history: DemandHistory?
    /// The least demand that is charged; nil for none.
    public let least: Exact?
    /// The price for those who use what they may draw many hours; nil where it is the same.
    public let highUse: HighUse?
}

extension DemandCharge {
    /// What a demand costs.
    public enum Pricing: Hashable, Sendable {
        /// Prices per unit that change with the amount; a single price is that of one tier.
        case tiers(TierCharge.Schedule)
        /// A sum for the step that the demand lies on, whatever it is there; the last has no limit.
        case steps([SumStep])
    }

    /// All its prices.
    var priceSources: [PriceSource] {
        switch pricing {
        case .tiers(let schedule): schedule.lists.joined().flatMap(\.price.sources)
        case .steps(let steps): steps.map(\.price)
        }
    }

    /// What it charges the maximum of: `all`, or the periods or groups.
    public func names(_ periods: [String]) -> [String] {
        scope == .all ? ["all"] : groups?.names ?? periods
    }

    /// The periods of one of its names.
    public func members(of name: String, _ periods: [String]) -> [String] {
        guard scope == .period, let groups else { return [name] }
        return periods.indices.filter { groups.names[groups.groupOfPeriod[$0]] == name }
            .map { periods[$0] }
    }
}

/// What is measured for a charge, and how it becomes the number that is charged.
public struct DemandQuantity: Hashable, Sendable {
    /// What happens where there are fewer windows than a mean is of.
    public enum Fewer: String, Hashable, Sendable, CaseIterable {
        /// The mean is of those.
        case mean
        /// The bill is held.
        case hold
    }

    /// What is measured.
    public let measure: DemandMeasure
    /// What happens where there are fewer windows than the mean is of.
    public let fewer: Fewer
    /// How the demand itself is rounded; nil where it stays exact.
    public let rounding: StepRounding?
}

/// What earlier bills do to a demand.
public enum DemandHistory: Hashable, Sendable {
    /// At least a share of the highest earlier peak is charged.
    case ratchet(DemandRatchet)
    /// The mean of the peak and those before it is charged.
    case mean(MonthlyPeakMean)

    /// How many months before a billing period count.
    public var months: Int {
        switch self {
        case .ratchet(let ratchet): ratchet.months
        case .mean(let mean): mean.months - 1
        }
    }
}

/// A demand below which no bill falls: a share of the highest peak of earlier bills.
public struct DemandRatchet: Hashable, Sendable {
    /// Bills whose peaks count.
    public struct Season: Hashable, Sendable {
        /// The months, from 1.
        public let months: Set<Int>
        /// Which month a billing period that straddles two belongs to.
        public let attribution: YearAttribution

        /// Whether a billing period from `start` up to, not including, `end` counts.
        public func counts(from start: CivilDay, to end: CivilDay) -> Bool {
            switch attribution {
            case .periodStart: months.contains(start.components.month)
            case .periodEnd: months.contains((end - 1).components.month)
            }
        }
    }

    /// The share.
    public let share: Exact
    /// How many months before a billing period it looks back.
    public let months: Int
    /// The bills whose peaks count; nil for all.
    public let season: Season?
    /// Which peak of an earlier bill counts: the highest of all, or that of the same period.
    public let scope: DemandCharge.Scope
}

/// The mean of the peaks of the last bills.
public struct MonthlyPeakMean: Hashable, Sendable {
    /// What the least demand is compared with.
    public enum LeastOf: String, Hashable, Sendable, CaseIterable {
        /// The peak of each bill.
        case month
        /// The mean.
        case mean
    }

    /// Over how many months, with that of the billing period.
    public let months: Int
    /// What the least demand is compared with.
    public let leastOf: LeastOf
}

/// The price of demand for those whose energy is large beside what they may draw (高负荷率).
///
/// Source: 发改办价格〔2016〕1583号, as later cycles extend it.
public struct HighUse: Hashable, Sendable {
    /// The parameter, such as `kva`.
    public let parameter: String
    /// The least energy of a month, in kWh per unit of the parameter.
    public let least: Exact
    /// What the price is then multiplied by.
    public let times: Exact
}

/// A price for demand above a parameter (exceeded capacity).
public struct ExcessDemandCharge: Hashable, Sendable {
    /// The parameter with the agreed capacity.
    public let parameter: String
    /// What is measured.
    public let demand: DemandQuantity
    /// The price.
    public let price: PriceSource
    /// What the price is per.
    public let basis: TimeBasis
}
