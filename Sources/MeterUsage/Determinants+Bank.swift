// SPDX-License-Identifier: Apache-2.0

import Quantities

extension Determinants {
    /// Energy that a bill kept for later ones.
    public struct BankLot: Hashable, Sendable {
        /// The end of the bill that kept it.
        public var earned: CivilDay
        /// The time-of-use period whose import it serves; `all` for all.
        public var period: String
        /// kWh, exact.
        public var amount: Exact

        /// A lot from its parts.
        public init(earned: CivilDay, period: String, amount: Exact) {
            self.earned = earned
            self.period = period
            self.amount = amount
        }
    }

    /// An amount of one time-of-use period, or of `all`.
    public struct PeriodAmount: Hashable, Sendable {
        /// The period.
        public var period: String
        /// kWh, exact.
        public var amount: Exact

        /// An amount from its parts.
        public init(period: String, amount: Exact) {
            self.period = period
            self.amount = amount
        }
    }

    /// What became of kept energy in a span.
    public struct BankStatement: Hashable, Sendable {
        /// What was kept before.
        public var before: [BankLot]
        /// What export left over, by the period of the export.
        public var added: [PeriodAmount]
        /// What was held against import, by the period of the import.
        public var used: [PeriodAmount]
        /// What expired at the end, by the period it served.
        public var expired: [PeriodAmount]
        /// What is kept after; at least one lot, of nothing where nothing is kept.
        public var after: [BankLot]

        /// A statement from its parts.
        public init(
            before: [BankLot], added: [PeriodAmount], used: [PeriodAmount],
            expired: [PeriodAmount], after: [BankLot]
        ) {
            self.before = before
            self.added = added
            self.used = used
            self.expired = expired
            self.after = after
        }
    }

    /// What the determinants of what is kept after a span begin with, before the day it was earned.
    public static let bankAfterPrefix = "bank.after."

    /// Gives what became of kept energy, as it is written.
    func forEachBankEntry<Failure: Error>(
        _ body: (Entry) throws(Failure) -> Void
    ) throws(Failure) {
        guard let bank else { return }
        func write(
            _ quantity: String, _ period: String, _ value: Exact
        ) throws(Failure) {
            try body(
                Entry(quantity: quantity, period: period, value: value, unit: "kWh", at: nil))
        }
        for lot in bank.before { try write("bank.before.\(lot.earned)", lot.period, lot.amount) }
        for item in bank.added { try write("bank.added", item.period, item.amount) }
        for item in bank.used { try write("bank.used", item.period, item.amount) }
        for item in bank.expired { try write("bank.expired", item.period, item.amount) }
        for lot in bank.after {
            try write("\(Determinants.bankAfterPrefix)\(lot.earned)", lot.period, lot.amount)
        }
    }
}
