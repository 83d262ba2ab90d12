// SPDX-License-Identifier: Apache-2.0

/// What a run of slots holds.
struct SlotSums {
    /// The energy of the slots that have a value, in their own step.
    var total: Int128
    /// How many slots have a value.
    var present: Int
    /// How many of those are estimates.
    var estimated: Int
}

/// Sums a run of slots.
///
/// - Parameters:
///   - values: Energy per slot. Shape: `[slot]`.
///   - qualities: `Quality.packed` per slot; the class in bits 24 to 27 is 2 for an estimate, 3 for
///     an actual value, less for none. Shape: `[slot]`.
func sumSlots(values: Span<Int64>, qualities: Span<UInt32>) -> SlotSums {
    precondition(values.count == qualities.count, "one quality per value")
    var (sum, magnitudes) = (Int64(0), Int64(0))
    var (present, actual) = (UInt32(0), UInt32(0))
    for slot in values.indices {
        let quality = qualities[slot] >> 24
        let hasValue = quality >> 1 & 1
        present &+= hasValue
        actual &+= quality & hasValue
        let value = values[slot] & (0 &- Int64(hasValue))
        magnitudes |= value ^ (value >> 63)
        sum &+= value
    }
    var total = Int128(sum)
    // Within 52 bits, the 1440 slots that a day can have at most stay within 63.
    if magnitudes >> 52 != 0 || values.count > 2048 {
        total = 0
        for slot in values.indices where qualities[slot] >> 25 & 1 == 1 {
            total += Int128(values[slot])
        }
    }
    return SlotSums(total: total, present: Int(present), estimated: Int(present &- actual))
}
