// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import Quantities
import Store
import TestSupport
import Testing

@testable import BatchRun

@Suite struct RegisterPartsTests {
    /// A freeze at the end of a day of March 2026 in Beijing.
    private func row(
        _ meter: UInt32, _ obis: ObisCode = .activeImport, day: Int, _ value: Int64,
        quality: Quality = .actual
    ) -> RegisterRow {
        RegisterRow(
            meter: meter, channel: Channel(obis, .register).packed,
            // 1 March begins at 1772294400 in Beijing.
            instant: 1_772_294_400 + Int64(day) * 86_400, value: value, decimals: 2,
            unit: MeasuredUnit.kilowattHours.rawValue, quality: quality.packed, version: 0)
    }

    private func parts(_ rows: [RegisterRow]) throws -> [AssembledPart] {
        let network = try TrialBranch(network: TwoFeeders.network).store().loadNetwork()
        var batch = ReadingBatch()
        batch.registers = rows
        var assembly = PartAssembly(network: network)
        return assembly.parts(of: batch, isPrimary: false)
    }

    /// What a part is listed as, and the values of its body.
    private func shown(_ part: AssembledPart) throws -> String {
        guard case .held(let bytes) = part.body else { return "aside" }
        var stored = StoredRegisters()
        try decodeRegisters(bytes, into: &stored)
        return "F\(part.key.feeder + 1) \(CivilDay(number: part.key.day)) "
            + "\(part.firstMeter)-\(part.lastMeter) of \(part.meters) "
            + "\(part.counts.accepted)+\(part.counts.absent)=\(part.counts.readings) "
            + "\(part.isClean) \(stored.rows.map(\.value))"
    }

    @Test func `a file of months is cut by feeder and day, in whatever order its rows come`() throws
    {
        let rows = (0..<3 as Range<UInt32>).flatMap { meter in
            (1...3).flatMap { day in
                [ObisCode.activeImport, .activeExport].enumerated().map { register, obis in
                    row(meter, obis, day: day, Int64(meter) * 100 + Int64(day * 10 + register))
                }
            }
        }
        let expected = [
            "F1 2026-03-01 0-1 of 2 4+0=4 true [10, 11, 110, 111]",
            "F1 2026-03-02 0-1 of 2 4+0=4 true [20, 21, 120, 121]",
            "F1 2026-03-03 0-1 of 2 4+0=4 true [30, 31, 130, 131]",
            "F2 2026-03-01 2-2 of 1 2+0=2 true [210, 211]",
            "F2 2026-03-02 2-2 of 1 2+0=2 true [220, 221]",
            "F2 2026-03-03 2-2 of 1 2+0=2 true [230, 231]",
        ]
        #expect(try parts(rows).map(shown) == expected)
        #expect(try parts(rows.reversed()).map(shown) == expected)
        let byRegister = rows.sorted { ($0.channel, $0.instant) < ($1.channel, $1.instant) }
        #expect(try parts(byRegister).map(shown) == expected)
        #expect(Set(try parts(rows).map(\.streams)).count == 2)
    }

    @Test func `rows of one moment stay as they came, and their part is no clean one`() throws {
        let rows = [row(1, day: 1, 7), row(0, day: 1, 5), row(1, day: 1, 6), row(1, day: 1, 7)]
        let found = try parts(rows).map(shown)
        #expect(found == ["F1 2026-03-01 0-1 of 2 4+0=4 false [5, 7, 6, 7]"])
    }

    @Test func `a value below zero is accepted in a part to look at, and an absent one is counted`()
        throws
    {
        let below = try parts([row(0, day: 1, -5), row(1, day: 1, 6)]).map(shown)
        #expect(below == ["F1 2026-03-01 0-1 of 2 2+0=2 false [-5, 6]"])
        let absent = try parts([row(0, day: 1, 0, quality: .missing), row(1, day: 1, 6)])
        #expect(try absent.map(shown) == ["F1 2026-03-01 0-1 of 2 1+1=2 true [0, 6]"])
        // The stream of the absent value is not among those that sent.
        #expect(absent.map(\.streams) == (try parts([row(1, day: 1, 9)])).map(\.streams))
    }
}
