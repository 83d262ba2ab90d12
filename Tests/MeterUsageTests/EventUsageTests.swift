// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Testing

@testable import MeterUsage

/// What is found slot by slot beside peaks: demand in dated windows, and reactive excess.
@Suite struct EventUsageTests {
    private func plan(_ day: Int32 = 0, minutes: Int = 15, span: Range<Int64> = 0..<864_000)
        -> SlotPlan
    {
        SlotPlan(
            day: CivilDay(number: day), storageOffset: 0, slotMinutes: minutes,
            calendar: .always, zone: TimeZoneTable(name: "UTC", fixedOffset: 0), span: span)
    }

    /// A day of values from a slot on, in kWh; nil where one is missing.
    private func sum(
        _ values: [Int64?], firstSlot: Int = 0, minutes: Int = 15, multiplier: Exact = .one
    ) -> StripSum {
        var sum = StripSum(slotCount: 1440 / minutes, channels: 1)
        let numbers = values.map { $0 ?? 0 }
        let qualities = values.map { ($0 == nil ? Quality.none : .actual).packed }
        sum.add(
            values: numbers.span, qualities: qualities.span, firstSlot: firstSlot,
            step: ValueStep(exponent: 0), multiplier: multiplier)
        return sum
    }

    private func usage(
        _ windows: [Range<Int64>], _ unit: DemandMeasure.Unit = .kilowatts
    ) -> EventUsage {
        EventUsage(EventRequest(charge: "c", unit: unit, windows: .success(windows)))
    }

    /// The powers of the windows, or why they are not known.
    private func powers(_ usage: EventUsage) -> Result<[Exact], EventGap> {
        usage.demand.outcome.map { $0.map(\.power) }
    }

    @Test func `a window is the mean of its own slots, whatever block it is in`() {
        // 00:15 to 01:15, and the last half-hour of the day: 2 + 3 + 4 + 5 kWh in an hour, 6 + 7 in half one.
        var usage = usage([900..<4500, 84_600..<86_400])
        usage.add(sum([100, 2, 3, 4, 5, 100]), plan: plan())
        #expect(powers(usage) == .failure(.readings(Instant(seconds: 84_600))))
        usage.add(sum([100, 6, 7], firstSlot: 93), plan: plan())
        #expect(powers(usage) == .success([Exact(14), Exact(26)]))
        #expect(usage.demand.charge == "c" && usage.demand.unit == .kilowatts)
    }

    @Test func `a window spans midnight and a change of meter and of slot length`() {
        var usage = usage([84_600..<90_000])
        // 23:30 and 23:45 by a multiplier of 10; then an hour of 30 kWh: 10 + 20 + 30 kWh in 90 minutes.
        usage.add(sum([1, 2], firstSlot: 94, multiplier: Exact(10)), plan: plan())
        usage.add(sum([30], minutes: 60), plan: plan(1, minutes: 60))
        #expect(powers(usage) == .success([Exact(40)]))
    }

    @Test func `a slot without a value, or outside the bill, is not zero`() {
        var usage = usage([0..<1800])
        usage.add(sum([5, nil]), plan: plan())
        #expect(powers(usage) == .failure(.readings(Instant(seconds: 0))))
        var outside = self.usage([0..<1800])
        outside.add(sum([5, 6]), plan: plan(span: 900..<86_400))
        #expect(powers(outside) == .failure(.readings(Instant(seconds: 0))))
    }

    @Test(arguments: [(0, 1800), (900, 4500), (1800, 5400)])
    func `a window that an interval is partly in is not told`(from: Int64, to: Int64) {
        var usage = usage([from..<to])
        usage.add(sum([1, 1, 1], minutes: 60), plan: plan(minutes: 60))
        #expect(powers(usage) == .failure(.tooCoarse(Instant(seconds: from))))
    }

    @Test func `apparent power keeps both of its parts`() throws {
        var usage = usage([0..<900], .kilovoltAmperes)
        usage.add(sum([3]), reactive: sum([nil]), plan: plan())
        #expect(powers(usage) == .failure(.readings(Instant(seconds: 0))))
        usage.add(sum([3]), reactive: sum([4]), plan: plan())
        let window = try #require(try usage.demand.outcome.get().first)
        #expect(window.power == Exact(12) && window.reactive == Exact(16))
        usage.add(sum([3]), reactive: sum([4], minutes: 30), plan: plan())
        #expect(powers(usage) == .failure(.tooCoarse(Instant(seconds: 0))))
    }

    @Test func `without windows there is none, and a list that is not known stays so`() {
        var none = usage([])
        none.add(sum([1]), plan: plan())
        #expect(powers(none) == .success([]))
        let unknown = EventUsage(
            EventRequest(charge: "c", unit: .kilowatts, windows: .failure(.list("no list"))))
        #expect(powers(unknown) == .failure(.list("no list")))
    }

    @Test(arguments: [(96, Exact(48) as Exact?), (95, nil)])
    func `an excess for which active energy is missing is not told`(slots: Int, amount: Exact?)
        throws
    {
        let span: Range<Int64> = 0..<86_400
        let asked = ReactiveExcessRequest(
            charge: "c", quantity: .reactiveImport, freeShare: Exact(1, over: 2))
        let day = CivilDay(number: 0)
        let request = UsageRequest(
            start: day, end: day + 1, span: span, periods: ["all"],
            items: [.init(.reactiveImport, byPeriod: false)], reactiveExcess: [asked])
        let ones = [Int64](repeating: 1, count: 96)
        var counted = IntervalUsage(periodCount: 1)
        counted.add(
            values: ones.span, quality: .actual, firstSlot: 0, step: ValueStep(exponent: 0),
            plan: plan(span: span))
        let segment = IntervalSegment(
            span: span, slotMinutes: 15, storageOffset: 0, multiplier: .one, usage: counted)
        var usage = ReactiveExcessUsage(asked)
        // 1 kvarh less a half of 1 kWh in each.
        usage.add(
            sum(ones), active: sum([Int64?](repeating: 1, count: slots)), plan: plan(span: span))
        let outcome = DeterminantBuilder.determinants(
            for: request, measured: [.reactiveImport: MeasuredUsage(intervals: [segment])],
            demand: MeasuredDemand([], reactiveExcess: [usage]))
        guard case .complete(let determinants) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(determinants.reactiveExcess.map(\.amount) == [amount].compactMap(\.self))
    }

    @Test func `excess counts slot by slot, and only where both energies are known`() {
        var usage = ReactiveExcessUsage(
            ReactiveExcessRequest(
                charge: "c", quantity: .reactiveImport, freeShare: Exact(1, over: 3)))
        // Of 10 kWh 10/3 kvarh are free: 0 + (4 - 10/3) + (10 - 10/3) = 22/3; then two without a partner.
        usage.add(sum([3, 4, 10, 9, nil]), active: sum([10, 10, 10, nil, 10]), plan: plan())
        #expect(usage.excess.amount == Exact(22, over: 3) && usage.readings == 3)
        usage.add(sum([9]), active: sum([1], minutes: 30), plan: plan())
        #expect(usage.readings == 3)
        // Outside the bill nothing counts.
        usage.add(sum([9]), active: sum([1]), plan: plan(span: 900..<86_400))
        #expect(usage.excess == .init(charge: "c", amount: Exact(22, over: 3)))
    }
}
