// SPDX-License-Identifier: Apache-2.0

import Quantities

extension Network {
    /// Spans of time by their position; many are the same, and each is kept once.
    struct Periods: Hashable, Sendable {
        /// The distinct spans, in the order in which they came.
        let distinct: [Period]
        /// Which of them stands at each position.
        let numbers: NumberColumn

        init(distinct: [Period], numbers: NumberColumn) {
            self.distinct = distinct
            self.numbers = numbers
        }

        init(_ periods: some Sequence<Period>) {
            var values = DistinctValues<Period>()
            numbers = NumberColumn(periods.map { values.number(of: $0) })
            distinct = values.values
        }

        subscript(position: Int) -> Period { distinct[Int(numbers[position])] }
    }

    /// A span of time: half-open, in seconds since 1970-01-01T00:00:00Z.
    struct Period: Hashable, Sendable {
        var from: Int64
        var to: Int64

        init(from: Int64, to: Int64) {
            self.from = from
            self.to = to
        }

        init(_ span: Range<Instant>) {
            self.init(from: span.lowerBound.seconds, to: span.upperBound.seconds)
        }

        var span: Range<Instant> { Instant(seconds: from)..<Instant(seconds: to) }
    }

    /// A meter's span.
    struct StoredMeterSpan: Hashable, Sendable {
        var period: Period
        var meter: UInt32
        var servicePoint: UInt32
        var feeder: UInt32
        /// The terminal + 1; 0 for none.
        var terminal: UInt32
        var terms: UInt32
    }

    /// The spans of all meters, by meter, then time, in columns: a span takes four to twenty bytes.
    struct MeterSpans: Hashable, Sendable {
        var periods: Periods
        var meters: NumberColumn
        var servicePoints: NumberColumn
        var feeders: NumberColumn
        var terminals: NumberColumn
        var terms: NumberColumn

        init(_ spans: [StoredMeterSpan] = []) {
            periods = Periods(spans.lazy.map(\.period))
            meters = NumberColumn(spans.map(\.meter))
            servicePoints = NumberColumn(spans.map(\.servicePoint))
            feeders = NumberColumn(spans.map(\.feeder))
            terminals = NumberColumn(spans.map(\.terminal))
            terms = NumberColumn(spans.map(\.terms))
        }

        var count: Int { meters.count }

        subscript(index: Int) -> StoredMeterSpan {
            StoredMeterSpan(
                period: periods[index], meter: meters[index], servicePoint: servicePoints[index],
                feeder: feeders[index], terminal: terminals[index], terms: terms[index])
        }
    }

    /// A service point's span.
    struct StoredServicePointSpan: Hashable, Sendable {
        var period: Period
        var node: UInt32
        var feeder: UInt32
        var terms: UInt32
    }

    /// The spans of all service points, by service point, then time, in columns.
    struct ServicePointSpans: Hashable, Sendable {
        var periods: Periods
        var nodes: NumberColumn
        var feeders: NumberColumn
        var terms: NumberColumn

        init(_ spans: [StoredServicePointSpan] = []) {
            periods = Periods(spans.lazy.map(\.period))
            nodes = NumberColumn(spans.map(\.node))
            feeders = NumberColumn(spans.map(\.feeder))
            terms = NumberColumn(spans.map(\.terms))
        }

        var count: Int { nodes.count }

        subscript(index: Int) -> StoredServicePointSpan {
            StoredServicePointSpan(
                period: periods[index], node: nodes[index], feeder: feeders[index],
                terms: terms[index])
        }
    }
}
