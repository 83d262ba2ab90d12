// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Testing

@testable import MeterUsage

@Suite struct IntervalUsageTests {
    /// Adds whole days of a series that begins with the first storage day of a span.
    private func usage(
        of values: [Int64], _ qualities: [UInt32], exponent: Int, span: Range<Int64>,
        cuts: [Int] = []
    ) -> IntervalUsage {
        var usage = IntervalUsage(periodCount: 2)
        for (index, day) in storageDays(of: span, offset: 0).enumerated() {
            let plan = SlotPlan(
                day: day, storageOffset: 0, slotMinutes: 15, calendar: dayAndNight, zone: london,
                span: span)
            let edges = ([0] + cuts + [96]).sorted()
            for (first, end) in zip(edges, edges.dropFirst()) {
                let slots = (index * 96 + first)..<(index * 96 + end)
                let (piece, marks) = (Array(values[slots]), Array(qualities[slots]))
                usage.add(
                    values: piece.span, qualities: marks.span, firstSlot: first,
                    step: ValueStep(exponent: exponent), plan: plan)
            }
        }
        return usage
    }

    @Test(arguments: [
        ("2026-03-29", "2026-03-30", "16", "7"),
        ("2026-10-25", "2026-10-26", "16", "9"),
    ])
    func `a quarter of a kilowatt-hour in each slot is the hours of the day`(
        start: String, end: String, peak: String, night: String
    ) {
        let span = localSpan(start, end, london)
        let count = storageDays(of: span, offset: 0).count * 96
        let usage = usage(
            of: [Int64](repeating: 250, count: count),
            [UInt32](repeating: Quality.actual.packed, count: count), exponent: -3, span: span)
        #expect(usage.energy(ofPeriod: 0) == Exact(peak))
        #expect(usage.energy(ofPeriod: 1) == Exact(night))
        #expect(usage.missing == 0 && usage.estimated == 0)
        #expect(usage.present * 15 == Int(span.upperBound - span.lowerBound) / 60)
    }

    @Test func `slots without a value are counted, not summed, and estimates are counted`() {
        let span = localSpan("2026-01-05", "2026-01-06", london)
        var values = [Int64](repeating: 1, count: 96)
        var qualities = [UInt32](repeating: Quality.actual.packed, count: 96)
        (values[0], qualities[0]) = (0, 0)
        // What a sender writes beside its word that the value is missing does not count.
        (values[1], qualities[1]) = (500, Quality.missing.packed)
        (values[2], qualities[2]) = (7, Quality.estimated.packed)
        let usage = usage(of: values, qualities, exponent: 0, span: span)
        #expect(usage.energy(ofPeriod: 1) == Exact(29 + 7))
        #expect(usage.energy(ofPeriod: 0) == Exact(64))
        #expect((usage.present, usage.missing, usage.estimated) == (94, 2, 1))
    }

    @Test func `energy and power over minutes add up exactly`() {
        let span = localSpan("2026-01-05", "2026-01-06", london)
        let plan = SlotPlan(
            day: storageDays(of: span, offset: 0)[0], storageOffset: 0, slotMinutes: 5,
            calendar: dayAndNight, zone: london, span: span)
        var usage = IntervalUsage(periodCount: 2)
        let marks = [UInt32](repeating: Quality.actual.packed, count: 2)
        let (power, energy): ([Int64], [Int64]) = ([5, 6], [125, 1])
        usage.add(
            values: power.span, qualities: marks.span, firstSlot: 0,
            step: ValueStep(exponent: 0, divisor: 60), plan: plan)
        usage.add(
            values: energy.span, qualities: marks.span, firstSlot: 2,
            step: ValueStep(exponent: -3), plan: plan)
        // 11/60 + 0.126 = 110/600 + 75.6/600
        #expect(usage.total == Exact(1856, over: 6000))
        #expect(!usage.isOutOfRange)
    }

    @Test(arguments: [(-12, false), (-13, true), (24, false), (25, true)])
    func `the finest and the coarsest power over minutes that sums hold`(
        exponent: Int, outOfRange: Bool
    ) {
        let span = localSpan("2026-01-05", "2026-01-06", london)
        let plan = SlotPlan(
            day: storageDays(of: span, offset: 0)[0], storageOffset: 0, slotMinutes: 5,
            calendar: dayAndNight, zone: london, span: span)
        var usage = IntervalUsage(periodCount: 2)
        let (values, marks): ([Int64], [UInt32]) = ([7], [Quality.actual.packed])
        usage.add(
            values: values.span, qualities: marks.span, firstSlot: 0,
            step: ValueStep(exponent: exponent, divisor: 60), plan: plan)
        #expect(usage.isOutOfRange == outOfRange)
        if !outOfRange {
            #expect(
                usage.total == Exact(coefficient: 7, exponent: exponent) / Exact(60))
        }
    }

    @Test func `cutting and merging a series anywhere gives the same usage`() {
        var random = SeededGenerator(seed: 3)
        let span = localSpan("2026-10-24", "2026-10-27", london)
        let days = storageDays(of: span, offset: 0).count
        for round in 0..<120 {
            // A quarter of the series has a value a day that no plain sum may hold, a quarter is fed back.
            let least: Int64 = round % 4 == 1 ? -1_000_000 : 0
            let values = (0..<(days * 96)).map { slot in
                round % 4 == 2 && slot % 96 == 40
                    ? Int64.max : Int64.random(in: least...1_000_000, using: &random)
            }
            // All actual, as most days are, or of any quality.
            let marks: [Quality] = [.actual, .actual, .estimated, .missing, .none]
            let kinds = round % 4 == 3 ? 5 : 1
            let qualities = values.map { _ in
                marks[Int.random(in: 0..<kinds, using: &random)].packed
            }
            let exponent = Int.random(in: -6...0, using: &random)
            let whole = usage(of: values, qualities, exponent: exponent, span: span)
            let cuts = (0..<3).map { _ in Int.random(in: 0...96, using: &random) }
            #expect(
                usage(of: values, qualities, exponent: exponent, span: span, cuts: cuts) == whole)
            let border = span.lowerBound + 900 * Int64.random(in: 0...292, using: &random)
            var parts = usage(
                of: values, qualities, exponent: exponent, span: span.lowerBound..<border + 1)
            let rest = usageFrom(border + 1, values, qualities, exponent, span)
            parts.merge(rest)
            #expect(parts == whole)
            expectPlain(whole, values, qualities, exponent, span)
        }
    }

    /// The usage from a moment to the end of a span, of the series that the whole span has.
    private func usageFrom(
        _ border: Int64, _ values: [Int64], _ qualities: [UInt32], _ exponent: Int,
        _ span: Range<Int64>
    ) -> IntervalUsage {
        let skipped =
            storageDays(of: span, offset: 0).count
            - storageDays(of: border..<span.upperBound, offset: 0).count
        return usage(
            of: Array(values.dropFirst(skipped * 96)),
            Array(qualities.dropFirst(skipped * 96)), exponent: exponent,
            span: border..<span.upperBound)
    }

    /// Compares with one exact sum per slot, the period told from the clock alone.
    private func expectPlain(
        _ usage: IntervalUsage, _ values: [Int64], _ qualities: [UInt32], _ exponent: Int,
        _ span: Range<Int64>
    ) {
        let first = storageDays(of: span, offset: 0)[0]
        var sums = [Exact.zero, Exact.zero]
        for slot in values.indices {
            let instant = Instant(day: first, minute: slot * 15, offset: 0)
            guard span.contains(instant.seconds),
                [.actual, .estimated].contains(Quality(packed: qualities[slot]))
            else { continue }
            let hour = london.clock(at: instant).second / 3600
            sums[hour >= 7 && hour < 23 ? 0 : 1] += Exact(
                coefficient: Int128(values[slot]), exponent: exponent)
        }
        #expect([usage.energy(ofPeriod: 0), usage.energy(ofPeriod: 1)] == sums)
        #expect(usage.total == sums[0] + sums[1])
    }

    @Test func `a strip of one quality adds up as its slots do, wherever it lies`() {
        var random = SeededGenerator(seed: 5)
        let span = localSpan("2026-03-29", "2026-03-30", london)
        let plan = SlotPlan(
            day: storageDays(of: span, offset: 0)[0], storageOffset: 0, slotMinutes: 15,
            calendar: dayAndNight, zone: london, span: span)
        for round in 0..<600 {
            let quality = [Quality.actual, .estimated, .missing, .none][round % 4]
            let first = Int.random(in: 0...96, using: &random)
            let largest = Int64.max >> Int64(round % 63)
            let values = (0..<Int.random(in: 0...(96 - first), using: &random)).map { _ in
                Int64.random(in: -largest...largest, using: &random)
            }
            let qualities = values.map { _ in quality.packed }
            // At 10^-12 a value is 60 steps, at 10^6 60 × 10^18, at 10^7 more than a word holds.
            let step = ValueStep(exponent: [-13, -12, 6, 7, 25][round % 5])
            var (one, each) = (IntervalUsage(periodCount: 2), IntervalUsage(periodCount: 2))
            for _ in 0..<2 {
                one.add(
                    values: values.span, quality: quality, firstSlot: first, step: step, plan: plan)
                each.add(
                    values: values.span, qualities: qualities.span, firstSlot: first, step: step,
                    plan: plan)
            }
            #expect(one == each)
        }
    }

    @Test(
        arguments: [
            .max, .min, 2_251_799_813_685_247, 2_251_799_813_685_248, -2_251_799_813_685_248,
            -2_251_799_813_685_249, 4_611_686_018_427_387_904,
            288_230_376_151_711_744,
        ] as [Int64])
    func `a full day of one value sums to its multiple`(value: Int64) {
        let values = [Int64](repeating: value, count: 1440)
        let qualities = [UInt32](repeating: Quality.actual.packed, count: 1440)
        let found = sumSlots(values: values.span, qualities: qualities.span)
        #expect(found.total == Int128(value) * 1440)
        // From 2^51 on, and below 0, a sum may need more than one word, or its bits tell nothing.
        let total = sumPresent(values: values.span)
        #expect(total == found.total)
        let word = wordSum(values: values.span)
        #expect(word.map { Int128($0) } == (value == 2_251_799_813_685_247 ? total : nil))
    }

    @Test func `the kernel agrees with a plain loop for small and for huge values`() {
        var random = SeededGenerator(seed: 4)
        let marks: [Quality] = [.actual, .estimated, .missing, .none]
        for round in 0..<2000 {
            let largest = Int64.max >> Int64(round % 63)
            let values = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                Int64.random(in: (round % 4 == 0 ? 0 : -largest)...largest, using: &random)
            }
            // Every other strip is all actual, as most are.
            let kinds = round % 2 == 0 ? 1 : 4
            let qualities = values.map { _ in marks[Int.random(in: 0..<kinds, using: &random)] }
            var (total, present, estimated) = (Int128(0), 0, 0)
            for (value, quality) in zip(values, qualities)
            where quality == .actual || quality == .estimated {
                total += Int128(value)
                present += 1
                if quality == .estimated { estimated += 1 }
            }
            let packed = qualities.map(\.packed)
            let found = sumSlots(values: values.span, qualities: packed.span)
            #expect(found.total == total)
            #expect(found.present == present && found.estimated == estimated)
            let all = sumPresent(values: values.span)
            #expect(all == values.reduce(Int128(0)) { $0 + Int128($1) })
            let word = wordSum(values: values.span)
            let isModerate = values.allSatisfy { (0..<1 << 51).contains($0) }
            #expect(word.map { Int128($0) } == (isModerate ? all : nil))
        }
    }

    @Test(arguments: [
        (-13, 1, true), (-12, 1, false), (-13, 0, false), (6, 1, false), (30, 1, true),
    ])
    func `a value that the sums cannot hold makes the usage not billable`(
        exponent: Int, value: Int64, outOfRange: Bool
    ) {
        let span = localSpan("2026-01-05", "2026-01-06", london)
        let usage = usage(
            of: [Int64](repeating: value, count: 96),
            [UInt32](repeating: Quality.actual.packed, count: 96), exponent: exponent, span: span)
        #expect(usage.isOutOfRange == outOfRange)
        #expect(usage.total.isOverflow == outOfRange)
    }
}
