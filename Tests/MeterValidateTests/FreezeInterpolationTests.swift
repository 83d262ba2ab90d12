// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities
import Testing

@Suite struct FreezeInterpolationTests {
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
            at: wanted * 86_400, between: reading(0, from), and: reading(days, to))
        #expect(found?.value == ScaledValue(expected, exponent: -2))
        #expect(found?.instant == wanted * 86_400)
        #expect(found?.quality.description == "E17")
    }

    @Test func `the time passed counts by seconds where a day has 23 hours`() {
        // 23 of 47 hours between 0 and 47.
        let found = interpolateFreeze(
            at: 23 * 3600, between: reading(0, 0),
            and: RegisterReading(instant: 47 * 3600, value: ScaledValue(47, exponent: -2)))
        #expect(found?.value == ScaledValue(23, exponent: -2))
    }

    @Test func `the estimate has the finer step of the two`() {
        let found = interpolateFreeze(
            at: 86_400, between: reading(0, 10, 0), and: reading(2, 1101, -2))
        #expect(found?.value.value == 1050 && found?.value.exponent == -2)
    }

    @Test func `nothing is estimated across a fall, a rollover or a missing reading`() {
        #expect(
            interpolateFreeze(at: 86_400, between: reading(0, 999_999), and: reading(2, 5)) == nil)
        var missing = reading(2, 1010)
        missing.quality = .missing
        #expect(interpolateFreeze(at: 86_400, between: reading(0, 1000), and: missing) == nil)
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
                    at: day * 86_400, between: reading(0, low), and: reading(days, high))
                let value = found?.value.value ?? -1
                #expect(value >= previous && value <= high)
                previous = value
            }
        }
    }
}
