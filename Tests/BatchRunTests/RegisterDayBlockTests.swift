// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterValidate
import Testing

@testable import BatchRun

@Suite struct RegisterDayBlockTests {
    private func part(_ rows: [(meter: UInt32, value: Int64)], suspect: Set<Int64> = [])
        -> StoredRegisters
    {
        var part = StoredRegisters()
        for (meter, value) in rows {
            part.rows.append(
                RegisterRow(
                    meter: meter, channel: Channel(.activeImport, .register).packed, instant: 0,
                    value: value, decimals: 0, unit: 1,
                    quality: value < 0 ? Quality.missing.packed : Quality.actual.packed, version: 0)
            )
            part.origins.append(
                Origin(file: 1, delivery: 1, flags: suspect.contains(value) ? .suspect : []))
        }
        return part
    }

    @Test func `values stand by meter, whatever the order of the parts`() {
        let block = RegisterDayBlock([
            part([(7, 70), (7, 71), (9, 90), (11, -1)]), part([(3, 30), (8, 80)], suspect: [80]),
            part([(7, 72)]),
        ])
        #expect(block.meters == [3, 7, 9])
        let found = [1, 3, 7, 8, 9, 10, 11].map { block[$0].map(\.reading.value.value) }
        #expect(found == [[], [30], [70, 71, 72], [], [90], [], []])
    }

    @Test func `a block without values has no meter`() {
        #expect(RegisterDayBlock([]).meters.isEmpty)
        #expect(RegisterDayBlock([part([(11, -1)])])[11].isEmpty)
    }
}
