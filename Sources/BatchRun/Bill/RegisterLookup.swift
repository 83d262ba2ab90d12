// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
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
    let knownSeq: Int
    let turns: RegisterTurns
    /// Blocks read so far; contracts of a feeder mostly need the same two days.
    private var blocks: [BlockKey: [UInt32: [(channel: UInt64, reading: RegisterReading)]]] = [:]

    /// How far around a missing value its neighbours are sought.
    static let searchDays: Int32 = 62

    init(store: TallyStore, network: Network, knownSeq: Int, turns: RegisterTurns) {
        self.store = store
        self.network = network
        self.knownSeq = knownSeq
        self.turns = turns
    }

    /// Fills in the registers of a span.
    ///
    /// - Parameter mayEstimate: True once the wait for late readings is over.
    mutating func read(into usage: inout SpanUsage, mayEstimate: Bool) throws {
        for meterSpan in usage.meterSpans where meterSpan.terms.basis == .register {
            for (obis, need) in usage.registers(of: usage.due.request.items) {
                let readings = try readings(
                    of: meterSpan, obis, need: need, mayEstimate: mayEstimate, &usage)
                usage.registers[obis, default: []].append(
                    RegisterSegment(
                        meter: meterSpan.meter.rawValue,
                        span: meterSpan.span.lowerBound.seconds..<meterSpan.span.upperBound.seconds,
                        dial: RegisterDial(meterSpan.terms), readings: readings))
            }
        }
        for obis in usage.registers.keys.sorted(by: { ($0.c, $0.d, $0.e) < ($1.c, $1.d, $1.e) }) {
            try followDays(of: obis, in: &usage)
        }
    }

    /// The readings of a register at the ends of a span, and those on site.
    private mutating func readings(
        of meterSpan: MeterSpan, _ obis: ObisCode, need: RegisterNeed, mayEstimate: Bool,
        _ usage: inout SpanUsage
    ) throws -> [RegisterReading] {
        let channel = Channel(obis, .register)
        let clipped = usage.clipped(meterSpan)
        var readings = network.registerReads(of: meterSpan).filter { $0.channel.obis == obis }
            .compactMap(RegisterReading.init)
        let ends = [clipped.lowerBound, clipped.upperBound]
        for instant in ends {
            if let known = try reading(meterSpan.meter, channel, at: instant) {
                readings.append(known)
            }
        }
        // A register that nobody needs is sought no further where the meter seems not to have it.
        guard mayEstimate, need == .billed || !readings.isEmpty else { return readings }
        for instant in ends where !readings.contains(where: { $0.instant == instant }) {
            guard let estimate = try estimate(meterSpan, channel, at: instant) else { continue }
            readings.append(estimate)
            if need != .unmapped { usage.keep(estimate, channel, meterSpan.meter) }
        }
        return readings
    }

    /// The register advance of a meter that is billed by intervals, to compare the two kinds.
    mutating func advance(of meterSpan: MeterSpan, obis: ObisCode, in span: Range<Int64>) throws
        -> (amount: Exact, exponent: Int)?
    {
        let channel = Channel(obis, .register)
        guard let first = try reading(meterSpan.meter, channel, at: span.lowerBound),
            let last = try reading(meterSpan.meter, channel, at: span.upperBound)
        else { return nil }
        guard let step = RegisterDial(meterSpan.terms).advance(from: first, to: last),
            case .advance(let steps, _) = step.advance
        else { return nil }
        let amount = Exact(coefficient: Int128(steps), exponent: step.exponent)
        return (amount * meterSpan.terms.multiplier, step.exponent)
    }

    /// The settled value of a register at a moment; nil where it has none or is in doubt.
    private mutating func reading(_ meter: MeterNumber, _ channel: Channel, at instant: Int64)
        throws
        -> RegisterReading?
    {
        try readings(meter, channel, onDayEndingAt: instant).first { $0.instant == instant }
    }

    private mutating func readings(
        _ meter: MeterNumber, _ channel: Channel, onDayEndingAt instant: Int64
    ) throws -> [RegisterReading] {
        let offset = network.storageOffset(of: meter)
        return try readings(
            meter, channel, on: Instant(seconds: instant - 1).clock(offset: offset).day)
    }

    /// The settled values of a register on a storage day, by time.
    mutating func readings(_ meter: MeterNumber, _ channel: Channel, on day: CivilDay)
        throws -> [RegisterReading]
    {
        guard let feeder = network.feeder(of: meter, keepingDay: day) else { return [] }
        let key = BlockKey(
            feeder: Int(feeder.rawValue), day: day.number, group: Int(meter.groupNumber),
            kind: .register)
        if blocks[key] == nil { blocks[key] = try load(key) }
        return (blocks[key]?[meter.rawValue] ?? []).filter { $0.channel == channel.packed }
            .map(\.reading)
    }

    private func load(_ key: BlockKey) throws
        -> [UInt32: [(channel: UInt64, reading: RegisterReading)]]
    {
        var found: [UInt32: [(channel: UInt64, reading: RegisterReading)]] = [:]
        for part in try store.read({ try $0.settledParts(of: key, knownSeq: knownSeq) }) {
            for (row, reading) in try store.registers(of: part).billableReadings {
                found[row.meter, default: []].append((row.channel, reading))
            }
        }
        return found
    }

    /// An estimate between the nearest values before and after; nil where there is no later one.
    ///
    /// Both must be of the same setup, and no reset between them: else no line joins them.
    private mutating func estimate(_ meterSpan: MeterSpan, _ channel: Channel, at instant: Int64)
        throws
        -> RegisterReading?
    {
        let meter = meterSpan.meter
        let billed = try store.read {
            try $0.registerEstimate(meter: meter.rawValue, channel: channel.packed, at: instant)
        }
        if let billed {
            return RegisterReading(
                instant: instant, value: ScaledValue(billed.value, exponent: billed.exponent),
                quality: EstimationMethod.linearInterpolation.quality)
        }
        var (earlier, later): (RegisterReading?, RegisterReading?) = (nil, nil)
        // A meter may be read at any time of day: also on the day that ends at the moment itself.
        for distance in 0...RegisterLookup.searchDays {
            let seconds = Int64(distance) * 86_400
            if earlier == nil {
                earlier = try readings(meter, channel, onDayEndingAt: instant - seconds)
                    .last { $0.instant < instant }
            }
            if later == nil {
                later = try readings(meter, channel, onDayEndingAt: instant + seconds)
                    .first { $0.instant > instant }
            }
            if let earlier, let later {
                let setup = network.setup(around: meterSpan)
                let (from, to) = (
                    Instant(seconds: earlier.instant), Instant(seconds: later.instant)
                )
                guard setup.lowerBound <= from, to <= setup.upperBound,
                    !network.isReset(channel, of: meter, after: from, through: to)
                else { return nil }
                return interpolateFreeze(
                    at: instant, between: earlier, and: later, on: RegisterDial(meterSpan.terms))
            }
        }
        return nil
    }
}

extension Network {
    /// The reads on site that belong to a meter's time at a place, under the same terms.
    ///
    /// A read of the day on which that begins or ends belongs to it, where the meter did not serve
    /// under other terms or at another place then.
    fileprivate func registerReads(of meterSpan: MeterSpan) -> [RegisterRead] {
        let (begin, end) = (meterSpan.span.lowerBound, meterSpan.span.upperBound)
        let others = spans(of: meterSpan.meter).map(\.span)
        let isFirst = begin != .distantPast && !others.contains { $0.upperBound == begin }
        let isLast = end != .distantFuture && !others.contains { $0.lowerBound == end }
        let (first, last) = (isFirst ? begin + -86_400 : begin, isLast ? end + 86_400 : end)
        return registerReads(of: meterSpan.meter).filter { read in
            switch read.kind {
            case .install: first <= read.at && read.at < end
            case .remove: begin < read.at && read.at <= last
            default: first <= read.at && read.at <= last
            }
        }
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

extension StoredRegisters {
    /// The readings that have a value nothing contradicts.
    fileprivate var billableReadings: [(key: RowKey, reading: RegisterReading)] {
        var billable = self
        for row in origins.indices where origins[row].flags.contains(.suspect) {
            billable.rows.qualities[row] = Quality.missing.packed
        }
        return billable.readings
    }
}

/// What a register is looked up for.
private enum RegisterNeed {
    /// It is billed.
    case billed
    /// It is billed, by a period that has not one minute in the span.
    case idle
    /// No period is billed by it.
    case unmapped
}

extension SpanUsage {
    /// The registers that the tariff bills: its time-of-use registers, else the totals; then those
    /// that it leaves out, and that therefore must not have counted.
    fileprivate func registers(of items: [UsageRequest.Item]) -> [(ObisCode, RegisterNeed)] {
        items.flatMap { item -> [(ObisCode, RegisterNeed)] in
            guard item.byPeriod, due.request.periods.count > 1 else {
                return [(item.quantity.obis, .billed)]
            }
            let mapped = due.request.periods.compactMap { period in
                item.registers[period].map { obis -> (ObisCode, RegisterNeed) in
                    (obis, due.request.idlePeriods.contains(period) ? .idle : .billed)
                }
            }
            return mapped + item.unmappedRegisters.map { ($0, .unmapped) }
        }
    }

    fileprivate mutating func keep(
        _ estimate: RegisterReading, _ channel: Channel, _ meter: MeterNumber
    ) {
        estimates.append(
            EstimateRow(
                meter: meter.rawValue, channel: channel.packed, startsAt: estimate.instant,
                slotMinutes: 0, exponent: Int(estimate.value.exponent),
                value: estimate.value.value, method: estimate.quality.description))
    }
}

extension RegisterReading {
    /// A reading on site as usage needs it; nil where it has no decimal form of ours.
    fileprivate init?(_ read: RegisterRead) {
        let origin: RegisterReadOrigin
        switch read.kind {
        case .install: origin = .install
        case .remove: origin = .remove
        case .reset: origin = .reset
        default: origin = .delivered
        }
        guard let value = ScaledValue(read.value) else { return nil }
        self.init(instant: read.at.seconds, value: value, origin: origin)
    }
}
