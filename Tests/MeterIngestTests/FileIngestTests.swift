// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Quantities
import Testing

@testable import MeterIngest

@Suite struct FileIngestTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// The same outcome by the fast path and cell by cell.
    private func landed(
        _ text: String, _ context: IngestContext, onlyLines: Set<Int>? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Landed {
        let path = try folder.write("file", text)
        let (fast, _) = try ingest(path, context, onlyLines: onlyLines)
        let slow = try ingestCellByCell(Array(text.utf8), context, onlyLines: onlyLines)
        #expect(fast == slow, sourceLocation: sourceLocation)
        #expect(fast.readings == fast.heldReadings, sourceLocation: sourceLocation)
        return fast
    }

    private static let header = "meter_id,timestamp,kwh,quality,channel\n"

    @Test(arguments: [
        // A row, and the slot it lands in or its code. Unit 1 is kWh.
        ("M1,2026-01-01T00:15+08:00,1.5,A,", "1 1.8.0 2026-01-01+15/15 1.5 1 A 0"),
        ("M1,2025-12-31T16:15Z,1.5,,2.8.0", "1 2.8.0 2026-01-01+15/15 1.5 1 A 0"),
        ("M1,2026-01-01 23:45,1.5,E,1.8.0:E1", "1 1.8.0:E1 2026-01-01+1425/15 1.5 1 E 0"),
        ("M2,2026-01-01 23:30,,A,", "2 1.8.0 2026-01-01+1410/30 0 1 N 0"),
        ("SP,2026-01-02 23:45,1,A,", "3 1.8.0 2026-01-02+1425/15 1 1 A 0"),
        // The meter that is there when the quarter begins is another seven minutes later.
        ("SP,2026-01-03 00:00,1,A,", "3 1.8.0 2026-01-03+0/15 1 1 A 0"),
        ("SP,2026-01-03 00:15,1,A,", "4 1.8.0 2026-01-03+15/15 1 1 A 0"),
        ("B1,2026-07-01 00:00,1,A,", "6 1.8.0 2026-06-30+1380/15 1 1 A 0"),
        ("X9,2026-01-01T00:15+08:00,1,A,", "@2 unknown-meter ×1"),
        (",2026-01-01T00:15+08:00,1,A,", "@2 unknown-meter ×1"),
        ("M1,2025-12-31T23:45+08:00,1,A,", "@2 outside-installation ×1"),
        ("M1,2026-01-01T00:07+08:00,1,A,", "@2 off-grid ×1"),
        ("M1,2026-01-01T00:00:01+08:00,1,A,", "@2 off-grid ×1"),
        ("R1,2026-01-01T00:00+08:00,1,A,", "@2 wrong-interval-length ×1"),
        ("M1,2029-01-01T00:00+08:00,1,A,", "@2 future-time ×1"),
        ("B1,2026-03-29 02:30,1,A,", "@2 nonexistent-time ×1"),
        ("B1,2026-10-25 02:30,1,A,", "@2 ambiguous-time ×1"),
        ("M1,2026-13-01 00:00,1,A,", "@2 bad-time ×1"),
        ("M1,2026-01-01 00:00,1-,A,", "@2 bad-number ×1"),
        ("M1,2026-01-01 00:00,1,Z,", "@2 bad-quality ×1"),
        ("M1,2026-01-01 00:00,1,A,E1", "@2 bad-channel ×1"),
        ("M1,2026-01-01 00:00,1,A,3.8.0", "@2 wrong-unit ×1"),
        ("M1,2026-01-01 00:00,1,A", "@2 column-count ×1"),
    ])
    func `a long row lands in its slot or has its code`(row: String, result: String) throws {
        let found = try landed(Self.header + row + "\n", try SmallNetwork.context())
        #expect(found.cells + found.rejections == [result])
    }

    @Test func `the end of an interval must not be later than the latest end`() throws {
        let context = try SmallNetwork.context(latestEnd: SmallNetwork.newYear + 900)
        let text = "meter_id,timestamp,kwh\nM1,2026-01-01 00:00,1\nM1,2026-01-01 00:15,1\n"
        let found = try landed(text, context)
        #expect(found.cells == ["1 1.8.0 2026-01-01+0/15 1 1 A 0"])
        #expect(found.rejections == ["@3 future-time ×1"])
    }

    @Test func `a slot that is delivered twice is kept twice`() throws {
        let text = """
            meter_id,timestamp,kwh
            M1,2026-01-01 00:00,1
            M1,2026-01-01 00:15,2
            M1,2026-01-01 00:00,1.25
            M1,2026-01-01 00:00,1
            """
        let found = try landed(text, try SmallNetwork.context())
        #expect(
            found.cells == [
                "1 1.8.0 2026-01-01+0/15 1 1 A 0", "1 1.8.0 2026-01-01+0/15 1 1 A 0",
                "1 1.8.0 2026-01-01+0/15 1.25 1 A 0", "1 1.8.0 2026-01-01+15/15 2 1 A 0",
            ])
    }

    @Test func `no digit is lost where decimals differ`() throws {
        let text = """
            meter_id,timestamp,wh
            M1,2026-01-01 00:00,123456789012345678
            M1,2026-01-01 00:15,0.000000001
            M1,2026-01-01 00:30,7.5
            """
        let found = try landed(text, try SmallNetwork.context())
        #expect(
            found.cells == [
                "1 1.8.0 2026-01-01+0/15 123456789012345678 0 A 0",
                "1 1.8.0 2026-01-01+15/15 0.000000001 0 A 0",
                "1 1.8.0 2026-01-01+30/15 7.5 0 A 0",
            ])
    }

    @Test(arguments: [
        (0, 3, []), (0, 4, ["wrong-interval-length ×1"]), (1, 9, []),
        // Late values of some hours, and the last hours of a day.
        (10, 13, []), (10, 14, ["wrong-interval-length ×1"]),
    ])
    func `hourly values of a quarter-hour meter are of a wrong length where the day begins or ends`(
        first: Int, count: Int, codes: [String]
    ) throws {
        let rows = (first..<first + count).map {
            "M1,2026-01-01 \($0 < 10 ? "0" : "")\($0):00,1\n"
        }.joined()
        let found = try landed("meter_id,timestamp,kwh\n" + rows, try SmallNetwork.context())
        #expect(found.readings == count)
        #expect(
            Set(found.rejections.map { $0.drop { $0 != " " }.dropFirst() })
                == Set(codes.map { $0[...] }))
        #expect(found.cells.count == (codes.isEmpty ? count : 0))
    }

    @Test func `days of meters that take turns come whole, however small a batch should be`() throws
    {
        let entries = (0..<200).map { meter in
            DirectoryEntry(
                id: "T\(meter)",
                spans: [
                    DirectorySpan(
                        from: .min, to: .max, meter: UInt32(meter), storageOffset: 28_800,
                        intervalMinutes: 15, zone: 0)
                ])
        }
        let zones = [TimeZoneTable(name: "Beijing", fixedOffset: 28_800)]
        var context = try SmallNetwork.context()
        (context.index, context.zones) = (MeterIndex(entries: entries, zones: zones), zones)
        var text = "meter_id,timestamp,kwh\n"
        for slot in 0..<96 {
            let (hour, minute) = (slot / 4, slot % 4 * 15)
            let time =
                "2026-01-06T\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
            for meter in 0..<200 { text += "T\(meter),\(time),0.125\n" }
        }
        // More than one window of lines.
        #expect(text.utf8.count > 1 << 18)
        var file = try FileIngest(path: try folder.write("turns.csv", text), context: context)
        var batch = ReadingBatch()
        var rejections: [ReadingRejection] = []
        let more = try file.next(into: &batch, rejections: &rejections, cellBudget: 1000)
        #expect(!more)
        #expect(batch.intervals.count == 200)
        #expect(batch.intervals.qualities.count { $0 != 0 } == 200 * 96)
    }

    @Test(arguments: [1, 500, 10_000], [".", ","])
    func `a day whose rows come one after the other is in one strip`(
        budget: Int, decimalMark: String
    ) throws {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        // No kernel knows a decimal comma.
        let profiles = try profiles(
            """
            name: german
            shape: long
            kind: interval_energy
            separator: ";"
            decimal_mark: "\(decimalMark)"
            columns: {meter: meter_id, timestamp: timestamp, value: kwh}
            unit: kWh
            label: start
            multiplier: not_applied
            """)
        var (text, count) = ("meter_id;timestamp;kwh\n", 0)
        for (meter, minutes) in [("M1", 15), ("SP", 15), ("M2", 30)] {
            for month in 1...4 {
                for day in 1...28 {
                    for minute in stride(from: 0, to: 1440, by: minutes) {
                        text += "\(meter);2026-\(two(month))-\(two(day)) "
                        text += "\(two(minute / 60)):\(two(minute % 60));0\(decimalMark)125\n"
                        count += 1
                    }
                }
            }
        }
        var file = try FileIngest(
            path: try folder.write("days.csv", text), context: try SmallNetwork.context(profiles))
        var seen: Set<[Int]> = []
        var (batches, cells, more) = (0, 0, true)
        while more {
            var batch = ReadingBatch()
            var rejections: [ReadingRejection] = []
            more = try file.next(into: &batch, rejections: &rejections, cellBudget: budget)
            #expect(rejections.isEmpty)
            let strips = batch.intervals
            for strip in 0..<strips.count {
                let day = [Int(strips.meters[strip]), Int(strips.days[strip])]
                #expect(seen.insert(day).inserted, "\(day) comes twice")
            }
            cells += batch.intervals.qualities.count { $0 != 0 }
            batches += 1
        }
        #expect(cells == count)
        #expect(batches > 1)
        // The day of the exchange is one of each of two meters.
        #expect(seen.count == 3 * 112 + 1)
    }

    @Test func `the doubled hour is told apart by order`() throws {
        let labels = ["01:45", "02:00", "02:15", "02:30", "02:45", "02:00", "02:15"]
        let rows = labels.map { "B1,2026-10-25 \($0),1\n" }.joined()
        let found = try landed("meter_id,timestamp,kwh\n" + rows, try SmallNetwork.context())
        // By the fixed storage offset of one hour the first 02:00 is 01:00.
        #expect(
            found.cells.map { $0.split(separator: " ")[2] } == [
                "2026-10-25+105/15", "2026-10-25+120/15", "2026-10-25+135/15", "2026-10-25+45/15",
                "2026-10-25+60/15", "2026-10-25+75/15", "2026-10-25+90/15",
            ])
    }

    @Test func `only the lines asked for give anything`() throws {
        let text = """
            meter_id,timestamp,kwh
            M1,2026-01-01 00:00,1
            X9,2026-01-01 00:00,1
            M1,2026-01-01 00:15,2
            X9,2026-01-01 00:15,1
            """
        let found = try landed(text, try SmallNetwork.context(), onlyLines: [4, 5])
        #expect(found.cells == ["1 1.8.0 2026-01-01+15/15 2 1 A 0"])
        #expect(found.rejections == ["@5 unknown-meter ×1"])
        #expect(found.readings == 2)
    }

    @Test func `a summary names hash, format and sizes`() throws {
        let text = "\u{FEFF}meter_id,timestamp,kwh\r\nM1,2026-01-01 00:00,1\r\n"
        let packed = gzip(Array(text.utf8))
        let (found, summary) = try ingest(
            try folder.write("a.csv.gz", bytes: packed), try SmallNetwork.context())
        #expect(found.cells.count == 1)
        #expect(summary.format == "interval-long")
        #expect(summary.multiplierApplied == false)
        #expect(summary.deliveredBytes == Int64(packed.count))
        #expect(summary.inflatedBytes == Int64(text.utf8.count))
        #expect(summary.sha256.utf8.count == 64)
        #expect(!summary.changedWhileRead)
    }

    @Test(arguments: [1, 2, 1_000_000])
    func `the size of batches changes nothing`(budget: Int) throws {
        var text = "meter_id,timestamp,kwh\n"
        for slot in 0..<96 * 40 {
            let start = Instant(seconds: SmallNetwork.newYear + Int64(slot) * 900)
            text += "M1,\(start.iso(offset: 28_800)),\(slot).\(slot % 7)\n"
        }
        let context = try SmallNetwork.context()
        let path = try folder.write("file", text)
        let (found, _) = try ingest(path, context, budget: budget)
        #expect(found == (try ingestCellByCell(Array(text.utf8), context)))
        #expect(found.cells.count == 96 * 40)
    }

    @Test func `refused rows fill a batch too`() throws {
        let rows = String(repeating: "X9,2026-01-01 00:00,1\n", count: 30_000)
        let path = try folder.write("file", "meter_id,timestamp,kwh\n" + rows)
        var file = try FileIngest(path: path, context: try SmallNetwork.context())
        var batch = ReadingBatch()
        var rejections: [ReadingRejection] = []
        // 30 000 rows are more than two windows of lines.
        #expect(try file.next(into: &batch, rejections: &rejections, cellBudget: 100))
        #expect((100..<30_000).contains(rejections.count))
    }

    @Test(arguments: [
        ("", RejectionCode.emptyFile), ("hello\n", .unknownFormat), ("\n\n", .unknownFormat),
    ])
    func `a file that is no reading file is refused whole`(text: String, code: RejectionCode)
        throws
    {
        let path = try folder.write("file", text)
        let context = try SmallNetwork.context()
        let quarantine = #expect(throws: FileQuarantine.self) {
            _ = try ingest(path, context)
        }
        #expect(quarantine?.code == code)
        #expect(quarantine?.deliveredBytes == Int64(text.utf8.count))
        #expect(quarantine?.sha256.utf8.count == 64)
        if text == "hello\n" { #expect(quarantine?.detail == "hello\n") }
    }

    @Test func `damaged compression refuses the file after its last window`() throws {
        var packed = gzip(Array("meter_id,timestamp,kwh\nM1,2026-01-01 00:00,1\n".utf8))
        packed[packed.count - 6] ^= 1
        let path = try folder.write("file", bytes: packed)
        let context = try SmallNetwork.context()
        let quarantine = #expect(throws: FileQuarantine.self) { _ = try ingest(path, context) }
        #expect(quarantine?.code == .corruptCompression)
    }

    @Test func `a line that is too long is refused and the file goes on`() throws {
        let long = String(repeating: "9", count: 70_000)
        let text = "meter_id,timestamp,kwh\n\(long)\nM1,2026-01-01 00:00,1\n"
        let (found, _) = try ingest(try folder.write("file", text), try SmallNetwork.context())
        #expect(found.cells.count == 1)
        #expect(found.rejections == ["@2 line-too-long ×1"])
        #expect(found.readings == found.heldReadings)
    }
}
