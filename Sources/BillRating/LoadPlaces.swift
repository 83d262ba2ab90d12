// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Where the intervals of a load lie by the local clock: each where it begins.
struct LoadPlaces {
    /// The local day. Shape: `[interval]`.
    let days: [CivilDay]
    /// The minute of the local day. Shape: `[interval]`.
    let minutes: [Int]
    /// The time-of-use period. Shape: `[interval]`.
    let periods: [UInt8]

    /// The places of intervals that begin then, in the order of time.
    init(_ starts: [Instant], zone: TimeZoneTable, calendar: TimeOfUseCalendar) {
        var (days, minutes): ([CivilDay], [Int]) = ([], [])
        var periods: [UInt8] = []
        days.reserveCapacity(starts.count)
        minutes.reserveCapacity(starts.count)
        periods.reserveCapacity(starts.count)
        // The day of the interval before and its periods, and the time for which both hold.
        var (day, table) = (CivilDay(number: 0), [UInt8]())
        var time: Range<Int64> = 0..<0
        for start in starts {
            if !time.contains(start.seconds) {
                let clock = zone.clock(at: start)
                if table.isEmpty || clock.day != day { table = calendar.periods(of: clock.day) }
                day = clock.day
                let midnight = start.seconds - Int64(clock.second)
                time = midnight..<min(midnight + 86_400, zone.nextChange(after: start))
            }
            let minute = Int(start.seconds - time.lowerBound) / 60
            days.append(day)
            minutes.append(minute)
            periods.append(table[minute])
        }
        (self.days, self.minutes, self.periods) = (days, minutes, periods)
    }
}

extension TimeZoneTable {
    /// When the clock is next put forward or back.
    fileprivate func nextChange(after instant: Instant) -> Int64 {
        let next = transitions.indices.partition { transitions[$0] > instant.seconds }
        return next < transitions.count ? transitions[next] : .max
    }
}
