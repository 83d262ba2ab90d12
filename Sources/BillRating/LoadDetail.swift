// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

/// What a tariff asks of the intervals of a load beyond the energy of its periods.
///
/// An interval belongs to the day and the period in which it begins, as when readings are billed.
struct LoadDetail {
    let load: LoadProfile
    let zone: TimeZoneTable
    let calendar: TimeOfUseCalendar
    let tariff: Tariff
    let series: SeriesSet

    /// Adds what is asked of some of the load's intervals.
    func add(_ intervals: ArraySlice<LoadProfile.Interval>, to determinants: inout Determinants) {
        for (column, quantity) in load.quantities.enumerated() {
            if let cut = tariff.stretchCut, cut.quantities.contains(quantity.usage) {
                determinants.stretches += stretches(of: quantity, column, intervals, cut)
            }
            for charge in tariff.charges {
                guard let kind = charge.kind.intervalPrice, kind.quantity == quantity else {
                    continue
                }
                determinants.priced.append(
                    Determinants.PricedEnergy(
                        charge: charge.id, quantity: quantity.usage, unit: tariff.currency.code,
                        outcome: sums(of: kind, column, intervals)))
            }
        }
    }

    private func stretches(
        of quantity: BilledQuantity, _ column: Int, _ intervals: ArraySlice<LoadProfile.Interval>,
        _ cut: StretchCut
    ) -> [Determinants.StretchEnergy] {
        var found: [Determinants.StretchEnergy] = []
        var table: (day: CivilDay, periods: [UInt8])?
        for interval in intervals {
            let clock = zone.clock(at: interval.start)
            let periods =
                if let table, table.day == clock.day { table.periods } else {
                    calendar.periods(of: clock.day)
                }
            table = (clock.day, periods)
            let period =
                cut.byPeriod ? calendar.periods[Int(periods[clock.second / 60])] : "all"
            let amount = interval.amounts[column]
            if let last = found.last, last.period == period, !cut.byDay || last.day == clock.day {
                found[found.count - 1].amount += amount
            } else {
                found.append(
                    Determinants.StretchEnergy(
                        quantity: quantity.usage, day: clock.day, period: period,
                        from: interval.start, amount: amount))
            }
        }
        return found
    }

    private func sums(
        of kind: IntervalPriceCharge, _ column: Int, _ intervals: ArraySlice<LoadProfile.Interval>
    ) -> Result<Determinants.PricedEnergy.Sums, PricingGap> {
        let length = Int64(load.minutes * 60)
        guard let first = intervals.first?.start.seconds, let last = intervals.last?.start.seconds
        else { return .success(.init(energy: .zero, amount: .zero, readings: 0)) }
        let prices: IntervalPrices
        do throws(PriceGap) {
            prices = try series.intervalPrices(of: kind, in: first..<last + length, zone: zone)
        } catch { return .failure(.missingPrice(error.description)) }
        var sums = Determinants.PricedEnergy.Sums(energy: .zero, amount: .zero, readings: 0)
        for interval in intervals {
            let start = interval.start.seconds
            guard let price = prices.price(of: start..<start + length) else {
                return .failure(.changesWithin(interval.start))
            }
            sums.energy += interval.amounts[column]
            sums.amount += interval.amounts[column] * price
            sums.readings += 1
        }
        return sums.amount.isOverflow ? .failure(.outOfRange) : .success(sums)
    }
}
