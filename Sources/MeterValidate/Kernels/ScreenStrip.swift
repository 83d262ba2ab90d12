// SPDX-License-Identifier: Apache-2.0

/// Tells whether every slot of a strip has a value within limits: the night's common case.
///
/// Branch-free over the strip; what is wrong, the slower checks find out.
///
/// - Parameters:
///   - values: Energy per slot, in the strip's own step. Shape: `[slot]`.
///   - qualities: `Quality.packed` per slot. Shape: `[slot]`.
///   - lowest: The lowest value believed.
///   - highest: The highest value believed.
/// - Returns: True where nothing is missing and nothing is outside the limits.
public func isStripClean(
    values: Span<Int64>, qualities: Span<UInt32>, lowest: Int64, highest: Int64
) -> Bool {
    precondition(values.count == qualities.count, "one quality per value")
    var (least, greatest) = (Int64.max, Int64.min)
    // The class stands in bits 24 to 27 and is 2 or 3 where a value is: bit 25 says it.
    var allBits = UInt32.max
    for slot in values.indices {
        least = min(least, values[slot])
        greatest = max(greatest, values[slot])
        allBits &= qualities[slot]
    }
    return values.isEmpty || (allBits >> 25 & 1 == 1 && least >= lowest && greatest <= highest)
}
