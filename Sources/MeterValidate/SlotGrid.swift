// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The times of a strip's slots.
public struct SlotGrid: Hashable, Sendable {
    /// When slot 0 begins, in seconds since 1970-01-01T00:00:00Z.
    public var start: Int64
    /// Length of a slot.
    public var slotMinutes: Int

    /// A grid from its parts.
    public init(start: Int64, slotMinutes: Int) {
        precondition(slotMinutes > 0, "a slot has a length")
        self.start = start
        self.slotMinutes = slotMinutes
    }

    /// The grid of a storage day: 24 h of a clock `storageOffset` seconds ahead of UTC.
    public init(day: CivilDay, storageOffset: Int, slotMinutes: Int) {
        self.init(start: Instant(day: day, offset: storageOffset).seconds, slotMinutes: slotMinutes)
    }

    /// When a slot begins.
    public func instant(ofSlot slot: Int) -> Instant {
        Instant(seconds: start + Int64(slot) * Int64(slotMinutes) * 60)
    }
}
