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
    /// The length of the demand window; nil where no demand is needed.
    let windowMinutes: Int?
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
        windowMinutes = tariff.demandWindowMinutes
        detail = LoadDetail(
            load: load, zone: zone, calendar: calendar, tariff: tariff, series: series)
    }

    /// What one demand window has gathered.
    private struct Window {
        var start: Instant
        var period: Int
        var energy = Exact.zero
        var minutes = 0
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
        let importColumn = load.quantities.firstIndex(of: .activeImport)
        var window: Window?
        var peaks: [Determinants.DemandPeak] = []
        for interval in intervals {
            let clock = zone.clock(at: interval.start)
            if clock.day != day { (day, table) = (clock.day, calendar.periods(of: clock.day)) }
            let minute = clock.second / 60
            for (column, amount) in interval.amounts.enumerated() {
                sums[column][Int(table[minute])] += amount
            }
            guard let windowMinutes, let importColumn else { continue }
            let into = minute % windowMinutes
            let windowStart = interval.start + Int64(-into * 60)
            if window?.start != windowStart {
                window = Window(start: windowStart, period: Int(table[minute - into]))
            }
            window?.energy += interval.amounts[importColumn]
            window?.minutes += load.minutes
            if let complete = window, complete.minutes == windowMinutes {
                raise(&peaks, by: complete, minutes: windowMinutes)
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
        var found = Determinants(start: start, end: end, energy: energy, demand: peaks)
        detail.add(intervals, to: &found)
        return found
    }

    /// Takes a complete window into the peaks over all and of its period.
    private func raise(_ peaks: inout [Determinants.DemandPeak], by window: Window, minutes: Int) {
        let kilowatts = window.energy * Exact(60, over: Int128(minutes))
        let name = calendar.periods[window.period]
        for period in name == "all" ? ["all"] : ["all", name] {
            let peak = Determinants.DemandPeak(
                period: period, kilowatts: kilowatts, at: window.start)
            guard let known = peaks.firstIndex(where: { $0.period == period }) else {
                peaks.append(peak)
                continue
            }
            if kilowatts > peaks[known].kilowatts { peaks[known] = peak }
        }
    }
}
