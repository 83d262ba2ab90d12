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
    /// The periods that it takes together; nil where it tells all apart.
    public let groups: PeriodGroups?
    /// The price, the same all day, or by period or group of them.
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
    /// What is measured.
    public let demand: DemandQuantity
    /// What the price is per.
    public let basis: TimeBasis
    /// The price for those who use what they may draw many hours; nil where it is the same.
    public let highUse: HighUse?
}

/// A share of earlier charges.
public struct PercentageCharge: Hashable, Sendable {
    /// What it is taken of.
    public let of: ChargeSelection
    /// The share: 0.05 for five per cent; negative for a discount.
    public let rate: PriceSource
}

/// What earlier charges lack to a least amount (minimum bill).
public struct MinimumCharge: Hashable, Sendable {
    /// The charges that count.
    public let of: ChargeSelection
    /// The least amount.
    public let price: PriceSource
    /// What the amount is per.
    public let basis: TimeBasis
}

/// Energy that is given back, up to an amount (低保户免费电量).
public struct FreeQuotaCharge: Hashable, Sendable {
    /// The energy.
    public let quantity: BilledQuantity
    /// The most that is given back.
    public let upTo: Exact
    /// What that amount is per.
    public let basis: TimeBasis
    /// What a unit is given back at.
    public let price: PriceSource
}

/// A tax on earlier charges.
public struct TaxCharge: Hashable, Sendable {
    /// What the invoice calls it, such as `VAT`.
    public let category: String
    /// What it is taken of.
    public let of: ChargeSelection
    /// The rate: 0.13 for thirteen per cent of the amount without tax.
    public let rate: PriceSource
}
