// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import MeterModel
import Quantities
import Testing

@testable import MeterIngest

@Suite struct InspectionTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func inspect(_ text: String, zone: TimeZoneTable? = nil) throws -> FileInspection {
        let path = try folder.write("file", text)
        return FileInspector(profiles: .builtIn, zone: zone).inspect(path: path)
    }

    private static let long = """
        meter_id,timestamp,kwh,quality
        M1,2026-01-01T00:15,0.1,A
        M1,2026-01-01T00:00,0.25,A
        M1,2026-01-01T01:00,,N
        M1,2026-01-01T00:30,x,A
        M2,2026-01-01T00:00,7,E

        """

    @Test func `a long file gives count, step, ends and exact sum`() throws {
        let found = try inspect(Self.long)
        #expect(found.format == "interval-long")
        #expect(found.readings == 5)
        #expect(found.bytes == Int64(Self.long.utf8.count))
        #expect(found.rejections.map(\.code) == [.badNumber])
        let first = try #require(found.series.first)
        #expect(first.meter == "M1")
        #expect(first.channel == "1.8.0")
        #expect(first.intervalMinutes == 15)
        #expect(first.count == 3)
        #expect(first.first == "2026-01-01T00:00:00")
        #expect(first.last == "2026-01-01T01:00:00")
        #expect(first.sum == Exact("0.35"))
        #expect(first.quality == ["A": 2, "N": 1])
        #expect(found.series.last?.intervalMinutes == nil)
    }

    @Test func `the interval divides all steps, also where slots are missing`() throws {
        let rows = ["00:00", "00:30", "01:15"].map { "M1,2026-01-01T\($0),1\n" }.joined()
        let found = try inspect("meter_id,timestamp,kwh\n" + rows)
        #expect(found.series.first?.intervalMinutes == 15)
    }

    @Test func `of very many rejections the first are listed and all counted`() throws {
        let most = FileInspection.mostRejections
        let lines = String(repeating: "x\n", count: most + 1)
        let found = try inspect("meter_id,timestamp,kwh\n" + lines)
        #expect(found.rejected == most + 1)
        #expect(found.rejections.count == most)
        #expect(found.rejections.last?.line == most + 1)
        #expect(found.table.hasSuffix("\n  … and 1 more\n"))
    }

    @Test func `a zone fixes the offset of local times`() throws {
        let zone = try TimeZoneTable.named("Asia/Shanghai")
        let found = try inspect(Self.long, zone: zone)
        #expect(found.series.first?.first == "2026-01-01T00:00:00+08:00")
    }

    @Test func `an offset in the file stands above the zone`() throws {
        let text = "meter_id,timestamp,wh\nM1,2026-01-01T00:00+06:00,7\n"
        let zone = try TimeZoneTable.named("Asia/Shanghai")
        #expect(try inspect(text, zone: zone).series.first?.first == "2026-01-01T00:00:00+06:00")
    }

    @Test func `a zone tells doubled and skipped hours`() throws {
        // Berlin: 2026-03-29 02:00 to 03:00 is skipped, 2026-10-25 02:00 to 03:00 is doubled.
        let text = """
            meter_id,timestamp,wh
            M1,2026-03-29T02:30,1
            M1,2026-10-25T02:30,1
            M1,2026-10-25T01:30,1
            M1,2026-10-25T02:00,1
            M1,2026-10-25T02:30,1
            M1,2026-10-25T02:00,1
            """
        let found = try inspect(text, zone: try TimeZoneTable.named("Europe/Berlin"))
        #expect(found.rejections.map(\.code) == [.nonexistentTime, .ambiguousTime])
        #expect(found.series.first?.count == 4)
        #expect(found.series.first?.last == "2026-10-25T02:00:00+01:00")
    }

    @Test func `registers have instants and no sum`() throws {
        let text = "meter_id,date,total,sharp,peak,flat,valley\nM1,2026-01-01,1,2,3,4,5\n"
        let found = try inspect(text)
        #expect(found.format == "register-daily")
        #expect(found.series.map(\.channel) == ["1.8.0", "1.8.1", "1.8.2", "1.8.3", "1.8.4"])
        let first = try #require(found.series.first)
        #expect(first.kind == .register)
        #expect(first.intervalMinutes == nil)
        #expect(first.sum == nil)
        #expect(first.first == "2026-01-02T00:00:00")
    }

    @Test func `NEM12 series begin at the start of their first interval`() throws {
        let values = Array(repeating: "1.111", count: 48).joined(separator: ",")
        let text = """
            100,NEM12,200405011135,MDA1,Ret1
            200,N1,E1,1,E1,N1,SN,kWh,30,
            300,20040201,\(values),S14,32,,20040202120025,
            900
            """
        let found = try inspect(text)
        let first = try #require(found.series.first)
        #expect(first.first == "2004-02-01T00:00:00+10:00")
        #expect(first.last == "2004-02-01T23:30:00+10:00")
        // 48 × 1.111
        #expect(first.sum == Exact("53.328"))
        #expect(first.quality == ["S14": 48])
    }

    @Test func `a file of no known format has its code and no format`() throws {
        for (text, code) in [("hello\n", RejectionCode.unknownFormat), ("", .emptyFile)] {
            let found = try inspect(text)
            #expect(found.format == nil)
            #expect(found.rejections.map(\.code) == [code])
        }
        let absent = FileInspector(profiles: .builtIn).inspect(path: folder.path + "/absent")
        #expect(absent.rejections.map(\.code) == [.unreadableFile])
    }

    @Test func `gzip and truncated gzip are told apart`() throws {
        let whole = gzip(Array(Self.long.utf8))
        let inspector = FileInspector(profiles: .builtIn)
        let good = inspector.inspect(path: try folder.write("good", bytes: whole))
        #expect(good.readings == 5)
        #expect(good.bytes == Int64(whole.count))
        let cut = inspector.inspect(
            path: try folder.write("cut", bytes: Array(whole.dropLast(9))))
        #expect(cut.format == nil)
        #expect(cut.rejections.map(\.code) == [.truncatedCompression])
    }

    @Test func `JSON has the promised keys and exact numbers`() throws {
        var found = try inspect("meter_id,timestamp,wh\nM\"1,2026-01-01T00:00Z,0.10\nM1,x,1\n")
        found.path = "a.csv"
        let expected = #"""
            {
              "files": [
                {"path": "a.csv", "format": "interval-long", "bytes": 56, "readings": 2, "rejections": [
                  {"line": 3, "byte": 52, "code": "bad-time", "found": "x"}
                ], "series": [
                  {"meter": "M\"1", "channel": "1.8.0", "obis": "1.8.0", "unit": "Wh", "kind": "interval", "interval_minutes": null, "count": 1, "first": "2026-01-01T00:00:00Z", "last": "2026-01-01T00:00:00Z", "sum": 0.1, "quality": {"A": 1}}
                ], "rejected": 1}
              ]
            }

            """#
        let lines = { (text: String) in
            text.split(separator: "\n").map { String($0).trimmingBlanks() }
        }
        #expect(lines(FileInspection.json([found])) == lines(expected))
    }

    @Test func `the table names file, series and rejections`() throws {
        let table = try inspect(Self.long).table
        #expect(table.contains("interval-long"))
        #expect(table.contains("M1     1.8.0    1.8.0  kWh"))
        #expect(table.contains("line 5: bad-number: x"))
    }

    @Test(
        .enabled(if: Samples.folder != nil),
        arguments: [
            ("Example_NEM12_actual_interval.csv", "VABD000163", "E1", "53.328", 48),
            ("Example_NEM12_actual_interval.csv", "VABD000163", "Q1", "106.656", 48),
            ("Example_NEM12_no_scheduled_read.csv", "NMI111", "E1", "5.84", 96),
            // Added up apart from us, with another language's decimals.
            ("NEM12-000000000000001-CNRGYMDP-NEMMCO.zip", "NEM1201002", "E1", "70457.85", 192),
            ("NEM12-000000000000001-CNRGYMDP-NEMMCO.zip", "NEM1201002", "E2", "38617.65", 192),
        ])
    func `files of other people add up`(
        name: String, meter: String, channel: String, sum: String, count: Int
    ) throws {
        let path = try #require(Samples.folder) + "/nem/" + name
        let found = FileInspector(profiles: .builtIn).inspect(path: path)
        #expect(found.format == "nem12")
        #expect(found.rejections.isEmpty)
        let series = try #require(
            found.series.first { $0.meter == meter && $0.channel == channel })
        #expect(series.count == count)
        #expect(series.sum == Exact(sum))
    }
}

/// The folder of files that other people wrote, where there is one.
enum Samples {
    static var folder: String? {
        let here = #filePath.split(separator: "/Tests/")[0]
        let beside = here.split(separator: "/").dropLast().joined(separator: "/")
        let named = ProcessInfo.processInfo.environment["TALLYWATT_SAMPLES"]
        let candidates = [named, "/\(beside)/shared/samples"].compactMap(\.self)
        return candidates.first { FileManager.default.fileExists(atPath: $0 + "/nem") }
    }
}
