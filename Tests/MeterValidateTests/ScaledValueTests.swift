// SPDX-License-Identifier: Apache-2.0

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
        #expect(value.value(atExponent: exponent) == expected)
    }

    @Test func `equality is that of the exact amounts`() {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<2000 {
            let left = ScaledValue(
                .random(in: -300...300, using: &random) * 10,
                exponent: .random(in: -3...1, using: &random))
            let right = ScaledValue(
                .random(in: -300...300, using: &random) * 10,
                exponent: .random(in: -3...1, using: &random))
            #expect((left == right) == (left.exact == right.exact))
        }
    }

    @Test(
        arguments: [
            ("40", 40, 0), ("1.5", 15, -1), ("-0.000000001", -1, -9), ("0", 0, 0),
            ("0.0000000001", nil, 0), ("9223372036854775808", nil, 0),
        ] as [(String, Int64?, Int)])
    func `an exact amount of at most nine decimals has a step`(
        amount: String, value: Int64?, exponent: Int
    ) throws {
        let found = ScaledValue(try #require(Exact(amount)))
        #expect(found?.value == value)
        #expect(found.map { Int($0.exponent) } == value.map { _ in exponent })
    }

    @Test func `a product is exact or none`() {
        let factor = ScaledValue(15, exponent: -1)
        #expect(ScaledValue(250, exponent: -3).times(factor) == ScaledValue(375, exponent: -3))
        #expect(ScaledValue(.max, exponent: 0).times(factor) == nil)
        #expect(ScaledValue(7, exponent: 2).times(.one) == ScaledValue(700, exponent: 0))
    }
}
