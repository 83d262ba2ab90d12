// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// The strips of several channels of one storage day, added slot by slot.
///
/// For demand: the highest of a sum is not the sum of the highest. A slot is complete once as many
/// strips gave it a value as count together.
public struct StripSum: Hashable, Sendable {
    /// Energy per slot in steps of `UsageScale.step`, after multiplier. Shape: `[slot]`.
    private(set) var energy: [Int128]
    /// How many strips gave the slot a value. Shape: `[slot]`.
    private var counts: [Int]
    /// How many channels count together.
    public let channels: Int
    /// True where a step, a multiplier or a size was beyond what is held exactly.
    public internal(set) var isOutOfRange = false

    /// An empty sum of a storage day.
    public init(slotCount: Int, channels: Int) {
        precondition(channels > 0, "a sum is of at least one channel")
        energy = [Int128](repeating: 0, count: slotCount)
        counts = [Int](repeating: 0, count: slotCount)
        self.channels = channels
    }

    /// Adds a strip.
    ///
    /// - Parameters:
    ///   - values: Energy per slot, in steps of `step`. Shape: `[slot]`.
    ///   - qualities: `Quality.packed` per slot; 0 where nothing was delivered. Shape: `[slot]`.
    ///   - firstSlot: The strip's first slot within the storage day.
    ///   - step: The strip's step.
    ///   - multiplier: CT × PT, with the sign and share of the point; 1 where nothing applies.
    public mutating func add(
        values: Span<Int64>, qualities: Span<UInt32>, firstSlot: Int, step: ValueStep,
        multiplier: Exact
    ) {
        precondition(values.count == qualities.count, "one quality per value")
        precondition(
            firstSlot >= 0 && firstSlot + values.count <= energy.count, "the strip fits its day")
        guard let factor = UsageScale.factor(of: step, multiplier: multiplier) else {
            isOutOfRange = true
            return
        }
        for index in values.indices where Quality(packed: qualities[index]).hasValue {
            let slot = firstSlot + index
            let (part, overPart) = Int128(values[index]).multipliedReportingOverflow(by: factor)
            let (sum, overSum) = energy[slot].addingReportingOverflow(part)
            if overPart || overSum { isOutOfRange = true }
            energy[slot] = sum
            counts[slot] += 1
        }
    }

    /// Gives a slot the sum of its channels.
    mutating func set(_ sum: Int128, at slot: Int) {
        energy[slot] = sum
        counts[slot] = channels
    }

    /// True where every channel gave the slot a value.
    func isComplete(_ slot: Int) -> Bool { counts[slot] == channels }
}
