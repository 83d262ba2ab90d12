// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The prices of a charge over a span of time, each with the time that it holds for.
public struct IntervalPrices: Hashable, Sendable {
    /// A price and its time.
    public struct Piece: Hashable, Sendable {
        /// From when to when, not included, in seconds since 1970-01-01T00:00:00Z.
        public let time: Range<Int64>
        /// The price per kWh or kvarh.
        public let price: Exact
    }

    /// The prices in order. They leave no gap in the span, and may begin before and end after it.
    public let pieces: [Piece]
    /// How many of them were those of the day before.
    public let taken: Int

    /// The price of an interval; nil where more than one price holds within it.
    public func price(of interval: Range<Int64>) -> Exact? {
        let next = pieces.partition(before: interval.lowerBound)
        guard next > 0, pieces[next - 1].time.upperBound >= interval.upperBound,
            pieces[next - 1].time.contains(interval.lowerBound)
        else { return nil }
        return pieces[next - 1].price
    }
}

extension IntervalPrices {
    /// The first moment of a span at which the price, or what it holds for, is another.
    public func firstDifference(from other: IntervalPrices, in span: Range<Int64>) -> Int64? {
        let (own, others) = (pieces, other.pieces)
        for (piece, its) in zip(own, others) where piece != its {
            return max(min(piece.time.lowerBound, its.time.lowerBound), span.lowerBound)
        }
        if own.count == others.count { return nil }
        let common = min(own.count, others.count)
        return (own.count > common ? own : others)[common].time.lowerBound
    }
}

extension SeriesSet {
    /// The prices of a charge in every moment of a span.
    ///
    /// - Parameters:
    ///   - span: In seconds since 1970-01-01T00:00:00Z.
    ///   - zone: The clock by which the day before is told.
    /// - Throws: Where a moment has no price, and the charge takes none for it.
    public func intervalPrices(
        of charge: IntervalPriceCharge, in span: Range<Int64>, zone: TimeZoneTable
    ) throws(PriceGap) -> IntervalPrices {
        let known = self[charge.series]
        guard let intervals = known?.intervals,
            let column = known?.columns.firstIndex(of: charge.column)
        else { throw PriceGap(series: charge.series, column: nil, day: nil) }
        var finding = PriceFinding(charge: charge, intervals: intervals, column: column, zone: zone)
        var at = span.lowerBound
        while at < span.upperBound { at = try finding.addPrice(at: at, before: span.upperBound) }
        return IntervalPrices(pieces: finding.pieces, taken: finding.taken)
    }
}

/// Goes along a span and finds its prices.
private struct PriceFinding {
    let charge: IntervalPriceCharge
    let intervals: [Series.Interval]
    let column: Int
    let zone: TimeZoneTable
    var pieces: [IntervalPrices.Piece] = []
    var taken = 0

    /// Adds the price of a moment; gives the moment to which it holds.
    mutating func addPrice(at moment: Int64, before end: Int64) throws(PriceGap) -> Int64 {
        if let found = interval(at: moment), let value = found.values[column] {
            return add(value, found.from.seconds..<found.to.seconds)
        }
        let gap = PriceGap(
            series: charge.series, column: charge.column, day: nil, at: Instant(seconds: moment))
        guard charge.missing == .previousDay, let source = dayBefore(moment),
            let found = interval(at: source), let value = found.values[column]
        else { throw gap }
        // As long as that price holds, the gap lasts, and neither clock changes between them.
        let shift = moment - source
        let until =
            [
                found.to.seconds + shift, nextInterval(after: moment) ?? end, end,
                nextChange(after: moment) ?? end, (nextChange(after: source) ?? end) + shift,
            ].min() ?? end
        taken += 1
        return add(value, moment..<until)
    }

    private mutating func add(_ value: Exact, _ time: Range<Int64>) -> Int64 {
        pieces.append(IntervalPrices.Piece(time: time, price: charge.price(of: value)))
        return time.upperBound
    }

    private func interval(at moment: Int64) -> Series.Interval? {
        let next = intervals.indices.partition { intervals[$0].from.seconds > moment }
        guard next > 0, moment < intervals[next - 1].to.seconds else { return nil }
        return intervals[next - 1]
    }

    /// When the next interval that has a price begins.
    private func nextInterval(after moment: Int64) -> Int64? {
        let next = intervals.indices.partition { intervals[$0].from.seconds > moment }
        return intervals[next...].first { $0.values[column] != nil }?.from.seconds
    }

    /// The same clock time a day earlier, the first where it came twice; nil where the clock skipped it.
    private func dayBefore(_ moment: Int64) -> Int64? {
        let clock = zone.clock(at: Instant(seconds: moment))
        return zone.instants(day: clock.day - 1, minute: clock.second / 60).first?.seconds
    }

    private func nextChange(after moment: Int64) -> Int64? {
        zone.transitions.first { $0 > moment }
    }
}

extension [IntervalPrices.Piece] {
    /// How many of them begin at a moment or before it.
    fileprivate func partition(before moment: Int64) -> Int {
        indices.partition { self[$0].time.lowerBound > moment }
    }
}

extension Series {
    /// Times between its first and last interval for which it has no value in a column.
    func gaps(inColumn column: Int) -> [(line: Int, time: Range<Int64>)] {
        guard let intervals else { return [] }
        var found: [(line: Int, time: Range<Int64>)] = []
        var end: Int64?
        for interval in intervals where interval.values[column] != nil {
            if let end, end < interval.from.seconds {
                found.append((interval.line, end..<interval.from.seconds))
            }
            end = interval.to.seconds
        }
        return found
    }
}
