// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Testing

@Suite struct RejectedEnergyTests {
    private static func energy(_ values: [(value: Int64, decimals: Int)]) -> RejectedEnergy? {
        RejectedEnergy(channel: 7, unit: .kilowattHours, values: values)
    }

    @Test(
        arguments: [
            // Delivered integers with their decimals; the sum with its decimals.
            ([(15, 1), (50, 2)], (2, 0)),
            ([(1, 9), (3, 0)], (3_000_000_001, 9)),
            ([(-25, 2), (5, 1)], (25, 2)),
            ([(1200, 0)], (1200, 0)),
        ] as [([(Int64, Int)], (Int128, UInt8))])
    func `values are summed exactly and kept without trailing zeros`(
        values: [(Int64, Int)], sum: (Int128, UInt8)
    ) {
        let energy = Self.energy(values.map { (value: $0.0, decimals: $0.1) })
        #expect(energy?.value == sum.0)
        #expect(energy?.decimals == sum.1)
        #expect(energy?.unit == MeasuredUnit.kilowattHours.rawValue)
    }

    @Test func `a sum does not overflow where its values fit`() {
        let large = (value: 999_999_999_999_999_999 as Int64, decimals: 0)
        let energy = Self.energy(Array(repeating: large, count: 96) + [(value: 1, decimals: 9)])
        // 96 × (10^18 − 1) + 10^-9, in steps of 10^-9.
        let expected: Int128 = 95_999_999_999_999_999_904_000_000_001
        #expect(energy?.value == expected)
        #expect(energy?.decimals == 9)
    }

    @Test func `what sums to nothing is no energy`() {
        #expect(Self.energy([]) == nil)
        #expect(Self.energy([(value: 0, decimals: 3)]) == nil)
        #expect(Self.energy([(value: 15, decimals: 1), (value: -150, decimals: 2)]) == nil)
        let (plus, minus) = (
            Self.energy([(value: 5, decimals: 0)]), Self.energy([(value: -5, decimals: 0)])
        )
        #expect(RejectedEnergy.sum(plus, minus) == nil)
        #expect(RejectedEnergy.sum(nil, plus) == plus)
        #expect(RejectedEnergy.sum(plus, nil) == plus)
        #expect(RejectedEnergy.sum(plus, plus) == Self.energy([(value: 100, decimals: 1)]))
    }
}
