// SPDX-License-Identifier: Apache-2.0

import Quantities

/// How export is held against import in kWh, and what becomes of a surplus (net metering).
///
/// Charges on `net.kwh` bill what is left; those on `import.kwh` and `export.kwh` what was measured.
public struct NetMetering: Hashable, Sendable {
    /// What is held against each other, or kept together.
    public enum Scope: String, Hashable, Sendable, CaseIterable {
        /// All energy of a bill.
        case all
        /// The energy of each time-of-use period by itself.
        case byPeriod = "by_period"
    }

    /// When kept energy is lost to the customer.
    public enum Expiry: Hashable, Sendable {
        /// As long as the contract runs, never.
        case never
        /// On a date of every year.
        case each(YearlyExpiry)
        /// Some months after the end of the bill that kept it.
        case afterMonths(Int)
    }

    /// Kept energy of which age is used first.
    public enum Order: String, Hashable, Sendable, CaseIterable {
        /// That which was kept first.
        case oldestFirst = "oldest_first"
        /// That which was kept last.
        case newestFirst = "newest_first"
    }

    /// What becomes of something when its time has come.
    public enum Fate: String, Hashable, Sendable, CaseIterable {
        /// It expires.
        case expires
        /// It is kept.
        case stays
    }

    /// What the customer has of energy that expired.
    public enum Expired: String, Hashable, Sendable, CaseIterable {
        /// Nothing.
        case lost
        /// Charges on `expired.kwh` pay for it.
        case billed
    }

    /// What a billing period does that tariff or terms part.
    public enum Split: String, Hashable, Sendable, CaseIterable {
        /// Each part is netted by itself, and the bank goes from one to the next.
        case byPart = "by_part"
        /// It is held for a person.
        case hold
    }

    /// What import and export are held against each other.
    public let netting: Scope
    /// What is kept together.
    public let bank: Scope
    /// The periods in the order in which kept energy is held against their import, where all of it is
    /// kept together and periods are netted; else empty.
    public let against: [String]
    /// When kept energy expires.
    public let expiry: Expiry
    /// Kept energy of which age is used first; it matters only where energy expires by its age.
    public let order: Order
    /// What the customer has of energy that expired; nil where none does.
    public let expired: Expired?
    /// What becomes of the bank with the last bill of a contract.
    public let atEnd: Fate
    /// What a billing period does that is split.
    public let split: Split
    /// Where it stands in the file.
    public let position: SourcePosition
}

/// A date of every year on which kept energy expires.
public struct YearlyExpiry: Hashable, Sendable {
    /// The month, from 1.
    public let month: Int
    /// The day of the month; never 29 February.
    public let day: Int
    /// What becomes of a surplus of the bill in which the date lies.
    public let surplusOfBill: NetMetering.Fate

    /// The first such date after a day.
    public func next(after day: CivilDay) -> CivilDay {
        let year = day.components.year
        for year in [year, year + 1] {
            if let date = CivilDay(year: year, month: month, day: self.day), date > day {
                return date
            }
        }
        preconditionFailure("every year has the date")
    }
}
