// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// Contiguous slots of one channel, over as many days as estimation needs around a gap.
///
/// It holds what was delivered, never an earlier estimate of ours: so an estimate does not depend
/// on which nights ran before it.
public struct IntervalSeries: Hashable, Sendable {
    /// When slot 0 begins, in seconds since 1970-01-01T00:00:00Z.
    public var start: Int64
    /// Length of a slot: a divisor of 1440.
    public var slotMinutes: Int
    /// The values' step.
    public var step: ValueStep
    /// Energy per slot, in that step. Shape: `[slot]`.
    public var values: [Int64]
    /// `Quality.packed` per slot; 0 where nothing was delivered. Shape: `[slot]`.
    public var qualities: [UInt32]

    /// A series from its parts.
    public init(
        start: Int64, slotMinutes: Int, step: ValueStep, values: [Int64], qualities: [UInt32]
    ) {
        precondition(slotMinutes > 0 && 1440 % slotMinutes == 0, "slots fill a day")
        precondition(values.count == qualities.count, "one quality per value")
        self.start = start
        self.slotMinutes = slotMinutes
        self.step = step
        self.values = values
        self.qualities = qualities
    }

    /// The times of its slots.
    public var grid: SlotGrid { SlotGrid(start: start, slotMinutes: slotMinutes) }

    /// Slots of a day of 24 h.
    public var slotsPerDay: Int { 1440 / slotMinutes }

    /// The storage day of a slot.
    func day(ofSlot slot: Int, storageOffset: Int) -> CivilDay {
        grid.instant(ofSlot: slot).clock(offset: storageOffset).day
    }
}
