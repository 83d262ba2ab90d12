// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities

/// What the meters of a service point measured of one quantity, by the kind that is billed.
public enum MeasuredUsage: Hashable, Sendable {
    /// Interval channels; all of them count (E1, E2, and one meter after another).
    case intervals([IntervalSegment])
    /// Registers by OBIS code: the total, and those of time-of-use periods.
    case registers([ObisCode: [RegisterSegment]])
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
    private var gaps: [UsageGap] = []
    private var estimatedValues = 0

    /// The determinants of a request, or all the reasons why they cannot be told.
    ///
    /// - Parameters:
    ///   - request: What the tariff asks.
    ///   - measured: What was measured of each quantity; a quantity without an entry has no meter.
    ///   - demand: The demand of active import; nil where there are no intervals.
    public static func determinants(
        for request: UsageRequest, measured: [UsageQuantity: MeasuredUsage],
        demand: DemandUsage? = nil
    ) -> UsageOutcome {
        var builder = DeterminantBuilder(request: request)
        for item in request.items {
            switch measured[item.quantity] {
            case .intervals(let segments): builder.addIntervals(segments, item)
            case .registers(let registers): builder.addRegisters(registers, item)
            case nil: builder.hold(.noMeter, item.quantity.obis, at: request.span.lowerBound)
            }
        }
        if request.needsDemand { builder.addDemand(demand) }
        return builder.outcome
    }

    private init(request: UsageRequest) {
        self.request = request
    }

    private var outcome: UsageOutcome {
        guard gaps.isEmpty else { return .held(gaps) }
        if energy.contains(where: \.amount.isOverflow)
            || demand.contains(where: \.kilowatts.isOverflow)
        {
            return .held([UsageGap(.outOfRange)])
        }
        return .complete(
            Determinants(
                start: request.start, end: request.end, energy: energy, demand: demand,
                estimatedValues: estimatedValues))
    }

    private mutating func hold(
        _ code: UsageGap.Code, _ obis: ObisCode?, at instant: Int64? = nil, count: Int = 1
    ) {
        gaps.append(
            UsageGap(code, obis: obis, at: instant.map(Instant.init(seconds:)), count: count))
    }

    private mutating func addIntervals(_ segments: [IntervalSegment], _ item: UsageRequest.Item) {
        let obis = item.quantity.obis
        var covered = request.span.lowerBound
        for segment in segments.sorted(by: { $0.span.lowerBound < $1.span.lowerBound })
        where segment.span.lowerBound <= covered {
            covered = max(covered, segment.span.upperBound)
        }
        if covered < request.span.upperBound { hold(.noMeter, obis, at: covered) }
        let missing = segments.reduce(0) { $0 + $1.missingSlots(in: request.span) }
        if missing > 0 { hold(.missingIntervals, obis, count: missing) }
        if segments.contains(where: \.usage.isOutOfRange) { hold(.outOfRange, obis) }
        estimatedValues += segments.reduce(0) { $0 + $1.usage.estimated }
        guard item.byPeriod else {
            let amount = segments.reduce(Exact.zero) { $0 + $1.usage.total * $1.multiplier }
            energy.append(.init(quantity: item.quantity, period: "all", amount: amount))
            return
        }
        for (period, name) in request.periods.enumerated() {
            let amount = segments.reduce(Exact.zero) {
                $0 + $1.usage.energy(ofPeriod: period) * $1.multiplier
            }
            energy.append(.init(quantity: item.quantity, period: name, amount: amount))
        }
    }

    private mutating func addRegisters(
        _ registers: [ObisCode: [RegisterSegment]], _ item: UsageRequest.Item
    ) {
        // One period needs no time-of-use register: the total counts it.
        guard item.byPeriod, request.periods.count > 1 else {
            let name = item.byPeriod ? request.periods[0] : "all"
            addRegister(item.quantity.obis, registers, item.quantity, period: name)
            return
        }
        for name in request.periods {
            guard let obis = item.registers[name] else {
                gaps.append(UsageGap(.unmappedPeriod, obis: item.quantity.obis, period: name))
                continue
            }
            addRegister(obis, registers, item.quantity, period: name)
        }
        holdUnmapped(registers, item)
    }

    /// Holds where a register that belongs to no period of the tariff counted: its energy would be
    /// billed by nobody.
    private mutating func holdUnmapped(
        _ registers: [ObisCode: [RegisterSegment]], _ item: UsageRequest.Item
    ) {
        for obis in item.unmappedRegisters {
            let amount = RegisterUsage.proven(in: request.span, segments: registers[obis] ?? [])
            if amount != .zero {
                gaps.append(UsageGap(.unmappedRegister, obis: obis, amount: amount))
            }
        }
    }

    private mutating func addRegister(
        _ obis: ObisCode, _ registers: [ObisCode: [RegisterSegment]], _ quantity: UsageQuantity,
        period: String
    ) {
        // Many meters do not have the register of a period that is idle: there it counts nothing.
        let found = RegisterUsage.between(
            request.span, of: obis, segments: registers[obis] ?? [],
            mayLack: request.idlePeriods.contains(period))
        switch found {
        case .success(let usage):
            estimatedValues += usage.estimatedValues
            energy.append(.init(quantity: quantity, period: period, amount: usage.amount))
        case .failure(let gap): gaps.append(gap)
        }
    }

    private mutating func addDemand(_ usage: DemandUsage?) {
        guard let usage else { return hold(.missingDemand, nil) }
        if usage.isTooCoarse { return hold(.missingDemand, nil) }
        if usage.isOutOfRange { return hold(.outOfRange, UsageQuantity.activeImport.obis) }
        demand = usage.demandPeaks(names: request.periods)
        if demand.isEmpty { hold(.missingDemand, nil) }
    }
}
