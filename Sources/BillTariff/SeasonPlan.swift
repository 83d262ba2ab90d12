// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The seasons of a tariff: named parts of every year that together are the year, each day in one.
public struct SeasonPlan: Hashable, Sendable {
    /// The names, in the order of the file; empty where the tariff has no seasons.
    public let names: [String]
    /// The days of each. Shape: `[season]`.
    let days: [YearDays]
    /// Which season counts where several touch a span; nil where no price is by season.
    public let moment: PriceMoment?

    /// No seasons.
    static let none = SeasonPlan(names: [], days: [], moment: nil)

    /// The days of every year of a season; nil for a name that is none.
    func days(of name: String) -> YearDays? {
        names.firstIndex(of: name).map { days[$0] }
    }

    /// The season of a day.
    ///
    /// Precondition: the tariff has seasons.
    public func season(of day: CivilDay) -> String {
        guard let place = days.firstIndex(where: { $0.contains(day) }) else {
            preconditionFailure("seasons are the whole year")
        }
        return names[place]
    }

    /// The one season that counts for the span from `start` up to, not including, `end`; nil where
    /// several count by days.
    public func season(from start: CivilDay, to end: CivilDay) -> String? {
        switch moment {
        case .periodStart: season(of: start)
        case .periodEnd: season(of: end - 1)
        case .byDays, nil: nil
        }
    }

    /// The value that counts for the span from `start` up to, not including, `end`: that of one
    /// season, or the mean weighted by days.
    ///
    /// - Parameter values: A value for every season.
    public func value(
        of values: [String: Exact], from start: CivilDay, to end: CivilDay
    ) -> Exact {
        if let season = season(from: start, to: end) { return values[season] ?? .overflow }
        var sum = Exact.zero
        var day = start
        while day < end {
            sum += values[season(of: day)] ?? .overflow
            day = day + 1
        }
        return sum / Exact(end - start)
    }
}
