// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities
import Testing

@Suite struct RegisterAdvanceTests {
    @Test(
        arguments: [
            // previous, current, digits, exponent, capacity kW, hours, expected
            (100, 130, 6, 0, nil, 24, .advance(30, rolledOver: false)),
            (100, 100, 6, 0, nil, 24, .advance(0, rolledOver: false)),
            (100, 99, 6, 0, nil, 24, .decrease),
            // 999_990 → 15 passes 1_000_000: 25 steps.
            (999_990, 15, 6, 0, nil, 24, .advance(25, rolledOver: true)),
            // The same at two decimals: 9999.90 → 0.15 is 0.25 kWh.
            (999_990, 15, 4, -2, nil, 24, .advance(25, rolledOver: true)),
            // 900_000 is not beyond nine tenths of the dial; 900_001 is.
            (900_000, 0, 6, 0, nil, 24, .decrease),
            (900_001, 0, 6, 0, nil, 24, .advance(99_999, rolledOver: true)),
            // Without a capacity at most a tenth of the dial: 50_000 + 50_000, then one more.
            (950_000, 50_000, 6, 0, nil, 24, .advance(100_000, rolledOver: true)),
            (950_000, 50_001, 6, 0, nil, 24, .decrease),
            // 10 kW for 24 h is 240 kWh.
            (999_900, 140, 6, 0, 10, 24, .advance(240, rolledOver: true)),
            (999_900, 141, 6, 0, 10, 24, .decrease),
            // Unknown digits, and a reading beyond the dial.
            (999_990, 15, 0, 0, nil, 24, .decrease),
            (1_000_005, 15, 6, 0, nil, 24, .decrease),
            // A dial of 20 digits in all is beyond what rolls over.
            (.max, 0, 10, -10, nil, 24, .decrease),
        ] as [(Int64, Int64, Int, Int, Int?, Int64, RegisterAdvance)])
    func `a register counts on, rolls over where that is plausible, or fell`(
        previous: Int64, current: Int64, digits: Int, exponent: Int, capacity: Int?, hours: Int64,
        expected: RegisterAdvance
    ) {
        let dial = RegisterDial(
            digits: digits, multiplier: .one, capacityKilowatts: capacity.map { Exact($0) })
        #expect(
            dial.advance(
                from: previous, to: current, exponent: exponent, seconds: hours * 3600)
                == expected)
    }

    @Test func `the capacity is held against the energy after the multiplier`() {
        // 25 steps × 40 = 1000 kWh, and 41.6 kW × 24 h = 998.4 kWh.
        let refused = RegisterDial(
            digits: 6, multiplier: Exact(40), capacityKilowatts: Exact("41.6"))
        #expect(refused.advance(from: 999_990, to: 15, exponent: 0, seconds: 86_400) == .decrease)
        let allowed = RegisterDial(
            digits: 6, multiplier: Exact(40), capacityKilowatts: Exact("41.7"))
        #expect(
            allowed.advance(from: 999_990, to: 15, exponent: 0, seconds: 86_400)
                == .advance(25, rolledOver: true))
    }

    @Test(
        arguments: [
            // from, to (at one decimal), rule
            (1000, 10, nil),
            (1001, 10, .registerDecrease),
            (99_999, 0, .registerRollover),
        ] as [(Int64, Int64, ValidationRule?)])
    func `two readings of different steps give the finding of their amounts`(
        previous: Int64, current: Int64, rule: ValidationRule?
    ) {
        let dial = RegisterDial(digits: 3, multiplier: .one)
        let found = dial.finding(
            from: RegisterReading(instant: 0, value: ScaledValue(previous, exponent: -2)),
            to: RegisterReading(instant: 86_400, value: ScaledValue(current, exponent: 0)))
        #expect(found?.rule == rule)
        if let found {
            #expect(found.from.seconds == 0 && found.to.seconds == 86_400)
            #expect(found.limit == Exact(Int128(previous), over: 100))
        }
    }
}
