// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A billing span cut into stretches of one time-of-use period, of one local day, or of both.
///
/// What tiers need that count day by day, or by what came first: within a stretch of one period it
/// does not matter which interval crosses a limit, so a stretch's energy tells it as exactly as its
/// intervals would, whatever the limits are.
public struct StretchPlan: Hashable, Sendable {
    /// When each begins, in seconds since 1970-01-01T00:00:00Z, sorted. Shape: `[stretch]`.
    public let starts: [Int64]
    /// The local day on which each begins. Shape: `[stretch]`.
    public let days: [CivilDay]
    /// Index in the calendar's periods; nil where stretches are of all periods. Shape: `[stretch]`.
    public let periods: [Int?]

    /// The stretches of some local days.
    ///
    /// - Parameters:
    ///   - byDay: True to cut at each local midnight.
    ///   - byPeriod: True to cut where the period changes.
    public init(
        days span: Range<CivilDay>, calendar: TimeOfUseCalendar, zone: TimeZoneTable, byDay: Bool,
        byPeriod: Bool
    ) {
        var starts: [Int64] = []
        var days: [CivilDay] = []
        var periods: [Int?] = []
        func begin(_ start: Int64, _ day: CivilDay, _ period: UInt8, isMidnight: Bool) {
            let period = byPeriod ? Int(period) : nil
            let cuts = starts.isEmpty || byDay && isMidnight || periods.last != period
            guard cuts else { return }
            starts.append(start)
            days.append(day)
            periods.append(period)
        }
        var day = span.lowerBound
        while day < span.upperBound {
            let (first, next) = (zone.startOfDay(day).seconds, zone.startOfDay(day + 1).seconds)
            let minutes = calendar.periods(of: day)
            var last: UInt8?
            for minute in 0..<Int((next - first) / 60) {
                let at = first + Int64(minute * 60)
                // Only where the clock changes on the day, its minutes are not those since midnight.
                let clock =
                    next - first == 86_400
                    ? minute : zone.clock(at: Instant(seconds: at)).second / 60
                let period = minutes[clock]
                if minute == 0 || period != last {
                    begin(at, day, period, isMidnight: minute == 0)
                }
                last = period
            }
            day = day + 1
        }
        (self.starts, self.days, self.periods) = (starts, days, periods)
    }

    /// The stretch of a moment in the span.
    func place(of moment: Int64) -> Int {
        max(starts.indices.partition { starts[$0] > moment } - 1, 0)
    }
}
