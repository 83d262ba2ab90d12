// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// Estimates a register between two known readings (method E18), by the share of time passed.
///
/// The total and each time-of-use register are estimated alike, each on its own. The value is whole
/// in the finer step of the two readings, a half going to the even neighbour.
///
/// - Parameters:
///   - instant: When the register's value is wanted, strictly between the readings.
///   - earlier: The nearest known reading before.
///   - later: The nearest known reading after; without one nothing is estimated.
/// - Returns: The estimated reading (`E17`), or nil where the register fell or rolled over between
///   the two, or no common step holds both.
public func interpolateFreeze(
    at instant: Int64, between earlier: RegisterReading, and later: RegisterReading
) -> RegisterReading? {
    precondition(
        earlier.instant < instant && instant < later.instant, "the readings bracket the moment")
    guard earlier.quality.hasValue, later.quality.hasValue else { return nil }
    let exponent = Int(min(earlier.value.exponent, later.value.exponent))
    guard let low = earlier.value.value(atExponent: exponent),
        let high = later.value.value(atExponent: exponent), low <= high
    else { return nil }
    let passed = Int128(instant - earlier.instant)
    let whole = Int128(later.instant - earlier.instant)
    let value = RoundingMode.halfEven.divide(
        Int128(low) * (whole - passed) + Int128(high) * passed, by: whole)
    return RegisterReading(
        instant: instant, value: ScaledValue(Int64(value), exponent: exponent),
        quality: EstimationMethod.linearInterpolation.quality)
}
