// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A bound of a span as the network folder writes it: a local date, or an instant.
public enum NetworkMoment: Hashable, Sendable {
    /// The midnight at which this day begins, by the clock of the service point.
    case day(CivilDay)
    /// This moment.
    case instant(Instant)

    /// A bound written as `2026-01-31` or `2026-01-31T08:00:00+08:00`; nil for any other form.
    ///
    /// Years before 1900 are nil too: no meter is older, so they are slips of the pen.
    public init?(_ text: String) {
        guard let day = CivilDay(iso: text.prefix(10)), day.components.year >= 1900 else {
            return nil
        }
        if text.utf8.count == 10 {
            self = .day(day)
        } else if let instant = Instant(iso: text) {
            self = .instant(instant)
        } else {
            return nil
        }
    }

    /// The moment, where dates are days of `zone`.
    public func instant(in zone: TimeZoneTable) -> Instant {
        switch self {
        case .day(let day): zone.startOfDay(day)
        case .instant(let instant): instant
        }
    }

    /// The day of `zone` that it is, or falls on.
    public func day(in zone: TimeZoneTable) -> CivilDay {
        switch self {
        case .day(let day): day
        case .instant(let instant): zone.clock(at: instant).day
        }
    }
}

extension NetworkMoment: CustomStringConvertible {
    /// As `2026-01-31` or, in UTC, `2026-01-31T00:00:00Z`.
    public var description: String {
        switch self {
        case .day(let day): day.description
        case .instant(let instant): instant.iso(offset: 0)
        }
    }
}
