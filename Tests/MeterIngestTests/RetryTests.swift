// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Quantities
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
            _ = bytes.withBytes(from: header) {
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

    /// 2026-10-25T00:00Z: Berlin's first 02:00, an hour before its second.
    private static let doubledHour: Int64 = 1_792_886_400

    /// Quarter-hours of `B1` around the doubled hour, by its clock; some of a hundred are left out.
    private static func doubledHourFile(
        _ numbers: inout SeededNumbers, missing: Int
    ) throws -> String {
        let zone = try TimeZoneTable.named("Europe/Berlin")
        let first = Int64.random(in: -12...2, using: &numbers)
        var text = "meter_id,timestamp,kwh,quality\n"
        for place in first...Int64.random(in: 8...16, using: &numbers) {
            let start = Instant(seconds: doubledHour + place * 900)
            if Int.random(in: 0..<100, using: &numbers) < missing { continue }
            let label = start.iso(offset: zone.offset(at: start)).prefix(19)
            text += "B1,\(label),\(100 + place).5,A\n"
        }
        return text
    }

    @Test(arguments: 0..<40)
    func `the doubled hour is told by order, whatever was known of the meter`(
        seed: UInt64
    ) throws {
        var numbers = SeededNumbers(seed)
        let text = try RetryTests.doubledHourFile(&numbers, missing: seed % 2 == 0 ? 0 : 10)
        let change = RetryTests.doubledHour + Int64.random(in: -5...9, using: &numbers) * 900
        let early = try SmallNetwork.berlin(
            from: seed % 4 < 2 ? change : .min, to: seed % 4 < 2 ? .max : change)
        let late = try SmallNetwork.berlin()
        for isSlow in [false, true] {
            let all = try read(text, late, cellByCell: isSlow).landed()
            let first = try read(text, early, cellByCell: !isSlow)
            let again = try read(
                text, late, retrying: RetriedRejections(curableOf: first.refused),
                cellByCell: isSlow)
            var both = Read(batches: first.batches + again.batches)
            both.refused = first.refused.filter { !$0.code.isCurable } + again.refused
            #expect(both.landed().difference(from: all) == [])
        }
    }

    @Test(arguments: [5, 30, 60] as [UInt16])
    func `the doubled hour is told by the distance of rows of another length`(
        minutes: UInt16
    ) throws {
        var numbers = SeededNumbers(3)
        let text = try RetryTests.doubledHourFile(&numbers, missing: 0)
        for isSlow in [false, true] {
            let first = try read(
                text, try SmallNetwork.berlin(minutes: minutes), cellByCell: isSlow)
            #expect(!first.refused.contains { $0.code == .ambiguousTime })
        }
    }
}
