// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A price per kilowatt, kVA or kvar of the mean power in dated windows, the hours of a system's peak.
///
/// The windows are rows of a series of instants, those of 1; rows of 0 say of other times that there is
/// none, and what no row covers is not yet known.
public struct CoincidentDemandCharge: Hashable, Sendable {
    /// What the windows of a billing period together are charged by.
    public enum Counts: String, Hashable, Sendable, CaseIterable {
        /// Their mean.
        case mean
        /// Their sum.
        case sum
        /// The highest.
        case highest
    }

    /// What a billing period without any window does.
    public enum Idle: String, Hashable, Sendable, CaseIterable {
        /// Nothing is charged.
        case noCharge = "no_charge"
        /// The bill is held for a person.
        case hold
    }

    /// The series of instants.
    public let series: String
    /// Its column.
    public let column: String
    /// What the windows of a billing period together are charged by.
    public let counts: Counts
    /// What a billing period without any window does.
    public let idle: Idle
    /// What is measured of a window.
    public let unit: DemandMeasure.Unit
    /// The length of each window.
    public let windowMinutes: Int
    /// How the demand is rounded, of kVA also that of each window; nil where it stays exact.
    public let rounding: StepRounding?
    /// The price.
    public let price: PriceSource
    /// What the price is per.
    public let basis: TimeBasis
}

/// Why the windows of a span are not known.
public struct EventListGap: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is missing or wrong, and how to mend it.
    public let description: String
}

extension SeriesSet {
    /// The windows of a charge that lie in a span, in order, in seconds since 1970-01-01T00:00:00Z.
    ///
    /// - Throws: Where the list does not tell of each moment whether it is in a window, or one of them has
    ///   another length than the charge says, or goes on beyond the span.
    public func events(
        of charge: CoincidentDemandCharge, in span: Range<Int64>
    ) throws(EventListGap) -> [Range<Int64>] {
        func gap(_ what: String) -> EventListGap {
            EventListGap(description: "the list of events '\(charge.series)' \(what)")
        }
        guard let known = self[charge.series], let rows = known.intervals,
            let column = known.columns.firstIndex(of: charge.column)
        else {
            throw gap("is not loaded: add series/\(charge.series).csv, a series of instants")
        }
        func unpublished(_ moment: Int64) -> EventListGap {
            gap(
                "does not tell of \(Instant(seconds: moment).iso(offset: 0)): add a row that covers it, "
                    + "1 for an event and 0 for none")
        }
        var found: [Range<Int64>] = []
        var told = span.lowerBound
        for row in rows where row.to.seconds > span.lowerBound && row.from.seconds < span.upperBound
        {
            guard row.from.seconds <= told else { break }
            guard let value = row.values[column] else { break }
            let time = row.from.seconds..<row.to.seconds
            if value == .one {
                let at = row.from.iso(offset: 0)
                guard time.count == charge.windowMinutes * 60 else {
                    throw gap(
                        "has an event at \(at) of \(time.count / 60) minutes, and the tariff's are of "
                            + "\(charge.windowMinutes): correct the row")
                }
                guard time.clamped(to: span) == time else {
                    throw gap("has an event at \(at) that two bills share: correct the row")
                }
                found.append(time)
            } else if value != .zero {
                throw gap(
                    "says \(value) at \(row.from.iso(offset: 0)): write 1 for an event, 0 for none")
            }
            told = time.upperBound
        }
        if told < span.upperBound { throw unpublished(told) }
        return found
    }
}
