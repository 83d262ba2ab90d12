// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities
import Testing

@Suite struct FreezeInterpolationTests {
    private let dial = RegisterDial(digits: 6, multiplier: .one)

    private func reading(_ day: Int64, _ value: Int64, _ exponent: Int = -2) -> RegisterReading {
        RegisterReading(instant: day * 86_400, value: ScaledValue(value, exponent: exponent))
    }

    @Test(
        arguments: [
            // from day 0 at value, to day at value, wanted day, estimate
            (1000, 2, 1010, 1, 1005),
            (1000, 2, 1001, 1, 1000),  // 1000.5 goes to even
            (1001, 2, 1002, 1, 1002),  // 1001.5 goes to even
            (8000, 3, 8100, 1, 8033),  // 33.3
            (8000, 3, 8100, 2, 8067),  // 66.7
            (8000, 30, 8000, 7, 8000),
        ] as [(Int64, Int64, Int64, Int64, Int64)])
    func `a missing freeze lies between its neighbours by the days passed`(
        from: Int64, days: Int64, to: Int64, wanted: Int64, expected: Int64
    ) {
        let found = interpolateFreeze(
            at: wanted * 86_400, between: reading(0, from), and: reading(days, to), on: dial)
        #expect(found?.value == ScaledValue(expected, exponent: -2))
        #expect(found?.instant == wanted * 86_400)
        #expect(found?.quality.description == "E17")
    }

    @Test func `the time passed counts by seconds where a day has 23 hours`() {
        // 23 of 47 hours between 0 and 47.
        let found = interpolateFreeze(
            at: 23 * 3600, between: reading(0, 0),
            and: RegisterReading(instant: 47 * 3600, value: ScaledValue(47, exponent: -2)), on: dial
        )
        #expect(found?.value == ScaledValue(23, exponent: -2))
    }

    @Test func `the estimate has the finer step of the two`() {
        let found = interpolateFreeze(
            at: 86_400, between: reading(0, 10, 0), and: reading(2, 1101, -2), on: dial)
        #expect(found?.value.value == 1050 && found?.value.step.exponent == -2)
    }

    @Test(
        arguments: [
            // digits, step, from, over days, to, estimates day by day
            (6, 0, 999_990, 4, 30, [0, 10, 20]),
            (6, 0, 999_980, 4, 20, [999_990, 0, 10]),
            (6, 0, 999_970, 4, 10, [999_980, 999_990, 0]),
            // 25 in all: 6.25, 12.5 (to the even 2) and 18.75.
            (6, 0, 999_990, 4, 15, [999_996, 2, 9]),
            // Half a step before the roll, the even neighbour is the last digit's successor, 0.
            (6, 0, 999_999, 2, 0, [0]),
            (6, 0, 999_998, 2, 1, [0]),
            // 9999.90 to 0.20: 0.30 kWh over three days.
            (4, -2, 999_990, 3, 20, [0, 10]),
        ] as [(Int, Int, Int64, Int64, Int64, [Int64])])
    func `a line goes on past the last digit of the dial`(
        digits: Int, exponent: Int, from: Int64, days: Int64, to: Int64, expected: [Int64]
    ) {
        let dial = RegisterDial(digits: digits, multiplier: .one)
        let found = (1..<days).map { day in
            interpolateFreeze(
                at: day * 86_400, between: reading(0, from, exponent),
                and: reading(days, to, exponent), on: dial)?.value
        }
        #expect(found == expected.map { ScaledValue($0, exponent: exponent) })
    }

    @Test func `nothing is estimated across a fall or a missing reading`() {
        // The dial has six digits and two decimals: 9999.99 is in its first tenth.
        let fell = interpolateFreeze(
            at: 86_400, between: reading(0, 999_999), and: reading(2, 5), on: dial)
        #expect(fell == nil)
        let unknown = RegisterDial(digits: 0, multiplier: .one)
        let onUnknown = interpolateFreeze(
            at: 86_400, between: reading(0, 999_990, 0), and: reading(2, 5, 0), on: unknown)
        #expect(onUnknown == nil)
        // 1 kW counts 48 kWh in two days, and 50 were needed.
        let small = RegisterDial(digits: 6, multiplier: .one, capacityKilowatts: Exact(1))
        let tooMuch = interpolateFreeze(
            at: 86_400, between: reading(0, 999_990, 0), and: reading(2, 40, 0), on: small)
        #expect(tooMuch == nil)
        var missing = reading(2, 1010)
        missing.quality = .missing
        let onMissing = interpolateFreeze(
            at: 86_400, between: reading(0, 1000), and: missing, on: dial)
        #expect(onMissing == nil)
    }

    @Test func `the advances up to an estimate and from it add up to the true one`() {
        var random = SeededGenerator(seed: 9)
        let dial = RegisterDial(digits: 4, multiplier: .one)
        for _ in 0..<300 {
            let low = Int64.random(in: 910_000...999_999, using: &random)
            let steps = Int64.random(in: 0...100_000, using: &random)
            let days = Int64.random(in: 2...40, using: &random)
            let (first, last) = (reading(0, low), reading(days, (low + steps) % 1_000_000))
            for day in 1..<days {
                let found = interpolateFreeze(
                    at: day * 86_400, between: first, and: last, on: dial)
                guard let found,
                    case .advance(let before, _) = dial.advance(from: first, to: found)?.advance,
                    case .advance(let after, _) = dial.advance(from: found, to: last)?.advance
                else {
                    Issue.record("no estimate on day \(day) of \(days) from \(low) by \(steps)")
                    continue
                }
                #expect(before + after == steps)
            }
        }
    }

    @Test func `estimates stay between the readings and never fall`() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<300 {
            let low = Int64.random(in: 0...1_000_000, using: &random)
            let high = low + Int64.random(in: 0...50, using: &random)
            let days = Int64.random(in: 2...40, using: &random)
            var previous = low
            for day in 1..<days {
                let found = interpolateFreeze(
                    at: day * 86_400, between: reading(0, low), and: reading(days, high),
                    on: dial)
                let value = found?.value.value ?? -1
                #expect(value >= previous && value <= high)
                previous = value
            }
        }
    }
}
