// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Testing

@Suite struct MeasuredUnitTests {
    @Test(arguments: [
        ("kWh", MeasuredUnit.kilowattHours), ("WH", .wattHours), ("mvarh", .megavarHours),
        ("kW-min", nil), ("kWmin", nil), ("kW", nil), ("", nil),
    ])
    func `senders name units of energy only`(name: String, unit: MeasuredUnit?) {
        #expect(MeasuredUnit(name: name) == unit)
    }

    @Test func `names and numbers are of one unit each`() {
        #expect(Set(MeasuredUnit.allCases.map(\.name)).count == 12)
        #expect(Set(MeasuredUnit.allCases.map(\.overMinutes)).count == 6)
    }

    @Test(arguments: [
        (MeasuredUnit.wattHours, MeasuredUnit.wattMinutes), (.kilowattHours, .kilowattMinutes),
        (.megawattHours, .megawattMinutes), (.varHours, .varMinutes),
        (.kilovarHours, .kilovarMinutes), (.megavarHours, .megavarMinutes),
    ])
    func `sixty of a unit over minutes are one of the unit of energy`(
        hours: MeasuredUnit, minutes: MeasuredUnit
    ) {
        #expect(hours.overMinutes == minutes)
        #expect(hours.base == minutes.base)
        #expect(
            ValueStep(minutes, decimals: 3).exact * Exact(60)
                == ValueStep(hours, decimals: 3).exact)
    }

    @Test func `a quantity's unit keeps the power of ten and the minutes`() {
        let reactive = ObisCode(3, 8, 0)
        #expect(MeasuredUnit.wattHours.of(reactive) == .varHours)
        #expect(MeasuredUnit.megawattMinutes.of(reactive) == .megavarMinutes)
        #expect(MeasuredUnit.kilovarHours.of(.activeImport) == .kilowattHours)
        #expect(MeasuredUnit.kilowattHours.of(.activeImport) == .kilowattHours)
    }
}
