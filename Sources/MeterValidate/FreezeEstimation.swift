// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// What was done about a register's missing values.
public struct FreezeEstimate: Hashable, Sendable {
    /// The readings estimated, by time.
    public var filled: [RegisterReading] = []
    /// The moments that stay without a value, by time.
    public var missing: [Int64] = []

    /// One finding per estimated reading, then one per moment without a value.
    public var findings: [ValidationFinding] {
        filled.map { reading in
            let at = Instant(seconds: reading.instant)
            return ValidationFinding(
                .estimatedFreeze, from: at, to: at, count: 1, value: reading.value.exact)
        }
            + missing.map { instant in
                let at = Instant(seconds: instant)
                return ValidationFinding(.missingFreeze, from: at, to: at, count: 1)
            }
    }
}

/// Estimates a register at the moments that need a value and have none.
///
/// A moment is estimated between the nearest readings before and after it, and stays missing while
/// there is no later one.
///
/// - Parameters:
///   - expected: The moments, such as the midnights of a span, in seconds since
///     1970-01-01T00:00:00Z; ascending.
///   - readings: What one meter delivered of one register, ascending by time; readings without a
///     value do not count, and no earlier estimate of ours may be among them.
public func estimateFreezes(at expected: [Int64], readings: [RegisterReading]) -> FreezeEstimate {
    let known = readings.filter(\.quality.hasValue)
    var estimate = FreezeEstimate()
    var next = 0
    for instant in expected {
        while next < known.count, known[next].instant < instant { next += 1 }
        if next < known.count, known[next].instant == instant { continue }
        if next > 0, next < known.count,
            let reading = interpolateFreeze(
                at: instant, between: known[next - 1], and: known[next])
        {
            estimate.filled.append(reading)
        } else {
            estimate.missing.append(instant)
        }
    }
    return estimate
}
