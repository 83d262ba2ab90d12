// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

extension StripSum {
    /// What several service points used in a storage day: a slot is complete where each point that
    /// counts then has a value.
    ///
    /// - Parameters:
    ///   - points: When each counts, and what its meters measured, of this quantity.
    ///   - plan: The plan of the day for the whole billing span.
    public init(
        of points: [(span: Range<Int64>, slots: [QuantityDay])], in plan: SlotPlan
    ) {
        self.init(slotCount: plan.periods.count, channels: 1)
        for slot in plan.periods.indices where plan.periods[slot] != SlotPlan.outside {
            let at = plan.start(ofSlot: slot)
            var total = Int128(0)
            var isComplete = true
            for point in points where point.span.contains(at) {
                let found = point.slots.first { part in
                    part.plan.start == plan.start && part.sum.energy.count == energy.count
                        && part.plan.periods[slot] != SlotPlan.outside
                        && part.sum.isComplete(slot)
                }
                guard let found else {
                    isComplete = false
                    break
                }
                let (sum, isOver) = total.addingReportingOverflow(found.sum.energy[slot])
                if isOver || found.sum.isOutOfRange { isOutOfRange = true }
                total = sum
            }
            if isComplete { set(total, at: slot) }
        }
    }

    /// How many slots inside a billing span are not complete.
    public func missingSlots(in plan: SlotPlan) -> Int {
        plan.periods.indices.count { plan.periods[$0] != SlotPlan.outside && !isComplete($0) }
    }
}
