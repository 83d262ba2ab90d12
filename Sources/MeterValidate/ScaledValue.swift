// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A delivered integer with its decimal step: `value × 10^exponent` base units (kWh or kvarh).
///
/// Two of them are equal where they mean the same amount, however it was written: 1.5 is 1.50, and
/// 1500 Wh is 1.5 kWh.
public struct ScaledValue: Sendable {
    /// The integer as delivered.
    public var value: Int64
    /// The power of ten of its step, relative to the base unit.
    public var exponent: Int8

    /// An integer at a step.
    public init(_ value: Int64, exponent: Int) {
        self.value = value
        self.exponent = Int8(clamping: exponent)
    }

    /// An exact amount in base units; nil where it has more than nine decimals, or is too large.
    public init?(_ exact: Exact) {
        for exponent in stride(from: 0, through: -9, by: -1) {
            let steps = exact * Exact.powerOfTen(-exponent)
            if steps.denominator == 1, let value = Int64(exactly: steps.numerator) {
                self.init(value, exponent: exponent)
                return
            }
        }
        return nil
    }

    /// One base unit.
    public static let one = ScaledValue(1, exponent: 0)

    /// The amount times a factor; nil where it is too large.
    public func times(_ factor: ScaledValue) -> ScaledValue? {
        let (product, over) = value.multipliedReportingOverflow(by: factor.value)
        return over ? nil : ScaledValue(product, exponent: Int(exponent) + Int(factor.exponent))
    }

    /// The amount in base units.
    public var exact: Exact { Exact(coefficient: Int128(value), exponent: Int(exponent)) }

    /// The integer of the same amount at another step; nil where it is not whole or too large there.
    public func value(atExponent target: Int) -> Int64? {
        if Int(exponent) == target || value == 0 { return value }
        let power = Int(exponent) - target
        // Int64 has 19 digits: any longer shift of a value that is not 0 leaves it.
        guard power.magnitude <= 18 else { return nil }
        var factor: Int64 = 1
        for _ in 0..<power.magnitude { factor *= 10 }
        if power > 0 {
            let (product, over) = value.multipliedReportingOverflow(by: factor)
            return over ? nil : product
        }
        return value % factor == 0 ? value / factor : nil
    }

    /// The same amount without trailing zeros, so that equal amounts have equal parts.
    var reduced: ScaledValue {
        if value == 0 { return ScaledValue(0, exponent: 0) }
        var (rest, power) = (value, Int(exponent))
        while rest % 10 == 0 { (rest, power) = (rest / 10, power + 1) }
        return ScaledValue(rest, exponent: power)
    }
}

extension ScaledValue: Hashable {
    /// By amount, not by how it was written.
    public static func == (left: ScaledValue, right: ScaledValue) -> Bool {
        if left.exponent == right.exponent { return left.value == right.value }
        // The finer of the two is the one that the other must be whole at.
        return left.exponent < right.exponent
            ? right.value(atExponent: Int(left.exponent)) == left.value
            : left.value(atExponent: Int(right.exponent)) == right.value
    }

    /// Feeds the amount.
    public func hash(into hasher: inout Hasher) {
        let reduced = reduced
        hasher.combine(reduced.value)
        hasher.combine(reduced.exponent)
    }
}
