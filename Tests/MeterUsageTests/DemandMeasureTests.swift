// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterUsage
import Quantities
import Testing

/// Demand by each kind of measure, against a search of all windows.
@Suite struct DemandMeasureTests {
    @Test func `a measure of one window is told by its name`() {
        for unit in [DemandMeasure.Unit.kilowatts, .kilovars] {
            for minutes in [15, 30, 60] {
                for sequence in DemandMeasure.Sequence.allCases {
                    let measure = DemandMeasure(unit, windowMinutes: minutes, sequence: sequence)
                    #expect(DemandMeasure(ofOneWindow: measure.name) == measure, "\(measure.name)")
                }
            }
        }
        for name in [
            "demand", "demand.kva", "demand.kva.kw", "demand.kw.1", "demand.kw.60min.3_days",
            "import.kwh",
            "demand.kw.0min", "demand.kw.60min.sliding.3_days", "earlier.demand.kw",
        ] {
            #expect(DemandMeasure(ofOneWindow: name) == nil, "\(name)")
        }
    }

    @Test(arguments: [
        (DemandMeasure(windowMinutes: 15), "demand.kw"),
        (DemandMeasure(windowMinutes: 30), "demand.kw.30min"),
        (DemandMeasure(windowMinutes: 15, sequence: .sliding), "demand.kw.15min.sliding"),
        (DemandMeasure(.kilovars, windowMinutes: 15, count: 3), "demand.kvar.3_windows"),
        (
            DemandMeasure(
                .kilovoltAmperes, windowMinutes: 60, sequence: .sliding, count: 3, days: .different),
            "demand.kva.60min.sliding.3_days"
        ),
    ])
    func `a measure has a name of its own`(measure: DemandMeasure, name: String) {
        #expect(measure.name == name)
    }

    private static let measures = [
        DemandMeasure(windowMinutes: 30, sequence: .sliding),
        DemandMeasure(windowMinutes: 60, sequence: .sliding),
        DemandMeasure(windowMinutes: 90, sequence: .sliding, count: 3),
        DemandMeasure(windowMinutes: 1440, sequence: .sliding),
        DemandMeasure(windowMinutes: 120),
        DemandMeasure(windowMinutes: 360, count: 2, days: .different),
        DemandMeasure(windowMinutes: 60, count: 3, days: .different),
        DemandMeasure(windowMinutes: 30, sequence: .sliding, count: 4, days: .different),
        DemandMeasure(windowMinutes: 30, count: 5),
        DemandMeasure(.kilovars, windowMinutes: 30, sequence: .sliding),
        DemandMeasure(.kilovoltAmperes, windowMinutes: 30),
        DemandMeasure(.kilovoltAmperes, windowMinutes: 60, sequence: .sliding),
    ]

    /// One value of a slot, or none.
    private struct Slot {
        var active: Int64?
        var reactive: Int64?
        var start: Int64
    }

    @Test(arguments: measures, [("2026-10-24", "2026-10-27"), ("2026-03-28", "2026-03-31")])
    func `windows in any pieces and any order agree with a plain search`(
        measure: DemandMeasure, days: (String, String)
    ) throws {
        var random = SeededGenerator(seed: UInt64(measure.windowMinutes * 10 + measure.count))
        let span = localSpan(days.0, days.1, london)
        let storage = storageDays(of: span, offset: 0)
        let (slot, perDay) = (30, 48)
        let isApparent = measure.unit == .kilovoltAmperes
        for _ in 0..<10 {
            var slots: [Slot] = []
            for index in 0..<(storage.count * perDay) {
                func value() -> Int64? {
                    Int.random(in: 0..<25, using: &random) == 0
                        ? nil : Int64.random(in: -40...60, using: &random)
                }
                slots.append(
                    Slot(
                        active: value(), reactive: isApparent ? value() : 0,
                        start: Instant(day: storage[0], offset: 0).seconds
                            + Int64(index * slot * 60)))
            }
            var pieces: [(slots: Range<Int>, day: Int)] = []
            for day in storage.indices {
                let cut = Int.random(in: 0...perDay, using: &random)
                pieces += [(0..<cut, day), (cut..<perDay, day)]
            }
            pieces.shuffle(using: &random)
            var halves = (0..<2).map { _ in DemandUsage(periodCount: 2, measure: measure) }
            for piece in pieces {
                let plan = SlotPlan(
                    day: storage[piece.day], storageOffset: 0, slotMinutes: slot,
                    calendar: dayAndNight, zone: london, span: span)
                let found = slots[(piece.day * perDay)..<((piece.day + 1) * perDay)][...]
                func sum(_ value: (Slot) -> Int64?) -> StripSum {
                    var sum = StripSum(slotCount: perDay, channels: 1)
                    let part = piece.slots.map { value(found[found.startIndex + $0]) }
                    let values = part.map { $0 ?? 0 }
                    let marks = part.map { ($0 == nil ? Quality.none : .actual).packed }
                    sum.add(
                        values: values.span, qualities: marks.span,
                        firstSlot: piece.slots.lowerBound, step: ValueStep(exponent: -3),
                        multiplier: .one)
                    return sum
                }
                let half = Int.random(in: 0...1, using: &random)
                halves[half].add(
                    sum(\.active), reactive: isApparent ? sum(\.reactive) : nil, plan: plan)
            }
            halves[0].merge(halves[1])
            #expect(!halves[0].isTooCoarse && !halves[0].isOutOfRange)
            let found = halves[0].demandPeaks(names: ["peak", "night"])
            #expect(found == plainPeaks(slots.filter { span.contains($0.start) }, slot, measure))
        }
    }

    /// Looks at every window that begins with one of the slots.
    private func plainPeaks(
        _ slots: [Slot], _ slot: Int, _ measure: DemandMeasure
    ) -> [Determinants.DemandPeak] {
        typealias Window = Determinants.DemandPeak.Window
        var windows: [(window: Window, rank: Exact, day: CivilDay, period: String)] = []
        let count = measure.windowMinutes / slot
        for first in 0..<max(slots.count - count + 1, 0) {
            let found = slots[first..<first + count]
            let clock = london.clock(at: Instant(seconds: found[first].start))
            let isBlock = found.indices.allSatisfy { index in
                let clock = london.clock(at: Instant(seconds: found[index].start))
                return clock.second / 60 % measure.windowMinutes == (index - first) * slot
            }
            guard measure.sequence == .sliding || isBlock,
                found.allSatisfy({ $0.active != nil && $0.reactive != nil })
            else { continue }
            func power(_ value: (Slot) -> Int64?) -> Exact {
                let sum = found.reduce(Int64(0)) { $0 + (value($1) ?? 0) }
                return Exact(Int128(sum) * 60, over: Int128(1000 * measure.windowMinutes))
            }
            let isApparent = measure.unit == .kilovoltAmperes
            let (active, reactive) = (power(\.active), power(\.reactive))
            windows.append(
                (
                    Window(
                        power: active, reactive: isApparent ? reactive : nil,
                        at: Instant(seconds: found[first].start)),
                    isApparent ? active * active + reactive * reactive : active, clock.day,
                    (7..<23).contains(clock.second / 3600) ? "peak" : "night"
                ))
        }
        windows.sort { ($0.rank, $1.window.at) > ($1.rank, $0.window.at) }
        return ["peak", "night", "all"].compactMap { period in
            var days: Set<CivilDay> = []
            let highest = windows.filter { window in
                guard period == "all" || window.period == period else { return false }
                return measure.days == .any || days.insert(window.day).inserted
            }
            .prefix(measure.count).map(\.window)
            return highest.isEmpty
                ? nil : Determinants.DemandPeak(measure, period: period, windows: highest)
        }
    }

    @Test func `a sliding window spans an exchange to slots of another length`() {
        var demand = DemandUsage(
            periodCount: 1, measure: DemandMeasure(windowMinutes: 60, sequence: .sliding))
        func add(_ values: [Int64], minutes: Int, firstSlot: Int) {
            let plan = SlotPlan(
                day: CivilDay(number: 0), storageOffset: 0, slotMinutes: minutes, calendar: .always,
                zone: TimeZoneTable(name: "UTC", fixedOffset: 0), span: 0..<86_400)
            let marks = values.map { _ in Quality.actual.packed }
            demand.add(
                values: values.span, qualities: marks.span, firstSlot: firstSlot,
                step: ValueStep(exponent: 0), multiplier: .one, plan: plan)
        }
        // Half-hours of 2 and 5 kWh from 09:00, then quarters of 1, 4 and 9: 5 + 1 + 4 from 09:30, as
        // no window begins at 09:45.
        add([1, 4, 9], minutes: 15, firstSlot: 40)
        add([2, 5], minutes: 30, firstSlot: 18)
        let peak = Determinants.DemandPeak(
            demand.measure, period: "all", power: Exact(10), at: Instant(seconds: 34_200))
        #expect(demand.demandPeaks(names: ["all"]) == [peak])
    }

    @Test func `reactive slots of another length make apparent power too coarse`() {
        var demand = DemandUsage(
            periodCount: 1, measure: DemandMeasure(.kilovoltAmperes, windowMinutes: 60))
        let plan = SlotPlan(
            day: CivilDay(number: 0), storageOffset: 0, slotMinutes: 30, calendar: .always,
            zone: TimeZoneTable(name: "UTC", fixedOffset: 0), span: 0..<86_400)
        demand.add(
            StripSum(slotCount: 48, channels: 1), reactive: StripSum(slotCount: 24, channels: 1),
            plan: plan)
        #expect(demand.isTooCoarse)
    }
}
