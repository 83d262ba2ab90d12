// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterUsage
import Quantities
import Store

/// One stream of a meter, such as `1.8.0:E2`, in slots of one length.
struct Stream: Hashable, Sendable {
    var channel: Channel
    var slotMinutes: Int
}

/// Which streams a billing span must have, though perhaps nothing came of them.
///
/// A stream that delivered up to the span, or was estimated up to it, is part of the bill until the
/// meter's row says otherwise: silence is missing, never zero. Known from the last day before the
/// span, from what was estimated for the bill before, and from the spans billed in the same run; so it
/// does not matter whether periods are billed night by night or all at once. Before a contract's first
/// period a whole cycle is looked through.
struct ExpectedStreams {
    /// A meter's part of a span, and the time before it whose streams count.
    struct Place: Sendable {
        var usage: Int
        var meterSpan: Int
        var meter: MeterNumber
        var before: Range<Int64>
        var estimatedBefore: Range<Int64>
    }

    private let network: Network
    private(set) var places: [Place] = []
    /// What was delivered in the time before. Shape: `[place]`.
    private var delivered: [Set<Stream>] = []
    private var placesOf: [UInt32: [Int]] = [:]
    /// Where the last of the times before ends, in seconds since 1970-01-01T00:00:00Z.
    private(set) var end = Int64.min

    init(network: Network) {
        self.network = network
    }

    /// Takes note of a meter's part of a span, and gives the time to look through.
    mutating func expect(_ usage: SpanUsage, at index: Int, meterSpan position: Int) -> Range<
        Int64
    >? {
        let meterSpan = usage.meterSpans[position]
        let start = usage.clipped(meterSpan).lowerBound
        let since = network.setup(around: meterSpan, of: .interval).lowerBound.seconds
        let cycle = start - usage.due.cycleSeconds
        let before = max(since, usage.due.isFirst ? cycle : start - 86_400)..<start
        guard since < start, !before.isEmpty else { return nil }
        placesOf[meterSpan.meter.rawValue, default: []].append(places.count)
        places.append(
            Place(
                usage: index, meterSpan: position, meter: meterSpan.meter, before: before,
                // Estimates of a time that has a new setup now were made under the old one.
                estimatedBefore: since > cycle ? start..<start : cycle..<start))
        delivered.append([])
        end = max(end, before.upperBound)
        return before
    }

    /// Takes note of a strip that a block holds.
    mutating func note(_ stream: Stream, of meter: UInt32, in span: Range<Int64>) {
        for place in placesOf[meter] ?? [] where places[place].before.overlaps(span) {
            delivered[place].insert(stream)
        }
    }

    /// Gives every span the streams that it must have, without values where they are silent.
    func apply(to usages: [SpanUsage], store: TallyStore) throws {
        let estimated = try store.read { transaction in
            try places.map { place in
                try transaction.estimatedStreams(
                    meter: place.meter.rawValue, within: place.estimatedBefore)
            }
        }
        // Where the span stands that billed a meter's time before.
        var billed: [UInt32: (end: Int64, usage: Int, meterSpan: Int)] = [:]
        let place = Dictionary(
            uniqueKeysWithValues: places.indices.map {
                ([places[$0].usage, places[$0].meterSpan], $0)
            })
        let order = usages.indices.sorted {
            (usages[$0].request.span.lowerBound, $0)
                < (usages[$1].request.span.lowerBound, $1)
        }
        for index in order {
            for (position, meterSpan) in usages[index].meterSpans.enumerated()
            where usages[index].readsIntervals(ofMeterSpan: position) {
                let clipped = usages[index].clipped(meterSpan)
                let meter = meterSpan.meter.rawValue
                if let place = place[[index, position]] {
                    var expected = delivered[place]
                    for row in estimated[place] {
                        expected.insert(
                            Stream(channel: Channel(packed: row.channel), slotMinutes: row.minutes))
                    }
                    if let last = billed[meter], last.end == clipped.lowerBound {
                        expected.formUnion(
                            usages[last.usage].streams(ofMeterSpan: last.meterSpan))
                    }
                    if !expected.isEmpty {
                        usages[index].require(expected, ofMeterSpan: position)
                    }
                }
                billed[meter] = (clipped.upperBound, index, position)
            }
        }
    }
}

extension SpanUsage {
    /// The streams that a meter's part of the span has.
    func streams(ofMeterSpan index: Int) -> Set<Stream> {
        Set(intervals.keys.filter { $0.meterSpan == index }.map(\.stream))
    }

    /// Makes streams part of the span that delivered before it.
    ///
    /// Where one fell silent and another of the same quantity began, that may be one stream under a
    /// new name: to estimate the old one would bill the energy twice, so a person has to say.
    fileprivate func require(_ expected: Set<Stream>, ofMeterSpan index: Int) {
        let minutes = meterSpans[index].terms.intervalMinutes
        let found = Set(streams(ofMeterSpan: index).map(\.channel))
        let known = Set(expected.map(\.channel).filter { reads($0.obis, ofMeterSpan: index) })
        for channel in known.subtracting(found).sorted() {
            let new = found.subtracting(known).filter { $0.obis == channel.obis }.min()
            if let new {
                holds.append(
                    UsageGap(.streamChanged, obis: channel.obis, streams: "\(channel) to \(new)"))
            }
            for stream in expected where stream.channel == channel {
                let use = ChannelUse(
                    meterSpan: index, channel: channel, slotMinutes: minutes ?? stream.slotMinutes,
                    isPrimary: false)
                intervals[use] = IntervalUsage(periodCount: request.periods.count)
                silentStreams.append(use)
            }
        }
    }
}

extension DueSpan {
    /// True where the contract has no days before it that we billed.
    fileprivate var isFirst: Bool {
        days.lowerBound == contract.start || days.lowerBound == contract.opening?.billedThrough
    }

    /// At least the length of a billing cycle, in seconds.
    fileprivate var cycleSeconds: Int64 { Int64(terms.cycleMonths) * 31 * 86_400 }
}
