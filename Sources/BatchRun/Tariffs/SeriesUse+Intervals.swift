// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities

extension SeriesUse {
    /// The day before the first interval that is other than it was: no clock is a day from UTC, and a
    /// price that is missing may be taken from the day before.
    var firstChangedDay: CivilDay? {
        firstChange(in: .min ..< .max).map { Instant(seconds: $0).clock(offset: 0).day - 1 }
    }

    /// The first moment at which a tariff prices energy of some days by another price; nil for none.
    ///
    /// - Parameter tariff: Nil for one that can no longer be read, which may look up anything.
    func firstInstant(_ tariff: Tariff?, _ days: Range<CivilDay>) -> Instant? {
        // A service point whose clock is another than its tariff's has other midnights.
        guard let tariff, let zone = try? TimeZoneTable.named(tariff.timeZoneName) else {
            let span =
                Instant(day: days.lowerBound, offset: 86_400)
                .seconds..<Instant(day: days.upperBound, offset: -86_400).seconds
            return firstChange(in: span).map(Instant.init(seconds:))
        }
        let span =
            zone.startOfDay(days.lowerBound).seconds..<zone.startOfDay(days.upperBound).seconds
        let charges = tariff.charges.compactMap(\.kind.intervalPrice).filter {
            $0.series == after.id
        }
        let prices = charges.compactMap { charge -> Int64? in
            func prices(_ series: Series) -> IntervalPrices? {
                try? SeriesSet([series]).intervalPrices(of: charge, in: span, zone: zone)
            }
            // A price that was missing has held its bills.
            guard let old = prices(before) else { return nil }
            guard let new = prices(after) else { return firstChange(in: span) ?? span.lowerBound }
            return old.firstDifference(from: new, in: span)
        }
        let events = tariff.charges.compactMap(\.kind.coincidentDemand).filter {
            $0.series == after.id
        }.compactMap { firstOtherEvent(of: $0, in: span) }
        return (prices + events).min().map(Instant.init(seconds:))
    }

    /// The first moment at which a charge measures its demand in another window; nil for none.
    private func firstOtherEvent(
        of charge: CoincidentDemandCharge, in span: Range<Int64>
    ) -> Int64? {
        func windows(_ series: Series) -> [Range<Int64>]? {
            try? SeriesSet([series]).events(of: charge, in: span)
        }
        // A list that did not tell them has held its bills.
        guard let old = windows(before) else { return nil }
        guard let new = windows(after) else { return firstChange(in: span) ?? span.lowerBound }
        return Set(old).symmetricDifference(new).map(\.lowerBound).min()
    }

    /// The first moment of a span at which any column differs, or other values begin or end.
    private func firstChange(in span: Range<Int64>) -> Int64? {
        func bounds(_ series: Series) -> Set<Bound> {
            Set((series.intervals ?? []).map { Bound($0) })
        }
        return bounds(before).symmetricDifference(bounds(after))
            .filter { $0.from < span.upperBound && span.lowerBound < $0.to }
            .map { max($0.from, span.lowerBound) }.min()
    }

    /// An interval without its line.
    private struct Bound: Hashable {
        let from: Int64
        let to: Int64
        let values: [Exact?]

        init(_ interval: Series.Interval) {
            (from, to) = (interval.from.seconds, interval.to.seconds)
            values = interval.values
        }
    }
}
