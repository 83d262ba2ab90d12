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

/// True where all slots are actual and so small that the sum of any of them fits 63 bits.
///
/// Two loops without branches, which compile to vector code.
///
/// - Parameters:
///   - values: Energy per slot. Shape: `[slot]`.
///   - qualities: `Quality.packed` per slot. Shape: `[slot]`.
func areActualAndModerate(values: Span<Int64>, qualities: Span<UInt32>) -> Bool {
    precondition(values.count == qualities.count, "one quality per value")
    var commonBits = UInt32.max
    for slot in qualities.indices { commonBits &= qualities[slot] }
    var anyBits: Int64 = 0
    for slot in values.indices { anyBits |= values[slot] }
    // So bounded, the 1440 slots that a day has at most sum to less than 2^62; negative ones are rare.
    return commonBits >> 24 & 3 == 3 && anyBits >> 51 == 0 && values.count <= 2048
}

/// Sums slots that are actual and moderate.
///
/// - Parameter values: Energy per slot. Shape: `[slot]`.
func sumModerate(values: Span<Int64>) -> Int64 {
    var sum: Int64 = 0
    for slot in values.indices { sum &+= values[slot] }
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
