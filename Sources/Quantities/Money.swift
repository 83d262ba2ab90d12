// SPDX-License-Identifier: Apache-2.0

/// A currency: its ISO 4217 code and how many decimals its minor unit has.
public struct Currency: Hashable, Sendable {
    /// The ISO 4217 code, such as `CNY`.
    public let code: String
    /// Decimals of the minor unit: 2 for cents, 0 for yen.
    public let decimals: Int

    /// Currencies whose minor unit is not a hundredth. Source: ISO 4217.
    private static let otherDecimals = [
        "JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "XAF": 0, "XOF": 0,
        "KWD": 3, "BHD": 3, "OMR": 3, "JOD": 3, "TND": 3, "IQD": 3,
    ]

    /// The currency of this code, or nil where the code is not three capital letters.
    public init?(code: String) {
        guard code.utf8.count == 3, code.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
            return nil
        }
        self.code = code
        self.decimals = Currency.otherDecimals[code] ?? 2
    }
}

/// An amount of money in whole minor units (cents, 分).
public struct Money: Hashable, Sendable, Comparable {
    /// Whole minor units; negative for a credit.
    public var minorUnits: Int64

    /// Nothing to pay.
    public static let zero = Money(minorUnits: 0)

    /// An amount of whole minor units.
    public init(minorUnits: Int64) {
        self.minorUnits = minorUnits
    }

    /// An exact amount in the major unit, rounded by `mode`; nil where it overflows.
    public init?(exact: Exact, currency: Currency, rounding mode: RoundingMode) {
        let minor = exact * Exact.powerOfTen(currency.decimals)
        guard !minor.isOverflow, let units = Int64(exactly: minor.wholePart(mode)) else {
            return nil
        }
        self.init(minorUnits: units)
    }

    /// The amount in the major unit.
    public func exact(in currency: Currency) -> Exact {
        Exact(coefficient: Int128(minorUnits), exponent: -currency.decimals)
    }

    /// The amount as people write it, all decimals of the currency shown.
    public func text(in currency: Currency) -> String {
        exact(in: currency).decimalText(decimals: currency.decimals) ?? "overflow"
    }

    /// The sum; traps on overflow, which bounded invoices cannot reach.
    public static func + (left: Money, right: Money) -> Money {
        Money(minorUnits: left.minorUnits + right.minorUnits)
    }

    /// The difference.
    public static func - (left: Money, right: Money) -> Money {
        Money(minorUnits: left.minorUnits - right.minorUnits)
    }

    /// Adds in place.
    public static func += (left: inout Money, right: Money) { left = left + right }

    /// The smaller amount comes first.
    public static func < (left: Money, right: Money) -> Bool { left.minorUnits < right.minorUnits }
}
