// SPDX-License-Identifier: Apache-2.0

/// Tells whether every slot of a strip has a value within limits: the night's common case.
///
/// Two loops without branches, which compile to vector code. What is wrong, the slower checks find
/// out; they also have the last word on values beyond 2^62, which never pass here.
///
/// - Parameters:
///   - values: Energy per slot, in the strip's own step. Shape: `[slot]`.
///   - qualities: `Quality.packed` per slot. Shape: `[slot]`.
///   - lowest: The lowest value believed, at most 0.
///   - highest: The highest value believed, at least 0.
/// - Returns: True only where nothing is missing and nothing is outside the limits.
public func isStripClean(
    values: Span<Int64>, qualities: Span<UInt32>, lowest: Int64, highest: Int64
) -> Bool {
    precondition(values.count == qualities.count, "one quality per value")
    precondition(lowest <= 0 && highest >= 0, "zero is always believed")
    // The class stands in bits 24 to 27 and is 2 or 3 where a value is: bit 25 says it.
    var commonBits = UInt32.max
    for slot in qualities.indices { commonBits &= qualities[slot] }
    guard commonBits >> 25 & 1 == 1 else { return false }
    // A difference is negative for a value outside; the narrowed limits keep it from wrapping
    // round to a positive one.
    let (low, high) = (max(lowest, -1 << 62), min(highest, 1 << 62))
    var differences: Int64 = 0
    for slot in values.indices {
        differences |= (values[slot] &- low) | (high &- values[slot])
    }
    return differences >= 0
}
