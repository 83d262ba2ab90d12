// SPDX-License-Identifier: Apache-2.0

/// Why a bill cannot be computed yet; it holds one contract and period and no other.
public struct RatingHold: Error, Hashable, Sendable {
    /// What kind of reason it is. Stable.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// A series has no value for the days.
        case missingPrice = "missing-price"
        /// The contract does not give a parameter that a charge needs.
        case missingParameter = "missing-parameter"
        /// The contract gives a parameter a value that it cannot have.
        case badParameter = "bad-parameter"
        /// Energy or demand that a charge multiplies is not there.
        case missingDeterminant = "missing-determinant"
        /// The list of dated windows does not tell those of the days.
        case undefinedEvents = "undefined-events"
        /// The price changes within an interval of the readings.
        case priceWithinInterval = "price-within-interval"
        /// The energy billed earlier in the year is not known.
        case missingYearToDate = "missing-year-to-date"
        /// The demand of earlier bills, which a charge looks back to, is not known.
        case missingEarlierPeaks = "missing-earlier-peaks"
        /// The energy that earlier bills kept is not known.
        case missingBank = "missing-bank"
        /// Something cannot be shared out over periods: their energies cancel out, or their limits differ.
        case undefinedAllocation = "undefined-allocation"
        /// A period without energy has no power factor.
        case undefinedPowerFactor = "undefined-power-factor"
        /// A charge for a whole period meets one that is split.
        case undecidedSplit = "undecided-split"
        /// Two taxes that prices include apply to one line, or two of one category.
        case taxedTwice = "taxed-twice"
        /// Tariffs of one billing period differ in currency, in rounding or in whether prices include tax.
        case mixedTariffs = "mixed-tariffs"
        /// A number left the range in which it is exact.
        case amountOverflow = "amount-overflow"
    }

    /// What kind of reason it is.
    public let code: Code
    /// The charge; nil where it is about the whole bill.
    public let charge: String?
    /// What is missing or wrong, and how to mend it.
    public let detail: String

    /// A hold from its parts.
    public init(code: Code, charge: String?, detail: String) {
        self.code = code
        self.charge = charge
        self.detail = detail
    }
}

extension RatingHold: CustomStringConvertible {
    /// One line: `code: charge: detail`.
    public var description: String {
        [code.rawValue, charge, detail].compactMap(\.self).joined(separator: ": ")
    }
}
