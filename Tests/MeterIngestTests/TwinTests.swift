// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Testing

@testable import MeterIngest

/// The fast path and the generic engine are written apart; on the same bytes they must agree.
@Suite struct TwinTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static let registers = [
        "total", "sharp", "peak", "flat", "valley", "deep_valley", "reverse_total",
    ]

    /// One file of each shape, and the context that knows it.
    private static func file(
        _ shape: String, _ numbers: inout SeededNumbers
    ) throws -> (text: String, context: IngestContext) {
        switch shape {
        case "long":
            return (RandomFiles.long(&numbers, mayBeLonger: true), try SmallNetwork.context())
        case "nem12": return (RandomFiles.nem12(&numbers), try SmallNetwork.context())
        case "register":
            let columns = registers.prefix(Int.random(in: 5...7, using: &numbers))
            let ids = ["R1", "SP", "B1", "M1", "X9"]
            return (
                RandomFiles.days(Array(columns), ids, &numbers), try SmallNetwork.context()
            )
        default:
            // Of power also points five minutes apart, whose energy no decimal writes.
            let count = shape == "mean_power" && Bool.random(using: &numbers) ? 288 : 96
            let set = try profiles(
                """
                name: wide
                shape: wide
                kind: \(shape)
                columns:
                  meter: meter_id
                  timestamp: date
                  values: {prefix: P, count: \(count)}
                unit: \(shape == "mean_power" ? "kW" : "kWh")
                label: \(Bool.random(using: &numbers) ? "start" : "end")
                multiplier: not_applied
                \(Bool.random(using: &numbers) ? "first_label: \"00:00\"" : "")
                """)
            let ids = ["M1", "SP", "B1", "M2", "R1", "X9"]
            let text = RandomFiles.days((1...count).map { "P\($0)" }, ids, &numbers)
            return (text, try SmallNetwork.context(set))
        }
    }

    static let shapes = ["long", "nem12", "register", "interval_energy", "mean_power"]

    @Test(arguments: shapes, 0..<25)
    func `files land the same by the fast path and cell by cell`(shape: String, seed: UInt64)
        throws
    {
        var numbers = SeededNumbers(seed)
        let (text, context) = try TwinTests.file(shape, &numbers)
        let path = try folder.write("file", text)
        let (fast, summary) = try ingest(path, context)
        let slow = try ingestCellByCell(Array(text.utf8), context)
        #expect(fast.difference(from: slow) == [])
        #expect(summary.readings == fast.heldReadings)
        // Some lines only, as when rejections are tried again.
        let lines = Set((2...40).filter { _ in Bool.random(using: &numbers) })
        let (some, _) = try ingest(path, context, onlyLines: lines)
        let slowSome = try ingestCellByCell(Array(text.utf8), context, onlyLines: lines)
        #expect(some.difference(from: slowSome) == [])
        #expect(some.readings == some.heldReadings)
    }

    @Test(arguments: shapes, 0..<15)
    func `every reading of a damaged file is in a batch or in a rejection`(
        shape: String, seed: UInt64
    ) throws {
        var numbers = SeededNumbers(seed)
        let (text, context) = try TwinTests.file(shape, &numbers)
        let bytes = RandomFiles.damaged(text, &numbers)
        let path = try folder.write("file", bytes: bytes)
        for budget in [100, 1_000_000] {
            do {
                let (fast, summary) = try ingest(path, context, budget: budget)
                #expect(summary.readings == fast.heldReadings)
            } catch let quarantine as FileQuarantine {
                // The header again, damaged: what the rows behind it are is not known.
                #expect(quarantine.detail.contains("another header"))
            }
        }
        let slow = try ingestCellByCell(bytes, context)
        #expect(slow.readings == slow.heldReadings)
    }
}
