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
/// The usual run, all actual and of moderate size, takes two loops without branches, which compile
/// to vector code; any other takes the third.
///
/// - Parameters:
///   - values: Energy per slot. Shape: `[slot]`.
///   - qualities: `Quality.packed` per slot; the class in bits 24 to 27 is 2 for an estimate, 3 for
///     an actual value, less for none. Shape: `[slot]`.
func sumSlots(values: Span<Int64>, qualities: Span<UInt32>) -> SlotSums {
    precondition(values.count == qualities.count, "one quality per value")
    var commonBits = UInt32.max
    for slot in qualities.indices { commonBits &= qualities[slot] }
    var (sum, shifted) = (Int64(0), Int64(0))
    for slot in values.indices {
        sum &+= values[slot]
        // Values from −2^51 up to 2^51 give less than 2^52; any other sets a higher bit.
        shifted |= values[slot] &+ (1 << 51)
    }
    // So bounded, the 1440 slots that a day has at most sum to less than 2^63.
    if commonBits >> 24 & 3 == 3, shifted >> 52 == 0, values.count <= 2048 {
        return SlotSums(total: Int128(sum), present: values.count, estimated: 0)
    }
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
