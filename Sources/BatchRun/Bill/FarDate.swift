// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A date so far after all readings that it is taken for a slip: every period up to it would be due.
public struct FarDate: Error, Hashable, Sendable, CustomStringConvertible {
    /// A year's bill may wait for the year after it to begin, and for late readings.
    static let mostDays = 400

    /// The date.
    public let asOf: CivilDay
    /// The end of the newest month that has readings.
    public let lastReadings: CivilDay

    /// What is refused and what to do.
    public var description: String {
        "nothing is billed as of \(asOf), more than \(FarDate.mostDays) days after \(lastReadings), "
            + "the end of the last month with readings: correct --as-of"
    }
}
