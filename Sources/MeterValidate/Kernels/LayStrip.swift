// SPDX-License-Identifier: Apache-2.0

/// The owner of a slot that no strip fills.
public let freeSlot: Int32 = -1

/// The owner of a slot that several strips fill: `SlotOrder` decides it.
public let contestedSlot: Int32 = -2

/// Lays the delivered slots of a strip into its day, where other strips may lie already.
///
/// - Parameters:
///   - values: Energy per slot of the strip. Shape: `[slot of the strip]`.
///   - qualities: `Quality.packed`; a slot with 0 was not delivered and is passed over. Shape: as
///     `values`.
///   - firstSlot: Where the strip begins in its day.
///   - owner: What stands for the strip in `owners`; not negative.
///   - dayValues: Takes the values of slots that were free. Shape: `[slot of the day]`.
///   - dayQualities: Takes their qualities. Shape: as `dayValues`.
///   - owners: Takes `owner` where a slot was free, `contestedSlot` where it was not. Shape: as
///     `dayValues`.
public func layStrip(
    values: Span<Int64>, qualities: Span<UInt32>, firstSlot: Int, owner: Int32,
    dayValues: inout [Int64], dayQualities: inout [UInt32], owners: inout [Int32]
) {
    precondition(values.count == qualities.count, "one quality per value")
    precondition(
        dayValues.count == owners.count && dayQualities.count == owners.count,
        "the columns of the day have its slots")
    precondition(
        firstSlot >= 0 && firstSlot + values.count <= owners.count, "a strip is within its day")
    precondition(owner >= 0, "an owner is none of the marks")
    var owners = owners.mutableSpan
    var dayValues = dayValues.mutableSpan
    var dayQualities = dayQualities.mutableSpan
    for place in values.indices where qualities[place] != 0 {
        let slot = firstSlot &+ place
        if owners[slot] == freeSlot {
            owners[slot] = owner
            dayValues[slot] = values[place]
            dayQualities[slot] = qualities[place]
        } else {
            owners[slot] = contestedSlot
        }
    }
}
