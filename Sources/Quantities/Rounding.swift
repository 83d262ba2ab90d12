// SPDX-License-Identifier: Apache-2.0

/// How a remainder is treated when an exact number becomes a whole multiple of a step.
///
/// A tariff names it wherever a number is rounded; there is no default.
public enum RoundingMode: String, Hashable, Sendable, CaseIterable {
    /// To the nearest, a half away from zero (四舍五入).
    case halfUp = "half_up"
    /// To the nearest, a half to the even neighbour.
    case halfEven = "half_even"
    /// Towards zero.
    case down = "down"
    /// Away from zero.
    case up = "up"

    /// `numerator / denominator` as a whole number; the denominator must be positive.
    public func divide(_ numerator: Int128, by denominator: Int128) -> Int128 {
        precondition(denominator > 0, "rounding divides by a positive number")
        let (quotient, remainder) = numerator.parts(dividingBy: denominator)
        guard remainder != 0 else { return quotient }
        let away: Int128 = numerator < 0 ? -1 : 1
        let rest = remainder.magnitude
        let toHalf = denominator.magnitude - rest
        switch self {
        case .down: return quotient
        case .up: return quotient + away
        case .halfUp: return rest >= toHalf ? quotient + away : quotient
        case .halfEven:
            if rest == toHalf { return quotient % 2 == 0 ? quotient : quotient + away }
            return rest > toHalf ? quotient + away : quotient
        }
    }
}

extension Exact {
    /// The nearest multiple of `step` by `mode`; `step` must be positive.
    public func rounded(to step: Exact, _ mode: RoundingMode) -> Exact {
        precondition(step > .zero, "a rounding step is positive")
        let steps = self / step
        return steps.isOverflow ? .overflow : Exact(steps.wholePart(mode)) * step
    }

    /// The number as a whole number by `mode`; must not be `overflow`.
    public func wholePart(_ mode: RoundingMode) -> Int128 {
        precondition(!isOverflow, "an overflow has no whole part")
        return mode.divide(numerator, by: denominator)
    }
}
