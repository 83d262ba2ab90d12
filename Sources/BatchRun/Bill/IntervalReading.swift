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
    /// The strips of the meter that is being read, where a demand is found in them.
    private var held = StoredIntervals()

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

        /// True where it has a part of the meter's storage day.
        func serves(onDay day: Int32) -> Bool {
            let start = Instant(day: CivilDay(number: day), offset: offset).seconds
            return clipped.overlaps(start..<start + 86_400)
        }
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
                        request: usage.request, shared: usage.due.shared))
                keys.add(meterSpan.meter, clipped, network)
                if let before = expected.expect(usage, at: index, meterSpan: position) {
                    keys.add(meterSpan.meter, before, network)
                }
            }
        }
        targets.sort {
            ($0.meter, $0.usage, $0.meterSpan) < ($1.meter, $1.usage, $1.meterSpan)
        }
        // At once: the store serves one at a time.
        let parts = try store.read { transaction in
            try keys.runs.flatMap { key, days in
                try transaction.settledParts(like: key, within: days, knownSeq: knownSeq)
            }
        }
        for part in parts { try read(part, into: usages, &expected) }
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

    /// Adds a block, whose strips stand by meter as the targets do.
    private mutating func read(
        _ part: PartRow, into usages: [SpanUsage], _ expected: inout ExpectedStreams
    ) throws {
        // No clock is a day ahead of UTC: mostly the block begins after all that is to be known.
        let earliest = Instant(day: CivilDay(number: part.key.day), offset: 86_400)
        let mayBeExpected = earliest.seconds < expected.end
        var places = 0..<0
        let store = store
        try store.forEachStrip(of: part) { strip in
            if mayBeExpected { note(strip, &expected) }
            if !held.origins.isEmpty, held.strips.meters[0] != strip.meter {
                addDemand(places, usages)
            }
            var first = places.lowerBound
            while first < targets.count, targets[first].meter.rawValue < strip.meter { first += 1 }
            var (end, needsDemand) = (first, false)
            while end < targets.count, targets[end].meter.rawValue == strip.meter {
                add(strip, toTarget: end, usages)
                if targets[end].request.needsDemand { needsDemand = true }
                end += 1
            }
            if needsDemand { strip.append(to: &held) }
            places = first..<end
        }
        addDemand(places, usages)
    }

    /// Takes note of the stream that a strip is of.
    private func note(_ strip: StripReader, _ expected: inout ExpectedStreams) {
        let channel = Channel(packed: strip.channel)
        guard channel.kind == .interval else { return }
        let minutes = Int64(strip.slotMinutes)
        let day = Instant(
            day: CivilDay(number: strip.day),
            offset: network.storageOffset(of: MeterNumber(rawValue: strip.meter)))
        if day.seconds >= expected.end { return }
        let start = day.seconds + Int64(strip.firstSlot) * minutes * 60
        expected.note(
            Stream(channel: channel, slotMinutes: Int(minutes)), of: strip.meter,
            in: start..<start + Int64(strip.slotCount) * minutes * 60)
    }

    /// Adds a strip to one span.
    private mutating func add(
        _ strip: StripReader, toTarget index: Int, _ usages: [SpanUsage]
    ) {
        guard targets[index].serves(onDay: strip.day) else { return }
        // Where the stream is there and its values are not billable, its sum is there as well.
        let flags = strip.flags
        guard
            let sum = sum(
                of: strip.channel, strip.slotMinutes, isPrimary: flags.contains(.primary),
                inTarget: index, usages),
            !flags.contains(.suspect)
        else { return }
        let plan = plans.plan(
            for: targets[index].shared, day: strip.day, offset: targets[index].offset,
            minutes: Int(strip.slotMinutes), span: targets[index].clipped)
        let values = strip.values.span.extracting(first: strip.slotCount)
        if let quality = strip.quality {
            sums[sum].add(
                values: values, quality: Quality(packed: quality), firstSlot: strip.firstSlot,
                step: strip.step, plan: plan.slots)
        } else {
            sums[sum].add(
                values: values,
                qualities: strip.qualities.span.extracting(first: strip.slotCount),
                firstSlot: strip.firstSlot, step: strip.step, plan: plan.slots)
        }
        if let request = targets[index].shared.detail, let detail = plan.detail {
            addDetail(strip, toSum: sum, plan: detail, request)
        }
    }

    /// Where in `sums` a channel is added up; nil where it is not billed.
    private mutating func sum(
        of packed: UInt64, _ minutes: UInt16, isPrimary: Bool, inTarget index: Int,
        _ usages: [SpanUsage]
    ) -> Int? {
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

    /// Adds a strip to what its tariff asks beyond the energy of periods.
    private mutating func addDetail(
        _ strip: StripReader, toSum sum: Int, plan: DetailSlots, _ request: DetailRequest
    ) {
        // Mostly one quality stands for all.
        let uniform = strip.quality.map { [UInt32](repeating: $0, count: strip.slotCount) }
        let qualities = uniform ?? strip.qualities
        details[sum]?.add(
            values: strip.values.span.extracting(first: strip.slotCount),
            qualities: qualities.span.extracting(first: strip.slotCount),
            firstSlot: strip.firstSlot, step: strip.step, plan: plan, request: request)
    }

    /// Adds the strips held, which are of the meter of some targets, to the demand of those that need it.
    private mutating func addDemand(_ places: Range<Int>, _ usages: [SpanUsage]) {
        if held.origins.isEmpty { return }
        for place in places where targets[place].request.needsDemand {
            addDemand(toTarget: place, usages)
        }
        held.removeAll()
    }

    /// Adds one meter's day to the demand: the channels of each quantity summed slot by slot.
    private mutating func addDemand(toTarget index: Int, _ usages: [SpanUsage]) {
        let readings = held
        guard targets[index].serves(onDay: readings.strips.days[0]) else { return }
        var strips: [Int] = []
        for strip in readings.origins.indices {
            let flags = readings.origins[strip].flags
            let sum = sum(
                of: readings.strips.channels[strip], readings.strips.slotMinutes[strip],
                isPrimary: flags.contains(.primary), inTarget: index, usages)
            if sum != nil, !flags.contains(.suspect) { strips.append(strip) }
        }
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
                    multiplier: usages[target.usage].demandMultiplier(
                        target.terms, isPrimary: isPrimary))
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
    private var found: Set<BlockKey> = []
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

    /// The blocks in runs of days, each the key of one day and the days.
    var runs: [(key: BlockKey, days: ClosedRange<Int32>)] {
        var runs: [(key: BlockKey, days: ClosedRange<Int32>)] = []
        let keys = found.sorted {
            ($0.feeder, $0.group, $0.day) < ($1.feeder, $1.group, $1.day)
        }
        for key in keys {
            if let last = runs.last, last.key.feeder == key.feeder, last.key.group == key.group,
                last.days.upperBound + 1 == key.day
            {
                runs[runs.count - 1].days = last.days.lowerBound...key.day
            } else {
                runs.append((key, key.day...key.day))
            }
        }
        return runs
    }
}
