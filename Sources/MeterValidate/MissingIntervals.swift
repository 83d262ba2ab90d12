// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// Rule I-2, gap check: runs of slots without a value, one finding per run.
///
/// - Parameters:
///   - qualities: `Quality.packed` per slot; 0 where nothing was delivered. Shape: `[slot]`.
///   - grid: The times of the slots.
public func missingIntervals(qualities: Span<UInt32>, grid: SlotGrid) -> [ValidationFinding] {
    var findings: [ValidationFinding] = []
    var slot = 0
    while slot < qualities.count {
        guard !Quality(packed: qualities[slot]).hasValue else {
            slot += 1
            continue
        }
        let first = slot
        while slot < qualities.count, !Quality(packed: qualities[slot]).hasValue { slot += 1 }
        findings.append(
            ValidationFinding(
                .missingIntervals, from: grid.instant(ofSlot: first),
                to: grid.instant(ofSlot: slot), count: slot - first))
    }
    return findings
}
