// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

/// Cuts a load into calendar months and sums it by time-of-use period.
///
/// An interval belongs to the month and the period in which it begins, as when readings are billed.
struct LoadUsage {
    let load: LoadProfile
    let zone: TimeZoneTable
    let calendar: TimeOfUseCalendar
    /// What is asked of its demand.
    let demand: LoadDemand
    /// What else is asked of its intervals.
    let detail: LoadDetail

    /// The usage of a load, for a tariff by its calendar.
    init(
        _ load: LoadProfile, of tariff: Tariff, calendar: TimeOfUseCalendar, zone: TimeZoneTable,
        series: SeriesSet
    ) {
        self.load = load
        self.zone = zone
        self.calendar = calendar
        demand = LoadDemand(
            load: load, zone: zone, calendar: calendar, measures: tariff.demandMeasures)
        detail = LoadDetail(
            load: load, zone: zone, calendar: calendar, tariff: tariff, series: series)
    }

    /// Determinants of each calendar month in which the load has intervals.
    ///
    /// The first begins on the load's first day and the last ends with its last day.
    func months() -> [Determinants] {
        var found: [Determinants] = []
        var rest = load.intervals[...]
        while let first = rest.first {
            let firstDay = zone.clock(at: first.start).day
            let nextMonth = firstDay.startOfMonth.addingMonths(1)
            let month = rest.prefix { zone.clock(at: $0.start).day < nextMonth }
            rest = rest.dropFirst(month.count)
            let lastDay = month.last.map { zone.clock(at: $0.start).day } ?? firstDay
            found.append(
                determinants(month, from: firstDay, to: rest.isEmpty ? lastDay + 1 : nextMonth))
        }
        return found
    }

    /// Determinants of some of the load's intervals.
    func determinants(
        _ intervals: ArraySlice<LoadProfile.Interval>, from start: CivilDay, to end: CivilDay
    ) -> Determinants {
        let periodCount = calendar.periods.count
        var sums = load.quantities.map { _ in [Exact](repeating: .zero, count: periodCount) }
        var (day, table): (CivilDay, [UInt8]) = (start, calendar.periods(of: start))
        for interval in intervals {
            let clock = zone.clock(at: interval.start)
            if clock.day != day { (day, table) = (clock.day, calendar.periods(of: clock.day)) }
            let minute = clock.second / 60
            for (column, amount) in interval.amounts.enumerated() {
                sums[column][Int(table[minute])] += amount
            }
        }
        var energy: [Determinants.EnergyAmount] = []
        for (column, quantity) in load.quantities.enumerated() {
            for (period, name) in calendar.periods.enumerated() {
                energy.append(
                    Determinants.EnergyAmount(
                        quantity: quantity.usage, period: name, amount: sums[column][period]))
            }
        }
        var found = Determinants(
            start: start, end: end, energy: energy, demand: demand.peaks(of: intervals))
        detail.add(intervals, to: &found)
        return found
    }
}
