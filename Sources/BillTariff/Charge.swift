// SPDX-License-Identifier: Apache-2.0

import Quantities

/// One clause of a tariff; it gives the invoice lines of one purpose.
public struct Charge: Hashable, Sendable {
    /// What examples, later charges and invoice lines call it.
    public let id: String
    /// What people call it.
    public let name: LocalizedText?
    /// All must hold for the charge to apply.
    public let conditions: [Condition]
    /// What it charges for, and how.
    public let kind: Kind
    /// Where it stands in the file, for the trace.
    public let position: SourcePosition

    /// What a charge multiplies.
    public enum Kind: Hashable, Sendable {
        /// A price per stretch of time.
        case fixed(FixedCharge)
        /// A price per unit of energy, flat or by period.
        case energy(EnergyCharge)
        /// A price per unit of energy that changes from interval to interval.
        case intervalPrice(IntervalPriceCharge)
        /// Prices per unit of energy that change with the amount.
        case tiers(TierCharge)
        /// A sum for the step that the energy of the billing period lies on.
        case usageStep(UsageStepCharge)
        /// A price per kilowatt of the highest demand.
        case demand(DemandCharge)
        /// A price per unit of a parameter, such as the transformers' kVA.
        case capacity(CapacityCharge)
        /// A price per contracted kilowatt, and one for what exceeds it (两部制, 合同最大需量).
        case contractDemand(ContractDemandCharge)
        /// A price per kilowatt or kVA of demand above a parameter.
        case excessDemand(ExcessDemandCharge)
        /// A price per kilowatt of the demand in dated windows (coincident peak, triad).
        case coincidentDemand(CoincidentDemandCharge)
        /// A price for reactive energy beyond a share of active energy.
        case excessReactive(ExcessReactiveCharge)
        /// A share of earlier charges.
        case percentage(PercentageCharge)
        /// A share of earlier charges that depends on the power factor (力调电费).
        case powerFactor(PowerFactorCharge)
        /// Energy that is given back, up to an amount (免费电量).
        case freeQuota(FreeQuotaCharge)
        /// What earlier charges lack to a least amount.
        case minimum(MinimumCharge)
        /// What the bills of a year lack to a least amount.
        case yearlyMinimum(YearlyMinimumCharge)
        /// A tax on earlier charges; it stands beside the lines.
        case tax(TaxCharge)
    }
}

extension Charge.Kind {
    /// The measured energies it is computed from.
    public var quantities: [BilledQuantity] {
        switch self {
        case .energy(let charge): [charge.quantity]
        case .intervalPrice(let charge): [charge.quantity]
        case .tiers(let charge): [charge.quantity]
        case .usageStep(let charge): [charge.quantity]
        case .freeQuota(let charge): [charge.quantity]
        case .powerFactor(let charge): [.activeImport] + charge.reactive
        case .excessReactive(let charge): [.activeImport, charge.quantity]
        default: []
        }
    }

    /// True for a tax, which stands beside the lines.
    public var isTax: Bool { if case .tax = self { true } else { false } }

    /// What is measured of its demand; nil where it needs no demand.
    public var demand: DemandQuantity? {
        switch self {
        case .demand(let charge): charge.demand
        case .contractDemand(let charge): charge.demand
        case .excessDemand(let charge): charge.demand
        default: nil
        }
    }

    /// True where its amount rests on a demand, or on what else is found slot by slot.
    public var takesDemand: Bool {
        switch self {
        case .demand, .contractDemand, .excessDemand, .coincidentDemand: true
        case .excessReactive(let charge): charge.over == .interval
        case .tiers(let charge):
            if case .perDemand = charge.limitUnit { true } else { false }
        default: false
        }
    }

    /// The charge by dated windows that it is; nil for any other.
    public var coincidentDemand: CoincidentDemandCharge? {
        if case .coincidentDemand(let charge) = self { charge } else { nil }
    }

    /// What earlier bills do to its demand; nil for nothing.
    public var demandHistory: DemandHistory? {
        if case .demand(let charge) = self { charge.history } else { nil }
    }

    /// The periods that it takes together; nil where it tells all apart.
    public var groups: PeriodGroups? {
        switch self {
        case .energy(let charge): charge.groups
        case .tiers(let charge): charge.groups
        case .demand(let charge): charge.groups
        default: nil
        }
    }

    /// What it is taken of; nil where it is not taken of other charges.
    public var selection: ChargeSelection? {
        switch self {
        case .percentage(let charge): charge.of
        case .powerFactor(let charge): charge.of
        case .minimum(let charge): charge.of
        case .yearlyMinimum(let charge): charge.of
        case .tax(let charge): charge.of
        default: nil
        }
    }

    /// Which calendar year a billing period counts in; nil where it does not count by year.
    public var yearAttribution: YearAttribution? {
        if case .tiers(let charge) = self, case .calendarYear(let year) = charge.cycle {
            year
        } else {
            nil
        }
    }

    /// The charge by interval prices that it is; nil for any other.
    public var intervalPrice: IntervalPriceCharge? {
        if case .intervalPrice(let charge) = self { charge } else { nil }
    }

    /// True where registers cannot tell what it multiplies.
    public var needsIntervals: Bool {
        switch self {
        case .intervalPrice: true
        case .tiers(let charge): charge.needsStretches
        default: false
        }
    }

    /// Every look-up in a series that it makes, one per column.
    public var seriesPrices: [SeriesPrice] {
        priceSources.compactMap { source in
            if case .series(let look) = source.base { look } else { nil }
        }
    }

    /// Where its prices and rates come from, but for those of intervals.
    var priceSources: [PriceSource] {
        switch self {
        case .fixed(let charge): [charge.price]
        case .energy(let charge):
            charge.split.isEmpty
                ? charge.price.sources
                : charge.split.flatMap { column in
                    charge.price.sources.map { $0.column(column) }
                }
        case .intervalPrice: []
        case .tiers(let charge): charge.schedule.lists.joined().flatMap(\.price.sources)
        case .usageStep(let charge): charge.steps.map(\.price)
        case .demand(let charge): charge.priceSources
        case .capacity(let charge): [charge.price]
        case .contractDemand(let charge): [charge.price]
        case .excessDemand(let charge): [charge.price]
        case .coincidentDemand(let charge): [charge.price]
        case .excessReactive(let charge): [charge.price]
        case .percentage(let charge): [charge.rate]
        case .powerFactor: []
        case .freeQuota(let charge): [charge.price]
        case .minimum(let charge): [charge.price]
        case .yearlyMinimum(let charge): [charge.price]
        case .tax(let charge): [charge.rate]
        }
    }
}
