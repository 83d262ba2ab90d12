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
/// Each block is read once whatever the number of contracts; only sums stay. What a meter's days are
/// added to is looked up once for all of them.
struct IntervalReading {
    let store: TallyStore
    let network: Network
    let knownSeq: Int
    private var plans = SlotPlans()
    /// By meter.
    private var targets: [Target] = []
    /// What the channels of the targets count.
    private var sums: [IntervalUsage] = []
    /// By place in `sums`, what else tariffs ask of channels; empty where none asks anything.
    private var details: [Int: DetailUsage] = [:]

    /// One meter's part of a span, and what is added up of it.
    private struct Target {
        let meter: MeterNumber
        let usage: Int
        let meterSpan: Int
        let clipped: Range<Int64>
        /// Seconds ahead of UTC of the meter's storage day.
        let offset: Int
        let terms: MeterTerms
        let request: UsageRequest
        let shared: TariffSpan
        var channels: [ChannelSum] = []
    }

    /// One channel of a meter's part of a span.
    private struct ChannelSum {
        let channel: UInt64
        let slotMinutes: UInt16
        let isPrimary: Bool
        /// Its place in `sums`; nil where it is not billed.
        let sum: Int?
    }

    init(store: TallyStore, network: Network, knownSeq: Int) {
        self.store = store
        self.network = network
        self.knownSeq = knownSeq
    }

    /// Reads every block that has intervals of one of the spans.
    mutating func read(into usages: [SpanUsage]) throws {
        var keys = IntervalKeys()
        var expected = ExpectedStreams(network: network)
        for (index, usage) in usages.enumerated() {
            for (position, meterSpan) in usage.meterSpans.enumerated()
            where usage.readsIntervals(ofMeterSpan: position) {
                let clipped = usage.clipped(meterSpan)
                targets.append(
                    Target(
                        meter: meterSpan.meter, usage: index, meterSpan: position, clipped: clipped,
                        offset: network.storageOffset(of: meterSpan.meter), terms: meterSpan.terms,
                        request: usage.due.request, shared: usage.due.shared))
                keys.add(meterSpan.meter, clipped, network)
                if let before = expected.expect(usage, at: index, meterSpan: position) {
                    keys.add(meterSpan.meter, before, network)
                }
            }
        }
        targets.sort {
            ($0.meter, $0.usage, $0.meterSpan) < ($1.meter, $1.usage, $1.meterSpan)
        }
        var readings = StoredIntervals()
        // At once: the store serves one at a time.
        let blocks = try store.read { transaction in
            try keys.found.sorted().map { key in
                (key: key, parts: try transaction.settledParts(of: key, knownSeq: knownSeq))
            }
        }
        for (key, parts) in blocks {
            for part in parts {
                readings.removeAll()
                try store.append(part, to: &readings)
                note(readings, of: key, &expected)
                add(readings, to: usages)
            }
        }
        for target in targets {
            for channel in target.channels {
                guard let sum = channel.sum.map({ sums[$0] }) else { continue }
                let use = ChannelUse(
                    meterSpan: target.meterSpan, channel: Channel(packed: channel.channel),
                    slotMinutes: Int(channel.slotMinutes), isPrimary: channel.isPrimary)
                usages[target.usage].intervals[use] = sum
                if !details.isEmpty, let place = channel.sum {
                    usages[target.usage].details[use] = details[place]
                }
            }
        }
        try expected.apply(to: usages, store: store)
    }

    /// Takes note of the streams that a block holds.
    private func note(
        _ readings: StoredIntervals, of key: BlockKey, _ expected: inout ExpectedStreams
    ) {
        // No clock is a day ahead of UTC: mostly the block begins after all that is to be known.
        let earliest = Instant(day: CivilDay(number: key.day), offset: 86_400)
        if earliest.seconds >= expected.end { return }
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

    /// Adds a block, whose strips stand by meter as the targets do.
    private mutating func add(_ readings: StoredIntervals, to usages: [SpanUsage]) {
        var strip = 0
        var first = 0
        while strip < readings.strips.count {
            let meter = readings.strips.meters[strip]
            var next = strip + 1
            while next < readings.strips.count, readings.strips.meters[next] == meter { next += 1 }
            while first < targets.count, targets[first].meter.rawValue < meter { first += 1 }
            var target = first
            while target < targets.count, targets[target].meter.rawValue == meter {
                add(readings, strip..<next, toTarget: target, usages)
                target += 1
            }
            strip = next
        }
    }

    /// Adds one meter's day to one span.
    private mutating func add(
        _ readings: StoredIntervals, _ strips: Range<Int>, toTarget index: Int,
        _ usages: [SpanUsage]
    ) {
        let day = readings.strips.days[strips.lowerBound]
        let (clipped, offset) = (targets[index].clipped, targets[index].offset)
        let start = Instant(day: CivilDay(number: day), offset: offset).seconds
        guard clipped.overlaps(start..<start + 86_400) else { return }
        let needsDemand = targets[index].request.needsDemand
        var billable: [Int] = []
        for strip in strips {
            // Where the stream is there and its values are not billable, its sum is there as well.
            guard let sum = sum(of: readings, strip, inTarget: index, usages),
                !readings.origins[strip].flags.contains(.suspect)
            else { continue }
            let plan = plans.plan(
                for: targets[index].shared, day: day, offset: offset,
                minutes: Int(readings.strips.slotMinutes[strip]), span: clipped)
            let slots = readings.strips.slots(strip)
            if needsDemand { billable.append(strip) }
            sums[sum].add(
                values: readings.strips.values.span.extracting(slots),
                qualities: readings.strips.qualities.span.extracting(slots),
                firstSlot: Int(readings.strips.firstSlots[strip]),
                step: readings.strips.step(strip), plan: plan.slots)
        }
        if !details.isEmpty { addDetails(readings, strips, toTarget: index, usages) }
        if billable.isEmpty { return }
        addDemand(readings, billable, toTarget: index, usages)
    }

    /// Where in `sums` a strip's channel is added up; nil where it is not billed.
    private mutating func sum(
        of readings: StoredIntervals, _ strip: Int, inTarget index: Int, _ usages: [SpanUsage]
    ) -> Int? {
        let (packed, minutes) = (
            readings.strips.channels[strip], readings.strips.slotMinutes[strip]
        )
        let isPrimary = readings.origins[strip].flags.contains(.primary)
        for known in targets[index].channels
        where known.channel == packed && known.slotMinutes == minutes
            && known.isPrimary == isPrimary
        {
            return known.sum
        }
        let target = targets[index]
        let channel = Channel(packed: packed)
        // Slots of another length than the network says now were read under a mistake in it.
        let isBilled =
            channel.kind == .interval
            && Int(minutes) == target.terms.intervalMinutes ?? Int(minutes)
            && usages[target.usage].reads(channel.obis, ofMeterSpan: target.meterSpan)
        let sum = isBilled ? sums.count : nil
        if isBilled {
            if let detail = target.shared.detail {
                details[sums.count] = DetailUsage(of: channel, for: detail)
            }
            sums.append(IntervalUsage(periodCount: target.request.periods.count))
        }
        targets[index].channels.append(
            ChannelSum(channel: packed, slotMinutes: minutes, isPrimary: isPrimary, sum: sum))
        return sum
    }

    /// Adds one meter's day to what its tariff asks beyond the energy of periods.
    private mutating func addDetails(
        _ readings: StoredIntervals, _ strips: Range<Int>, toTarget index: Int,
        _ usages: [SpanUsage]
    ) {
        let target = targets[index]
        guard let request = target.shared.detail else { return }
        for strip in strips where !readings.origins[strip].flags.contains(.suspect) {
            guard let sum = sum(of: readings, strip, inTarget: index, usages) else { continue }
            let plan = plans.plan(
                for: target.shared, day: readings.strips.days[strip], offset: target.offset,
                minutes: Int(readings.strips.slotMinutes[strip]), span: target.clipped)
            guard let detail = plan.detail else { continue }
            let slots = readings.strips.slots(strip)
            details[sum]?.add(
                values: readings.strips.values.span.extracting(slots),
                qualities: readings.strips.qualities.span.extracting(slots),
                firstSlot: Int(readings.strips.firstSlots[strip]),
                step: readings.strips.step(strip), plan: detail, request: request)
        }
    }

    /// Adds one meter's day to the demand: the channels of each quantity summed slot by slot.
    private mutating func addDemand(
        _ readings: StoredIntervals, _ strips: [Int], toTarget index: Int,
        _ usages: [SpanUsage]
    ) {
        let target = targets[index]
        var days: [QuantityDay] = []
        for quantity in target.request.demandQuantities {
            let active = strips.filter {
                Channel(packed: readings.strips.channels[$0]).obis == quantity.obis
            }
            guard let first = active.first else { continue }
            let minutes = readings.strips.slotMinutes[first]
            let channels = Set(active.map { readings.strips.channels[$0] }).count
            var sum = StripSum(slotCount: 1440 / Int(minutes), channels: channels)
            for strip in active where readings.strips.slotMinutes[strip] == minutes {
                let slots = readings.strips.slots(strip)
                let isPrimary = readings.origins[strip].flags.contains(.primary)
                sum.add(
                    values: readings.strips.values.span.extracting(slots),
                    qualities: readings.strips.qualities.span.extracting(slots),
                    firstSlot: Int(readings.strips.firstSlots[strip]),
                    step: readings.strips.step(strip),
                    multiplier: isPrimary ? .one : target.terms.multiplier)
            }
            let plan = plans.plan(
                for: target.shared, day: readings.strips.days[first], offset: target.offset,
                minutes: Int(minutes), span: target.clipped)
            days.append(QuantityDay(quantity: quantity, sum: sum, plan: plan.slots))
        }
        usages[target.usage].addDemand(days)
    }
}

/// The interval blocks of many meters.
private struct IntervalKeys {
    private(set) var found: Set<BlockKey> = []
    /// Meters that have been under one feeder all their life, and are of one group and clock, have the
    /// same blocks.
    private struct Neighbours: Hashable {
        var feeder: FeederNumber
        var group: UInt32
        var offset: Int
        var span: Range<Int64>
    }
    private var known: Set<Neighbours> = []

    mutating func add(_ meter: MeterNumber, _ span: Range<Int64>, _ network: Network) {
        if let feeder = network.onlyFeeder(of: meter) {
            let neighbours = Neighbours(
                feeder: feeder, group: meter.groupNumber, offset: network.storageOffset(of: meter),
                span: span)
            guard known.insert(neighbours).inserted else { return }
        }
        found.formUnion(network.blockKeys(of: meter, within: span, kind: .interval))
    }
}
