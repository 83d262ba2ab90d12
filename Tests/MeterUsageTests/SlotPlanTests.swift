// SPDX-License-Identifier: Apache-2.0

import MeterUsage
import Quantities
import Testing

/// London without its files: an hour ahead from 2026-03-29T01:00Z to 2026-10-25T01:00Z.
let london = TimeZoneTable(
    name: "Europe/London", transitions: [1_774_746_000, 1_792_890_000], offsets: [0, 3600, 0])

/// Peak from 07:00 to 23:00, night otherwise.
let dayAndNight = TimeOfUseCalendar(
    periods: ["peak", "night"],
    rules: [
        .init(weekdays: 0xFE, dayKinds: [], minutes: 420..<1380, period: 0)
    ], rest: 1)

/// The storage days, by a fixed clock, that a span touches.
func storageDays(of span: Range<Int64>, offset: Int) -> [CivilDay] {
    let first = Instant(seconds: span.lowerBound).clock(offset: offset).day
    let last = Instant(seconds: span.upperBound - 1).clock(offset: offset).day
    return (0...(last - first)).map { first + $0 }
}

/// The span of some local days.
func localSpan(_ start: String, _ end: String, _ zone: TimeZoneTable) -> Range<Int64> {
    guard let first = CivilDay(iso: start), let last = CivilDay(iso: end) else {
        preconditionFailure("a test names days that exist")
    }
    return zone.startOfDay(first).seconds..<zone.startOfDay(last).seconds
}

@Suite struct SlotPlanTests {
    private func counts(
        _ start: String, _ end: String, calendar: TimeOfUseCalendar, minutes: Int = 15
    ) -> [Int] {
        let span = localSpan(start, end, london)
        var counts = [Int](repeating: 0, count: calendar.periods.count)
        for day in storageDays(of: span, offset: 0) {
            let plan = SlotPlan(
                day: day, storageOffset: 0, slotMinutes: minutes, calendar: calendar,
                zone: london, span: span)
            for run in plan.runs { counts[run.period] += run.slots.count }
        }
        return counts
    }

    @Test(arguments: [
        // peak is 16 h; the night has 7, 8 or 9 h
        ("2026-03-28", "2026-03-29", [64, 32]),
        ("2026-03-29", "2026-03-30", [64, 28]),  // 92 quarter-hours
        ("2026-06-01", "2026-06-02", [64, 32]),
        ("2026-10-25", "2026-10-26", [64, 36]),  // 100 quarter-hours
    ])
    func `a local day has its 23, 24 or 25 hours`(start: String, end: String, slots: [Int]) {
        #expect(counts(start, end, calendar: dayAndNight) == slots)
    }

    @Test(arguments: [
        ("2026-03-28", "2026-03-29", 4), ("2026-03-29", "2026-03-30", 0),
        ("2026-10-25", "2026-10-26", 8),
    ])
    func `a window in the changed hour vanishes or doubles`(start: String, end: String, slots: Int)
    {
        let calendar = TimeOfUseCalendar(
            periods: ["one", "rest"],
            rules: [
                .init(weekdays: 0xFE, dayKinds: [], minutes: 60..<120, period: 0)
            ], rest: 1)
        #expect(counts(start, end, calendar: calendar)[0] == slots)
    }

    @Test func `a storage day shows the end of one local day and the start of the next`() throws {
        // The storage clock of +10:00 is 2 h ahead of the local +08:00: local midnight is slot 2.
        let span = localSpan("2026-01-01", "2026-02-01", london)
        let calendar = TimeOfUseCalendar(
            periods: ["weekend", "week"],
            rules: [
                .init(weekdays: 0xC0, dayKinds: [], minutes: 0..<1440, period: 0)
            ], rest: 1)
        let plan = SlotPlan(
            day: try #require(CivilDay(iso: "2026-01-05")), storageOffset: 36_000,
            slotMinutes: 60, calendar: calendar,
            zone: TimeZoneTable(name: "+08:00", fixedOffset: 28_800), span: span)
        #expect(plan.runs == [run(0..<2, 0), run(2..<24, 1)])
        #expect(plan.localMinutes.prefix(3) == [1320, 1380, 0])
    }

    private func run(_ slots: Range<Int>, _ period: Int) -> SlotPlan.Run {
        var run = SlotPlan(
            day: CivilDay(number: 0), storageOffset: 0, slotMinutes: 1440, calendar: .always,
            zone: TimeZoneTable(name: "UTC", fixedOffset: 0), span: 0..<1
        ).runs[0]
        (run.slots, run.period) = (slots, period)
        return run
    }

    @Test func `a slot belongs to the span and the period of its start`() {
        // Half-hours; the span begins at 00:10, so slot 0 is outside and slot 1 inside; it ends at
        // 07:40, so the slot of 07:30 is inside. Peak begins at 07:15, within the slot of 07:00.
        let calendar = TimeOfUseCalendar(
            periods: ["peak", "night"],
            rules: [
                .init(weekdays: 0xFE, dayKinds: [], minutes: 435..<1380, period: 0)
            ], rest: 1)
        let plan = SlotPlan(
            day: CivilDay(number: 0), storageOffset: 0, slotMinutes: 30, calendar: calendar,
            zone: TimeZoneTable(name: "UTC", fixedOffset: 0), span: 600..<27_600)
        #expect(plan.runs == [run(1..<15, 1), run(15..<16, 0)])
        #expect(plan.periods[0] == SlotPlan.outside)
        #expect(plan.slotCount == 15)
    }

    @Test(
        arguments: [
            // from, to, minutes, storage offset, slots
            (0, 3600, 15, 0, 4),
            (1, 3600, 15, 0, 3),
            (1, 3601, 15, 0, 4),
            (-1, 1, 60, 0, 1),
            // At +05:30 hours begin at half past in UTC.
            (0, 3600, 60, 19_800, 1),
            (1800, 1801, 60, 19_800, 1),
            (1801, 5400, 60, 19_800, 0),
            (-5400, -1800, 60, 19_800, 1),
        ] as [(Int64, Int64, Int, Int, Int)])
    func `slots are counted by their starts`(
        from: Int64, to: Int64, minutes: Int, offset: Int, expected: Int
    ) {
        #expect(
            SlotPlan.slotCount(in: from..<to, slotMinutes: minutes, storageOffset: offset)
                == expected)
    }
}
