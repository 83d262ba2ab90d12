// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Quantities
import Testing

@testable import MeterIngest

/// Joined files: a header further down that is not the first one again.
@Suite struct HeaderWatchTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static let long = "meter_id,timestamp,kwh,quality\nM1,2026-01-01 00:00,1,A\n"
    private static let register =
        "meter_id,date,total,sharp,peak,flat,valley\nR1,2026-01-01,10,1,2,3,4\n"
    /// A profile that only the generic engine reads: quoted, and in GB 18030.
    private static let quoted = """
        name: quoted
        shape: long
        label: start
        kind: interval_energy
        encoding: gb18030
        quotes: double
        columns: {meter: "户号", timestamp: "时间", value: "电量"}
        unit: kWh
        clock: "+08:00"
        multiplier: not_applied
        """

    private static func context() throws -> IngestContext {
        let own = try DelimitedProfile(yaml: quoted, file: "quoted.yaml")
        return try SmallNetwork.context(ProfileSet(own: [own]))
    }

    /// 户号, 时间 and 电量 in GB 18030.
    private static let (house, time, energy): ([UInt8], [UInt8], [UInt8]) = (
        [0xBB, 0xA7, 0xBA, 0xC5], [0xCA, 0xB1, 0xBC, 0xE4], [0xB5, 0xE7, 0xC1, 0xBF]
    )

    private static func line(_ cells: [[UInt8]]) -> [UInt8] {
        Array(cells.map { [0x22] + $0 + [0x22] }.joined(separator: [0x2C])) + [0x0A]
    }

    @Test(arguments: [
        // Another unit, other columns, another order, another format, a unit that is none of ours.
        long + "meter_id,timestamp,wh,quality\nM1,2026-01-01 00:15,1500,A\n",
        long + "meter_id,timestamp,kvarh,quality\nM1,2026-01-01 00:15,1,A\n",
        long + "meter_id,timestamp,kwh,quality,channel\nM1,2026-01-01 00:15,1,A,2.8.0\n",
        long + "area,timestamp,kwh,meter_id\nM2,2026-01-01 00:30,1,M1\n",
        long + "\u{FEFF}METER_ID,Timestamp,Wh,quality\r\nM1,2026-01-01 00:15,1500,A\r\n",
        long + "meter_id,timestamp,kilos,quality\nM1,2026-01-01 00:15,1500,A\n",
        long + register,
        register + "meter_id,date,total,valley,flat,peak,sharp\nR1,2026-01-02,10,4,3,2,1\n",
        register + long,
    ])
    func `another header refuses the file, and names its line`(text: String) throws {
        let path = try folder.write("file", text)
        let context = try Self.context()
        let quarantine = #expect(throws: FileQuarantine.self) { _ = try ingest(path, context) }
        let detail = "line 3: another header: deliver the parts as files of their own"
        #expect(quarantine?.code == .unknownFormat)
        #expect(quarantine?.detail == detail)
        #expect(quarantine?.sha256.utf8.count == 64)
        let found = FileInspector(profiles: .builtIn).inspect(path: path)
        #expect(found.rejections.map(\.found) == [detail])
    }

    @Test(arguments: [
        "meter_id,timestamp,wh,quality\n", "meter_id,timestamp,kwh,quality\n",
        "\"meter_id\",\"timestamp\",\"wh\",\"quality\"\n",
    ])
    func `a header behind a part that ends without a newline is seen`(header: String) throws {
        let text = String(Self.long.dropLast()) + header + "M1,2026-01-01 00:15,1500,A\n"
        let path = try folder.write("file", text)
        let context = try Self.context()
        let quarantine = #expect(throws: FileQuarantine.self) { _ = try ingest(path, context) }
        #expect(quarantine?.detail.hasPrefix("line 2: another header") == true)
    }

    @Test func `a header in GB 18030 and quotes is known too`() throws {
        let first = Self.line([Self.house, Self.time, Self.energy])
        let row = Self.line(["M1", "2026-01-01 00:00", "1"].map { Array($0.utf8) })
        let other = Self.line([Self.house, Self.energy, Self.time])
        let context = try Self.context()
        let again = try folder.write("again", bytes: first + row + first + row)
        #expect(try ingest(again, context).landed.cells.count == 2)
        for joined in [first + row + other + row, Array(Self.long.utf8) + other + row] {
            let path = try folder.write("joined", bytes: joined)
            let quarantine = #expect(throws: FileQuarantine.self) { _ = try ingest(path, context) }
            #expect(quarantine?.detail.hasPrefix("line 3: another header") == true)
        }
    }

    @Test func `the same header again, or rows that are none, cost themselves only`() throws {
        let text = """
            meter_id,timestamp,kwh,quality
            M1,2026-01-01 00:00,1,A
            meter_id,timestamp,kwh,quality
            Meter_ID,timestamp,kWh,quality
            meter_id,2026-01-01 00:15,1,A
            timestamp,later,1,A
            M1,2026-01-01 00:15,1,A
            """
        let (found, _) = try ingest(try folder.write("file", text), try Self.context())
        #expect(found.cells.count == 2)
        #expect(
            found.rejections == [
                "@4 unknown-meter ×1", "@5 unknown-meter ×1", "@6 unknown-meter ×1",
            ])
    }
}
