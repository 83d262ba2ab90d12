// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities

/// What the meters of a service point measured of one quantity, each by the kind that it is billed by.
///
/// Where a meter of one kind follows one of the other, both count: each in its part of the span.
public struct MeasuredUsage: Hashable, Sendable {
    /// Interval channels; all of them count (E1, E2, and one meter after another).
    public var intervals: [IntervalSegment]
    /// Registers by OBIS code: the total, and those of time-of-use periods; those that the meters do
    /// not have are there without readings.
    public var registers: [ObisCode: [RegisterSegment]]
    /// What registers counted of which that is known already, as `RegisterUsage.between` says; they need
    /// not stand among `registers`.
    public var counted: [CountedRegister]

    /// What was measured, of each kind.
    public init(
        intervals: [IntervalSegment] = [], registers: [ObisCode: [RegisterSegment]] = [:],
        counted: [CountedRegister] = []
    ) {
        self.intervals = intervals
        self.registers = registers
        self.counted = counted
    }

    /// What the intervals counted in a period, or in all of them, in base units after the multiplier.
    func energy(ofPeriod period: Int?) -> Exact {
        intervals.reduce(.zero) { sum, segment in
            let usage = segment.usage
            return sum + (period.map(usage.energy(ofPeriod:)) ?? usage.total) * segment.multiplier
        }
    }
}

/// What can be said of a service point's usage.
public enum UsageOutcome: Hashable, Sendable {
    /// All that the tariff asks.
    case complete(Determinants)
    /// Why not, in order; the contract is held.
    case held([UsageGap])
}

/// Makes billing determinants of what the meters of one service point measured.
public struct DeterminantBuilder: Sendable {
    private let request: UsageRequest
    private var energy: [Determinants.EnergyAmount] = []
    private var demand: [Determinants.DemandPeak] = []
    private var events: [Determinants.EventDemand] = []
    private var reactiveExcess: [Determinants.ReactiveExcess] = []
    private var gaps: [UsageGap] = []
    private var estimatedValues = 0

    /// The determinants of a request, or all the reasons why they cannot be told.
    ///
    /// - Parameters:
    ///   - request: What the tariff asks.
    ///   - measured: What was measured of each quantity; a quantity without an entry has no meter.
    ///   - demand: The demand, where the tariff asks for it.
    public static func determinants(
        for request: UsageRequest, measured: [UsageQuantity: MeasuredUsage],
        demand: MeasuredDemand = MeasuredDemand([])
    ) -> UsageOutcome {
        var builder = DeterminantBuilder(request: request)
        builder.energy.reserveCapacity(request.items.count * request.periods.count)
        for (place, item) in request.items.enumerated() {
            let usage = measured[item.quantity] ?? MeasuredUsage()
            if usage.registers.isEmpty, usage.counted.isEmpty {
                builder.addIntervals(usage, item)
            } else {
                builder.addRegisters(usage, item, request.registers[place])
            }
        }
        if request.needsDemand {
            builder.addDemand(demand)
            builder.addReactiveExcess(demand, measured)
        }
        return builder.outcome
    }

    private init(request: UsageRequest) {
        self.request = request
    }

    private var outcome: UsageOutcome {
        guard gaps.isEmpty else { return .held(gaps) }
        if energy.contains(where: \.amount.isOverflow)
            || demand.contains(where: \.isOverflow)
        {
            return .held([UsageGap(.outOfRange)])
        }
        var determinants = Determinants(
            start: request.start, end: request.end, energy: energy, demand: demand,
            estimatedValues: estimatedValues)
        determinants.events = events
        determinants.reactiveExcess = reactiveExcess
        return .complete(determinants)
    }

    private mutating func hold(
        _ code: UsageGap.Code, _ obis: ObisCode?, at instant: Int64? = nil, count: Int = 1
    ) {
        gaps.append(
            UsageGap(code, obis: obis, at: instant.map(Instant.init(seconds:)), count: count))
    }

    private mutating func addIntervals(_ usage: MeasuredUsage, _ item: UsageRequest.Item) {
        let covered = request.span.lowerBound.extended(through: usage.intervals.map(\.span))
        if covered < request.span.upperBound { hold(.noMeter, item.quantity.obis, at: covered) }
        count(usage.intervals, of: item.quantity.obis)
        guard item.byPeriod else {
            let amount = usage.energy(ofPeriod: nil)
            energy.append(.init(quantity: item.quantity, period: "all", amount: amount))
            return
        }
        for (period, name) in request.periods.enumerated() {
            let amount = usage.energy(ofPeriod: period)
            energy.append(.init(quantity: item.quantity, period: name, amount: amount))
        }
    }

    /// Counts the estimates among intervals, and holds where values are missing.
    private mutating func count(_ segments: [IntervalSegment], of obis: ObisCode) {
        let missing = segments.reduce(0) { $0 + $1.missingSlots(in: request.span) }
        if missing > 0 { hold(.missingIntervals, obis, count: missing) }
        if segments.contains(where: \.usage.isOutOfRange) { hold(.outOfRange, obis) }
        estimatedValues += segments.reduce(0) { $0 + $1.usage.estimated }
    }

    /// Adds what registers counted and, where meters with intervals served in a part of the span, what
    /// those did.
    ///
    /// - Parameter places: The register of each period. Shape: `[period]`.
    private mutating func addRegisters(
        _ usage: MeasuredUsage, _ item: UsageRequest.Item, _ places: [ObisCode?]
    ) {
        count(usage.intervals, of: item.quantity.obis)
        let registers = usage.registers
        // One period needs no time-of-use register: the total counts it.
        guard item.byPeriod, request.periods.count > 1 else {
            let name = item.byPeriod ? request.periods[0] : "all"
            addRegister(item.quantity.obis, usage, item.quantity, period: name)
            return
        }
        for (name, obis) in zip(request.periods, places) {
            guard let obis else {
                gaps.append(UsageGap(.unmappedPeriod, obis: item.quantity.obis, period: name))
                continue
            }
            addRegister(obis, usage, item.quantity, period: name)
        }
        holdUnmapped(registers, item)
    }

    /// Holds where a register that belongs to no period of the tariff counted: its energy would be
    /// billed by nobody.
    private mutating func holdUnmapped(
        _ registers: [ObisCode: [RegisterSegment]], _ item: UsageRequest.Item
    ) {
        for obis in item.unmappedRegisters {
            guard let segments = registers[obis] else { continue }
            let amount = RegisterUsage.proven(in: request.span, segments: segments)
            if amount != .zero {
                gaps.append(UsageGap(.unmappedRegister, obis: obis, amount: amount))
            }
        }
    }

    private mutating func addRegister(
        _ obis: ObisCode, _ measured: MeasuredUsage, _ quantity: UsageQuantity, period: String
    ) {
        let registers = measured.registers
        let byIntervals =
            measured.intervals.isEmpty
            ? .zero : measured.energy(ofPeriod: request.periods.firstIndex(of: period))
        // Many meters do not have the register of a period that is idle: there it counts nothing.
        let mayLack = request.idlePeriods.contains(period)
        let found: Result<CountedRegister, UsageGap>
        if !mayLack, let counted = measured.counted.first(where: { $0.obis == obis }) {
            found = .success(counted)
        } else {
            found = RegisterUsage.between(
                request.span, of: obis, segments: registers[obis] ?? [],
                others: measured.intervals.map(\.span), mayLack: mayLack
            ).map { CountedRegister(obis, $0) }
        }
        switch found {
        case .success(let usage):
            estimatedValues += usage.estimatedValues
            energy.append(
                .init(quantity: quantity, period: period, amount: usage.amount + byIntervals))
        case .failure(let gap): gaps.append(gap)
        }
    }

    /// Adds the reactive excess of charges for which each reading had one of active energy beside it.
    private mutating func addReactiveExcess(
        _ found: MeasuredDemand, _ measured: [UsageQuantity: MeasuredUsage]
    ) {
        for usage in found.reactiveExcess {
            let quantity = usage.request.quantity
            let segments =
                (measured[quantity]?.intervals ?? []) + (found.besideRegisters[quantity] ?? [])
            let readings = segments.reduce(0) { $0 + $1.usage.present }
            if readings == usage.readings { reactiveExcess.append(usage.excess) }
        }
    }

    private mutating func addDemand(_ measured: MeasuredDemand) {
        for quantity in request.demandQuantities {
            count(measured.besideRegisters[quantity] ?? [], of: quantity.obis)
        }
        switch DemandUsage.peaks(of: measured.usages, for: request) {
        case .success(let peaks): demand = peaks
        case .failure(let gap): gaps.append(gap)
        }
        events = measured.events.map(\.demand)
    }
}
