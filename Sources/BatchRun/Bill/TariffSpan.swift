// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterModel
import MeterUsage
import Quantities
import Synchronization

/// Days under one version of one tariff by one clock: what is made once for all contracts billed so.
final class TariffSpan: Sendable {
    let days: Range<CivilDay>
    let zone: TimeZoneTable
    let calendar: TimeOfUseCalendar
    let request: UsageRequest
    /// What the tariff asks of intervals beyond the energy of periods; nil for nothing.
    let detail: DetailRequest?
    /// The registers that the request asks for.
    let registerNeeds: [(ObisCode, RegisterNeed)]
    /// The names of the energies that are determined for it, in their order.
    let determinantNames: [DeterminantName]
    /// Which periods the slots of its days are in.
    let dayPlans = DayPlans()
    /// The tariff and its prices.
    let plan: RatingPlan
    /// Which calendar year a period counts in.
    let yearAttribution: YearAttribution
    /// How many months before a period its charges look back for earlier peaks.
    let demandMonthsBack: Int
    /// True where its charges bring a year up to a least amount.
    let hasYearlyMinimum: Bool

    var tariff: Tariff { plan.tariff }

    /// A span; throws where the tariff's calendar needs days that no series gives.
    init(
        days: Range<CivilDay>, tariff: Tariff, series: SeriesSet, zone: TimeZoneTable
    ) throws(PriceGap) {
        self.days = days
        self.zone = zone
        calendar = try tariff.periods.calendar(series: series, for: days)
        let registers = tariff.registerOfPeriod.compactMapValues { ObisCode($0) }
        let quantities = tariff.usageQuantities.sorted { $0.rawValue < $1.rawValue }
        let items = quantities.map { quantity in
            // A rate has one place among the registers of every quantity: 1.8.2 comes and 2.8.2 goes.
            let own = registers.mapValues { ObisCode(quantity.obis.c, quantity.obis.d, $0.e) }
            return UsageRequest.Item(
                quantity, byPeriod: quantity == .activeImport || tariff.tellsPeriods(of: quantity),
                registers: own)
        }
        let span =
            zone.startOfDay(days.lowerBound).seconds..<zone.startOfDay(days.upperBound).seconds
        request = UsageRequest(
            start: days.lowerBound, end: days.upperBound, span: span,
            periods: calendar.periods, idlePeriods: calendar.idlePeriods(in: days), items: items,
            demand: tariff.demandMeasures, events: tariff.eventRequests(in: span, series),
            reactiveExcess: tariff.reactiveExcessRequests)
        detail = DetailRequest(
            tariff, days: days, span: request.span, calendar: calendar, zone: zone, series: series)
        registerNeeds = request.registerNeeds
        let (start, periods) = (days.lowerBound, calendar.periods)
        determinantNames = items.flatMap { item in
            (item.byPeriod ? periods : ["all"]).map {
                DeterminantName(quantity: item.quantity.rawValue, period: $0, from: start)
            }
        }
        yearAttribution = tariff.yearAttribution ?? .periodEnd
        demandMonthsBack = tariff.demandMonthsBack
        hasYearlyMinimum = !tariff.yearlyMinimums.isEmpty
        plan = RatingPlan(
            tariff: tariff, start: days.lowerBound, end: days.upperBound, series: series)
    }

    /// The periods that have not one minute in a part of the span.
    func idlePeriods(in part: Range<Instant>) -> Set<String> {
        if part.lowerBound.seconds == request.span.lowerBound,
            part.upperBound.seconds == request.span.upperBound
        {
            return request.idlePeriods
        }
        let local =
            zone.clock(at: part.lowerBound).day..<zone.clock(at: part.upperBound + -1).day + 1
        return local == days ? request.idlePeriods : calendar.idlePeriods(in: local)
    }
}

/// The spans made so far; most contracts share a few.
final class TariffSpans: Sendable {
    private struct Key: Hashable {
        var days: Range<CivilDay>
        var tariff: String
        var zone: String
    }

    private struct Known {
        var spans: [Key: TariffSpan] = [:]
        /// The span asked for last; the next contract's is mostly the same.
        var last: (key: Key, span: TariffSpan)?
    }

    private let series: SeriesSet
    private let known = Mutex(Known())

    init(series: SeriesSet) {
        self.series = series
    }

    func span(
        _ days: Range<CivilDay>, _ tariff: Tariff, _ zone: TimeZoneTable
    ) throws(PriceGap) -> TariffSpan {
        let key = Key(days: days, tariff: tariff.sha256, zone: zone.name)
        return try known.withLock { known throws(PriceGap) in
            if let last = known.last, last.key == key { return last.span }
            let span: TariffSpan
            if let made = known.spans[key] {
                span = made
            } else {
                span = try TariffSpan(days: days, tariff: tariff, series: series, zone: zone)
                known.spans[key] = span
            }
            known.last = (key, span)
            return span
        }
    }
}
