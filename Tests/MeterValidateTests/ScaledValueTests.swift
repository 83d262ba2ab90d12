// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities
import Testing

@Suite struct ScaledValueTests {
    @Test(arguments: [
        (ScaledValue(15, exponent: -1), ScaledValue(150, exponent: -2), true),
        (ScaledValue(1500, exponent: -3), ScaledValue(15, exponent: -1), true),
        (ScaledValue(0, exponent: -3), ScaledValue(0, exponent: 3), true),
        (ScaledValue(2, exponent: 3), ScaledValue(2000, exponent: 0), true),
        (ScaledValue(1501, exponent: -3), ScaledValue(15, exponent: -1), false),
        (ScaledValue(-15, exponent: -1), ScaledValue(15, exponent: -1), false),
        (ScaledValue(1, exponent: 30), ScaledValue(1, exponent: -30), false),
        (ScaledValue(.max, exponent: 1), ScaledValue(.max, exponent: 0), false),
    ])
    func `amounts are equal however they were written`(
        left: ScaledValue, right: ScaledValue, equal: Bool
    ) {
        #expect((left == right) == equal)
        #expect((right == left) == equal)
        if equal { #expect(Set([left, right]).count == 1) }
    }

    @Test(
        arguments: [
            (ScaledValue(15, exponent: -1), -3, 1500),
            (ScaledValue(1500, exponent: -3), -1, 15),
            (ScaledValue(1501, exponent: -3), -1, nil),
            (ScaledValue(.max, exponent: 0), -1, nil),
            (ScaledValue(0, exponent: 0), -90, 0),
            (ScaledValue(1, exponent: 19), 0, nil),
        ] as [(ScaledValue, Int, Int64?)])
    func `a value is told at another step only where it is whole there and fits`(
        value: ScaledValue, exponent: Int, expected: Int64?
    ) {
        #expect(value.value(at: ValueStep(exponent: exponent)) == expected)
    }

    /// Power over minutes: `value × 10^exponent` kW-min.
    private static func minutes(_ value: Int64, _ exponent: Int = 0) -> ScaledValue {
        ScaledValue(value, step: ValueStep(exponent: exponent, divisor: 60))
    }

    @Test(arguments: [
        (minutes(60), ScaledValue(1, exponent: 0), true),
        (minutes(6), ScaledValue(1, exponent: -1), true),
        (minutes(15, -1), ScaledValue(25, exponent: -3), true),
        (minutes(-75, -1), ScaledValue(-125, exponent: -3), true),
        (minutes(0), ScaledValue(0, exponent: -3), true),
        (minutes(90), minutes(900, -1), true),
        // A twelfth is no decimal, however many digits it is written with.
        (minutes(5), ScaledValue(83_333_333_333, exponent: -12), false),
        (minutes(1), ScaledValue(1, exponent: 0), false),
        // The largest values neither wrap around nor stop us.
        (minutes(.max), ScaledValue(.max, exponent: 0), false),
        (minutes(.max, -9), ScaledValue(.max, exponent: -11), false),
        // 2^63 − 2 is a multiple of 6: a sixtieth of it is 1537…301 tenths.
        (
            minutes(9_223_372_036_854_775_806),
            ScaledValue(1_537_228_672_809_129_301, exponent: -1), true
        ),
        (minutes(1, 21), ScaledValue(.max, exponent: 0), false),
    ])
    func `energy and power over minutes are equal where they are the same amount`(
        left: ScaledValue, right: ScaledValue, equal: Bool
    ) {
        #expect((left == right) == equal)
        #expect((right == left) == equal)
        if equal { #expect(Set([left, right]).count == 1) }
    }

    @Test func `a common step holds the values of both`() {
        let step = ValueStep.common(
            ValueStep(exponent: -3), ValueStep(exponent: -1, divisor: 60))
        // 0.125 kWh are 7.5 kW-min.
        #expect(ScaledValue(125, exponent: -3).value(at: step) == 7500)
        #expect(ScaledValueTests.minutes(75, -1).value(at: step) == 7500)
        #expect(ScaledValueTests.minutes(5).value(at: ValueStep(exponent: -9)) == nil)
    }

    @Test func `equality is that of the exact amounts`() {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<2000 {
            func value() -> ScaledValue {
                ScaledValue(
                    .random(in: -300...300, using: &random) * 10,
                    step: ValueStep(
                        exponent: .random(in: -3...1, using: &random),
                        divisor: Bool.random(using: &random) ? 60 : 1))
            }
            let (left, right) = (value(), value())
            #expect((left == right) == (left.exact == right.exact))
            if left == right { #expect(left.hashValue == right.hashValue) }
        }
    }

    @Test(
        arguments: [
            ("40", 40, 0), ("0.1250", 125, -3), ("7/64", 109_375, -6), ("1/3", nil, 0),
            ("9223372036854775807", .max, 0), ("922337203685477580.8", nil, 0), ("1.5", 15, -1),
            ("-0.000000001", -1, -9), ("0", 0, 0),
            ("0.0000000001", nil, 0), ("9223372036854775808", nil, 0),
        ] as [(String, Int64?, Int)])
    func `an exact amount of at most nine decimals has a step`(
        amount: String, value: Int64?, exponent: Int
    ) throws {
        let found = ScaledValue(try #require(Exact(amount)))
        #expect(found?.value == value)
        #expect(found.map { Int($0.step.exponent) } == value.map { _ in exponent })
    }

    @Test func `a product is exact or none`() {
        let factor = ScaledValue(15, exponent: -1)
        #expect(ScaledValue(250, exponent: -3).times(factor) == ScaledValue(375, exponent: -3))
        #expect(ScaledValue(.max, exponent: 0).times(factor) == nil)
        #expect(ScaledValue(7, exponent: 2).times(.one) == ScaledValue(700, exponent: 0))
    }
}
