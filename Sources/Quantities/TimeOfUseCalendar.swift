// SPDX-License-Identifier: Apache-2.0

/// Which time-of-use period (尖峰平谷) each minute of each day belongs to.
///
/// A tariff compiles to one; usage cuts energy by it. Local wall-clock time throughout: an hour that
/// a clock change doubles counts in its window twice, a skipped one not at all.
public struct TimeOfUseCalendar: Hashable, Sendable {
    /// A rule: the days it applies to, and the period of some minutes of such a day.
    public struct Rule: Hashable, Sendable {
        /// The days of the year it applies on.
        public var yearDays: YearDays
        /// The weekdays it applies on, as bits 1 (Monday) to 7 (Sunday); bit 0 set: also on every
        /// dated day, whatever its kind.
        public var weekdays: UInt8
        /// Kinds of dated days (`holiday`, `event`) that it applies on besides.
        public var dayKinds: Set<String>
        /// Minutes of the day, half-open, within `0..<1440`.
        public var minutes: Range<Int>
        /// Index in `periods`.
        public var period: Int

        /// A rule from its parts.
        public init(
            yearDays: YearDays = .all, weekdays: UInt8, dayKinds: Set<String>,
            minutes: Range<Int>, period: Int
        ) {
            self.yearDays = yearDays
            self.weekdays = weekdays
            self.dayKinds = dayKinds
            self.minutes = minutes
            self.period = period
        }
    }

    /// The names of the periods, such as `peak`. Shape: `[period]`.
    public let periods: [String]
    /// Rules in order; the first that matches a minute decides.
    public let rules: [Rule]
    /// The period of a minute that no rule matches.
    public let rest: Int
    /// Dated days that are not ordinary, and their kind.
    public let datedDays: [CivilDay: String]

    /// A calendar from its parts; `rest` and every rule's period are indexes in `periods`.
    public init(periods: [String], rules: [Rule], rest: Int, datedDays: [CivilDay: String] = [:]) {
        precondition(periods.indices.contains(rest), "the rest names a period")
        precondition(
            rules.allSatisfy { periods.indices.contains($0.period) }, "a rule names a period")
        self.periods = periods
        self.rules = rules
        self.rest = rest
        self.datedDays = datedDays
    }

    /// A calendar without time of use: one period that is always on.
    public static let always = TimeOfUseCalendar(periods: ["all"], rules: [], rest: 0)

    /// The period of every minute of a day's wall clock. Shape: `[1440]`.
    public func periods(of day: CivilDay) -> [UInt8] {
        let kind = datedDays[day]
        var minutes = [UInt8](repeating: UInt8(rest), count: 1440)
        for rule in rules.reversed() where rule.applies(on: day, kind: kind) {
            for minute in rule.minutes { minutes[minute] = UInt8(rule.period) }
        }
        return minutes
    }

    /// The periods that have not one minute in some days.
    public func idlePeriods(in days: Range<CivilDay>) -> Set<String> {
        var seen: Set<[Bool]> = []
        var active: Set<UInt8> = []
        var day = days.lowerBound
        while day < days.upperBound, active.count < periods.count {
            let kind = datedDays[day]
            if seen.insert(rules.map { $0.applies(on: day, kind: kind) }).inserted {
                active.formUnion(periods(of: day))
            }
            day = day + 1
        }
        return Set(periods.indices.filter { !active.contains(UInt8($0)) }.map { periods[$0] })
    }
}

extension TimeOfUseCalendar.Rule {
    /// Whether it applies on a day, of this kind where that is dated.
    func applies(on day: CivilDay, kind: String?) -> Bool {
        guard yearDays.contains(day) else { return false }
        guard let kind else { return weekdays >> UInt8(day.weekday) & 1 == 1 }
        return weekdays & 1 == 1 || dayKinds.contains(kind)
    }
}
