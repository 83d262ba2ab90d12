// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterUsage
import MeterValidate
import Quantities
import Store

/// Estimates the missing intervals of one due span and adds the span up again, from whole series.
///
/// The slow path: only spans with gaps come here, and each reads four weeks before it for like days,
/// and two hours after it for lines. What was delivered is the only source, so the outcome does not
/// depend on earlier nights.
struct GapFilling {
    let store: TallyStore
    let network: Network
    let knownSeq: Int
    private var plans = SlotPlans()

    init(store: TallyStore, network: Network, knownSeq: Int) {
        self.store = store
        self.network = network
        self.knownSeq = knownSeq
    }

    /// One channel of one meter over the days that estimating looks at.
    fileprivate struct ChannelSeries {
        var use: ChannelUse
        var series: IntervalSeries
        var suspects: Set<Int> = []
        /// The slots that are billed.
        var target: Range<Int>
    }

    /// Fills what can be filled; what cannot stays missing.
    mutating func fill(_ usage: SpanUsage) throws {
        let expected = usage.intervals.keys
        usage.intervals = [:]
        usage.details = [:]
        usage.demand = nil
        usage.pointDays = []
        for (index, meterSpan) in usage.meterSpans.enumerated()
        where usage.readsIntervals(ofMeterSpan: index) {
            let streams = Set(
                expected.filter { $0.meterSpan == index }.map(\.stream))
            var channels = try series(of: usage, meterSpan: index).filter {
                // A stream that was gone before the span is no gap in it; nor is one that a meter
                // of registers never had.
                streams.contains($0.use.stream)
                    || streams.isEmpty && meterSpan.terms.basis == .interval
            }
            let offset = network.storageOffset(of: meterSpan.meter)
            for position in channels.indices {
                channels[position].series.withdrawLongerIntervals()
                let channel = channels[position]
                let estimate = estimateGaps(
                    in: &channels[position].series, target: channel.target,
                    suspects: channel.suspects, storageOffset: offset)
                channels[position].withdraw(estimate.unfilled)
                usage.keep(estimate, channels[position], meterSpan.meter)
            }
            add(channels, to: usage, index)
        }
        // A stream without a value near enough to estimate from stays expected.
        let nothing = IntervalUsage(periodCount: usage.request.periods.count)
        let filled = Set(usage.intervals.keys.map { [$0.meterSpan: $0.stream] })
        for use in expected where !filled.contains([use.meterSpan: use.stream]) {
            usage.intervals[use] = nothing
        }
    }

    /// The time whose readings estimates of a meter's part of a span may rest on.
    ///
    /// Values that the meter counted elsewhere, or in another way, are no neighbours.
    private func sources(of clipped: Range<Int64>, _ meterSpan: MeterSpan) -> Range<Int64> {
        let setup = network.setup(around: meterSpan, of: .interval)
        // A run that begins in the span and may be a line ends, with its neighbour, this near.
        let lineSeconds = Int64(LinearInterpolation.longestMinutes) * 60
        let likeDaySeconds = Int64(LikeDay.longestDays) * 86_400
        return max(
            setup.lowerBound.seconds, clipped.lowerBound - likeDaySeconds)..<min(
                setup.upperBound.seconds, clipped.upperBound + lineSeconds)
    }

    /// A stored strip of one stream.
    private struct Source {
        var readings: StoredIntervals
        var strip: Int
        /// What its values are multiplied by to be of the series' side of the multiplier.
        var factor = ScaledValue.one

        /// True where the multiplier is applied already.
        var isPrimary: Bool { readings.origins[strip].flags.contains(.primary) }
    }

    /// Reads the channels of a meter, one series each.
    ///
    /// A stream that was delivered both with the multiplier applied and without is one series, with it.
    private func series(of usage: SpanUsage, meterSpan index: Int) throws -> [ChannelSeries] {
        let meterSpan = usage.meterSpans[index]
        let offset = network.storageOffset(of: meterSpan.meter)
        let clipped = usage.clipped(meterSpan)
        let sources = sources(of: clipped, meterSpan)
        var found: [Stream: [Source]] = [:]
        for key in network.blockKeys(of: meterSpan.meter, within: sources, kind: .interval) {
            for part in try store.read({ try $0.settledParts(of: key, knownSeq: knownSeq) })
            where part.firstMeter <= meterSpan.meter.rawValue
                && meterSpan.meter.rawValue <= part.lastMeter
            {
                let readings = try store.intervals(of: part)
                for strip in readings.origins.indices
                where readings.strips.meters[strip] == meterSpan.meter.rawValue {
                    let channel = Channel(packed: readings.strips.channels[strip])
                    let minutes = Int(readings.strips.slotMinutes[strip])
                    guard channel.kind == .interval,
                        usage.reads(channel.obis, ofMeterSpan: index),
                        minutes == meterSpan.terms.intervalMinutes ?? minutes
                    else { continue }
                    found[Stream(channel: channel, slotMinutes: minutes), default: []].append(
                        Source(readings: readings, strip: strip))
                }
            }
        }
        return found.sorted { $0.key.channel < $1.key.channel }.map { stream, strips in
            let use = ChannelUse(
                meterSpan: index, channel: stream.channel, slotMinutes: stream.slotMinutes,
                isPrimary: strips.contains(where: \.isPrimary))
            var strips = strips
            if use.isPrimary, let multiplier = ScaledValue(meterSpan.terms.multiplier) {
                for strip in strips.indices where !strips[strip].isPrimary {
                    strips[strip].factor = multiplier
                }
            } else {
                // A multiplier that no factor holds leaves one side only.
                strips.removeAll { $0.isPrimary != use.isPrimary }
            }
            return channelSeries(use, strips, sources: sources, billed: clipped, offset: offset)
        }
    }

    private func channelSeries(
        _ use: ChannelUse, _ strips: [Source], sources: Range<Int64>, billed: Range<Int64>,
        offset: Int
    ) -> ChannelSeries {
        let length = Int64(use.slotMinutes) * 60
        let firstDay = Instant(seconds: sources.lowerBound).clock(offset: offset).day
        let endDay = Instant(seconds: sources.upperBound + 86_399).clock(offset: offset).day
        let span =
            Instant(day: firstDay, offset: offset)
            .seconds..<Instant(day: endDay, offset: offset)
            .seconds
        let count = Int((span.upperBound - span.lowerBound) / length)
        let steps = strips.map { $0.readings.strips.step($0.strip).times($0.factor.step) }
        let step = steps.dropFirst().reduce(steps.first ?? ValueStep(exponent: -3)) {
            .common($0, $1)
        }
        var channel = ChannelSeries(
            use: use,
            series: IntervalSeries(
                start: span.lowerBound, slotMinutes: use.slotMinutes, step: step,
                values: [Int64](repeating: 0, count: count),
                qualities: [UInt32](repeating: 0, count: count)),
            target: Int(
                (billed.lowerBound - span.lowerBound + length - 1) / length)..<Int(
                    (billed.upperBound - span.lowerBound + length - 1) / length))
        for source in strips {
            let (columns, strip) = (source.readings.strips, source.strip)
            let day = CivilDay(number: columns.days[strip])
            let start =
                Instant(day: day, offset: offset).seconds
                + Int64(columns.firstSlots[strip]) * length
            let first = Int((start - span.lowerBound) / length)
            for (position, slot) in columns.slots(strip).enumerated()
            where columns.qualities[slot] != 0
                && sources.contains(start + Int64(position) * length)
            {
                let place = first + position
                let value = ScaledValue(columns.values[slot], step: columns.step(strip))
                guard let scaled = value.times(source.factor)?.value(at: step) else {
                    continue
                }
                channel.series.values[place] = scaled
                channel.series.qualities[place] = columns.qualities[slot]
                if source.readings.origins[strip].flags.contains(.suspect) {
                    channel.suspects.insert(place)
                }
            }
        }
        return channel
    }

    /// Adds the filled series of one meter up, storage day by storage day.
    private mutating func add(
        _ channels: [ChannelSeries], to usage: SpanUsage, _ index: Int
    ) {
        guard let first = channels.first else { return }
        let meterSpan = usage.meterSpans[index]
        let offset = network.storageOffset(of: meterSpan.meter)
        let clipped = usage.clipped(meterSpan)
        let days = first.series.values.count / first.series.slotsPerDay
        let firstDay = Instant(seconds: first.series.start).clock(offset: offset).day.number
        for day in 0..<days {
            for channel in channels {
                let plan = plans.plan(
                    for: usage.due.shared, day: firstDay + Int32(day), offset: offset,
                    minutes: channel.use.slotMinutes, span: clipped)
                guard plan.slots.slotCount > 0 else { continue }
                let slots = channel.series.slots(ofDay: day)
                let periodCount = usage.request.periods.count
                usage.intervals[channel.use, default: IntervalUsage(periodCount: periodCount)].add(
                    values: channel.series.values.span.extracting(slots),
                    qualities: channel.series.qualities.span.extracting(slots), firstSlot: 0,
                    step: channel.series.step, plan: plan.slots)
                usage.addDetail(
                    of: channel.use, values: channel.series.values.span.extracting(slots),
                    qualities: channel.series.qualities.span.extracting(slots),
                    step: channel.series.step, plan: plan)
            }
            if usage.request.needsDemand {
                addDemand(channels, day: day, number: firstDay + Int32(day), to: usage, index)
            }
        }
    }

    /// Adds a day of the filled series to the demand, the channels of each quantity summed.
    private mutating func addDemand(
        _ channels: [ChannelSeries], day: Int, number: Int32, to usage: SpanUsage, _ index: Int
    ) {
        var days: [QuantityDay] = []
        for quantity in usage.request.demandQuantities {
            let active = channels.filter { $0.use.channel.obis == quantity.obis }
            guard let lead = active.first else { continue }
            let plan = plans.plan(
                for: usage.due.shared, day: number,
                offset: network.storageOffset(of: usage.meterSpans[index].meter),
                minutes: lead.use.slotMinutes, span: usage.clipped(usage.meterSpans[index])
            ).slots
            guard plan.slotCount > 0 else { continue }
            var sum = StripSum(slotCount: lead.series.slotsPerDay, channels: active.count)
            for channel in active where channel.use.slotMinutes == lead.use.slotMinutes {
                let slots = channel.series.slots(ofDay: day)
                sum.add(
                    values: channel.series.values.span.extracting(slots),
                    qualities: channel.series.qualities.span.extracting(slots), firstSlot: 0,
                    step: channel.series.step,
                    multiplier: usage.demandMultiplier(
                        usage.meterSpans[index].terms, isPrimary: channel.use.isPrimary))
            }
            days.append(QuantityDay(quantity: quantity, sum: sum, plan: plan))
        }
        usage.addDemand(days)
    }
}

extension GapFilling.ChannelSeries {
    /// Makes suspect slots that nothing could replace missing: they are not billable.
    fileprivate mutating func withdraw(_ unfilled: [Range<Int>]) {
        for slots in unfilled {
            for slot in slots { series.qualities[slot] = 0 }
        }
    }
}

extension SpanUsage {
    /// Keeps what was estimated, to be stored with the invoice.
    fileprivate func keep(
        _ estimate: GapEstimate, _ channel: GapFilling.ChannelSeries, _ meter: MeterNumber
    ) {
        for filled in estimate.filled {
            for slot in filled.slots {
                estimates.append(
                    EstimateRow(
                        meter: meter.rawValue, channel: channel.use.channel.packed,
                        startsAt: channel.series.grid.instant(ofSlot: slot).seconds,
                        slotMinutes: channel.use.slotMinutes, step: channel.series.step,
                        value: channel.series.values[slot], isPrimary: channel.use.isPrimary,
                        method: filled.method.quality.description))
            }
        }
    }
}

extension IntervalSeries {
    /// The slots of a storage day of a series that begins with one.
    fileprivate func slots(ofDay day: Int) -> Range<Int> {
        day * slotsPerDay..<(day + 1) * slotsPerDay
    }
}
