// SPDX-License-Identifier: Apache-2.0

import BillRating
import MeterUsage
import Quantities

/// An invoice that is complete but for its number, which it takes when it is issued.
///
/// It keeps numbers; their texts are made where its rows are written.
public struct InvoiceDraft: Sendable {
    /// The contract billed.
    public var contractID: String
    /// Who pays.
    public var customerID: String
    /// Where the energy was used.
    public var servicePointID: String
    /// The feeder at the end of the period.
    public var feederID: String
    /// The period billed, in the parts that it was rated in: one, or several where tariff or terms
    /// changed inside it.
    public var parts: [InvoicePart]
    /// SHA-256 over determinants, parameters and prices: what the amounts follow from.
    public var inputsSHA256: String
    /// The latest change of input it was computed from.
    public var knownSeq: Int
    /// Lines, taxes and sums.
    public var bill: RatedBill
    /// What the lines were computed from. Shape: `[part]`.
    public var determinants: [Determinants]

    /// How many values behind it are estimates.
    public var estimatedValues: Int { determinants.reduce(0) { $0 + $1.estimatedValues } }

    /// A draft from its parts.
    public init(
        contractID: String, customerID: String, servicePointID: String, feederID: String,
        parts: [InvoicePart], inputsSHA256: String, knownSeq: Int, bill: RatedBill,
        determinants: [Determinants]
    ) {
        precondition(!parts.isEmpty, "a period has a part")
        self.contractID = contractID
        self.customerID = customerID
        self.servicePointID = servicePointID
        self.feederID = feederID
        self.parts = parts
        self.inputsSHA256 = inputsSHA256
        self.knownSeq = knownSeq
        self.bill = bill
        self.determinants = determinants
    }
}
