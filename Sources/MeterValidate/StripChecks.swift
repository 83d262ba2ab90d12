// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// All checks of one day's strip; empty, and cheap, where nothing is wrong.
///
/// - Parameters:
///   - values: Energy per slot, in the step that `limits` were made for. Shape: `[slot]`.
///   - qualities: `Quality.packed` per slot; 0 where nothing was delivered. Shape: `[slot]`.
///   - grid: The times of the slots.
///   - limits: Between which values the channel is believed.
/// - Returns: Gap runs in order, then values below zero, then values above capacity.
public func checkStrip(
    values: Span<Int64>, qualities: Span<UInt32>, grid: SlotGrid, limits: StripLimits
) -> [ValidationFinding] {
    if isStripClean(
        values: values, qualities: qualities, lowest: limits.lowest, highest: limits.highest)
    {
        return []
    }
    var findings = missingIntervals(qualities: qualities, grid: grid)
    if let finding = negativeIntervals(
        values: values, qualities: qualities, grid: grid, limits: limits)
    {
        findings.append(finding)
    }
    if let finding = intervalsAboveCapacity(
        values: values, qualities: qualities, grid: grid, limits: limits)
    {
        findings.append(finding)
    }
    return findings
}

/// The values of a strip that a limit doubts: how many, from where to where, and the worst of them.
///
/// - Parameter excess: How far a value is outside; 0 for a value that is believed.
/// - Returns: Nil where every value is believed.
func doubtfulValues(
    _ rule: ValidationRule, values: Span<Int64>, qualities: Span<UInt32>, grid: SlotGrid,
    excess: (Int64) -> UInt64
) -> (finding: ValidationFinding, worst: Int)? {
    var (first, last, count) = (-1, -1, 0)
    var (worst, worstExcess) = (0, UInt64(0))
    for slot in values.indices where Quality(packed: qualities[slot]).hasValue {
        let outside = excess(values[slot])
        guard outside > 0 else { continue }
        if first < 0 { first = slot }
        (last, count) = (slot, count + 1)
        if outside > worstExcess { (worst, worstExcess) = (slot, outside) }
    }
    guard count > 0 else { return nil }
    let finding = ValidationFinding(
        rule, from: grid.instant(ofSlot: first), to: grid.instant(ofSlot: last + 1), count: count)
    return (finding, worst)
}
