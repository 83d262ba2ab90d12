// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

/// What a tariff asks of a load slot by slot, found by looking at every interval: demand in dated
/// windows, and reactive excess.
struct LoadSlotWise {
    let load: LoadProfile
    let zone: TimeZoneTable
    let tariff: Tariff
    let series: SeriesSet

    /// Adds what is asked of some of the load's intervals.
    func add(_ intervals: Range<Int>, to determinants: inout Determinants) {
        let span =
            zone.startOfDay(determinants.start).seconds..<zone.startOfDay(determinants.end).seconds
        determinants.events += tariff.eventRequests(in: span, series).map { request in
            Determinants.EventDemand(
                charge: request.charge, unit: request.unit,
                outcome: request.windows.flatMap { windows in
                    Result { () throws(EventGap) in
                        var found: [Determinants.DemandPeak.Window] = []
                        for window in windows {
                            found.append(try power(in: window, request.unit, intervals))
                        }
                        return found
                    }
                })
        }
        determinants.reactiveExcess += tariff.reactiveExcessRequests.compactMap {
            excess($0, intervals)
        }
    }

    private func column(_ quantity: UsageQuantity) -> LoadColumn? {
        load.quantities.firstIndex { $0.usage == quantity }.map { load.columns[$0] }
    }

    private func power(
        in window: Range<Int64>, _ unit: DemandMeasure.Unit, _ intervals: Range<Int>
    ) throws(EventGap) -> Determinants.DemandPeak.Window {
        let at = Instant(seconds: window.lowerBound)
        let length = Int64(load.minutes * 60)
        let touched = intervals.filter {
            (load.starts[$0].seconds..<load.starts[$0].seconds + length).overlaps(window)
        }
        let isWithin = touched.allSatisfy {
            load.starts[$0].seconds >= window.lowerBound
                && load.starts[$0].seconds + length <= window.upperBound
        }
        guard isWithin else { throw .tooCoarse(at) }
        guard Int64(touched.count) * length == Int64(window.count), let first = touched.first,
            let last = touched.last
        else { throw .readings(at) }
        var means: [Exact] = []
        for quantity in unit.quantities {
            guard let column = column(quantity) else { throw .readings(at) }
            means.append(column.sum(first..<last + 1) * Exact(3600, over: Int128(window.count)))
        }
        return Determinants.DemandPeak.Window(
            power: means[0], reactive: means.count > 1 ? means[1] : nil, at: at)
    }

    /// The excess; nil where the load does not have both energies.
    private func excess(
        _ request: ReactiveExcessRequest, _ intervals: Range<Int>
    ) -> Determinants.ReactiveExcess? {
        guard let reactive = column(request.quantity), let active = column(.activeImport) else {
            return nil
        }
        let sum = intervals.reduce(Exact.zero) { sum, interval in
            let one = interval..<interval + 1
            return sum
                + max(reactive.sum(one) - request.freeShare * active.sum(one), .zero)
        }
        return Determinants.ReactiveExcess(charge: request.charge, amount: sum)
    }
}
