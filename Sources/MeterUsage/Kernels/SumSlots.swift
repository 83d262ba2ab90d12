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

/// Sums slots that all have a value; nil where the sum may not fit one word, or a value is negative: both
/// are rare.
///
/// - Parameter values: Energy per slot. Shape: `[slot]`.
func wordSum(values: Span<Int64>) -> Int64? {
    var (sum, anyBits) = (0 as Int64, 0 as Int64)
    for slot in values.indices {
        sum &+= values[slot]
        anyBits |= values[slot]
    }
    // So bounded, the 1440 slots that a day has at most sum to less than 2^62.
    return anyBits >> 51 == 0 && values.count <= 2048 ? sum : nil
}

/// Sums slots that all have a value, of any size.
///
/// - Parameter values: Energy per slot. Shape: `[slot]`.
func sumPresent(values: Span<Int64>) -> Int128 {
    var sum: Int128 = 0
    for slot in values.indices { sum += Int128(values[slot]) }
    return sum
}

/// Sums a run of slots of any quality and size.
///
/// - Parameters:
///   - values: Energy per slot. Shape: `[slot]`.
///   - qualities: `Quality.packed` per slot; the class in bits 24 to 27 is 2 for an estimate, 3 for
///     an actual value, less for none. Shape: `[slot]`.
func sumSlots(values: Span<Int64>, qualities: Span<UInt32>) -> SlotSums {
    precondition(values.count == qualities.count, "one quality per value")
    var sums = SlotSums(total: 0, present: 0, estimated: 0)
    for slot in values.indices {
        let qualityClass = qualities[slot] >> 24 & 15
        guard qualityClass >= 2 else { continue }
        sums.total += Int128(values[slot])
        sums.present += 1
        if qualityClass == 2 { sums.estimated += 1 }
    }
    return sums
}
