// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterUsage
import Quantities
import Testing

/// A strip in the plan of its day.
private struct Piece {
    var values: [Int64]
    var qualities: [UInt32]
    var firstSlot: Int
    var plan: SlotPlan

    func add(to demand: inout DemandUsage, exponent: Int = -3, multiplier: Exact = .one) {
        demand.add(
            values: values.span, qualities: qualities.span, firstSlot: firstSlot,
            step: ValueStep(exponent: exponent), multiplier: multiplier, plan: plan)
    }
}

@Suite struct DemandUsageTests {
    let utc = TimeZoneTable(name: "UTC", fixedOffset: 0)

    private func plan(_ day: Int32 = 0, minutes: Int = 15) -> SlotPlan {
        SlotPlan(
            day: CivilDay(number: day), storageOffset: 0, slotMinutes: minutes,
            calendar: dayAndNight, zone: utc, span: 0..<(86_400 * 400))
    }

    private func piece(_ values: [Int64?], firstSlot: Int, plan: SlotPlan) -> Piece {
        Piece(
            values: values.map { $0 ?? 0 },
            qualities: values.map { ($0 == nil ? Quality.none : .actual).packed },
            firstSlot: firstSlot, plan: plan)
    }

    @Test(arguments: [
        (15, 15, true), (30, 15, true), (60, 15, true), (15, 5, true), (120, 120, true),
        (120, 60, true), (1440, 15, true), (15, 30, false), (20, 15, false), (75, 15, false),
    ])
    func `a window is made of whole slots and divides the day`(window: Int, slot: Int, fits: Bool) {
        var demand = DemandUsage(periodCount: 2, measure: DemandMeasure(windowMinutes: window))
        let slots = SlotPlan(
            day: CivilDay(number: 0), storageOffset: 0, slotMinutes: slot, calendar: dayAndNight,
            zone: utc, span: 0..<86_400)
        piece([1], firstSlot: 0, plan: slots).add(to: &demand)
        #expect(demand.isTooCoarse == !fits)
    }

    @Test func `the peak of each period and of the whole is the first highest slot`() throws {
        var demand = DemandUsage(periodCount: 2, measure: DemandMeasure(windowMinutes: 15))
        // From 06:30: two slots of the night, then the peak period from 07:00.
        piece([500, 700, 600, 650, 650], firstSlot: 26, plan: plan()).add(to: &demand)
        let peaks = demand.demandPeaks(names: ["peak", "night"])
        // 0.65 kWh in a quarter is 2.6 kW.
        #expect(
            peaks.map(\.power) == [Exact("2.6"), Exact("2.8"), Exact("2.8")])
        #expect(peaks.map(\.period) == ["peak", "night", "all"])
        #expect(peaks.map(\.windows[0].at.seconds) == [26_100, 24_300, 24_300])
    }

    @Test func `a lone period is not said twice`() throws {
        var demand = DemandUsage(periodCount: 1, measure: DemandMeasure(windowMinutes: 5))
        let plan = SlotPlan(
            day: CivilDay(number: 0), storageOffset: 0, slotMinutes: 5, calendar: .always,
            zone: utc, span: 0..<86_400)
        piece([1], firstSlot: 0, plan: plan).add(to: &demand, exponent: 0)
        // 1 kWh in 5 minutes is 12 kW.
        let expected = Determinants.DemandPeak(
            DemandMeasure(windowMinutes: 5), period: "all", power: Exact(12),
            at: Instant(seconds: 0))
        #expect(demand.demandPeaks(names: ["all"]) == [expected])
    }

    @Test func `a block of two slots counts once both have a value, by its start`() throws {
        var demand = DemandUsage(periodCount: 2, measure: DemandMeasure(windowMinutes: 30))
        // 06:15 alone, 06:30 to 07:00 whole, 07:00 alone: 07:15 has no value.
        piece([9000, 400, 600, 9000, nil], firstSlot: 25, plan: plan()).add(to: &demand)
        #expect(
            demand.demandPeaks(names: ["peak", "night"]).map(\.power)
                == [Exact(2), Exact(2)])
        // A later piece brings 07:15: 9.1 kWh in half an hour.
        piece([100], firstSlot: 29, plan: plan()).add(to: &demand)
        #expect(
            demand.demandPeaks(names: ["peak", "night"]).map(\.power)
                == [Exact("18.2"), Exact(2), Exact("18.2")])
    }

    @Test func `a window over the edge of a period belongs to the period of its start`() throws {
        // Peak begins at 07:15, in the middle of the half-hour from 07:00.
        let calendar = TimeOfUseCalendar(
            periods: ["peak", "night"],
            rules: [
                .init(weekdays: 0xFE, dayKinds: [], minutes: 435..<1380, period: 0)
            ], rest: 1)
        let plan = SlotPlan(
            day: CivilDay(number: 0), storageOffset: 0, slotMinutes: 15, calendar: calendar,
            zone: utc, span: 0..<86_400)
        var demand = DemandUsage(periodCount: 2, measure: DemandMeasure(windowMinutes: 30))
        // The later quarter comes first.
        piece([300], firstSlot: 29, plan: plan).add(to: &demand)
        piece([100], firstSlot: 28, plan: plan).add(to: &demand)
        #expect(demand.demandPeaks(names: ["peak", "night"]).map(\.period) == ["night", "all"])
    }

    @Test func `a window spans two storage days where the local hour does`() throws {
        // Half-hours; the storage day begins at 13:30Z, the local hour at 13:00Z.
        let zone = TimeZoneTable(name: "+11:00", fixedOffset: 39_600)
        let plans = (0...1).map {
            SlotPlan(
                day: CivilDay(number: $0), storageOffset: 37_800, slotMinutes: 30,
                calendar: .always, zone: zone, span: -100_000..<200_000)
        }
        var demand = DemandUsage(periodCount: 1, measure: DemandMeasure(windowMinutes: 60))
        piece([3000], firstSlot: 47, plan: plans[0]).add(to: &demand)
        piece([4000, 1], firstSlot: 0, plan: plans[1]).add(to: &demand)
        let peak = Determinants.DemandPeak(
            DemandMeasure(windowMinutes: 60), period: "all", power: Exact(7),
            at: Instant(seconds: 86_400 - 37_800 - 1800))
        #expect(demand.demandPeaks(names: ["all"]) == [peak])
    }

    @Test func `a window over an exchange to slots of another length is one window`() throws {
        func plan(_ slotMinutes: Int) -> SlotPlan {
            SlotPlan(
                day: CivilDay(number: 0), storageOffset: 0, slotMinutes: slotMinutes,
                calendar: dayAndNight, zone: utc, span: 0..<86_400)
        }
        var demand = DemandUsage(periodCount: 2, measure: DemandMeasure(windowMinutes: 60))
        // 10:00 to 10:30 by one meter, two quarters by the next: 5 kWh in an hour.
        piece([2000], firstSlot: 20, plan: plan(30)).add(to: &demand)
        piece([1000, 2000], firstSlot: 42, plan: plan(15)).add(to: &demand)
        #expect(demand.demandPeaks(names: ["peak", "night"]).first?.power == Exact(5))
        // A meter of hours can show no half-hours: the demand of its part is not known.
        var halves = DemandUsage(periodCount: 2, measure: DemandMeasure(windowMinutes: 30))
        piece([1000], firstSlot: 20, plan: plan(30)).add(to: &halves)
        piece([9000], firstSlot: 11, plan: plan(60)).add(to: &halves)
        #expect(halves.isTooCoarse)
    }

    @Test func `a window over a meter exchange takes each meter's multiplier`() throws {
        var demand = DemandUsage(periodCount: 2, measure: DemandMeasure(windowMinutes: 30))
        piece([100], firstSlot: 40, plan: plan()).add(to: &demand, multiplier: Exact(30))
        piece([100], firstSlot: 41, plan: plan()).add(to: &demand, multiplier: Exact(40))
        // 3 kWh and 4 kWh in half an hour.
        #expect(demand.demandPeaks(names: ["peak", "night"]).first?.power == Exact(14))
    }

    @Test func `channels that count together are summed before the maximum`() throws {
        var demand = DemandUsage(periodCount: 2, measure: DemandMeasure(windowMinutes: 15))
        var sum = StripSum(slotCount: 96, channels: 2)
        let marks = [UInt32](repeating: Quality.actual.packed, count: 3)
        let (first, second): ([Int64], [Int64]) = ([900, 100, 100], [10, 60])
        sum.add(
            values: first.span, qualities: marks.span, firstSlot: 40, step: ValueStep(exponent: -3),
            multiplier: .one)
        let two = Array(marks.prefix(2))
        sum.add(
            values: second.span, qualities: two.span, firstSlot: 41, step: ValueStep(exponent: -2),
            multiplier: Exact(-1))
        demand.add(sum, plan: plan())
        // Slot 40 lacks the second channel; 0.1 − 0.1 = 0, then 0.1 − 0.6 = −0.5 kWh.
        let peaks = demand.demandPeaks(names: ["peak", "night"])
        #expect(peaks.first?.power == .zero)
        #expect(peaks.first?.windows[0].at.seconds == 36_900)
    }

    @Test(arguments: [
        // Points of 5 minutes in tenths of kW-min, 40 × 1.1 × 5 / 10: window, highest demand in kW.
        (5, "7.3"), (15, "3.1"),
        // (7.3 + 1 + 1 + 9 × 1.1) / 12 = 19.2 / 12
        (60, "1.6"),
    ])
    func `mean power comes back as delivered, and its means exactly`(
        window: Int, kilowatts: String
    ) {
        var demand = DemandUsage(periodCount: 2, measure: DemandMeasure(windowMinutes: window))
        let values: [Int64] = [365, 50, 50] + [Int64](repeating: 55, count: 9)
        let marks = [UInt32](repeating: Quality.actual.packed, count: 12)
        demand.add(
            values: values.span, qualities: marks.span, firstSlot: 120,
            step: ValueStep(exponent: -1, divisor: 60), multiplier: .one, plan: plan(minutes: 5))
        let peaks = demand.demandPeaks(names: ["peak", "night"])
        #expect(peaks.first?.power == Exact(kilowatts))
    }

    @Test func `power over minutes and energy of one window are one demand`() {
        var demand = DemandUsage(periodCount: 2, measure: DemandMeasure(windowMinutes: 15))
        let marks = [UInt32](repeating: Quality.actual.packed, count: 3)
        let power: [Int64] = [5, 0, 5]
        let energy: [Int64] = [0, 125, 0]
        // One channel in kW-min, its middle slot in Wh: 5 + 7.5 + 5 kW-min in a quarter, twice.
        let one: [UInt32] = [marks[0], 0, marks[2]]
        let other: [UInt32] = [0, marks[1], 0]
        var sum = StripSum(slotCount: 288, channels: 1)
        sum.add(
            values: power.span, qualities: one.span, firstSlot: 120,
            step: ValueStep(exponent: 0, divisor: 60), multiplier: Exact(2))
        sum.add(
            values: energy.span, qualities: other.span, firstSlot: 120,
            step: ValueStep(exponent: -3), multiplier: Exact(2))
        demand.add(sum, plan: plan(minutes: 5))
        #expect(
            demand.demandPeaks(names: ["peak", "night"]).first?.power == Exact(35, over: 15))
    }

    @Test func `a multiplier that no decimal step holds makes the demand not billable`() throws {
        var demand = DemandUsage(periodCount: 2, measure: DemandMeasure(windowMinutes: 15))
        piece([1], firstSlot: 0, plan: plan()).add(to: &demand, multiplier: Exact(1, over: 7))
        #expect(demand.isOutOfRange)
    }

    @Test(arguments: [(15, 15), (30, 15), (60, 15), (30, 5), (60, 30)])
    func `blocks in any pieces and any order agree with a plain search`(window: Int, slot: Int)
        throws
    {
        var random = SeededGenerator(seed: UInt64(window * 100 + slot))
        let span = localSpan("2026-10-24", "2026-10-27", london)
        let days = storageDays(of: span, offset: 0)
        let perDay = 1440 / slot
        for _ in 0..<20 {
            let values = (0..<(days.count * perDay)).map { _ in
                Int.random(in: 0..<9, using: &random) == 0
                    ? nil : Int64.random(in: -50...50, using: &random)
            }
            var pieces: [Piece] = []
            for (index, day) in days.enumerated() {
                let plan = SlotPlan(
                    day: day, storageOffset: 0, slotMinutes: slot, calendar: dayAndNight,
                    zone: london, span: span)
                let cut = Int.random(in: 0...perDay, using: &random)
                let strip = Array(values[(index * perDay)..<((index + 1) * perDay)])
                pieces.append(piece(Array(strip[..<cut]), firstSlot: 0, plan: plan))
                pieces.append(piece(Array(strip[cut...]), firstSlot: cut, plan: plan))
            }
            pieces.shuffle(using: &random)
            var halves = (0..<2).map { _ in
                DemandUsage(periodCount: 2, measure: DemandMeasure(windowMinutes: window))
            }
            for piece in pieces { piece.add(to: &halves[Int.random(in: 0...1, using: &random)]) }
            halves[0].merge(halves[1])
            let found = halves[0].demandPeaks(names: ["peak", "night"])
            #expect(
                found == plainPeaks(values, from: days[0], slot: slot, window: window, span: span))
        }
    }

    /// Looks at every moment at which the local clock begins a window.
    private func plainPeaks(
        _ values: [Int64?], from first: CivilDay, slot: Int, window: Int, span: Range<Int64>
    ) -> [Determinants.DemandPeak] {
        let zero = Instant(day: first, offset: 0).seconds
        var best: [String: Determinants.DemandPeak] = [:]
        for start in stride(from: span.lowerBound, to: span.upperBound, by: slot * 60) {
            let clock = london.clock(at: Instant(seconds: start))
            guard clock.second / 60 % window == 0 else { continue }
            let index = Int(start - zero) / (slot * 60)
            let block = (index..<(index + window / slot)).map { index in
                values.indices.contains(index) ? values[index] : nil
            }
            guard !block.contains(nil) else { continue }
            let sum = block.compactMap(\.self).reduce(0, +)
            let kilowatts = Exact(Int128(sum) * 60, over: Int128(1000 * window))
            let period = (7..<23).contains(clock.second / 3600) ? "peak" : "night"
            for name in [period, "all"] {
                if let old = best[name], old.power ?? .zero >= kilowatts { continue }
                best[name] = Determinants.DemandPeak(
                    DemandMeasure(windowMinutes: window), period: name, power: kilowatts,
                    at: Instant(seconds: start))
            }
        }
        return ["peak", "night", "all"].compactMap { best[$0] }
    }
}
