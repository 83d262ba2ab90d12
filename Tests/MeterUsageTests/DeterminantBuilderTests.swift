// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterUsage
import MeterValidate
import Quantities
import Testing

@Suite struct DeterminantBuilderTests {
    let utc = TimeZoneTable(name: "UTC", fixedOffset: 0)

    /// Two days from day 0, peak and night.
    private func request(
        _ items: [UsageRequest.Item], periods: [String] = ["peak", "night"], demand: Bool = false
    ) -> UsageRequest {
        UsageRequest(
            start: CivilDay(number: 0), end: CivilDay(number: 2), span: 0..<172_800,
            periods: periods, items: items, demand: demand ? [DemandMeasure(windowMinutes: 60)] : []
        )
    }

    /// A channel that holds the same value in each hour from one moment to another.
    private func hours(
        _ value: Int64, from: Int64 = 0, to: Int64 = 172_800, multiplier: Exact = .one,
        quality: Quality = .actual, calendar: TimeOfUseCalendar = dayAndNight
    ) -> IntervalSegment {
        var usage = IntervalUsage(periodCount: calendar.periods.count)
        let (values, marks) = (
            [Int64](repeating: value, count: 24), [UInt32](repeating: quality.packed, count: 24)
        )
        for day in 0..<2 {
            let plan = SlotPlan(
                day: CivilDay(number: Int32(day)), storageOffset: 0, slotMinutes: 60,
                calendar: calendar, zone: utc, span: from..<to)
            usage.add(
                values: values.span, qualities: marks.span, firstSlot: 0,
                step: ValueStep(exponent: -1), plan: plan)
        }
        return IntervalSegment(
            span: from..<to, slotMinutes: 60, storageOffset: 0, multiplier: multiplier,
            usage: usage)
    }

    private func amounts(_ outcome: UsageOutcome) -> [String] {
        guard case .complete(let found) = outcome else { return [] }
        return found.energy.map { "\($0.quantity.rawValue) \($0.period) \($0.amount)" }
    }

    private func codes(_ outcome: UsageOutcome) -> [String] {
        guard case .held(let gaps) = outcome else { return [] }
        return gaps.map(\.code.rawValue)
    }

    @Test func `intervals give energy per period, in the tariff's order`() {
        // 0.5 kWh an hour: 32 h of peak, 16 h of night.
        let outcome = DeterminantBuilder.determinants(
            for: request([.init(.activeImport, byPeriod: true)]),
            measured: [.activeImport: MeasuredUsage(intervals: [hours(5)])])
        #expect(amounts(outcome) == ["import.kwh peak 16", "import.kwh night 8"])
        guard case .complete(let found) = outcome else { return }
        #expect(found.start == CivilDay(number: 0) && found.end == CivilDay(number: 2))
        #expect(found.demand.isEmpty && found.estimatedValues == 0)
    }

    @Test func `meters in turn and channels side by side all count`() {
        // To noon of day 0 × 30, then × 40. Before noon: 7 h night, 5 h peak; after: 9 h and 27 h.
        // × 30: 3 kWh an hour; × 40: 4 kWh an hour. Second channel: 0.1 kWh an hour throughout.
        let segments = [
            hours(1, to: 43_200, multiplier: Exact(30)),
            hours(1, from: 43_200, multiplier: Exact(40)),
            hours(1, quality: .estimated),
        ]
        let outcome = DeterminantBuilder.determinants(
            for: request([.init(.activeImport, byPeriod: true)]),
            measured: [.activeImport: MeasuredUsage(intervals: segments)])
        // Peak 5 × 3 + 27 × 4 + 32 × 0.1 = 126.2; night 7 × 3 + 9 × 4 + 16 × 0.1 = 58.6.
        #expect(amounts(outcome) == ["import.kwh peak 126.2", "import.kwh night 58.6"])
        guard case .complete(let found) = outcome else { return }
        #expect(found.estimatedValues == 48)
    }

    @Test func `a quantity that is not cut by period is one amount`() {
        let outcome = DeterminantBuilder.determinants(
            for: request([
                .init(.activeImport, byPeriod: true), .init(.reactiveImport, byPeriod: false),
            ]),
            measured: [
                .activeImport: MeasuredUsage(intervals: [hours(5)]),
                .reactiveImport: MeasuredUsage(intervals: [hours(2)]),
            ])
        #expect(
            amounts(outcome) == [
                "import.kwh peak 16", "import.kwh night 8", "reactive_import.kvarh all 9.6",
            ])
    }

    @Test func `registers give each period by the tariff's map, and the total without one`() {
        let outcome = DeterminantBuilder.determinants(
            for: request([
                .init(
                    .activeImport, byPeriod: true,
                    registers: ["peak": ObisCode(1, 8, 2), "night": ObisCode(1, 8, 4)]),
                .init(.reactiveImport, byPeriod: false),
            ]),
            measured: [
                .activeImport: MeasuredUsage(registers: [
                    ObisCode(1, 8, 2): [stay(1, -9..<9, [read(0, 10), read(2, 14)])],
                    ObisCode(1, 8, 4): [
                        stay(1, -9..<9, [read(0, 20), read(2, 27, quality: .estimated)])
                    ],
                ]),
                .reactiveImport: MeasuredUsage(registers: [
                    .reactiveImport: [stay(1, -9..<9, [read(0, 1), read(2, 2)])]
                ]),
            ])
        #expect(
            amounts(outcome) == [
                "import.kwh peak 4", "import.kwh night 7", "reactive_import.kvarh all 1",
            ])
        guard case .complete(let found) = outcome else { return }
        #expect(found.estimatedValues == 1)
    }

    @Test func `a tariff of one period bills the total register`() {
        let outcome = DeterminantBuilder.determinants(
            for: request([.init(.activeImport, byPeriod: true)], periods: ["all"]),
            measured: [
                .activeImport: MeasuredUsage(registers: [
                    .activeImport: [stay(1, -9..<9, [read(0, 10), read(2, 14)])]
                ])
            ])
        #expect(amounts(outcome) == ["import.kwh all 4"])
    }

    @Test func `registers count in one part of the span and intervals in the other`() {
        let item = UsageRequest.Item(
            .activeImport, byPeriod: true,
            registers: ["peak": ObisCode(1, 8, 2), "night": ObisCode(1, 8, 4)])
        func outcome(_ intervals: IntervalSegment, periods: [String] = ["peak", "night"])
            -> UsageOutcome
        {
            let registers = [
                ObisCode.activeImport: [read(0, 30), read(1, 41)],
                ObisCode(1, 8, 2): [read(0, 10), read(1, 14)],
                ObisCode(1, 8, 4): [read(0, 20), read(1, 27, quality: .estimated)],
            ].mapValues { [stay(1, 0..<1, multiplier: Exact(2), $0)] }
            return DeterminantBuilder.determinants(
                for: request([item], periods: periods),
                measured: [
                    .activeImport: MeasuredUsage(intervals: [intervals], registers: registers)
                ])
        }
        // Day 0 by registers × 2, day 1 at 0.5 kWh an hour × 3: 16 h of peak and 8 h of night.
        let second = hours(5, from: 86_400, multiplier: Exact(3), quality: .estimated)
        #expect(amounts(outcome(second)) == ["import.kwh peak 32", "import.kwh night 26"])
        guard case .complete(let found) = outcome(second) else { return }
        #expect(found.estimatedValues == 25)
        // The total register counted 11.
        var whole = hours(5, from: 86_400, multiplier: Exact(3), calendar: .always)
        #expect(amounts(outcome(whole, periods: ["all"])) == ["import.kwh all 58"])
        // What is missing in either part, or between them, is missing.
        whole.usage = IntervalUsage(periodCount: 1)
        #expect(codes(outcome(whole, periods: ["all"])) == ["missing-intervals"])
        let late = hours(5, from: 90_000, calendar: .always)
        #expect(codes(outcome(late, periods: ["all"])) == ["no-meter"])
    }

    @Test func `demand of a meter of registers waits for its intervals`() {
        func outcome(_ demand: MeasuredDemand) -> UsageOutcome {
            DeterminantBuilder.determinants(
                for: request(
                    [.init(.activeImport, byPeriod: true)], periods: ["all"], demand: true),
                measured: [
                    .activeImport: MeasuredUsage(registers: [
                        .activeImport: [stay(1, -9..<9, [read(0, 10), read(2, 14)])]
                    ])
                ], demand: demand)
        }
        var demand = DemandUsage(
            periodCount: 1, measure: DemandMeasure(windowMinutes: 60))
        let plan = SlotPlan(
            day: CivilDay(number: 0), storageOffset: 0, slotMinutes: 60, calendar: .always,
            zone: utc, span: 0..<172_800)
        let (values, marks): ([Int64], [UInt32]) = ([7], [Quality.actual.packed])
        demand.add(
            values: values.span, qualities: marks.span, firstSlot: 6, step: ValueStep(exponent: 0),
            multiplier: .one, plan: plan)
        var beside = hours(5, quality: .estimated, calendar: .always)
        let whole = outcome(MeasuredDemand([demand], besideRegisters: [.activeImport: [beside]]))
        guard case .complete(let found) = whole else {
            Issue.record("complete")
            return
        }
        // Energy of the register, demand of the intervals, whose 48 values are estimates.
        #expect(found.energy.map(\.amount) == [Exact(4)])
        #expect(found.demand.map(\.power) == [Exact(7)])
        #expect(found.estimatedValues == 48)
        beside.usage = hours(5, to: 86_400, calendar: .always).usage
        #expect(
            outcome(MeasuredDemand([demand], besideRegisters: [.activeImport: [beside]]))
                == .held([UsageGap(.missingIntervals, obis: .activeImport, count: 24)]))
        #expect(codes(outcome(MeasuredDemand([]))) == ["missing-demand"])
    }

    @Test func `the sum of the periods is the total`() {
        var random = SeededGenerator(seed: 21)
        for _ in 0..<30 {
            let value = Int64.random(in: 0...10_000, using: &random)
            let item = UsageRequest.Item(.activeImport, byPeriod: true)
            let cut = DeterminantBuilder.determinants(
                for: request([item]),
                measured: [.activeImport: MeasuredUsage(intervals: [hours(value)])])
            let whole = DeterminantBuilder.determinants(
                for: request([item], periods: ["all"]),
                measured: [
                    .activeImport: MeasuredUsage(intervals: [hours(value, calendar: .always)])
                ])
            guard case .complete(let periods) = cut, case .complete(let total) = whole else {
                Issue.record("both are complete")
                return
            }
            #expect(periods.total(.activeImport) == total.total(.activeImport))
            #expect(total.total(.activeImport) == Exact(48 * Int128(value), over: 10))
        }
    }

    @Test func `demand peaks come along where the tariff needs them`() throws {
        var demand = DemandUsage(
            periodCount: 2, measure: DemandMeasure(windowMinutes: 60))
        let plan = SlotPlan(
            day: CivilDay(number: 0), storageOffset: 0, slotMinutes: 60, calendar: dayAndNight,
            zone: utc, span: 0..<172_800)
        let (values, marks): ([Int64], [UInt32]) = (
            [7, 9], [Quality.actual.packed, Quality.actual.packed]
        )
        demand.add(
            values: values.span, qualities: marks.span, firstSlot: 6, step: ValueStep(exponent: 0),
            multiplier: .one, plan: plan)
        let outcome = DeterminantBuilder.determinants(
            for: request([.init(.activeImport, byPeriod: false)], demand: true),
            measured: [.activeImport: MeasuredUsage(intervals: [hours(5)])],
            demand: MeasuredDemand([demand]))
        guard case .complete(let found) = outcome else {
            Issue.record("complete")
            return
        }
        #expect(found.demand.map(\.period) == ["peak", "night", "all"])
        #expect(found.demand.map(\.power) == [Exact(9), Exact(7), Exact(9)])
    }

    @Test func `what is missing holds the contract with every reason`() {
        let item = UsageRequest.Item(.activeImport, byPeriod: true)
        func held(_ measured: MeasuredUsage?, _ request: UsageRequest) -> [String] {
            codes(
                DeterminantBuilder.determinants(
                    for: request, measured: measured.map { [.activeImport: $0] } ?? [:]))
        }
        #expect(held(nil, request([item])) == ["no-meter"])
        #expect(held(MeasuredUsage(intervals: []), request([item])) == ["no-meter"])
        #expect(
            held(MeasuredUsage(intervals: [hours(5, from: 7200)]), request([item])) == ["no-meter"])
        #expect(
            held(
                MeasuredUsage(intervals: [hours(5, quality: .missing)]),
                request([item], demand: true))
                == ["missing-intervals", "missing-demand"])
        #expect(
            held(
                MeasuredUsage(registers: [.activeImport: [stay(1, -9..<9, [])]]), request([item]))
                == ["unmapped-period", "unmapped-period"])
        let mapped = UsageRequest.Item(
            item.quantity, byPeriod: item.byPeriod,
            registers: ["peak": ObisCode(1, 8, 2), "night": ObisCode(1, 8, 4)])
        let registers = MeasuredUsage(registers: [
            ObisCode(1, 8, 2): [stay(1, -9..<9, [read(0, 10)])],
            ObisCode(1, 8, 4): [stay(1, -9..<9, [read(0, 10), read(2, 9)])],
        ])
        #expect(
            held(registers, request([mapped])) == ["missing-end", "register-decrease"])
    }

    @Test func `a day that was never handed in is missing, not zero`() {
        var segment = hours(5)
        segment.usage = hours(5, to: 86_400).usage
        let outcome = DeterminantBuilder.determinants(
            for: request([.init(.activeImport, byPeriod: true)]),
            measured: [.activeImport: MeasuredUsage(intervals: [segment])])
        #expect(
            outcome == .held([UsageGap(.missingIntervals, obis: .activeImport, count: 24)]))
    }

    @Test func `codes of holds are stable`() {
        #expect(
            UsageGap.Code.allCases.map(\.rawValue) == [
                "no-meter", "missing-start", "missing-end", "register-decrease",
                "missing-intervals", "basis-within-slot", "stream-changed", "unmapped-period",
                "unmapped-register", "missing-demand", "out-of-range",
            ])
    }
}
