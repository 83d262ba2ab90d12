// SPDX-License-Identifier: Apache-2.0

import MeterUsage
import Quantities
import Synchronization

/// The periods of one day's slots; an object, so that it is handed on without copies.
final class DayPlan: Sendable {
    let slots: SlotPlan
    /// What the tariff asks of them beyond their periods; nil for nothing.
    let detail: DetailSlots?

    /// The plan of a storage day under a tariff.
    ///
    /// - Parameter part: What the billing span has of the day.
    init(_ shared: TariffSpan, day: Int32, offset: Int, minutes: Int, part: Range<Int64>) {
        slots = SlotPlan(
            day: CivilDay(number: day), storageOffset: offset, slotMinutes: minutes,
            calendar: shared.calendar, zone: shared.zone, span: part)
        detail = shared.detail.map { [slots] in DetailSlots(slots, for: $0) }
    }
}

/// The plans of the days of a tariff span, of all feeders: a plan costs what some ten meters do.
final class DayPlans: Sendable {
    private struct Key: Hashable {
        var day: Int32
        var offset: Int
        var minutes: Int
    }

    private let known = Mutex<[Key: DayPlan]>([:])

    /// The plan of what a whole tariff span has of a day.
    func plan(
        for shared: TariffSpan, day: Int32, offset: Int, minutes: Int, part: Range<Int64>
    ) -> DayPlan {
        known.withLock { known in
            let key = Key(day: day, offset: offset, minutes: minutes)
            if let plan = known[key] { return plan }
            let plan = DayPlan(shared, day: day, offset: offset, minutes: minutes, part: part)
            known[key] = plan
            return plan
        }
    }
}

/// The plans of the day that is being read; the meters of a block share a few.
struct SlotPlans {
    private struct Entry {
        let shared: TariffSpan
        let offset: Int
        let minutes: Int
        let part: Range<Int64>
        let plan: DayPlan
    }

    private var day = Int32.min
    private var entries: [Entry] = []
    /// The entry asked for last, and the span it was asked for; most meters serve in the same.
    private var last: (entry: Int, span: Range<Int64>)?

    /// How many plans are kept; more come only where meters are exchanged on that day.
    private static let limit = 64

    /// The plan of a day for a meter that serves in `span`.
    mutating func plan(
        for shared: TariffSpan, day: Int32, offset: Int, minutes: Int, span: Range<Int64>
    ) -> DayPlan {
        if let last, self.day == day, last.span == span, entries[last.entry].shared === shared,
            entries[last.entry].offset == offset, entries[last.entry].minutes == minutes
        {
            return entries[last.entry].plan
        }
        let start = Instant(day: CivilDay(number: day), offset: offset).seconds
        let whole = start..<start + 86_400
        let part = span.clamped(to: whole)
        if self.day != day || entries.count == SlotPlans.limit {
            self.day = day
            entries.removeAll(keepingCapacity: true)
            last = nil
        }
        for index in entries.indices
        where entries[index].shared === shared && entries[index].part == part
            && entries[index].offset == offset && entries[index].minutes == minutes
        {
            last = (index, span)
            return entries[index].plan
        }
        let plan =
            part == shared.request.span.clamped(to: whole)
            ? shared.dayPlans.plan(
                for: shared, day: day, offset: offset, minutes: minutes, part: part)
            : DayPlan(shared, day: day, offset: offset, minutes: minutes, part: part)
        entries.append(
            Entry(shared: shared, offset: offset, minutes: minutes, part: part, plan: plan))
        last = (entries.count - 1, span)
        return plan
    }
}
