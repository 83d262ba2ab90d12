// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

/// Cuts a load into calendar months and sums it by time-of-use period.
///
/// An interval belongs to the month and the period in which it begins, as when readings are billed.
struct LoadUsage {
    let load: LoadProfile
    let calendar: TimeOfUseCalendar
    /// Where its intervals lie.
    let places: LoadPlaces
    /// What is asked of its demand.
    let demand: LoadDemand
    /// What else is asked of its intervals.
    let detail: LoadDetail
    /// What is asked of them slot by slot.
    let slotWise: LoadSlotWise

    /// The usage of a load, for a tariff by its calendar.
    init(
        _ load: LoadProfile, of tariff: Tariff, calendar: TimeOfUseCalendar, zone: TimeZoneTable,
        series: SeriesSet
    ) {
        self.load = load
        self.calendar = calendar
        places = LoadPlaces(load.starts, zone: zone, calendar: calendar)
        demand = LoadDemand(
            load: load, places: places, calendar: calendar, measures: tariff.demandMeasures)
        detail = LoadDetail(
            load: load, places: places, zone: zone, calendar: calendar, tariff: tariff,
            series: series)
        slotWise = LoadSlotWise(load: load, zone: zone, tariff: tariff, series: series)
    }

    /// Determinants of each calendar month in which the load has intervals.
    ///
    /// The first begins on the load's first day and the last ends with its last day.
    func months() -> [Determinants] {
        var found: [Determinants] = []
        var rest = places.days.indices
        while let first = rest.first {
            let firstDay = places.days[first]
            let nextMonth = firstDay.startOfMonth.addingMonths(1)
            let month = rest.prefix { places.days[$0] < nextMonth }
            rest = rest.dropFirst(month.count)
            let end = rest.isEmpty ? places.days[month.upperBound - 1] + 1 : nextMonth
            found.append(determinants(month, from: firstDay, to: end))
        }
        return found
    }

    /// Determinants of some of the load's intervals.
    func determinants(
        _ intervals: Range<Int>, from start: CivilDay, to end: CivilDay
    ) -> Determinants {
        var energy: [Determinants.EnergyAmount] = []
        for (quantity, column) in zip(load.quantities, load.columns) {
            let sums = column.sums(intervals, by: places.periods, count: calendar.periods.count)
            for (period, sum) in zip(calendar.periods, sums) {
                energy.append(
                    Determinants.EnergyAmount(
                        quantity: quantity.usage, period: period, amount: sum))
            }
        }
        var found = Determinants(
            start: start, end: end, energy: energy, demand: demand.peaks(of: intervals))
        detail.add(intervals, to: &found)
        slotWise.add(intervals, to: &found)
        return found
    }
}
