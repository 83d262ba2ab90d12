// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Estimates a short gap on a straight line between its neighbours (method E4, AEMO 17).
public enum LinearInterpolation {
    /// The longest gap that it fills. Source: California VEE rules, two hours.
    public static let longestMinutes = 120

    /// The values of a gap, or nil where it is too long or ends at the border of the series.
    ///
    /// Value j of N is `a + (b − a) × j / (N + 1)`, whole in the series' step, a half going to the
    /// even neighbour.
    static func values(of gap: Range<Int>, in delivered: DeliveredSlots) -> [Int64]? {
        let series = delivered.series
        guard gap.count * series.slotMinutes <= longestMinutes, gap.lowerBound > 0,
            gap.upperBound < series.values.count
        else { return nil }
        let left = Int128(series.values[gap.lowerBound - 1])
        let right = Int128(series.values[gap.upperBound])
        let parts = Int128(gap.count + 1)
        return (1..<parts).map { part in
            // Between two values of Int64, so an Int64 itself.
            Int64(RoundingMode.halfEven.divide(left * (parts - part) + right * part, by: parts))
        }
    }
}
