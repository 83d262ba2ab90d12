// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

/// What one span of one contract is rated from.
///
/// A billing period is one span, or several where the tariff or the contract's terms change inside.
public struct RatingInput: Sendable {
    /// The tariff in force on the span, and its prices there.
    public var plan: RatingPlan
    /// Energy and demand of the span, with its first and last day.
    public var determinants: Determinants {
        get { measured }
        set { measure { $0 = newValue } }
    }
    private(set) var measured: Determinants
    /// The sums of its energy.
    public private(set) var totals: UsageSums
    /// Where the span lies in the contract's billing cycle.
    public var cycle: CyclePlace
    /// The contract's values of the tariff's parameters.
    public var parameters: [String: String]
    /// Energy billed before the span in the calendar year it belongs to.
    ///
    /// Needed by tiers of a calendar year only; a quantity that is absent holds such a bill.
    public var yearToDate: UsageSums
    /// Energy of earlier spans of the same billing period.
    public var periodToDate: UsageSums

    /// The tariff in force on the span.
    public var tariff: Tariff { plan.tariff }

    /// The input of one span from its parts; the plan must be of the days of the determinants.
    public init(
        plan: RatingPlan, determinants: Determinants, cycle: CyclePlace,
        parameters: [String: String] = [:], yearToDate: UsageSums = [:],
        periodToDate: UsageSums = [:]
    ) {
        precondition(
            plan.start == determinants.start && plan.end == determinants.end,
            "prices are of the days that were measured")
        self.plan = plan
        measured = determinants
        totals = determinants.totals
        self.cycle = cycle
        self.parameters = parameters
        self.yearToDate = yearToDate
        self.periodToDate = periodToDate
    }

    /// The input of one span of a tariff whose prices nobody has looked up yet.
    public init(
        tariff: Tariff, determinants: Determinants, cycle: CyclePlace,
        parameters: [String: String] = [:], series: SeriesSet = SeriesSet(),
        yearToDate: UsageSums = [:], periodToDate: UsageSums = [:]
    ) {
        self.init(
            plan: RatingPlan(
                tariff: tariff, start: determinants.start, end: determinants.end, series: series),
            determinants: determinants, cycle: cycle, parameters: parameters,
            yearToDate: yearToDate, periodToDate: periodToDate)
    }
}

extension RatingInput {
    /// Changes what was measured, in its own room.
    public mutating func measure<Result>(_ change: (inout Determinants) -> Result) -> Result {
        defer { totals = measured.totals }
        return change(&measured)
    }

    /// Whether all conditions of a charge hold.
    func applies(_ planned: PlannedCharge) throws(RatingHold) -> Bool {
        if planned.conditions.isEmpty { return true }
        return try holds(planned.conditions, of: planned.charge.id)
    }

    /// Whether some conditions all hold, of a charge or a loss.
    func holds(_ conditions: [Condition], of subject: String) throws(RatingHold) -> Bool {
        for condition in conditions {
            let given = try parameter(condition.parameter, of: subject)
            if !condition.holds(for: given) { return false }
        }
        return true
    }

    /// The contract's value of a parameter.
    func parameter(_ name: String, of subject: String) throws(RatingHold) -> String {
        guard let given = parameters[name] else {
            throw RatingHold(
                code: .missingParameter, charge: subject,
                detail: "the contract gives no '\(name)': add it to its parameters")
        }
        if let needed = tariff.needs.first(where: { $0.name == name }), !needed.accepts(given) {
            throw RatingHold(
                code: .badParameter, charge: subject,
                detail: "'\(name)' is '\(given)', not \(needed.expectation)")
        }
        return given
    }

    /// The contract's value of a parameter that is a number.
    func number(_ name: String, of subject: String) throws(RatingHold) -> Exact {
        let given = try parameter(name, of: subject)
        guard let value = Exact(given) else {
            throw RatingHold(
                code: .badParameter, charge: subject, detail: "'\(name)' is not a number")
        }
        return value
    }

    /// The same, for a charge.
    func number(_ name: String, _ charge: Charge) throws(RatingHold) -> Exact {
        try number(name, of: charge.id)
    }
}

/// Where a span lies in a contract's billing cycle; all ends are not included.
public struct CyclePlace: Hashable, Sendable {
    /// The first day of the full cycle, as if the contract ran all of it.
    public var fullStart: CivilDay
    /// The day on which the full cycle ends.
    public var fullEnd: CivilDay
    /// How many months the full cycle has.
    public var months: Int
    /// The first day of the billing period: that of the cycle, or of the contract inside it.
    public var periodStart: CivilDay
    /// The day on which the billing period ends: that of the cycle, or of the contract inside it.
    public var periodEnd: CivilDay
    /// The contract's first day.
    public var contractStart: CivilDay
    /// The day on which the contract ends; nil while open.
    public var contractEnd: CivilDay?

    /// A place from its parts.
    public init(
        fullStart: CivilDay, fullEnd: CivilDay, months: Int, periodStart: CivilDay,
        periodEnd: CivilDay, contractStart: CivilDay, contractEnd: CivilDay? = nil
    ) {
        precondition(fullStart < fullEnd && months > 0, "a cycle has days and months")
        self.fullStart = fullStart
        self.fullEnd = fullEnd
        self.months = months
        self.periodStart = periodStart
        self.periodEnd = periodEnd
        self.contractStart = contractStart
        self.contractEnd = contractEnd
    }

    /// A full cycle of one month or more that the contract runs all of.
    public init(full start: CivilDay, to end: CivilDay, months: Int = 1) {
        self.init(
            fullStart: start, fullEnd: end, months: months, periodStart: start, periodEnd: end,
            contractStart: start)
    }
}

extension Tariff {
    /// The quantities whose determinants its charges need.
    public var usageQuantities: Set<UsageQuantity> {
        Set(requiredQuantities.map(\.usage))
    }

    /// True where a charge that applies to a contract with these parameters takes a demand, or what else is found
    /// slot by slot; one that they do not tell of may.
    public func asksDemand(of parameters: [String: String]) -> Bool {
        charges.contains { charge in
            charge.kind.takesDemand
                && charge.conditions.allSatisfy { condition in
                    parameters[condition.parameter].map { condition.holds(for: $0) } ?? true
                }
        }
    }

    /// True where a charge or the netting asks for an energy by period, and not for its sum alone.
    public func tellsPeriods(of quantity: UsageQuantity) -> Bool {
        if quantity == .activeExport, netMetering?.netting == .byPeriod { return true }
        return charges.contains { charge in
            switch charge.kind {
            case .energy(let kind): kind.isByPeriod && kind.quantity.usage == quantity
            case .tiers(let kind): kind.isByPeriod && kind.quantity.usage == quantity
            default: false
            }
        }
    }
}

extension BilledQuantity {
    /// The same quantity as usage names it.
    public var usage: UsageQuantity {
        switch self {
        case .activeImport: .activeImport
        case .activeExport: .activeExport
        case .reactiveImport: .reactiveImport
        case .reactiveExport: .reactiveExport
        case .net: .net
        case .expired: .expired
        }
    }
}
