// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A contract and period that cannot be billed yet, and why.
public struct PeriodHold: Error, Hashable, Sendable {
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
