// SPDX-License-Identifier: Apache-2.0

import MeterUsage
import Quantities

/// The periods of days' slots; all meters of a feeder under one tariff share them.
struct SlotPlans {
    private struct Key: Hashable {
        var shared: ObjectIdentifier
        var day: Int32
        var offset: Int
        var minutes: Int
        var span: Range<Int64>
    }

    private var known: [Key: SlotPlan] = [:]
    /// The plan asked for last; the next meter's is mostly the same.
    private var (lastKey, lastPlan): (Key?, SlotPlan?) = (nil, nil)

    /// How many plans are kept; more come only where meters are exchanged on different days.
    private static let limit = 4096

    mutating func plan(
        for shared: TariffSpan, day: Int32, offset: Int, minutes: Int, span: Range<Int64>
    ) -> SlotPlan {
        let key = Key(
            shared: ObjectIdentifier(shared), day: day, offset: offset, minutes: minutes,
            span: span)
        if lastKey == key, let lastPlan { return lastPlan }
        defer { (lastKey, lastPlan) = (key, known[key]) }
        if let plan = known[key] { return plan }
        if known.count >= SlotPlans.limit { known.removeAll() }
        let plan = SlotPlan(
            day: CivilDay(number: day), storageOffset: offset, slotMinutes: minutes,
            calendar: shared.calendar, zone: shared.zone, span: span)
        known[key] = plan
        return plan
    }
}
