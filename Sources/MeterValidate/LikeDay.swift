// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Estimates a gap by the same slots of an earlier day of the same kind (method E5, AEMO 14).
public enum LikeDay {
    /// How far back it looks. Source: reference method E5, up to four weeks.
    public static let longestDays = 28

    /// The days back to try, in order of preference.
    ///
    /// The same weekday of the four weeks before comes first. Tuesday, Wednesday and Thursday may
    /// then replace each other, the nearest first; the other weekdays have no equal.
    static func daysBack(from day: CivilDay) -> [Int] {
        let sameWeekday = Array(stride(from: 7, through: longestDays, by: 7))
        let midweek = 2...4
        guard midweek.contains(day.weekday) else { return sameWeekday }
        let others = (1...longestDays).filter {
            $0 % 7 != 0 && midweek.contains((day - $0).weekday)
        }
        return sameWeekday + others
    }

    /// The first slot to copy from, or nil where no like day has every slot read from the meter.
    ///
    /// - Parameter slots: A gap within one storage day.
    static func source(
        for slots: Range<Int>, in delivered: DeliveredSlots, storageOffset: Int
    ) -> Int? {
        let series = delivered.series
        let day = series.day(ofSlot: slots.lowerBound, storageOffset: storageOffset)
        for days in daysBack(from: day) {
            let first = slots.lowerBound - days * series.slotsPerDay
            guard first >= 0 else { continue }
            if (first..<(first + slots.count)).allSatisfy(delivered.isActual) { return first }
        }
        return nil
    }
}
