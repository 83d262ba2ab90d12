// SPDX-License-Identifier: Apache-2.0

/// Days of every year: some months, or from one date up to another. 29 February is a day like others,
/// though most years lack it.
public struct YearDays: Hashable, Sendable {
    /// One flag per day of a leap year, 64 days a word.
    private var words: [UInt64]

    private init(words: [UInt64]) {
        self.words = words
    }

    /// No day.
    public static let none = YearDays(words: [UInt64](repeating: 0, count: 6))

    /// Every day.
    public static let all = YearDays.none.inverted

    /// All days of some months, each from 1 to 12.
    public init(months: some Sequence<Int>) {
        self = .none
        for month in months {
            for day in YearDays.ordinal(month, 1)..<YearDays.ordinal(month + 1, 1) { insert(day) }
        }
    }

    /// From one date up to, not including, another; across New Year where that one is earlier, and
    /// the whole year where both are the same. Nil where a leap year does not have one of them.
    public init?(from start: (month: Int, day: Int), to end: (month: Int, day: Int)) {
        guard CivilDay(year: 2000, month: start.month, day: start.day) != nil,
            CivilDay(year: 2000, month: end.month, day: end.day) != nil
        else { return nil }
        self = .none
        let (first, last) = (
            YearDays.ordinal(start.month, start.day), YearDays.ordinal(end.month, end.day)
        )
        if first < last {
            for day in first..<last { insert(day) }
        } else {
            for day in 0..<366 where day >= first || day < last { insert(day) }
        }
    }

    /// Whether it has this day of its year.
    public func contains(_ day: CivilDay) -> Bool {
        let (_, month, day) = day.components
        let ordinal = YearDays.ordinal(month, day)
        return words[ordinal / 64] >> UInt64(ordinal % 64) & 1 == 1
    }

    /// The days of either.
    public func union(_ other: YearDays) -> YearDays {
        YearDays(words: zip(words, other.words).map { $0 | $1 })
    }

    /// The days of both.
    public func intersection(_ other: YearDays) -> YearDays {
        YearDays(words: zip(words, other.words).map { $0 & $1 })
    }

    /// All other days.
    public var inverted: YearDays {
        var found = YearDays(words: words.map { ~$0 })
        found.words[5] &= (1 << (366 - 5 * 64)) - 1
        return found
    }

    private mutating func insert(_ ordinal: Int) {
        words[ordinal / 64] |= 1 << UInt64(ordinal % 64)
    }

    /// The place of a date among the 366 days of a leap year; that of month 13 is 366.
    private static func ordinal(_ month: Int, _ day: Int) -> Int {
        var ordinal = day - 1
        for earlier in 1..<month {
            ordinal += CivilDay.daysInMonth(year: 2000, month: earlier)
        }
        return ordinal
    }
}
