// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A contract and period that cannot be billed yet, and why.
public struct PeriodHold: Error, Hashable, Sendable {
    /// The reasons of billing itself; those of usage are `UsageGap.Code`, of rating `RatingHold.Code`.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// An issued invoice bills days of the period, though it is none of the contract's periods now.
        case overlapsInvoice = "overlaps-invoice"
        /// The contract is older than the database and brings no opening.
        case noOpening = "no-opening"
        /// What several service points measured cannot be summed, or comes to less than nothing.
        case severalPoints = "several-points"
        /// The contract has no terms on a day of the period.
        case noTerms = "no-terms"
        /// No version of the tariff is valid on a day of the period.
        case missingTariff = "missing-tariff"
        /// An earlier period of the contract is held.
        case earlierPeriod = "earlier-period"
        /// Nothing was measured.
        case noUsage = "no-usage"
        /// What the contract was billed before cannot be read.
        case unreadableHistory = "unreadable-history"
    }

    /// The contract.
    public var contractID: String
    /// The first day of the period.
    public var periodStart: CivilDay
    /// The day after its last.
    public var periodEnd: CivilDay
    /// Why, as a stable code such as `missing-price`.
    public var code: String
    /// What is missing, for a person.
    public var detail: String

    /// A hold from its parts.
    public init(
        contractID: String, periodStart: CivilDay, periodEnd: CivilDay, code: String, detail: String
    ) {
        self.contractID = contractID
        self.periodStart = periodStart
        self.periodEnd = periodEnd
        self.code = code
        self.detail = detail
    }
}
