// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// Estimates a register between two known readings (method E18), by the share of time passed.
///
/// The total and each time-of-use register are estimated alike, each on its own. The value is whole
/// in the finer step of the two readings, a half going to the even neighbour. Where the register rolled
/// over between the two, the line goes on past the last digit of the dial.
///
/// - Parameters:
///   - instant: When the register's value is wanted, strictly between the readings.
///   - earlier: The nearest known reading before.
///   - later: The nearest known reading after; without one nothing is estimated.
///   - dial: What tells a rollover from a fall.
/// - Returns: The estimated reading (`E17`), or nil where the register fell between the two, or no
///   common step holds both.
public func interpolateFreeze(
    at instant: Int64, between earlier: RegisterReading, and later: RegisterReading,
    on dial: RegisterDial
) -> RegisterReading? {
    precondition(
        earlier.instant < instant && instant < later.instant, "the readings bracket the moment")
    guard earlier.quality.hasValue, later.quality.hasValue else { return nil }
    guard let step = dial.advance(from: earlier, to: later),
        case .advance(let steps, let rolledOver) = step.advance
    else { return nil }
    let isPrimary = earlier.isPrimary || later.isPrimary
    let start = isPrimary ? dial.onPrimary(earlier) : earlier.value
    guard let low = start?.value(at: ValueStep(exponent: step.exponent)) else { return nil }
    let passed = Int128(instant - earlier.instant)
    let whole = Int128(later.instant - earlier.instant)
    var value = RoundingMode.halfEven.divide(
        Int128(low) * whole + Int128(steps) * passed, by: whole)
    if rolledOver, let wrap = step.dial.wrap(exponent: step.exponent) { value %= Int128(wrap) }
    return RegisterReading(
        instant: instant, value: ScaledValue(Int64(value), exponent: step.exponent),
        quality: EstimationMethod.linearInterpolation.quality, isPrimary: isPrimary)
}
