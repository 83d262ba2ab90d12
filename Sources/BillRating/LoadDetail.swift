// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

/// What a tariff asks of the intervals of a load beyond the energy of its periods.
///
/// An interval belongs to the day and the period in which it begins, as when readings are billed.
struct LoadDetail {
    let load: LoadProfile
    /// Where its intervals lie.
    let places: LoadPlaces
    let zone: TimeZoneTable
    let calendar: TimeOfUseCalendar
    let tariff: Tariff
    let series: SeriesSet

    /// Adds what is asked of some of the load's intervals.
    func add(_ intervals: Range<Int>, to determinants: inout Determinants) {
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
        of quantity: BilledQuantity, _ column: Int, _ intervals: Range<Int>, _ cut: StretchCut
    ) -> [Determinants.StretchEnergy] {
        var found: [Determinants.StretchEnergy] = []
        var rest = intervals
        while let first = rest.first {
            let (day, period) = (places.days[first], places.periods[first])
            let stretch = rest.prefix {
                (!cut.byPeriod || places.periods[$0] == period)
                    && (!cut.byDay || places.days[$0] == day)
            }
            found.append(
                Determinants.StretchEnergy(
                    quantity: quantity.usage, day: day,
                    period: cut.byPeriod ? calendar.periods[Int(period)] : "all",
                    from: load.starts[first], amount: load.columns[column].sum(stretch)))
            rest = rest.dropFirst(stretch.count)
        }
        return found
    }

    private func sums(
        of kind: IntervalPriceCharge, _ column: Int, _ intervals: Range<Int>
    ) -> Result<Determinants.PricedEnergy.Sums, PricingGap> {
        guard let first = intervals.first, let last = intervals.last else {
            return .success(.init(energy: .zero, amount: .zero, readings: 0))
        }
        let length = Int64(load.minutes * 60)
        let span = load.starts[first].seconds..<load.starts[last].seconds + length
        let prices: IntervalPrices
        do throws(PriceGap) {
            prices = try series.intervalPrices(of: kind, in: span, zone: zone)
        } catch { return .failure(.missingPrice(error.description)) }
        // Which price each interval has. Shape: `[interval]`, from the first.
        var pieces: [Int] = []
        pieces.reserveCapacity(intervals.count)
        var piece = 0
        for start in load.starts[intervals] {
            while piece + 1 < prices.pieces.count,
                prices.pieces[piece + 1].time.lowerBound <= start.seconds
            { piece += 1 }
            let time = prices.pieces[piece].time
            guard time.contains(start.seconds), time.upperBound >= start.seconds + length else {
                return .failure(.changesWithin(start))
            }
            pieces.append(piece)
        }
        let amount = load.columns[column].cost(of: intervals, pieces, prices.pieces)
        if amount.isOverflow { return .failure(.outOfRange) }
        return .success(
            .init(
                energy: load.columns[column].sum(intervals), amount: amount,
                readings: intervals.count))
    }
}

extension LoadColumn {
    /// The energy of each interval times its price, summed.
    ///
    /// - Parameters:
    ///   - places: The place of each interval's price in `prices`. Shape: `[interval]`, from the first.
    fileprivate func cost(
        of intervals: Range<Int>, _ places: [Int], _ prices: [IntervalPrices.Piece]
    ) -> Exact {
        switch amounts {
        case .steps(let steps, let decimals):
            if let whole = PriceSteps(prices.map { ($0.time, $0.price) }),
                let sum = LoadColumn.cost(steps[intervals], places, whole.prices)
            {
                return Exact(coefficient: sum, exponent: -decimals)
                    * Exact(1, over: Int128(whole.denominator))
            }
            return zip(steps[intervals], places).reduce(.zero) { sum, interval in
                sum + Exact(coefficient: Int128(interval.0), exponent: -decimals)
                    * prices[interval.1].price
            }
        case .exact(let amounts):
            return zip(amounts[intervals], places).reduce(.zero) { sum, interval in
                sum + interval.0 * prices[interval.1].price
            }
        }
    }

    /// The same in whole steps of both; nil where it does not fit.
    private static func cost(
        _ steps: ArraySlice<Int64>, _ places: [Int], _ prices: [Int64]
    ) -> Int128? {
        var sum: Int128 = 0
        for (count, place) in zip(steps, places) {
            let (next, isOver) = sum.addingReportingOverflow(
                Int128(count) * Int128(prices[place]))
            if isOver { return nil }
            sum = next
        }
        return sum
    }
}
