// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The time-of-use periods of a tariff (尖峰平谷), without the dated days that arrive as a series.
public struct PeriodPlan: Hashable, Sendable {
    /// The rules, the periods and the period of the rest; no dated days.
    let calendar: TimeOfUseCalendar
    /// Where each of the calendar's rules stands in the file. Shape: `[rule]`.
    let rulePositions: [SourcePosition]
    /// The `date,kind` series that names holidays and event days; nil where the rules need none.
    public let dayKindSeries: String?
    /// Where the file names that series.
    let dayKindPosition: SourcePosition?

    /// What people call the periods; a period without name keeps its own.
    public let displayNames: [String: LocalizedText]

    /// No time of use: one period, `all`.
    static let none = PeriodPlan(
        calendar: .always, rulePositions: [], dayKindSeries: nil, dayKindPosition: nil,
        displayNames: [:])

    /// True where the tariff tells times of day apart.
    public var hasTimeOfUse: Bool { self != .none }

    /// The names of the periods, in the order of the file; `all` where there are none.
    public var names: [String] { calendar.periods }

    /// The kinds of dated days that rules name.
    public var dayKinds: Set<String> {
        calendar.rules.reduce(into: []) { $0.formUnion($1.dayKinds) }
    }

    /// The calendar with these dated days; kinds that no rule names stay ordinary days.
    public func calendar(datedDays: [CivilDay: String]) -> TimeOfUseCalendar {
        let kinds = dayKinds
        return TimeOfUseCalendar(
            periods: calendar.periods, rules: calendar.rules, rest: calendar.rest,
            datedDays: datedDays.filter { kinds.contains($0.value) })
    }

    /// The calendar with the dated days of the loaded series.
    ///
    /// Years before the first dated day and after the last are not known to have none: without them
    /// their holidays would bill as ordinary days.
    ///
    /// - Parameter billed: The days that it is for; nil where it bills none.
    public func calendar(
        series: SeriesSet, for billed: Range<CivilDay>? = nil
    ) throws(PriceGap) -> TimeOfUseCalendar {
        guard let id = dayKindSeries else { return calendar(datedDays: [:]) }
        guard let days = series[id]?.datedDays else {
            throw PriceGap(series: id, column: nil, day: nil)
        }
        if let billed {
            let years = days.keys.map(\.components.year)
            let first = billed.lowerBound.components.year
            guard let known = years.min(), known <= first else {
                throw PriceGap(series: id, column: "kind", day: billed.lowerBound)
            }
            let last = (billed.upperBound + -1).components.year
            if let known = years.max(), known < last {
                throw PriceGap(
                    series: id, column: "kind",
                    day: max(billed.lowerBound, CivilDay.newYear(known + 1)))
            }
        }
        return calendar(datedDays: days)
    }
}
