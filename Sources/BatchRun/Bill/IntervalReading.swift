// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterBlocks
import MeterModel
import MeterUsage
import MeterValidate
import Quantities
import Store

/// Adds the settled intervals of a feeder to the spans that bill them, block by block.
///
/// Each block is read once whatever the number of contracts; only sums stay.
struct IntervalReading {
    let store: TallyStore
    let network: Network
    let knownSeq: Int
    private var plans = SlotPlans()

    private struct Target {
        var usage: Int
        var meterSpan: Int
        var clipped: Range<Int64>
    }

    init(store: TallyStore, network: Network, knownSeq: Int) {
        self.store = store
        self.network = network
        self.knownSeq = knownSeq
    }

    /// Reads every block that has intervals of one of the spans.
    mutating func read(into usages: inout [SpanUsage]) throws {
        var targets: [UInt32: [Target]] = [:]
        var keys: Set<BlockKey> = []
        var expected = ExpectedStreams(network: network)
        for (index, usage) in usages.enumerated() {
            for (position, meterSpan) in usage.meterSpans.enumerated()
            where usage.readsIntervals(ofMeterSpan: position) {
                let clipped = usage.clipped(meterSpan)
                targets[meterSpan.meter.rawValue, default: []].append(
                    Target(usage: index, meterSpan: position, clipped: clipped))
                keys.formUnion(
                    network.blockKeys(of: meterSpan.meter, within: clipped, kind: .interval))
                if let before = expected.expect(usage, at: index, meterSpan: position) {
                    keys.formUnion(
                        network.blockKeys(of: meterSpan.meter, within: before, kind: .interval))
                }
            }
        }
        var readings = StoredIntervals()
        for key in keys.sorted() {
            let parts = try store.read { try $0.settledParts(of: key, knownSeq: knownSeq) }
            for part in parts {
                readings.removeAll()
                try store.append(part, to: &readings)
                note(readings, &expected)
                add(readings, to: &usages, targets)
            }
        }
        try expected.apply(to: &usages, store: store)
    }

    /// Takes note of the streams that a block holds.
    private func note(_ readings: StoredIntervals, _ expected: inout ExpectedStreams) {
        let strips = readings.strips
        for strip in 0..<strips.count {
            let channel = Channel(packed: strips.channels[strip])
            guard channel.kind == .interval else { continue }
            let meter = strips.meters[strip]
            let minutes = Int64(strips.slotMinutes[strip])
            let day = Instant(
                day: CivilDay(number: strips.days[strip]),
                offset: network.storageOffset(of: MeterNumber(rawValue: meter)))
            if day.seconds >= expected.end { continue }
            let start = day.seconds + Int64(strips.firstSlots[strip]) * minutes * 60
            expected.note(
                Stream(channel: channel, slotMinutes: Int(minutes)), of: meter,
                in: start..<start + Int64(strips.slotCounts[strip]) * minutes * 60)
        }
    }

    private mutating func add(
        _ readings: StoredIntervals, to usages: inout [SpanUsage], _ targets: [UInt32: [Target]]
    ) {
        let strips = readings.strips
        var strip = 0
        while strip < strips.count {
            var next = strip + 1
            while next < strips.count, strips.meters[next] == strips.meters[strip] { next += 1 }
            for target in targets[strips.meters[strip]] ?? [] {
                add(readings, strip..<next, to: &usages[target.usage], target)
            }
            strip = next
        }
    }

    /// Adds one meter's day to one span.
    private mutating func add(
        _ readings: StoredIntervals, _ strips: Range<Int>, to usage: inout SpanUsage,
        _ target: Target
    ) {
        let columns = readings.strips
        let offset = network.storageOffset(of: usage.meterSpans[target.meterSpan].meter)
        let day = CivilDay(number: columns.days[strips.lowerBound])
        let start = Instant(day: day, offset: offset).seconds
        guard target.clipped.overlaps(start..<start + 86_400) else { return }
        // Slots of another length than the network says now were read under a mistake in it.
        let known = usage.meterSpans[target.meterSpan].terms.intervalMinutes
        let periodCount = usage.due.request.periods.count
        var billable: [Int] = []
        for strip in strips {
            let channel = Channel(packed: columns.channels[strip])
            let minutes = Int(columns.slotMinutes[strip])
            guard channel.kind == .interval, minutes == known ?? minutes,
                usage.reads(channel.obis, ofMeterSpan: target.meterSpan)
            else { continue }
            let use = ChannelUse(
                meterSpan: target.meterSpan, channel: channel, slotMinutes: minutes,
                isPrimary: readings.origins[strip].flags.contains(.primary))
            if readings.origins[strip].flags.contains(.suspect) {
                // The stream is there, and its values are not billable.
                usage.intervals[use] =
                    usage.intervals[use] ?? IntervalUsage(periodCount: periodCount)
                continue
            }
            let plan = plans.plan(
                for: usage.due, day: columns.days[strip], offset: offset, minutes: minutes,
                span: target.clipped)
            let slots = columns.slots(strip)
            if usage.due.request.needsDemand { billable.append(strip) }
            usage.intervals[use, default: IntervalUsage(periodCount: periodCount)].add(
                values: columns.values.span.extracting(slots),
                qualities: columns.qualities.span.extracting(slots),
                firstSlot: Int(columns.firstSlots[strip]), step: columns.step(strip),
                plan: plan)
        }
        if billable.isEmpty { return }
        addDemand(readings, billable, to: &usage, target, offset: offset)
    }

    /// Adds one meter's day to the demand: its import channels summed slot by slot.
    private mutating func addDemand(
        _ readings: StoredIntervals, _ strips: [Int], to usage: inout SpanUsage, _ target: Target,
        offset: Int
    ) {
        let columns = readings.strips
        let active = strips.filter {
            Channel(packed: columns.channels[$0]).obis == .activeImport
        }
        guard let first = active.first else { return }
        let minutes = Int(columns.slotMinutes[first])
        usage.prepareDemand()
        let channels = Set(active.map { columns.channels[$0] }).count
        var sum = StripSum(slotCount: 1440 / minutes, channels: channels)
        for strip in active where Int(columns.slotMinutes[strip]) == minutes {
            let slots = columns.slots(strip)
            let isPrimary = readings.origins[strip].flags.contains(.primary)
            sum.add(
                values: columns.values.span.extracting(slots),
                qualities: columns.qualities.span.extracting(slots),
                firstSlot: Int(columns.firstSlots[strip]), step: columns.step(strip),
                multiplier: isPrimary
                    ? .one : usage.meterSpans[target.meterSpan].terms.multiplier)
        }
        let plan = plans.plan(
            for: usage.due, day: columns.days[first], offset: offset, minutes: minutes,
            span: target.clipped)
        usage.demand?.add(sum, plan: plan)
    }
}

/// The periods of days' slots; all meters of a feeder under one tariff share them.
struct SlotPlans {
    private struct Key: Hashable {
        var shared: ObjectIdentifier
        var day: Int32
        var offset: Int
        var minutes: Int
        var span: Range<Int64>
    }

    private var known: [Key: SlotPlan] = [:]
    /// The plan asked for last; the next meter's is mostly the same.
    private var last: (key: Key, plan: SlotPlan)?

    /// How many plans are kept; more come only where meters are exchanged on different days.
    private static let limit = 4096

    mutating func plan(
        for due: DueSpan, day: Int32, offset: Int, minutes: Int, span: Range<Int64>
    ) -> SlotPlan {
        let key = Key(
            shared: ObjectIdentifier(due.shared), day: day, offset: offset, minutes: minutes,
            span: span)
        if let last, last.key == key { return last.plan }
        if let plan = known[key] {
            last = (key, plan)
            return plan
        }
        if known.count >= SlotPlans.limit { known.removeAll() }
        let plan = SlotPlan(
            day: CivilDay(number: day), storageOffset: offset, slotMinutes: minutes,
            calendar: due.calendar, zone: due.zone, span: span)
        known[key] = plan
        last = (key, plan)
        return plan
    }
}
