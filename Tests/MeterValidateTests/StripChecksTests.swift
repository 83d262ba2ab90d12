// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities
import Testing

@Suite struct StripChecksTests {
    /// Quarter-hours from 2026-01-05T00:00+08:00.
    let grid = SlotGrid(start: 1_767_542_400, slotMinutes: 15)
    let open = StripLimits(
        step: ValueStep(exponent: -3), isOneWay: true, capacityKilowatts: nil, multiplier: .one,
        slotMinutes: 15)

    private func findings(
        _ values: [Int64], _ qualities: [Quality], _ limits: StripLimits
    ) -> [ValidationFinding] {
        let packed = qualities.map(\.packed)
        return checkStrip(values: values.span, qualities: packed.span, grid: grid, limits: limits)
    }

    @Test(
        arguments: [
            // capacity kW, minutes, multiplier, exponent, highest believed
            ("10", 15, "1", -3, 3000),  // 10 × 1/4 × 1.2 = 3 kWh
            ("100", 15, "40", -3, 750),  // 30 kWh / 40
            ("10", 5, "7", -3, 142),  // 1 kWh / 7 = 0.142857…
            ("0.5", 60, "1", 0, 0),  // 0.6 kWh: a whole kWh is too much
            ("9000000000000000000", 60, "1", -3, .max),
        ] as [(String, Int, String, Int, Int64)])
    func `the highest value believed is 1.2 times the capacity, exactly`(
        capacity: String, minutes: Int, multiplier: String, exponent: Int, highest: Int64
    ) throws {
        let kilowatts = try #require(Exact(capacity))
        let limits = StripLimits(
            step: ValueStep(exponent: exponent), isOneWay: true, capacityKilowatts: kilowatts,
            multiplier: try #require(Exact(multiplier)), slotMinutes: minutes)
        #expect(limits.highest == highest)
    }

    @Test func `the highest power over minutes is that of the capacity's energy`() throws {
        // 10 kW × 1.2 × 5 min = 60 kW-min; a seventh of it is 8.57….
        for (multiplier, exponent, highest) in [(1, 0, 60), (7, -1, 85), (1, -3, 60_000)] {
            let limits = StripLimits(
                step: ValueStep(exponent: exponent, divisor: 60), isOneWay: true,
                capacityKilowatts: Exact(10), multiplier: Exact(multiplier), slotMinutes: 5)
            #expect(limits.highest == Int64(highest))
        }
    }

    @Test func `a doubtful power is told in energy`() throws {
        let limits = StripLimits(
            step: ValueStep(exponent: 0, divisor: 60), isOneWay: true,
            capacityKilowatts: Exact(10), multiplier: .one, slotMinutes: 5)
        let (values, marks): ([Int64], [UInt32]) = ([65], [Quality.actual.packed])
        let grid = SlotGrid(start: 0, slotMinutes: 5)
        let found = checkStrip(
            values: values.span, qualities: marks.span, grid: grid, limits: limits)
        // 13 kW for five minutes are 13/12 kWh, above 60 kW-min.
        #expect(found.first?.value == Exact(13, over: 12))
        #expect(
            found.first?.detail
                == "1 intervals above the capacity's 1, the highest 1.083333333333")
    }

    @Test func `a day grid begins at midnight of the storage clock`() throws {
        let day = try #require(CivilDay(iso: "2026-01-05"))
        #expect(SlotGrid(day: day, storageOffset: 28_800, slotMinutes: 15) == grid)
    }

    @Test func `a clean strip has no findings`() {
        #expect(findings([0, 5, 7], [.actual, .estimated, .actual], open).isEmpty)
        #expect(findings([], [], open).isEmpty)
    }

    @Test func `each run without a value is one finding, delivered as missing or not at all`() {
        let found = findings(
            [0, 1, 0, 0, 4, 0], [.none, .actual, .missing, .none, .actual, .missing], open)
        #expect(found.map(\.rule) == [.missingIntervals, .missingIntervals, .missingIntervals])
        #expect(found.map(\.count) == [1, 2, 1])
        #expect(
            found.map(\.from.seconds) == [1_767_542_400, 1_767_544_200, 1_767_546_900])
        #expect(
            found.map(\.to.seconds) == [1_767_543_300, 1_767_546_000, 1_767_547_800])
        #expect(found.allSatisfy { $0.severity == .fail })
    }

    @Test func `values below zero are one finding with the lowest, on a one-way channel only`() {
        let values: [Int64] = [-1, 3, -250, 4]
        let qualities = [Quality](repeating: .actual, count: 4)
        let found = findings(values, qualities, open)
        #expect(
            found == [
                ValidationFinding(
                    .negativeInterval, from: grid.instant(ofSlot: 0),
                    to: grid.instant(ofSlot: 3), count: 2, value: Exact("-0.25"))
            ])
        #expect(found.first?.severity == .warn)
        let bothWays = StripLimits(
            step: ValueStep(exponent: -3), isOneWay: false, capacityKilowatts: nil,
            multiplier: .one,
            slotMinutes: 15)
        #expect(findings(values, qualities, bothWays).isEmpty)
    }

    @Test func `values above capacity are one finding with the highest and the limit`() {
        let limits = StripLimits(
            step: ValueStep(exponent: -3), isOneWay: true, capacityKilowatts: Exact(10),
            multiplier: .one,
            slotMinutes: 15)
        let found = findings(
            [3000, 3001, 9000, 1], [Quality](repeating: .actual, count: 4), limits)
        #expect(
            found == [
                ValidationFinding(
                    .aboveCapacity, from: grid.instant(ofSlot: 1), to: grid.instant(ofSlot: 3),
                    count: 2, value: Exact(9), limit: Exact(3))
            ])
        #expect(
            found.first?.detail == "2 intervals above the capacity's 3, the highest 9")
    }

    @Test func `a value of a slot that is missing is never doubted`() {
        let found = findings([-5, 1], [.missing, .actual], open)
        #expect(found.map(\.rule) == [.missingIntervals])
    }

    @Test func `the quick screen agrees with a plain loop`() {
        var random = SeededGenerator(seed: 7)
        let some: [Quality] = [.actual, .actual, .actual, .estimated, .missing, .none]
        for round in 0..<1000 {
            let count = Int.random(in: 0...12, using: &random)
            let values = (0..<count).map { _ in Int64.random(in: -2...12, using: &random) }
            let qualities = (0..<count).map { _ in
                round % 2 == 0 ? Quality.actual : some[Int.random(in: 0..<6, using: &random)]
            }
            let plain = zip(values, qualities).allSatisfy { value, quality in
                (0...10).contains(value) && (quality == .actual || quality == .estimated)
            }
            let packed = qualities.map(\.packed)
            let quick = isStripClean(
                values: values.span, qualities: packed.span, lowest: 0, highest: 10)
            #expect(quick == plain)
        }
    }

    @Test(
        arguments: [
            .max, .min, -1, 11, 4_611_686_018_427_387_904, -4_611_686_018_427_387_904,
        ] as [Int64], [0, -5, .min] as [Int64])
    func `no value outside the limits passes the quick screen, however large`(
        value: Int64, lowest: Int64
    ) {
        let (values, qualities) = ([value, 3], [Quality.actual.packed, Quality.actual.packed])
        let clean = isStripClean(
            values: values.span, qualities: qualities.span, lowest: lowest, highest: 10)
        let within = value >= lowest && value <= 10 && value != .min
        #expect(clean == within)
    }

    @Test func `values beyond the quick screen are believed where nothing limits them`() {
        let bothWays = StripLimits(
            step: ValueStep(exponent: -3), isOneWay: false, capacityKilowatts: nil,
            multiplier: .one,
            slotMinutes: 15)
        #expect(findings([.min, .max], [.actual, .actual], bothWays).isEmpty)
    }

    @Test func `codes of rules are stable`() {
        #expect(
            ValidationRule.allCases.map(\.rawValue) == [
                "missing-intervals", "negative-interval", "above-capacity", "negative-register",
                "register-decrease", "register-rollover", "missing-freeze", "conflicting-values",
                "kinds-disagree",
            ])
    }
}
