// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// Rule I-21: values below the lowest believed, one finding per strip.
///
/// The finding spans the first to the last of them, counts them, and quotes the lowest.
public func negativeIntervals(
    values: Span<Int64>, qualities: Span<UInt32>, grid: SlotGrid, limits: StripLimits
) -> ValidationFinding? {
    doubtfulValues(.negativeInterval, values: values, qualities: qualities, grid: grid) {
        $0 < limits.lowest ? UInt64(bitPattern: limits.lowest &- $0) : 0
    }.map { found in
        var finding = found.finding
        finding.value = ScaledValue(values[found.worst], step: limits.step).exact
        return finding
    }
}
