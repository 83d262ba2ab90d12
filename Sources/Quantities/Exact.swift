// SPDX-License-Identifier: Apache-2.0

/// An exact number: a quantity, a price or an amount before rounding.
///
/// A fraction of two `Int128`, always reduced, so that thirds and thirty-firsts stay exact until a
/// tariff says how to round. An operation that leaves the range gives `overflow`, which spreads
/// through everything computed from it; whoever turns it into money gets nil and holds the contract.
public struct Exact: Hashable, Sendable {
    /// The reduced numerator; carries the sign.
    public let numerator: Int128
    /// The reduced denominator: positive, or 0 for `overflow`.
    public let denominator: Int128

    /// The number nothing.
    public static let zero = Exact(whole: 0)
    /// The number one.
    public static let one = Exact(whole: 1)
    /// What an operation gives that left the range of `Int128`; not equal to any number.
    public static let overflow = Exact(reducedNumerator: 0, denominator: 0)

    private init(reducedNumerator: Int128, denominator: Int128) {
        self.numerator = reducedNumerator
        self.denominator = denominator
    }

    private init(whole: Int128) {
        // The smallest Int128 has no counterpart of the other sign.
        if whole == .min {
            self = .overflow
        } else {
            self.init(reducedNumerator: whole, denominator: 1)
        }
    }

    /// A whole number.
    public init(_ value: some BinaryInteger) {
        self.init(whole: Int128(value))
    }

    /// `numerator / denominator`; the denominator must not be 0.
    public init(_ numerator: Int128, over denominator: Int128) {
        precondition(denominator != 0, "a fraction has a denominator")
        if numerator == .min || denominator == .min {
            self = .overflow
            return
        }
        let divisor = Exact.greatestCommonDivisor(numerator.magnitude, denominator.magnitude)
        let sign: Int128 = denominator < 0 ? -1 : 1
        self.init(
            reducedNumerator: sign * numerator / Int128(divisor),
            denominator: sign * denominator / Int128(divisor))
    }

    /// `coefficient × 10^exponent`, as delivered values and prices are written.
    public init(coefficient: Int128, exponent: Int) {
        guard exponent.magnitude <= 38 else {
            self = coefficient == 0 ? .zero : .overflow
            return
        }
        let power = Exact.powerOfTen(Int(exponent.magnitude))
        self = exponent >= 0 ? Exact(whole: coefficient) * power : Exact(whole: coefficient) / power
    }

    /// True where a computation left the range; such a number is not billable.
    public var isOverflow: Bool { denominator == 0 }

    /// True below zero.
    public var isNegative: Bool { numerator < 0 }

    /// 10 to the power of `exponent`, for 0 to 38.
    public static func powerOfTen(_ exponent: Int) -> Exact {
        var power: Int128 = 1
        for _ in 0..<exponent { power *= 10 }
        return Exact(whole: power)
    }

    private static func greatestCommonDivisor(_ a: UInt128, _ b: UInt128) -> UInt128 {
        if b == 1 { return 1 }
        if a <= UInt128(UInt64.max), b <= UInt128(UInt64.max) {
            var (x, y) = (UInt64(a), UInt64(b))
            while y != 0 { (x, y) = (y, x % y) }
            return UInt128(max(x, 1))
        }
        var (x, y) = (a, b)
        while y != 0 { (x, y) = (y, x % y) }
        return max(x, 1)
    }
}

extension Exact {
    /// The exact sum.
    public static func + (left: Exact, right: Exact) -> Exact {
        if left.isOverflow || right.isOverflow { return .overflow }
        if left.denominator == right.denominator {
            let (sum, over) = left.numerator.addingReportingOverflow(right.numerator)
            return over ? .overflow : Exact(sum, over: left.denominator)
        }
        let common = Exact.greatestCommonDivisor(
            left.denominator.magnitude, right.denominator.magnitude)
        let leftFactor = right.denominator / Int128(common)
        let rightFactor = left.denominator / Int128(common)
        let (a, overA) = left.numerator.multipliedReportingOverflow(by: leftFactor)
        let (b, overB) = right.numerator.multipliedReportingOverflow(by: rightFactor)
        let (sum, overSum) = a.addingReportingOverflow(b)
        let (base, overBase) = left.denominator.multipliedReportingOverflow(by: leftFactor)
        return overA || overB || overSum || overBase ? .overflow : Exact(sum, over: base)
    }

    /// The exact difference.
    public static func - (left: Exact, right: Exact) -> Exact { left + (-right) }

    /// The number with the other sign.
    public static prefix func - (value: Exact) -> Exact {
        Exact(reducedNumerator: -value.numerator, denominator: value.denominator)
    }

    /// The exact product.
    public static func * (left: Exact, right: Exact) -> Exact {
        if left.isOverflow || right.isOverflow { return .overflow }
        let cross = Exact.greatestCommonDivisor(
            left.numerator.magnitude, right.denominator.magnitude)
        let other = Exact.greatestCommonDivisor(
            right.numerator.magnitude, left.denominator.magnitude)
        let (top, overTop) = (left.numerator / Int128(cross)).multipliedReportingOverflow(
            by: right.numerator / Int128(other))
        let (bottom, overBottom) = (left.denominator / Int128(other)).multipliedReportingOverflow(
            by: right.denominator / Int128(cross))
        return overTop || overBottom ? .overflow : Exact(top, over: bottom)
    }

    /// The exact quotient; dividing by zero is our bug.
    public static func / (left: Exact, right: Exact) -> Exact {
        if left.isOverflow || right.isOverflow { return .overflow }
        precondition(right.numerator != 0, "division by zero")
        return left * Exact(right.denominator, over: right.numerator)
    }

    /// Adds in place.
    public static func += (left: inout Exact, right: Exact) { left = left + right }

    /// Subtracts in place.
    public static func -= (left: inout Exact, right: Exact) { left = left - right }
}

extension Exact: Comparable {
    /// Compares by value; `overflow` is below every number.
    public static func < (left: Exact, right: Exact) -> Bool {
        if left.isOverflow || right.isOverflow { return left.isOverflow && !right.isOverflow }
        if left.denominator == right.denominator { return left.numerator < right.numerator }
        let difference = left - right
        if !difference.isOverflow { return difference.numerator < 0 }
        // Too large to subtract: compare the whole parts, then what is left of each.
        let (a, b) = (
            left.numerator.quotientAndRemainder(dividingBy: left.denominator),
            right.numerator.quotientAndRemainder(dividingBy: right.denominator)
        )
        if a.quotient != b.quotient { return a.quotient < b.quotient }
        return Exact(a.remainder, over: left.denominator)
            - Exact(b.remainder, over: right.denominator)
            < .zero
    }
}
