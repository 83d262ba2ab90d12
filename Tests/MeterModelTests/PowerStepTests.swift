// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Testing

@Suite struct PowerStepTests {
    @Test(arguments: [
        (15, 25, 2), (30, 5, 1), (60, 1, 0), (6, 1, 1), (3, 5, 2), (720, 12, 0),
    ])
    func `minutes that are a finite decimal of an hour give energy`(
        minutes: Int, factor: Int64, decimals: Int
    ) {
        let step = PowerStep(minutes: minutes)
        #expect(step?.factor == factor)
        #expect(step?.decimals == decimals)
        #expect(step?.unit(of: .kilowattHours) == .kilowattHours)
    }

    @Test(arguments: [1, 2, 4, 5, 8, 10, 16, 20, 32, 40, 80, 160])
    func `other minutes stay power times minutes`(minutes: Int) {
        let step = PowerStep(minutes: minutes)
        #expect(step?.factor == Int64(minutes))
        #expect(step?.decimals == 0)
        #expect(step?.unit(of: .megavarHours) == .megavarMinutes)
    }

    @Test(arguments: (1...1440).filter { 1440 % $0 == 0 })
    func `what is kept is the energy, whatever the minutes`(minutes: Int) throws {
        let step = try #require(PowerStep(minutes: minutes))
        // 0.7 MW over the interval, in kWh.
        let kept = try #require(step.energy(of: (7, 1)))
        let worth = ValueStep(step.unit(of: .megawattHours), decimals: kept.decimals).exact
        #expect(Exact(kept.value) * worth == Exact(700 * minutes) / Exact(60))
    }

    @Test func `no minutes are no interval, and what leaves 64 bits is no value`() throws {
        #expect(PowerStep(minutes: 0) == nil)
        let step = try #require(PowerStep(minutes: 5))
        #expect(step.energy(of: (.max / 4, 0)) == nil)
        #expect(step.energy(of: (.max / 5, 2))?.decimals == 2)
    }
}
