// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What one interval channel of one meter counted while it served a point under the same terms.
public struct IntervalSegment: Hashable, Sendable {
    /// From installation, or a change of terms, until removal, or the next change.
    public var span: Range<Int64>
    /// Length of a slot.
    public var slotMinutes: Int
    /// Seconds ahead of UTC of the storage clock.
    public var storageOffset: Int
    /// CT × PT, with sign and share of the point; 1 where it is applied already.
    public var multiplier: Exact
    /// What it counted within both the segment's and the billing span.
    public var usage: IntervalUsage

    /// A segment from its parts.
    public init(
        span: Range<Int64>, slotMinutes: Int, storageOffset: Int, multiplier: Exact,
        usage: IntervalUsage
    ) {
        self.span = span
        self.slotMinutes = slotMinutes
        self.storageOffset = storageOffset
        self.multiplier = multiplier
        self.usage = usage
    }

    /// How many slots of a billing span have no value, counting those that were never handed in.
    public func missingSlots(in billed: Range<Int64>) -> Int {
        guard span.overlaps(billed) else { return 0 }
        let expected = SlotPlan.slotCount(
            in: span.clamped(to: billed), slotMinutes: slotMinutes, storageOffset: storageOffset)
        precondition(usage.present <= expected, "no slot is added twice")
        return expected - usage.present
    }
}
