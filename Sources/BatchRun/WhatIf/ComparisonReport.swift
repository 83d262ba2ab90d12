// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What contracts pay, and would pay under other tariffs.
public struct ComparisonReport: Sendable {
    /// The sums over some contracts; taxes are in all of them.
    public struct Sums: Hashable, Sendable {
        /// How many contracts there are.
        public var contracts = 0
        /// Imported energy.
        public var kilowattHours = Exact.zero
        /// What they were billed.
        public var now = Money.zero
        /// What they would be.
        public var then = Money.zero
        /// How many would pay less.
        public var winners = 0
        /// What these would pay more together: below zero.
        public var won = Money.zero
        /// How many would pay more.
        public var losers = 0
        /// What these would pay more together.
        public var lost = Money.zero

        /// What all would pay more.
        public var difference: Money { then - now }

        mutating func add(_ other: Sums) {
            contracts += other.contracts
            kilowattHours += other.kilowattHours
            now += other.now
            then += other.then
            winners += other.winners
            won += other.won
            losers += other.losers
            lost += other.lost
        }

        mutating func add(_ kilowattHours: Exact, now: Money, then: Money) {
            contracts += 1
            self.kilowattHours += kilowattHours
            self.now += now
            self.then += then
            if then < now {
                winners += 1
                won += then - now
            } else if now < then {
                losers += 1
                lost += then - now
            }
        }
    }

    /// Customers of one class that one tariff billed.
    struct Group: Hashable, Sendable {
        let customerClass: String
        let tariffID: String
    }

    /// Contracts of one customer class and one tariff.
    public struct Row: Hashable, Sendable {
        /// The class of the customers.
        public let customerClass: String
        /// The tariff that billed them.
        public let tariffID: String
        /// Their sums.
        public var sums = Sums()
    }

    /// A contract whose bill changes.
    public struct Change: Hashable, Sendable {
        /// The contract.
        public let contractID: String
        /// The class of its customer.
        public let customerClass: String
        /// What it was billed.
        public let now: Money
        /// What it would be.
        public let then: Money

        /// What it would pay more.
        public var difference: Money { then - now }
    }

    /// Contracts that cannot be priced, for one reason.
    public struct Unpriced: Hashable, Sendable {
        /// Why. Stable.
        public let code: String
        /// The charge; nil where it is about the whole bill.
        public let charge: String?
        /// One of the contracts.
        public let example: String
        /// What is missing or wrong of that one.
        public let detail: String
        /// How many there are.
        public var contracts = 1

        /// True where readings that are measured again may tell it.
        public var isCuredByReadings: Bool { ComparisonGap.curedByReadings.contains(code) }
    }

    /// How many contracts of a class change by how much.
    public struct Histogram: Hashable, Sendable {
        /// Where a bar ends and the next begins, in per cent of the bill now.
        public static let limits = [-50, -20, -10, -5, -2, 2, 5, 10, 20, 50]

        /// The class of the customers.
        public let customerClass: String
        /// Contracts below the first limit, from each limit to the next, and from the last on; those that
        /// were billed nothing or less are in none. Shape: `[limit + 1]`.
        public var counts = [Int](repeating: 0, count: limits.count + 1)

        mutating func add(now: Money, then: Money) {
            guard now > .zero else { return }
            let change = Int128(then.minorUnits - now.minorUnits) * 100
            let bar = Histogram.limits.count { change >= Int128($0) * Int128(now.minorUnits) }
            counts[bar] += 1
        }
    }

    /// What contracts would pay under one tariff.
    public struct Tariff: Sendable {
        /// Its file.
        public let file: String
        /// Its id.
        public let id: String
        /// Its version.
        public let version: String
        /// The currency of all amounts.
        public let currency: Currency
        /// By class and tariff.
        public private(set) var rows: [Row] = []
        /// All together.
        public private(set) var total = Sums()
        /// Contracts in no sum, most of a reason first.
        public private(set) var unpriced: [Unpriced] = []
        /// The contracts that would pay least more, then the others; at most `mostChanges` of each end.
        public private(set) var winners: [Change] = []
        /// The contracts that would pay most more.
        public private(set) var losers: [Change] = []
        /// By class.
        public private(set) var histograms: [Histogram] = []

        /// The histogram of each row, until all contracts are added.
        private var histogramOfRow: [Int] = []

        /// How many of the largest changes are told.
        public static let mostChanges = 5

        /// - Parameter groups: The rows that there may be.
        init(file: String, id: String, version: String, currency: Currency, groups: [Group]) {
            (self.file, self.id, self.version) = (file, id, version)
            self.currency = currency
            rows = groups.map { Row(customerClass: $0.customerClass, tariffID: $0.tariffID) }
            histograms = Set(groups.map(\.customerClass)).sorted().map {
                Histogram(customerClass: $0)
            }
            histogramOfRow = rows.map { row in
                histograms.firstIndex { $0.customerClass == row.customerClass } ?? 0
            }
        }

        /// Adds a contract of a group.
        mutating func add(
            _ contractID: String, of group: Int, _ kilowattHours: Exact, now: Money, then: Money
        ) {
            rows[group].sums.add(kilowattHours, now: now, then: then)
            histograms[histogramOfRow[group]].add(now: now, then: then)
            guard now != then else { return }
            let change = Change(
                contractID: contractID, customerClass: rows[group].customerClass, now: now,
                then: then)
            if then < now {
                Tariff.insert(change, into: &winners) { $0.difference < $1.difference }
            } else {
                Tariff.insert(change, into: &losers) { $0.difference > $1.difference }
            }
        }

        /// Sums up, and sorts what people read.
        mutating func finish(unpriced: [Unpriced]) {
            rows = rows.filter { $0.sums.contracts > 0 }
                .sorted { ($0.customerClass, $0.tariffID) < ($1.customerClass, $1.tariffID) }
            for row in rows { total.add(row.sums) }
            histograms = histograms.filter { histogram in
                rows.contains { $0.customerClass == histogram.customerClass }
            }
            self.unpriced = unpriced.sorted { ($1.contracts, $0.code) < ($0.contracts, $1.code) }
        }

        /// Keeps the largest few; of equal ones the earlier.
        private static func insert(
            _ change: Change, into list: inout [Change], isLarger: (Change, Change) -> Bool
        ) {
            if list.count == mostChanges, !isLarger(change, list[mostChanges - 1]) { return }
            let place = list.firstIndex { isLarger(change, $0) } ?? list.count
            list.insert(change, at: place)
            if list.count > mostChanges { list.removeLast() }
        }
    }

    /// The tariffs, in the order given.
    public let tariffs: [Tariff]
}
