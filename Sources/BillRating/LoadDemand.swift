// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

/// The demand of a load, found by looking at every window.
struct LoadDemand {
    let load: LoadProfile
    let zone: TimeZoneTable
    let calendar: TimeOfUseCalendar
    /// What is measured.
    let measures: [DemandMeasure]

    /// Where an interval lies.
    private struct Place {
        var day: CivilDay
        var minute: Int
        var period: Int
    }

    /// A window with all its intervals.
    private struct Window {
        /// Where its first interval lies.
        var place: Place
        var power: Determinants.DemandPeak.Window
        /// What windows are ordered by: the power, of apparent power its square.
        var rank: Exact
    }

    /// The peaks of some of the load's intervals, measure by measure; of one whose quantities the load
    /// does not have there are none.
    func peaks(of intervals: ArraySlice<LoadProfile.Interval>) -> [Determinants.DemandPeak] {
        if measures.isEmpty { return [] }
        let (intervals, places) = (Array(intervals), places(of: intervals))
        var found: [Determinants.DemandPeak] = []
        for measure in measures {
            let windows = windows(of: intervals, places, measure)
            for (period, name) in calendar.periods.enumerated() where name != "all" {
                let inPeriod = windows.filter { $0.place.period == period }
                found += peak(inPeriod, named: name, measure)
            }
            found += peak(windows, named: "all", measure)
        }
        return found
    }

    private func places(of intervals: ArraySlice<LoadProfile.Interval>) -> [Place] {
        var (day, periods): (CivilDay?, [UInt8]) = (nil, [])
        return intervals.map { interval in
            let clock = zone.clock(at: interval.start)
            if clock.day != day { (day, periods) = (clock.day, calendar.periods(of: clock.day)) }
            let minute = clock.second / 60
            return Place(day: clock.day, minute: minute, period: Int(periods[minute]))
        }
    }

    /// The peak of windows in order of time, as a list of one; empty for none.
    private func peak(
        _ windows: [Window], named period: String, _ measure: DemandMeasure
    ) -> [Determinants.DemandPeak] {
        var highest: [Window] = []
        for window in windows {
            if highest.count == measure.count, let last = highest.last, window.rank <= last.rank {
                continue
            }
            if measure.days == .different,
                let same = highest.firstIndex(where: { $0.place.day == window.place.day })
            {
                if window.rank <= highest[same].rank { continue }
                highest.remove(at: same)
            }
            highest.append(window)
            highest.sort { ($0.rank, $1.power.at) > ($1.rank, $0.power.at) }
            highest = Array(highest.prefix(measure.count))
        }
        return highest.isEmpty
            ? []
            : [Determinants.DemandPeak(measure, period: period, windows: highest.map(\.power))]
    }

    private func windows(
        of intervals: [LoadProfile.Interval], _ places: [Place], _ measure: DemandMeasure
    ) -> [Window] {
        let columns = measure.quantities.compactMap { quantity in
            load.quantities.firstIndex { $0.usage == quantity }
        }
        let count = measure.windowMinutes / load.minutes
        guard columns.count == measure.quantities.count, intervals.count >= count,
            measure.isMadeOf(intervalMinutes: load.minutes)
        else { return [] }
        let perHour = Exact(60, over: Int128(measure.windowMinutes))
        let isApparent = measure.unit == .kilovoltAmperes
        return (0...intervals.count - count).compactMap { first in
            if measure.sequence == .block, !isBlock(places[first..<first + count], measure) {
                return nil
            }
            let means = columns.map { column in
                intervals[first..<first + count].reduce(Exact.zero) { $0 + $1.amounts[column] }
                    * perHour
            }
            return Window(
                place: places[first],
                power: Determinants.DemandPeak.Window(
                    power: means[0], reactive: isApparent ? means[1] : nil,
                    at: intervals[first].start),
                rank: isApparent ? means[0] * means[0] + means[1] * means[1] : means[0])
        }
    }

    /// Whether intervals are a block: one begins with the first, and no clock change parts it.
    private func isBlock(_ places: ArraySlice<Place>, _ measure: DemandMeasure) -> Bool {
        zip(places, 0...).allSatisfy { place, count in
            place.minute % measure.windowMinutes == count * load.minutes
        }
    }
}
