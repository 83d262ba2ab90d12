// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities

/// Interval energy and register advance of one meter over the same time (rule R-13, sum check).
public struct KindComparison: Hashable, Sendable {
    /// The time that both measured.
    public var span: Range<Int64>
    /// The sum of the intervals in base units, after multiplier.
    public var intervalSum: Exact
    /// The register's advance in base units, after multiplier.
    public var registerAdvance: Exact
    /// The power of ten of the register's last digit, relative to the base unit.
    public var registerExponent: Int
    /// The register's multiplier.
    public var multiplier: Exact

    /// A comparison from its parts.
    public init(
        span: Range<Int64>, intervalSum: Exact, registerAdvance: Exact, registerExponent: Int,
        multiplier: Exact
    ) {
        self.span = span
        self.intervalSum = intervalSum
        self.registerAdvance = registerAdvance
        self.registerExponent = registerExponent
        self.multiplier = multiplier
    }

    /// How far the two may differ: two of the register's last digits, or 0.1 % of its advance.
    public var tolerance: Exact {
        let digits = Exact(coefficient: 2, exponent: registerExponent) * multiplier
        return max(digits, KindComparison.magnitude(registerAdvance) * Exact(1, over: 1000))
    }

    /// Nil where the two agree.
    public var finding: ValidationFinding? {
        let difference = KindComparison.magnitude(intervalSum - registerAdvance)
        guard difference.isOverflow || difference > tolerance else { return nil }
        return ValidationFinding(
            .kindsDisagree, from: Instant(seconds: span.lowerBound),
            to: Instant(seconds: span.upperBound), count: 1, value: intervalSum,
            limit: registerAdvance)
    }

    private static func magnitude(_ value: Exact) -> Exact { value.isNegative ? -value : value }
}
