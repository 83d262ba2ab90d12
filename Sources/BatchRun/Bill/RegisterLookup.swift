// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterUsage
import MeterValidate
import Quantities
import Store

/// Gives due spans the register values at their ends, and those of meter exchanges between.
///
/// A bill by registers needs two days of a month: only the blocks of those are read. A value that is
/// missing there is sought around it and estimated between its neighbours, where that is allowed.
struct RegisterLookup {
    let store: TallyStore
    let network: Network
    let turns: RegisterTurns
    var days: RegisterDays

    init(store: TallyStore, network: Network, knownSeq: Int, turns: RegisterTurns) {
        self.store = store
        self.network = network
        self.turns = turns
        days = RegisterDays(store: store, network: network, knownSeq: knownSeq)
    }

    /// Fills in the registers of a span.
    ///
    /// - Parameter mayEstimate: True once the wait for late readings is over.
    mutating func read(into usage: SpanUsage, mayEstimate: Bool) throws {
        for meterSpan in usage.meterSpans where meterSpan.terms.basis == .register {
            var needs = usage.registerNeeds
            let plain = try PlainMeter(
                usage.meterSpans, in: usage.request.span, turns, &days)
            if let plain { needs = try count(needs, of: plain, in: usage) }
            for (obis, need) in needs {
                let readings = try readings(
                    of: meterSpan, obis, need: need, mayEstimate: mayEstimate, usage)
                usage.registers[obis, default: []].append(
                    RegisterSegment(meterSpan, readings))
            }
        }
        for obis in usage.registers.keys.sorted(by: { ($0.c, $0.d, $0.e) < ($1.c, $1.d, $1.e) }) {
            try followDays(of: obis, in: usage)
        }
    }

    /// Counts the registers that went on plainly and passes over those that the meter plainly does not
    /// have; gives the others, which take a closer look.
    private mutating func count(
        _ needs: [(ObisCode, RegisterNeed)], of plain: PlainMeter, in usage: SpanUsage
    ) throws -> [(ObisCode, RegisterNeed)] {
        var counts: [CountedRegister] = []
        counts.reserveCapacity(needs.count)
        var others: [(ObisCode, RegisterNeed)] = []
        for (obis, need) in needs {
            switch need {
            case .billed:
                if let counted = plain.count(obis) {
                    counts.append(counted)
                    continue
                }
            case .unmapped:
                let isUnsent = try days.isUnsent(
                    Channel(obis, .register), byGroupOf: plain.meter, in: plain.span)
                if isUnsent, plain.isUntouched(obis) { continue }
            case .idle: break
            }
            others.append((obis, need))
        }
        usage.counted += counts
        return others
    }

    /// The readings of a register at the ends of a span, and those on site.
    private mutating func readings(
        of meterSpan: MeterSpan, _ obis: ObisCode, need: RegisterNeed, mayEstimate: Bool,
        _ usage: SpanUsage
    ) throws -> [RegisterReading] {
        let channel = Channel(obis, .register)
        let clipped = usage.clipped(meterSpan)
        var readings = network.siteReadings(of: meterSpan, obis)
        let ends = [clipped.lowerBound, clipped.upperBound]
        for instant in ends {
            if let known = try days.end(meterSpan.meter, channel, at: instant) {
                readings.append(known)
            }
        }
        let isWhole = ends.allSatisfy { end in readings.contains { $0.instant == end } }
        if need != .billed, !isWhole {
            readings += try readingsBetween(of: meterSpan, channel, need: need, in: clipped)
            // Nobody misses a register that the meter does not have.
            let known = RegisterSegment(meterSpan, readings).readings(in: clipped)
            if known.isEmpty { return [] }
        }
        guard mayEstimate else { return readings }
        for instant in ends where !readings.contains(where: { $0.instant == instant }) {
            guard let estimate = try estimate(meterSpan, channel, at: instant) else { continue }
            readings.append(estimate)
            if need != .unmapped { usage.keep(estimate, channel, meterSpan.meter) }
        }
        return readings
    }

    /// What tells that a meter has a register that some tariffs do not need: one day with a value; all of
    /// one that no period is billed by, for what it counted holds the bill.
    private mutating func readingsBetween(
        of meterSpan: MeterSpan, _ channel: Channel, need: RegisterNeed, in span: Range<Int64>
    ) throws -> [RegisterReading] {
        let segment = RegisterSegment(meterSpan, [])
        guard let first = try days.firstDay(of: channel.obis, segment, in: span) else { return [] }
        let all = days.days(of: segment, in: span).filter { $0 >= first }
        return try (need == .unmapped ? all : [first]).flatMap { day in
            try days.readings(of: channel.obis, segment, in: span, on: day)
        }
    }

    /// The register advance of a meter whose intervals are read, to compare the two kinds.
    mutating func advance(of meterSpan: MeterSpan, obis: ObisCode, in span: Range<Int64>) throws
        -> (amount: Exact, exponent: Int)?
    {
        let channel = Channel(obis, .register)
        guard let first = try days.end(meterSpan.meter, channel, at: span.lowerBound),
            let last = try days.end(meterSpan.meter, channel, at: span.upperBound)
        else { return nil }
        guard let step = RegisterDial(meterSpan.terms).advance(from: first, to: last),
            let energy = step.energy
        else { return nil }
        return (energy, step.exponent)
    }

    /// The settled values of a register on the storage day that ends at a moment or has it within.
    mutating func readings(
        _ meter: MeterNumber, _ channel: Channel, onDayEndingAt instant: Int64
    ) throws -> [RegisterReading] {
        let offset = network.storageOffset(of: meter)
        return try days.readings(
            meter, channel, on: Instant(seconds: instant - 1).clock(offset: offset).day)
    }
}

extension RegisterSegment {
    /// A register of a meter at a place, under its terms.
    init(_ meterSpan: MeterSpan, _ readings: [RegisterReading]) {
        self.init(
            meter: meterSpan.meter.rawValue,
            span: meterSpan.span.lowerBound.seconds..<meterSpan.span.upperBound.seconds,
            dial: RegisterDial(meterSpan.terms), readings: readings)
    }
}

extension RegisterReading {
    /// A register as it was estimated for a bill.
    init(_ row: EstimateRow) {
        self.init(
            instant: row.startsAt, value: ScaledValue(row.value, step: row.step),
            quality: EstimationMethod.linearInterpolation.quality, isPrimary: row.isPrimary)
    }
}

extension RegisterDial {
    /// The dial of a meter under its terms.
    init(_ terms: MeterTerms) {
        self.init(
            digits: terms.digits ?? 0, multiplier: terms.multiplier,
            capacityKilowatts: terms.capacityKilowatts)
    }
}

extension SpanUsage {
    fileprivate func keep(
        _ estimate: RegisterReading, _ channel: Channel, _ meter: MeterNumber
    ) {
        estimates.append(
            EstimateRow(
                meter: meter.rawValue, channel: channel.packed, startsAt: estimate.instant,
                slotMinutes: 0, step: estimate.value.step,
                value: estimate.value.value, isPrimary: estimate.isPrimary,
                method: estimate.quality.description))
    }
}
