// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The step that usage is summed in: a million-millionth of a base unit.
///
/// Sums of values of any step down to it are exact integers, so that they do not depend on the
/// order in which they were added.
public enum UsageScale {
    /// The power of ten of the step, relative to the base unit.
    public static let exponent = -12

    /// How many steps one unit of `10^exponent` base units is.
    ///
    /// - Returns: Nil below the step, and where Int128 cannot hold it: not counted exactly.
    static func factor(exponent: Int) -> Int128? {
        guard (0...38).contains(exponent - UsageScale.exponent) else { return nil }
        var factor: Int128 = 1
        for _ in UsageScale.exponent..<exponent { factor *= 10 }
        return factor
    }

    /// How many steps one unit of `10^exponent` base units is, times a multiplier.
    ///
    /// - Returns: Nil where that is not whole, or too large: not counted exactly.
    static func factor(exponent: Int, multiplier: Exact) -> Int128? {
        let factor = multiplier * Exact(coefficient: 1, exponent: exponent - UsageScale.exponent)
        return factor.denominator == 1 ? factor.numerator : nil
    }
}
