// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The stretch of time that a price is per.
public enum PriceBasis: String, Hashable, Sendable, CaseIterable {
    /// Each day of the span.
    case day
    /// Each month of the billing cycle.
    case month
    /// A twelfth of it each month of the billing cycle.
    case year
    /// Each billing period, whatever its length.
    case billingPeriod = "billing_period"
}

/// What a part of a billing period does to a price per month, year or billing period.
public enum Proration: String, Hashable, Sendable, CaseIterable {
    /// Nothing: it is charged in full, once.
    case none
    /// It is charged by days of the full billing period; a price per year by days of the year.
    case days
}

/// A price per stretch of time, and what a part of it does.
public struct TimeBasis: Hashable, Sendable {
    /// The stretch of time.
    public let per: PriceBasis
    /// What a part of a billing period does; a price per day needs no rule.
    public let proration: Proration
}

/// A price per stretch of time (standing charge, supply charge).
public struct FixedCharge: Hashable, Sendable {
    /// The price.
    public let price: PriceSource
    /// What the price is per.
    public let basis: TimeBasis
}

/// A price per unit of energy.
public struct EnergyCharge: Hashable, Sendable {
    /// The energy.
    public let quantity: BilledQuantity
    /// The price, the same all day or by period.
    public let price: Price
    /// What the price is multiplied by in each period (浮动比例); empty where it does not float.
    public let floatFactors: [String: Exact]
    /// Columns of the price's series that give a line each; empty for a single line.
    public let split: [String]
    /// What people call the columns of the split; a column without name keeps its own.
    public let componentNames: [String: LocalizedText]

    /// True where lines are per time-of-use period.
    public var isByPeriod: Bool { price.isByPeriod || !floatFactors.isEmpty }
}

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
    }

    /// The amount up to a limit, and its price.
    public struct Tier: Hashable, Sendable {
        /// The limit, counted from zero; nil for the last tier.
        public let limit: Exact?
        /// The price of the amount between the limit before and this one.
        public let price: Price
    }

    /// True where the energy of a span does not tell its tiers: what each day or stretch of it was does.
    public var needsStretches: Bool { cycle == .day || allocation == .chronological }

    /// The energy.
    public let quantity: BilledQuantity
    /// The stretch of time over which it is counted.
    public let cycle: Cycle
    /// What a part of a cycle does.
    public let limits: Limits
    /// How tiers meet periods; nil where no tier's price is by period.
    public let allocation: Allocation?
    /// At least one tier, the last without limit.
    public let tiers: [Tier]
}

/// Which calendar year a billing period that straddles two belongs to.
public enum YearAttribution: String, Hashable, Sendable, CaseIterable {
    /// The year of its first day.
    case periodStart = "period_start"
    /// The year of its last day.
    case periodEnd = "period_end"

    /// The calendar year of the billing period from `start` up to, not including, `end`.
    public func year(from start: CivilDay, to end: CivilDay) -> Int {
        switch self {
        case .periodStart: start.components.year
        case .periodEnd: (end - 1).components.year
        }
    }
}

/// A price per kilowatt of the highest mean power over a window.
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
    /// The length of the window, a block that starts on a multiple of it after midnight.
    public let windowMinutes: Int
    /// The price.
    public let price: Price
    /// What the price is per.
    public let basis: TimeBasis
    /// How the demand itself is rounded; nil where it stays exact.
    public let quantityRounding: StepRounding?
}

/// A price per unit of a parameter.
public struct CapacityCharge: Hashable, Sendable {
    /// The parameter.
    public let parameter: String
    /// The unit of the parameter, such as `kVA`.
    public let unit: String
    /// The price.
    public let price: PriceSource
    /// What the price is per.
    public let basis: TimeBasis
}

/// A price per contracted kilowatt, and a higher one for demand well above it.
///
/// Source: 发改办价格〔2016〕1583号.
public struct ContractDemandCharge: Hashable, Sendable {
    /// The least contract demand, as a share of another parameter.
    public struct Floor: Hashable, Sendable {
        /// The parameter, such as `kva`.
        public let parameter: String
        /// The share of it.
        public let share: Exact
    }

    /// The parameter with the contracted kilowatts.
    public let parameter: String
    /// The least demand that is charged; nil for none.
    public let floor: Floor?
    /// The price of a contracted kilowatt.
    public let price: PriceSource
    /// Demand above this multiple of the contract is in excess.
    public let overFrom: Exact
    /// What the price is multiplied by for demand in excess.
    public let overTimes: Exact
    /// The length of the demand window, a block.
    public let windowMinutes: Int
    /// What the price is per.
    public let basis: TimeBasis
    /// How the demand itself is rounded; nil where it stays exact.
    public let quantityRounding: StepRounding?
}

/// Which amount of an earlier charge counts.
public enum AmountBase: String, Hashable, Sendable, CaseIterable {
    /// The amount before rounding.
    case exact
    /// The amount that stands on the invoice.
    case asBilled = "as_billed"
}

/// A share of earlier charges.
public struct PercentageCharge: Hashable, Sendable {
    /// The charges.
    public let of: [ChargeReference]
    /// Which of their amounts counts.
    public let base: AmountBase
    /// The share: 0.05 for five per cent; negative for a discount.
    public let rate: PriceSource
}

/// A tax on earlier charges.
public struct TaxCharge: Hashable, Sendable {
    /// What the invoice calls it, such as `VAT`.
    public let category: String
    /// The charges.
    public let of: [ChargeReference]
    /// Which of their amounts counts.
    public let base: AmountBase
    /// The rate: 0.13 for thirteen per cent of the amount without tax.
    public let rate: PriceSource
}
