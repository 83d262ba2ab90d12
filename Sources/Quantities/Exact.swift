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
        if denominator == 1 {
            self.init(reducedNumerator: numerator, denominator: 1)
            return
        }
        if let above = Int64(exactly: numerator), let below = Int64(exactly: denominator), below > 0
        {
            let divisor = Exact.greatestCommonDivisor(above.magnitude, UInt64(below))
            if divisor == 1 {
                self.init(reducedNumerator: numerator, denominator: denominator)
                return
            }
            // By the magnitude: that of the smallest Int64 is none.
            let reduced = Int128(above.magnitude / divisor)
            self.init(
                reducedNumerator: above < 0 ? -reduced : reduced,
                denominator: Int128(UInt64(below) / divisor))
            return
        }
        let divisor = Exact.greatestCommonDivisor(numerator.magnitude, denominator.magnitude)
        let sign: Int128 = denominator < 0 ? -1 : 1
        self.init(
            reducedNumerator: (sign * numerator).divided(by: divisor),
            denominator: (sign * denominator).divided(by: divisor))
    }

    /// The number that gave these `words`; they are taken as reduced.
    public init(words: (numerator: Int64, denominator: Int64)) {
        self.init(
            reducedNumerator: Int128(words.numerator), denominator: Int128(words.denominator))
    }

    /// `coefficient × 10^exponent`, as delivered values and prices are written.
    public init(coefficient: Int128, exponent: Int) {
        guard exponent.magnitude <= 38 else {
            self = coefficient == 0 ? .zero : .overflow
            return
        }
        let power = Exact.powerOfTen(Int(exponent.magnitude))
        self =
            exponent >= 0
            ? Exact(whole: coefficient) * power : Exact(coefficient, over: power.numerator)
    }

    /// True where a computation left the range; such a number is not billable.
    public var isOverflow: Bool { denominator == 0 }

    /// Numerator and denominator where both are of one word, as nearly all are: then nothing of what
    /// follows from them leaves the range of two.
    public var words: (numerator: Int64, denominator: Int64)? {
        guard let above = Int64(exactly: numerator), let below = Int64(exactly: denominator) else {
            return nil
        }
        return (above, below)
    }

    /// True below zero.
    public var isNegative: Bool { numerator < 0 }

    /// 10 to the power of `exponent`, for 0 to 38.
    public static func powerOfTen(_ exponent: Int) -> Exact {
        // Nearly all are of one word.
        if exponent < wordPowersOfTen.count {
            return Exact(whole: Int128(wordPowersOfTen[exponent]))
        }
        var power = Int128(wordPowersOfTen[19])
        for _ in 19..<exponent { power *= 10 }
        return Exact(whole: power)
    }

    /// The powers of ten that are of one word. Shape: `[exponent]`.
    private static let wordPowersOfTen: [UInt64] = [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
        10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000,
        100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
        100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ]

    /// The greatest common divisor; 1 for two zeros.
    private static func greatestCommonDivisor(_ a: UInt128, _ b: UInt128) -> UInt128 {
        if a == 1 || b == 1 { return 1 }
        if a <= UInt128(UInt64.max), b <= UInt128(UInt64.max) {
            return UInt128(greatestCommonDivisor(UInt64(a), UInt64(b)))
        }
        var (x, y) = (a, b)
        while y != 0 { (x, y) = (y, x % y) }
        return max(x, 1)
    }

    /// As above; after the first division by shifts, which are much faster. Source: Stein 1967.
    private static func greatestCommonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
        if a == 1 || b == 1 { return 1 }
        if a == 0 || b == 0 { return max(a | b, 1) }
        // Mostly a long number and a power of ten: one division leaves two short ones.
        let (short, rest) = a < b ? (a, b % a) : (b, a % b)
        if rest == 0 { return short }
        let twos = (short | rest).trailingZeroBitCount
        var (x, y) = (short >> UInt64(short.trailingZeroBitCount), rest)
        while y != 0 {
            y >>= UInt64(y.trailingZeroBitCount)
            (x, y) = x < y ? (x, y - x) : (y, x - y)
        }
        return x << UInt64(twos)
    }
}

extension Exact {
    /// The exact sum.
    public static func + (left: Exact, right: Exact) -> Exact {
        if left.isOverflow || right.isOverflow { return .overflow }
        if right.numerator == 0 { return left }
        if left.numerator == 0 { return right }
        if left.denominator == right.denominator {
            let (sum, over) = left.numerator.addingReportingOverflow(right.numerator)
            return over ? .overflow : Exact(sum, over: left.denominator)
        }
        if let (a, b) = left.words, let (c, d) = right.words {
            let common = Int64(Exact.greatestCommonDivisor(UInt64(b), UInt64(d)))
            let (leftFactor, rightFactor) = (d.divided(by: common), b.divided(by: common))
            // Products of two words: their sum is below the range of two.
            let sum = Int128(a) &* Int128(leftFactor) &+ Int128(c) &* Int128(rightFactor)
            return Exact(sum, over: Int128(b) &* Int128(leftFactor))
        }
        let common = Exact.greatestCommonDivisor(
            left.denominator.magnitude, right.denominator.magnitude)
        let leftFactor = right.denominator.divided(by: common)
        let rightFactor = left.denominator.divided(by: common)
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
        if let (a, b) = left.words, let (c, d) = right.words, a > .min, c > .min {
            let cross = Int64(Exact.greatestCommonDivisor(a.magnitude, UInt64(d)))
            let other = Int64(Exact.greatestCommonDivisor(c.magnitude, UInt64(b)))
            return Exact(
                reducedNumerator: Int128(a.divided(by: cross)) &* Int128(c.divided(by: other)),
                denominator: Int128(b.divided(by: other)) &* Int128(d.divided(by: cross)))
        }
        let cross = Exact.greatestCommonDivisor(
            left.numerator.magnitude, right.denominator.magnitude)
        let other = Exact.greatestCommonDivisor(
            right.numerator.magnitude, left.denominator.magnitude)
        let (top, overTop) = left.numerator.divided(by: cross).multipliedReportingOverflow(
            by: right.numerator.divided(by: other))
        let (bottom, overBottom) = left.denominator.divided(by: other).multipliedReportingOverflow(
            by: right.denominator.divided(by: cross))
        // What both fractions had in common is gone, so the product is reduced.
        return overTop || overBottom || top == .min
            ? .overflow : Exact(reducedNumerator: top, denominator: bottom)
    }

    /// The exact quotient; dividing by zero is our bug.
    public static func / (left: Exact, right: Exact) -> Exact {
        if left.isOverflow || right.isOverflow { return .overflow }
        precondition(right.numerator != 0, "division by zero")
        let sign: Int128 = right.numerator < 0 ? -1 : 1
        return left
            * Exact(
                reducedNumerator: sign * right.denominator, denominator: sign * right.numerator)
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

extension Int64 {
    /// The quotient by a divisor that leaves no remainder; most are 1.
    fileprivate func divided(by divisor: Int64) -> Int64 { divisor == 1 ? self : self / divisor }
}

extension Int128 {
    /// Quotient and remainder; most numbers are of one word, whose division is far faster.
    func parts(dividingBy divisor: Int128) -> (quotient: Int128, remainder: Int128) {
        if divisor == 1 { return (self, 0) }
        guard let small = Int64(exactly: self), let divisor = Int64(exactly: divisor), divisor > 0
        else { return quotientAndRemainder(dividingBy: divisor) }
        let parts = small.quotientAndRemainder(dividingBy: divisor)
        return (Int128(parts.quotient), Int128(parts.remainder))
    }

    /// The quotient by a divisor that leaves no remainder; most are 1, or of one word.
    fileprivate func divided(by divisor: UInt128) -> Int128 {
        if divisor == 1 { return self }
        if let small = Int64(exactly: self), let divisor = Int64(exactly: divisor) {
            return Int128(small / divisor)
        }
        return self / Int128(divisor)
    }
}
