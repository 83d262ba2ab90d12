// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterModel
import MeterUsage
import Quantities

extension SpanUsage {
    /// Adds a storage day of a channel to what the tariff asks beyond the energy of periods.
    func addDetail(
        of use: ChannelUse, values: Span<Int64>, qualities: Span<UInt32>, step: ValueStep,
        plan: DayPlan
    ) {
        guard let slots = plan.detail, let request = due.shared.detail,
            let empty = DetailUsage(of: use.channel, for: request)
        else { return }
        details[use, default: empty].add(
            values: values, qualities: qualities, firstSlot: 0, step: step, plan: slots,
            request: request)
    }

    /// What the tariff asks beyond the energy of periods, of the meters that are billed by intervals.
    var measuredDetail: MeasuredDetail? {
        guard let request = due.shared.detail else { return nil }
        var channels: [UsageQuantity: [MeasuredDetail.Channel]] = [:]
        for (use, usage) in details where meterSpans[use.meterSpan].terms.basis == .interval {
            channels[usage.quantity, default: []].append(
                MeasuredDetail.Channel(multiplier: multiplier(of: use), usage: usage))
        }
        return MeasuredDetail(request, channels: channels, dailyEnergy: dailyEnergy)
    }
}

extension DetailUsage {
    /// Nothing used yet of a channel; nil where nothing is asked of what it measures.
    init?(of channel: Channel, for request: DetailRequest) {
        let quantity = UsageQuantity.allCases.first { $0.obis == channel.obis }
        guard let quantity, request.wants(quantity) else { return nil }
        self.init(of: quantity, for: request)
    }
}

extension DetailRequest {
    /// What a tariff asks of intervals on some days; nil for nothing.
    init?(
        _ tariff: Tariff, days: Range<CivilDay>, span: Range<Int64>, calendar: TimeOfUseCalendar,
        zone: TimeZoneTable, series: SeriesSet
    ) {
        let cut = tariff.stretchCut
        let priced = tariff.charges.compactMap { charge in
            charge.kind.intervalPrice.map { kind in
                Priced(
                    charge: charge.id, quantity: kind.quantity.usage, unit: tariff.currency.code,
                    prices: DetailRequest.prices(of: kind, span, zone, series))
            }
        }
        if cut == nil, priced.isEmpty { return nil }
        self.init(
            stretches: cut.map {
                StretchPlan(
                    days: days, calendar: calendar, zone: zone, byDay: $0.byDay,
                    byPeriod: $0.byPeriod)
            }, stretchQuantities: cut?.quantities ?? [], priced: priced)
    }

    private static func prices(
        of kind: IntervalPriceCharge, _ span: Range<Int64>, _ zone: TimeZoneTable,
        _ series: SeriesSet
    ) -> Result<PriceSteps, PricingGap> {
        do throws(PriceGap) {
            let prices = try series.intervalPrices(of: kind, in: span, zone: zone)
            guard let steps = PriceSteps(prices.pieces.map { ($0.time, $0.price) }) else {
                return .failure(.outOfRange)
            }
            return .success(steps)
        } catch { return .failure(.missingPrice(error.description)) }
    }
}
