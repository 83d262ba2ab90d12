// SPDX-License-Identifier: Apache-2.0

import Quantities

/// One of a tariff's own tests: what is given and what it must cost.
public struct TariffExample: Hashable, Sendable {
    /// The energy of one bill.
    public enum Energy: Hashable, Sendable {
        /// The total, for charges that do not tell periods apart.
        case total(Exact)
        /// The energy of each period; a period that is not named is zero.
        case byPeriod([String: Exact])
    }

    /// The energy of intervals of one length.
    public struct Intervals: Hashable, Sendable {
        /// Their length.
        public let minutes: Int
        /// The quantities given.
        public let quantities: [BilledQuantity]
        /// The intervals in order.
        public let intervals: [Interval]

        /// The energy of an interval.
        public struct Interval: Hashable, Sendable {
            /// When it begins.
            public let start: Instant
            /// kWh. Shape: `[quantity]`.
            public let amounts: [Exact]
        }
    }

    /// An amount that is expected.
    public struct Expectation: Hashable, Sendable {
        /// A charge, one of its components (`charge.component`), or `net`, `tax` or `total`.
        public let subject: String
        /// The amount over all bills of the example, as billed.
        public let amount: Exact
        /// Where it stands in the file.
        public let position: SourcePosition
    }

    /// What people call it.
    public let name: String
    /// The first day of the first bill.
    public let start: CivilDay
    /// The day on which a single bill ends, not included; nil: bills run from month to month.
    public let end: CivilDay?
    /// Values of the tariff's parameters.
    public let parameters: [String: String]
    /// The imported energy of each bill; the year-to-date runs from one to the next.
    public let energy: [Energy]
    /// The exported energy of each bill; empty where one amount is that of each.
    public let exportedEnergy: [Energy]
    /// The imported energy of each day of a single bill; empty where it is not given so.
    public let dailyEnergy: [Exact]
    /// The intervals of a single bill, which tell all of its usage; nil where it is not given so.
    public let intervals: Intervals?
    /// Other quantities of a single bill.
    public let otherQuantities: [BilledQuantity: Exact]
    /// The highest demand of each bill per period and over `all`, in the unit of the charges: one number,
    /// or the highest windows; a lone one is that of each bill.
    public let demand: [[String: [Exact]]]
    /// The demand in the dated windows of each bill, in order of time; nil where it is not given so.
    public let eventDemand: [Exact]?
    /// The amounts expected, at least one.
    public let expectations: [Expectation]
    /// Where the example stands in the file.
    public let position: SourcePosition
}
