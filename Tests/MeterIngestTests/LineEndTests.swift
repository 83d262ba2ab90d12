// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Testing

@testable import MeterIngest

/// Lines that end in a carriage return alone: none of their records may be lost without a word.
@Suite struct LineEndTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static let values = Array(repeating: "1", count: 48).joined(separator: ",")
    private static let stream = "200,NMI1,E1,1,E1,N1,SN,kWh,30,"
    private static let row = "300,20260101,\(values),A,,,20260102000000,"

    @Test(arguments: [
        "meter_id,timestamp,kwh\rM1,2026-01-01 00:00,1\r",
        "meter_id,timestamp,kwh\r\r\nM1,2026-01-01 00:00,1\r\r\n",
        "100,NEM12,202601010000,A,B\r\(stream)\r\(row)\r900\r",
    ])
    func `a first line with a carriage return inside refuses the file`(text: String) throws {
        let path = try folder.write("file", text)
        let context = try SmallNetwork.context()
        let quarantine = #expect(throws: FileQuarantine.self) { _ = try ingest(path, context) }
        #expect(quarantine?.code == .unknownFormat)
        #expect(quarantine?.detail.hasPrefix("a carriage return inside the first line") == true)
    }

    @Test func `a compressed file within a compressed one is told as that`() throws {
        let start = Array("PK\u{3}\u{4}\u{14}\r\n".utf8)
        #expect(ReadingFormat.beginning(of: start[...]).hasPrefix("a compressed file within"))
        #expect(ReadingFormat.beginning(of: [0x1F, 0x8B, 8, 0][...]).hasPrefix("a compressed"))
    }

    @Test(arguments: [
        // What the lines come to, and how many cells are taken.
        (["100,NEM12,1,A,B\r\(stream)\r\(row)\r900"], ["@1 bad-text ×1"], 0),
        ([stream, row, "500,O,S1\r\(row)", row], ["@3 bad-text ×1"], 96),
        (
            [stream, row, "900\r\(stream)\r\(row)", row],
            ["@3 bad-text ×1", "@4 record-order ×48"], 48
        ),
        ([stream, row, "\(stream)\r\(row)", row], ["@3 bad-text ×1", "@4 record-order ×48"], 48),
        ([stream, row + "\r", "900\0"], ["@2 bad-text ×48", "@3 bad-text ×1"], 0),
        ([stream, row, "400,1,48,A,,\r\(row)"], ["@2 quality-rows ×48", "@3 bad-text ×1"], 0),
    ])
    func `a NEM12 record with another behind a carriage return is refused`(
        lines: [String], rejections: [String], cells: Int
    ) throws {
        // The first line tells the format.
        let text = ([Self.stream] + lines).joined(separator: "\r\n") + "\r\n"
        let expected = rejections.map { rejection in
            let parts = rejection.dropFirst().split(separator: " ", maxSplits: 1)
            return "@\((Int(parts[0]) ?? 0) + 1) \(parts[1])"
        }
        let context = try SmallNetwork.context()
        let (fast, _) = try ingest(try folder.write("file", text), context)
        #expect(fast.rejections == expected)
        #expect(fast.cells.count == cells)
        #expect(fast == (try ingestCellByCell(Array(text.utf8), context)))
    }
}
