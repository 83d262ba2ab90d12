// SPDX-License-Identifier: Apache-2.0

/// Sums slots times their prices.
///
/// - Parameters:
///   - values: Energy per slot. Shape: `[slot]`.
///   - qualities: `Quality.packed` per slot; the class in bits 24 to 27 is 2 for an estimate, 3 for
///     an actual value, less for none. Shape: `[slot]`.
///   - prices: Price per slot, 0 for one that is not billed. Shape: `[slot]`.
/// - Returns: The sum, and true where it left the range.
func sumPriced(
    values: Span<Int64>, qualities: Span<UInt32>, prices: Span<Int64>
) -> (total: Int128, isOver: Bool) {
    precondition(
        values.count == qualities.count && values.count == prices.count,
        "one quality and one price per value")
    var (total, isOver): (Int128, Bool) = (0, false)
    for slot in values.indices where qualities[slot] >> 24 & 15 >= 2 {
        // The product of two words does not leave the range.
        let product = Int128(values[slot]) &* Int128(prices[slot])
        let (sum, over) = total.addingReportingOverflow(product)
        if over { isOver = true }
        total = sum
    }
    return (total, isOver)
}
