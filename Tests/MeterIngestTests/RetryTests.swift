// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Testing

@testable import MeterIngest

/// Rejections that are tried again: the cells that were refused, and no others.
@Suite struct RetryTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// What a file gives, its rejections as they are.
    private struct Read {
        var batches: [ReadingBatch] = []
        var refused: [ReadingRejection] = []
        var readings = 0

        func landed() -> Landed {
            Landed(batches, refused, readings: 0)
        }
    }

    private func read(
        _ text: String, _ context: IngestContext, retrying retried: RetriedRejections? = nil,
        cellByCell: Bool
    ) throws -> Read {
        var read = Read()
        var batch = ReadingBatch()
        if cellByCell {
            let bytes = Array(text.utf8)
            let (format, header) = try #require(
                ReadingFormat.detect(bytes[...], profiles: context.profiles))
            var engine = GenericEngine(format, context: context, retrying: retried)
            let firstLine = bytes[..<header].count { $0 == 0x0A } + 1
            bytes.withBytes(from: header) {
                engine.scan(
                    $0, firstLine: firstLine, firstByte: Int64(header), into: &batch,
                    rejections: &read.refused)
            }
            engine.finish(into: &batch, rejections: &read.refused)
            engine.flush(isEnd: true, into: &batch, rejections: &read.refused)
            read.readings = engine.readings
        } else {
            var file = try FileIngest(
                path: try folder.write("file", text), context: context,
                retrying: retried.map { ["": $0] })
            while try file.next(into: &batch, rejections: &read.refused, cellBudget: .max) {}
            read.readings = file.summary.readings
        }
        read.batches = [batch]
        return read
    }

    /// A file of each shape, and what is known of the network at first and later.
    private static func file(
        _ shape: String, _ numbers: inout SeededNumbers
    ) throws -> (text: String, early: IngestContext, late: IngestContext) {
        var text: String
        var set = ProfileSet.builtIn
        switch shape {
        case "long": text = RandomFiles.long(&numbers)
        case "nem12": text = RandomFiles.nem12(&numbers)
        case "register":
            let columns = ["total", "sharp", "peak", "flat", "valley"]
            text = RandomFiles.days(columns, ["R1", "SP", "B1", "M1", "X9"], &numbers)
        default:
            set = try profiles(
                """
                name: wide
                shape: wide
                kind: interval_energy
                columns:
                  meter: meter_id
                  timestamp: date
                  values: {prefix: P, count: 96}
                unit: kWh
                label: start
                multiplier: not_applied
                """)
            text = RandomFiles.days(
                (1...96).map { "P\($0)" }, ["M1", "SP", "B1", "M2", "X9"], &numbers)
        }
        // The evening of 2026-01-03; the future of long rows would change how many hours come.
        let latest = SmallNetwork.newYear + (shape == "long" ? 400 * 86_400 : 67 * 3600)
        return (
            text, try SmallNetwork.context(set, latestEnd: latest, isEarly: true),
            try SmallNetwork.context(set)
        )
    }

    @Test(arguments: ["long", "nem12", "register", "wide"], 0..<25)
    func `what is refused and tried again lands as if the network had been known`(
        shape: String, seed: UInt64
    ) throws {
        var numbers = SeededNumbers(seed)
        let (text, early, late) = try RetryTests.file(shape, &numbers)
        for isFirstSlow in [false, true] {
            let first = try read(text, early, cellByCell: isFirstSlow)
            let retried = RetriedRejections(curableOf: first.refused)
            for isSecondSlow in [false, true] {
                let all = try read(text, late, cellByCell: isSecondSlow).landed()
                let again = try read(text, late, retrying: retried, cellByCell: isSecondSlow)
                let stays = first.refused.filter { !$0.code.isCurable }
                var both = Read(batches: first.batches + again.batches)
                both.refused = stays + again.refused
                #expect(both.landed().difference(from: all) == [])
                #expect(again.readings == again.landed().heldReadings)
            }
        }
    }

    @Test(arguments: ["long", "nem12", "register", "wide"], 0..<20)
    func `tried again where nothing changed, just the same is refused`(
        shape: String, seed: UInt64
    ) throws {
        var numbers = SeededNumbers(seed)
        let (text, early, _) = try RetryTests.file(shape, &numbers)
        for isSlow in [false, true] {
            let first = try read(text, early, cellByCell: isSlow)
            let curable = first.refused.filter { $0.code.isCurable }
            let again = try read(
                text, early, retrying: RetriedRejections(curableOf: curable), cellByCell: isSlow)
            #expect(again.landed().cells == [])
            #expect(again.refused == curable)
        }
    }
}
