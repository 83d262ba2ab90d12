// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Testing

@testable import MeterIngest

/// Shapes other than the long one, from the file to the batch.
@Suite struct ShapeIngestTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// The same outcome by the fast path and cell by cell.
    private func landed(
        _ text: String, _ context: IngestContext, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Landed {
        let (fast, _) = try ingest(try folder.write("file", text), context)
        let slow = try ingestCellByCell(Array(text.utf8), context)
        #expect(fast == slow, sourceLocation: sourceLocation)
        #expect(fast.readings == fast.heldReadings, sourceLocation: sourceLocation)
        return fast
    }

    @Test func `daily registers land at the midnight that ends their date`() throws {
        let text = """
            meter_id,date,total,sharp,peak,flat,valley
            R1,2026-01-01,10.05,1,2,,
            X9,2026-01-01,10,1,2,3,4
            R1,2026-01-40,10,1,2,3,4
            R1,2026-01-02,x,1,2,3,4
            R1,2026-01-02,10,1,2,3
            R1,2031-01-02,10,1,2,3,4
            M1,2025-12-30,1,1,1,1,1
            """
        let found = try landed(text, try SmallNetwork.context())
        // Midnight in Beijing is 16:00 by UTC. Unit 1 is kWh; missing values are 0 with N.
        #expect(
            found.cells == [
                "5 1.8.0 2026-01-01T16:00:00Z 10.05 1 A 0", "5 1.8.1 2026-01-01T16:00:00Z 1 1 A 0",
                "5 1.8.1 2026-01-02T16:00:00Z 1 1 A 0", "5 1.8.2 2026-01-01T16:00:00Z 2 1 A 0",
                "5 1.8.2 2026-01-02T16:00:00Z 2 1 A 0", "5 1.8.3 2026-01-01T16:00:00Z 0 1 N 0",
                "5 1.8.3 2026-01-02T16:00:00Z 3 1 A 0", "5 1.8.4 2026-01-01T16:00:00Z 0 1 N 0",
                "5 1.8.4 2026-01-02T16:00:00Z 4 1 A 0",
            ])
        #expect(
            found.rejections == [
                "@3 unknown-meter ×5", "@4 bad-time ×5", "@5 bad-number ×1", "@6 column-count ×4",
                "@7 future-time ×5", "@8 outside-installation ×5",
            ])
    }

    @Test func `the day before a meter begins gives its opening registers`() throws {
        let text = """
            meter_id,date,total,sharp,peak,flat,valley
            M1,2025-12-31,1,1,1,1,1
            """
        let found = try landed(text, try SmallNetwork.context())
        #expect(found.cells.first == "1 1.8.0 2025-12-31T16:00:00Z 1 1 A 0")
    }

    @Test func `columns after a change of the clock are ambiguous`() throws {
        // Berlin skips 02:00 to 03:00 on 2026-03-29: eight quarters are certain.
        let text =
            Self.header(96)
            + Self.row("B1", ["1"], of: 96).replacing("2026-01-01", with: "2026-03-29")
        let found = try landed(
            text, try SmallNetwork.context(Self.wide("interval_energy", 96)))
        #expect(found.cells.count == 8)
        #expect(found.rejections == ["@2 ambiguous-time ×88"])
    }

    @Test func `the last day of a meter is that meter's`() throws {
        let text = """
            meter_id,date,total,sharp,peak,flat,valley
            SP,2026-01-02,1,1,1,1,1
            SP,2026-01-03,2,2,2,2,2
            """
        let found = try landed(text, try SmallNetwork.context())
        // Meter 3 was there until the midnight at which its last day is frozen.
        #expect(
            found.cells.map { $0.prefix(1) } == Array(repeating: "3", count: 5)
                + Array(repeating: "4", count: 5))
    }

    private static func wide(_ kind: String, _ count: Int, _ labels: String = "label: start") throws
        -> ProfileSet
    {
        try profiles(
            """
            name: wide
            shape: wide
            kind: \(kind)
            columns:
              meter: id
              timestamp: day
              values: {prefix: P, count: \(count)}
              quality: q?
            unit: \(kind == "mean_power" ? "kW" : "kWh")
            multiplier: not_applied
            \(labels)
            """)
    }

    private static func header(_ count: Int) -> String {
        "id,day," + (1...count).map { "P\($0)" }.joined(separator: ",") + "\n"
    }

    private static func row(_ id: String, _ values: [String], of count: Int) -> String {
        let cells = values + Array(repeating: "0", count: count - values.count)
        return "\(id),2026-01-01,\(cells.joined(separator: ","))\n"
    }

    @Test func `a wide line fills the day's slots`() throws {
        let text = Self.header(96) + Self.row("M1", ["0.5", "", "x", "7"], of: 96)
        let found = try landed(
            text, try SmallNetwork.context(Self.wide("interval_energy", 96)))
        #expect(found.cells.count == 95)
        #expect(found.cells.contains("1 1.8.0 2026-01-01+0/15 0.5 1 A 0"))
        #expect(found.cells.contains("1 1.8.0 2026-01-01+15/15 0 1 N 0"))
        #expect(found.cells.contains("1 1.8.0 2026-01-01+45/15 7 1 A 0"))
        #expect(found.cells.contains("1 1.8.0 2026-01-01+1425/15 0 1 A 0"))
        #expect(found.rejections == ["@2 bad-number ×1"])
    }

    @Test(arguments: [
        // Id, columns, the code of all of them.
        ("X9", 96, "unknown-meter"), ("M2", 96, "wrong-interval-length"),
        ("M1", 24, "wrong-interval-length"),
    ])
    func `a wide line that fits no meter is refused whole`(id: String, count: Int, code: String)
        throws
    {
        let text = Self.header(count) + Self.row(id, [], of: count)
        let found = try landed(
            text, try SmallNetwork.context(Self.wide("interval_energy", count)))
        #expect(found.cells.isEmpty)
        #expect(found.rejections == ["@2 \(code) ×\(count)"])
    }

    @Test func `a meter without a length takes the file's`() throws {
        let text = Self.header(24) + Self.row("R1", ["7"], of: 24)
        let found = try landed(
            text, try SmallNetwork.context(Self.wide("interval_energy", 24)))
        #expect(found.cells.contains("5 1.8.0 2026-01-01+0/60 7 1 A 0"))
        #expect(found.cells.count == 24)
    }

    @Test func `mean power becomes the energy of its interval`() throws {
        let text = Self.header(96) + Self.row("M1", ["1.3", "-2"], of: 96)
        let found = try landed(text, try SmallNetwork.context(Self.wide("mean_power", 96)))
        // 1.3 kW over a quarter of an hour are 0.325 kWh.
        #expect(found.cells.contains("1 1.8.0 2026-01-01+0/15 0.325 1 A 0"))
        #expect(found.cells.contains("1 1.8.0 2026-01-01+15/15 -0.5 1 A 0"))
    }

    @Test func `a label at the end puts a wide line into the same slots`() throws {
        let text = Self.header(96) + Self.row("M1", ["1"], of: 96)
        let found = try landed(
            text, try SmallNetwork.context(Self.wide("interval_energy", 96, "label: end")))
        #expect(found.cells.contains("1 1.8.0 2026-01-01+0/15 1 1 A 0"))
        // Labelled 00:00 at its end, the first column is the last quarter of the day before.
        let before = try landed(
            text,
            try SmallNetwork.context(
                Self.wide("interval_energy", 96, "label: end\nfirst_label: \"00:00\"")))
        #expect(before.rejections == ["@2 outside-installation ×1"])
        #expect(before.cells.count == 95)
    }

    @Test func `NEM12 rows land at market time and keep their version`() throws {
        let values = ["1.5"] + Array(repeating: "0", count: 47)
        let text = """
            100,NEM12,202601010000,MDP,RET
            200,NMI1,E1B1,1,E1,N1,SN,kWh,30,
            300,20260101,\(values.joined(separator: ",")),A,,,20260102000000,
            200,X9,E1B1,1,B1,N1,SN,kWh,30,
            300,20260101,\(values.joined(separator: ",")),A,,,20260102000000,
            200,NMI1,E1B1,1,B1,N1,SN,kWh,15,
            300,20260101,\((values + values).joined(separator: ",")),A,,,20260102000000,
            900
            """
        let found = try landed(text, try SmallNetwork.context())
        #expect(found.cells.count == 48)
        // 20 455 days of 86 400 seconds.
        #expect(found.cells.contains("7 1.8.0:E1 2026-01-01+0/30 1.5 1 A 1767312000"))
        #expect(
            found.rejections == ["@5 unknown-meter ×48", "@7 wrong-interval-length ×96"])
        let (_, summary) = try ingest(folder.path + "/file", try SmallNetwork.context())
        #expect(summary.format == "nem12")
        #expect(summary.multiplierApplied)
    }

    @Test func `strict reading of NEM12 is for the context to say`() throws {
        let text =
            "200,NMI1,E1,1,E1,N1,SN,kWh,30,\n300,20260101,"
            + Array(repeating: "1", count: 48).joined(separator: ",") + ",A,,,,\n900\n"
        #expect(try landed(text, try SmallNetwork.context()).cells.count == 48)
        let strict = try landed(text, try SmallNetwork.context(strict: true))
        #expect(strict.rejections == ["@2 record-order ×48"])
    }

    @Test func `mean power of long rows takes the meter's length`() throws {
        let set = try profiles(
            """
            name: power-long
            shape: long
            kind: mean_power
            columns: {meter: id, timestamp: at, value: kw}
            unit: kW
            label: end
            multiplier: applied
            """)
        let text = "id,at,kw\nM1,2026-01-01 00:15,3\nM2,2026-01-01 00:30,3\nR1,2026-01-01 01:00,3\n"
        let found = try landed(text, try SmallNetwork.context(set))
        #expect(
            found.cells == [
                "1 1.8.0 2026-01-01+0/15 0.75 1 A 0", "2 1.8.0 2026-01-01+0/30 1.5 1 A 0",
            ])
        #expect(found.rejections == ["@4 wrong-interval-length ×1"])
    }
}
