// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// A delivered integer with its step in base units (kWh or kvarh).
///
/// Two of them are equal where they mean the same amount, however it was written: 1.5 is 1.50,
/// 1500 Wh is 1.5 kWh, and 90 kW over minutes is that too.
public struct ScaledValue: Sendable {
    /// The integer as delivered.
    public var value: Int64
    /// What one of it is worth.
    public var step: ValueStep

    /// An integer at a step.
    public init(_ value: Int64, step: ValueStep) {
        self.value = value
        self.step = step
    }

    /// An integer at a decimal step, a power of ten of the base unit.
    public init(_ value: Int64, exponent: Int) {
        self.init(value, step: ValueStep(exponent: exponent))
    }

    /// An exact amount in base units; nil where it has more than nine decimals, or is too large.
    public init?(_ exact: Exact) {
        // The fraction is reduced, so the power of ten alone must take up the denominator.
        guard let below = Int64(exactly: exact.denominator), below > 0 else { return nil }
        var (power, decimals): (Int64, Int) = (1, 0)
        while !power.isMultiple(of: below) {
            guard decimals < 9 else { return nil }
            (power, decimals) = (power * 10, decimals + 1)
        }
        let (steps, over) = exact.numerator.multipliedReportingOverflow(by: Int128(power / below))
        guard !over, let value = Int64(exactly: steps) else { return nil }
        self.init(value, exponent: -decimals)
    }

    /// One base unit.
    public static let one = ScaledValue(1, exponent: 0)

    /// The amount times a decimal factor; nil where it is too large.
    public func times(_ factor: ScaledValue) -> ScaledValue? {
        let (product, over) = value.multipliedReportingOverflow(by: factor.value)
        return over ? nil : ScaledValue(product, step: step.times(factor.step))
    }

    /// The amount in base units.
    public var exact: Exact { Exact(value) * step.exact }

    /// The integer of the same amount at another step; nil where it is not whole or too large there.
    public func value(at target: ValueStep) -> Int64? {
        if step == target || value == 0 { return value }
        let power = Int(step.exponent) - Int(target.exponent)
        // Int64 has 19 digits and a divisor two: any longer shift of a value that is not 0 leaves it.
        guard power.magnitude <= 21 else { return nil }
        var factor: Int128 = 1
        for _ in 0..<power.magnitude { factor *= 10 }
        let (above, below) = (Int128(value) * Int128(target.divisor), Int128(step.divisor))
        if power > 0 {
            let (product, over) = above.multipliedReportingOverflow(by: factor)
            return over || product % below != 0 ? nil : Int64(exactly: product / below)
        }
        return above % (below * factor) == 0 ? Int64(exactly: above / (below * factor)) : nil
    }
}

extension ScaledValue: Hashable {
    /// By amount, not by how it was written.
    public static func == (left: ScaledValue, right: ScaledValue) -> Bool {
        left.value(at: right.step) == right.value
    }

    /// Feeds the amount.
    public func hash(into hasher: inout Hasher) {
        var (rest, power, divisor) = (Int128(value), Int(step.exponent), step.divisor)
        // A sixtieth of three is 5 × 10^-2: a decimal, which energy may be written as too.
        if divisor == 60, rest % 3 == 0 { (rest, power, divisor) = (rest / 3 * 5, power - 2, 1) }
        while rest != 0, rest % 10 == 0 { (rest, power) = (rest / 10, power + 1) }
        hasher.combine(rest)
        hasher.combine(rest == 0 ? 0 : power)
        hasher.combine(divisor)
    }
}
