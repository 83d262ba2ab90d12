// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterUsage
import MeterValidate
import Quantities
import Store

/// The settled register values of days, as known at some change of input.
struct RegisterDays {
    let store: TallyStore
    let network: Network
    let knownSeq: Int
    /// Blocks read so far; contracts of a feeder mostly need the same days.
    private var blocks: [BlockKey: RegisterDayBlock] = [:]
    /// Which registers blocks have, as numbers; see `PartRow.streams`.
    private var registers: [BlockKey: Int64] = [:]

    /// The days of a group of meters.
    private struct GroupDays: Hashable {
        var feeder: FeederNumber
        var group: UInt32
        var days: ClosedRange<Int32>
    }
    /// Those days of a group on which it sent other registers than on any day before.
    private var changes: [GroupDays: [CivilDay]] = [:]
    /// The ends of the span asked for last; most meters of a group are billed over the same.
    private var lastEnds: (of: GroupSpan, ends: SpanEnds)?
    /// The channels that the group asked for last sent.
    private var lastSent: (of: GroupSpan, channels: [UInt64])?

    /// A span of meters of a group that are under one feeder all their life, by one clock.
    private struct GroupSpan: Equatable {
        var feeder: FeederNumber
        var group: UInt32
        var offset: Int
        var span: Range<Int64>

        func key(on day: CivilDay) -> BlockKey {
            BlockKey(
                feeder: Int(feeder.rawValue), day: day.number, group: Int(group), kind: .register)
        }
    }

    init(store: TallyStore, network: Network, knownSeq: Int) {
        self.store = store
        self.network = network
        self.knownSeq = knownSeq
    }

    /// The blocks in which a meter's values at the ends of a span are; nil for one that was under several
    /// feeders, or none.
    mutating func ends(of meter: MeterNumber, in span: Range<Int64>) throws -> SpanEnds? {
        guard let group = groupSpan(of: meter, span) else { return nil }
        if let lastEnds, lastEnds.of == group { return lastEnds.ends }
        let keys = [span.lowerBound, span.upperBound].map {
            group.key(on: Instant(seconds: $0 - 1).clock(offset: group.offset).day)
        }
        let found = SpanEnds(start: try block(keys[0]), end: try block(keys[1]))
        lastEnds = (group, found)
        return found
    }

    /// True where no meter of the group of one sent a register in a span, its ends included.
    mutating func isUnsent(
        _ channel: Channel, byGroupOf meter: MeterNumber, in span: Range<Int64>
    ) throws -> Bool {
        guard let group = groupSpan(of: meter, span) else { return false }
        if let lastSent, lastSent.of == group { return !lastSent.channels.contains(channel.packed) }
        // The value at the start is of the day before.
        let keys = RegisterDays.days(
            of: span.lowerBound - 1..<span.upperBound, offset: group.offset
        ).map(group.key)
        try lookUpRegisters(keys)
        var sent: Set<UInt64> = []
        var seen: Set<Int64> = []
        // From the last day on, whose block is read for the values at the end.
        for key in keys.reversed() {
            // Most days a group sends what it sent the day before; nothing is known of 0.
            let registers = try registers(key)
            guard registers == 0 || seen.insert(registers).inserted else { continue }
            sent.formUnion(try block(key).sentChannels)
        }
        lastSent = (group, Array(sent))
        return !sent.contains(channel.packed)
    }

    private func groupSpan(of meter: MeterNumber, _ span: Range<Int64>) -> GroupSpan? {
        network.onlyFeeder(of: meter).map {
            GroupSpan(
                feeder: $0, group: meter.groupNumber, offset: network.storageOffset(of: meter),
                span: span)
        }
    }

    /// The values of a register on a storage day by time, those in doubt left out.
    mutating func readings(_ meter: MeterNumber, _ channel: Channel, on day: CivilDay)
        throws -> [RegisterReading]
    {
        guard let key = key(of: meter, on: day) else { return [] }
        var found: [RegisterReading] = []
        for entry in try block(key)[meter.rawValue] where entry.channel == channel.packed {
            found.append(entry.reading)
        }
        return found.count < 2 ? found : found.sorted { $0.instant < $1.instant }
    }

    /// The settled value of a register at the end of a part of its time; nil where it has none or is in
    /// doubt, and where another multiplier begins with it and nobody can tell which of them it holds.
    mutating func end(_ meter: MeterNumber, _ channel: Channel, at instant: Int64) throws
        -> RegisterReading?
    {
        let offset = network.storageOffset(of: meter)
        let day = Instant(seconds: instant - 1).clock(offset: offset).day
        guard let key = key(of: meter, on: day) else { return nil }
        let found = try block(key).reading(of: meter.rawValue, channel, at: instant)
        guard found?.isPrimary == true, network.multiplierChanges(of: meter, at: instant) else {
            return found
        }
        return nil
    }

    private func key(of meter: MeterNumber, on day: CivilDay) -> BlockKey? {
        network.feeder(of: meter, keepingDay: day).map {
            BlockKey(
                feeder: Int($0.rawValue), day: day.number, group: Int(meter.groupNumber),
                kind: .register)
        }
    }

    /// The first day on which a register has a value within its part of a span; nil where the meter
    /// seems not to have it.
    ///
    /// Most days a group of meters sends what it sent the day before: only days that differ are read.
    mutating func firstDay(
        of obis: ObisCode, _ segment: RegisterSegment, in span: Range<Int64>
    ) throws -> CivilDay? {
        let meter = MeterNumber(rawValue: segment.meter)
        let all = days(of: segment, in: span)
        let some = try daysOfChange(of: meter, all)
        let (found, isCertain) = try firstDay(among: some, of: obis, segment, in: span)
        if isCertain || some.count == all.count { return found }
        return try firstDay(among: all, of: obis, segment, in: span).day
    }

    /// The first of some days on which a register has a value within its part of a span, and whether
    /// other days with the same registers need no look.
    private mutating func firstDay(
        among days: [CivilDay], of obis: ObisCode, _ segment: RegisterSegment, in span: Range<Int64>
    ) throws -> (day: CivilDay?, isCertain: Bool) {
        let meter = MeterNumber(rawValue: segment.meter)
        var without: Set<Int64> = []
        var isCertain = true
        for day in days {
            guard let key = key(of: meter, on: day) else { continue }
            let registers = try registers(key)
            if without.contains(registers) { continue }
            if try !readings(of: obis, segment, in: span, on: day).isEmpty {
                return (day, isCertain)
            }
            // Nothing is known of 0, which an earlier version left. What was sent and does not count here
            // may count on another day: a value in doubt, or a day that lies partly in the span.
            if registers != 0, try !block(key).isSent(Channel(obis, .register), by: meter.rawValue)
            {
                without.insert(registers)
            } else {
                isCertain = false
            }
        }
        return (nil, isCertain)
    }

    /// The days on which a meter's group sent other registers than on any day before; all days where the
    /// meter is not under one feeder throughout.
    private mutating func daysOfChange(of meter: MeterNumber, _ days: [CivilDay]) throws
        -> [CivilDay]
    {
        guard let first = days.first, let last = days.last,
            let feeder = network.onlyFeeder(of: meter)
        else { return days }
        let group = GroupDays(
            feeder: feeder, group: meter.groupNumber, days: first.number...last.number)
        if let known = changes[group] { return known }
        try lookUpRegisters(days.compactMap { key(of: meter, on: $0) })
        var seen: Set<Int64> = []
        let found = try days.filter { day in
            guard let key = key(of: meter, on: day) else { return false }
            return seen.insert(try registers(key)).inserted
        }
        changes[group] = found
        return found
    }

    private mutating func registers(_ key: BlockKey) throws -> Int64 {
        if let known = registers[key] { return known }
        try lookUpRegisters([key])
        return registers[key] ?? 0
    }

    /// Asks at once for the registers of blocks that differ in their day, which ascends.
    private mutating func lookUpRegisters(_ keys: [BlockKey]) throws {
        guard let first = keys.first, let last = keys.last else { return }
        let found = try store.read {
            try $0.settledStreams(like: first, within: first.day...last.day, knownSeq: knownSeq)
        }
        for key in keys { registers[key] = found[key.day] ?? 0 }
    }

    /// The values of a block, those in doubt left out.
    mutating func block(_ key: BlockKey) throws -> RegisterDayBlock {
        if let known = blocks[key] { return known }
        let parts = try store.read { try $0.settledParts(of: key, knownSeq: knownSeq) }
        let found = RegisterDayBlock(try parts.map { try store.registers(of: $0) })
        blocks[key] = found
        return found
    }

    /// The storage days of a register's part of a span.
    func days(of segment: RegisterSegment, in span: Range<Int64>) -> [CivilDay] {
        let part = segment.span.clamped(to: span)
        let offset = network.storageOffset(of: MeterNumber(rawValue: segment.meter))
        return RegisterDays.days(of: part, offset: offset)
    }

    private static func days(of part: Range<Int64>, offset: Int) -> [CivilDay] {
        guard !part.isEmpty else { return [] }
        let first = Instant(seconds: part.lowerBound).clock(offset: offset).day
        let last = Instant(seconds: part.upperBound - 1).clock(offset: offset).day
        return (first.number...last.number).map(CivilDay.init(number:))
    }

    /// What a register showed on a day strictly within its part of a span.
    mutating func readings(
        of obis: ObisCode, _ segment: RegisterSegment, in span: Range<Int64>, on day: CivilDay
    ) throws -> [RegisterReading] {
        let part = segment.span.clamped(to: span)
        return try readings(
            MeterNumber(rawValue: segment.meter), Channel(obis, .register), on: day
        ).filter { part.lowerBound < $0.instant && $0.instant < part.upperBound }
    }
}
