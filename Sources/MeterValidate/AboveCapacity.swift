// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// Rule I-15, high limit: values above the highest believed, one finding per strip.
///
/// The finding spans the first to the last of them, counts them, and quotes the highest with the
/// limit, both as on the meter (before the multiplier).
public func intervalsAboveCapacity(
    values: Span<Int64>, qualities: Span<UInt32>, grid: SlotGrid, limits: StripLimits
) -> ValidationFinding? {
    doubtfulValues(.aboveCapacity, values: values, qualities: qualities, grid: grid) {
        $0 > limits.highest ? UInt64(bitPattern: $0 &- limits.highest) : 0
    }.map { found in
        var finding = found.finding
        finding.value = ScaledValue(values[found.worst], step: limits.step).exact
        finding.limit = ScaledValue(limits.highest, step: limits.step).exact
        return finding
    }
}
