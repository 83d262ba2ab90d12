// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// The step that usage is summed in: a sixtieth of a million-millionth of a base unit.
///
/// Sums of values of any step down to it, in energy or in power over minutes, are exact integers, so
/// that they do not depend on the order in which they were added.
public enum UsageScale {
    /// The step.
    public static let step = ValueStep(exponent: -12, divisor: 60)

    /// The amount of a sum, in base units.
    static func amount(of sum: Int128) -> Exact { Exact(sum, over: 60 * million * million) }

    /// How many steps one unit of another step is.
    ///
    /// - Returns: Nil below the step, and where Int128 cannot hold it: not counted exactly.
    static func factor(of step: ValueStep) -> Int128? {
        let power = Int(step.exponent) - Int(UsageScale.step.exponent)
        guard (0...36).contains(power) else { return nil }
        // At most 60 × 10^36.
        return Int128(UsageScale.step.divisor / step.divisor) &* Exact.powerOfTen(power).numerator
    }

    /// How many steps one unit of another step is, times a multiplier.
    ///
    /// - Returns: Nil where that is not whole, or too large: not counted exactly.
    static func factor(of step: ValueStep, multiplier: Exact) -> Int128? {
        let factor = multiplier * (step.exact / UsageScale.step.exact)
        return factor.denominator == 1 ? factor.numerator : nil
    }

    private static let million: Int128 = 1_000_000
}
