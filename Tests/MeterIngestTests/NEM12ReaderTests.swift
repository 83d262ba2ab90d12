// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Testing

@testable import MeterIngest

@Suite struct NEM12ReaderTests {
    private static let header = "100,NEM12,202601010000,MDP,RET\n"
    private static let half = "200,NMI1,E1Q1,1,E1,N1,SN,kWh,30,20260201\n"
    private static let times = "20260102000000,20260102010000"
    /// 48 values, `values[0]` first, then zeros.
    private static func row(_ values: [String] = [], count: Int = 48, tail: String? = nil) -> String
    {
        let cells = values + Array(repeating: "0", count: count - values.count)
        return "300,20260101,\(cells.joined(separator: ",")),\(tail ?? "A,,,\(times)")\n"
    }

    private static func file(_ records: String...) -> String {
        header + records.joined() + "900\n"
    }

    /// The codes with their readings and lines, and how many cells were read.
    private func digest(_ text: String, strict: Bool = false) throws -> [String] {
        let found = try outcomes(text, strict: strict)
        let cells = found.count { $0.cell != nil }
        return (cells > 0 ? ["\(cells) cells"] : [])
            + found.filter { $0.cell == nil }.map(\.summary)
    }

    @Test func `values are labelled at the end of their interval by market time`() throws {
        let found = try outcomes(Self.file(Self.half, Self.row(["1.25", "2"])))
        #expect(found.count == 48)
        #expect(found[0].summary == "NMI1 E1 2026-01-01T00:30:00+10:00 1.25 A")
        #expect(found[47].summary == "NMI1 E1 2026-01-02T00:00:00+10:00 0 A")
        let cell = try #require(found[1].cell)
        #expect(cell.label == .end)
        #expect(cell.intervalMinutes == 30)
        #expect(cell.channel == Channel(.activeImport, .interval, register: "E1"))
        // 2026-01-02T00:00:00 by the sender's clock: 20 455 days after 1970-01-01.
        #expect(cell.version == 20_455 * 86_400)
        #expect(cell.place.line == 3)
        #expect(
            cell.place.byte == Int64((Self.header + Self.half + "300,20260101,1.25,").utf8.count))
    }

    @Test(arguments: [
        ("E1", "kWh", ObisCode(1, 8, 0)), ("B1", "KWH", ObisCode(2, 8, 0)),
        ("Q2", "kVArh", ObisCode(3, 8, 0)), ("K1", "KVARH", ObisCode(4, 8, 0)),
    ])
    func `a suffix says what is measured`(suffix: String, unit: String, obis: ObisCode) throws {
        let stream = "200,NMI1,\(suffix),1,\(suffix),N1,SN,\(unit),30,\n"
        let cell = try #require(try outcomes(Self.file(stream, Self.row())).first?.cell)
        #expect(cell.channel == Channel(obis, .interval, register: suffix))
        #expect(cell.unit == (obis.c < 3 ? .kilowattHours : .kilovarHours))
    }

    @Test(arguments: [
        // What senders get wrong without harm: all 48 cells are read.
        half + row() + "900\n",
        "\n" + header + half + row() + "900\n",
        header + half + row(),
        header + "200,NMI1,E1Q1,1,E1,N1,SN,kWh,30\n" + row() + "900\n",
        header + half + row(tail: "A,,,20260102000000") + "900\n",
        header + half + row(tail: "A") + "900\n",
        "100,NEM12,202601010000,MDP,RET,,,,,,\n" + "200,NMI1,E1Q1,1,E1,N1,SN,kWh,30,,,,,\n"
            + row(tail: "A,,,\(times),,,,,,") + "900,,,,,,\n",
        header + half + row(Array(repeating: "", count: 48)) + "900\n",
        header + half + row(tail: "N,,,\(times)") + "900\n",
        header + half + row() + "500,S,RETNSRVCEORD1,20260102120000,001123.5\n900\n",
        header + half + row() + "400,1,48,A,,\n900\n",
        header + "200,NMI1,B1,1,E1,N1,SN,kWh,30,\n" + row() + "900\n",
        header + half + row(tail: "S14") + "900\n",
        header + half + row(["-1.5"]) + "900\n",
        header + half + row(tail: "A,,,,") + "900\n",
        header + "900\n" + header + half + row() + "900\n",
    ])
    func `what real senders get wrong without harm is accepted`(text: String) throws {
        #expect(try digest(text) == ["48 cells"])
    }

    @Test(arguments: [
        // What strict reading rejects of the same, by code and line.
        (half + row() + "900\n", ["record-order ×48 @2"]),
        (header + half + row(), ["48 cells", "record-order ×1 @3"]),
        (header + "200,NMI1,E1Q1,1,E1,N1,SN,kWh,30\n" + row() + "900\n", ["column-count ×48 @3"]),
        (header + half + row(tail: "A,,,20260102000000") + "900\n", ["column-count ×48 @3"]),
        (header + half + row(Array(repeating: "", count: 48)) + "900\n", ["bad-number ×48 @3"]),
        (header + half + row() + "400,1,48,A,,\n900\n", ["quality-rows ×48 @3"]),
        (header + "200,NMI1,B1,1,E1,N1,SN,kWh,30,\n" + row() + "900\n", ["bad-channel ×48 @3"]),
        (header + half + row(tail: "S14,,,\(times)") + "900\n", ["bad-quality ×48 @3"]),
        (header + half + row(tail: "E52,32,,\(times)") + "900\n", ["bad-quality ×48 @3"]),
        (header + half + row(["-1.5"]) + "900\n", ["bad-number ×48 @3"]),
        (header + half + row(tail: "A,,,,") + "900\n", ["bad-time ×48 @3"]),
        (header + half + row() + "900\n" + half + row(), ["48 cells", "record-order ×48 @6"]),
        (header + half + row() + "900\n", ["48 cells"]),
        (header + half + row(tail: "F14,32,,\(times)") + "900\n", ["48 cells"]),
        (header + half + row(tail: "N,,,,") + "900\n", ["48 cells"]),
    ])
    func `strict reading rejects them with a code`(text: String, found: [String]) throws {
        #expect(try digest(text, strict: true) == found)
    }

    @Test(arguments: [
        // 15 minutes announced and 48 values, 30 announced and 96 or 288, and the reverse.
        (header + half.replacing(",30,", with: ",15,") + row(), ["column-count ×48 @3"]),
        (header + half + row(count: 96), ["column-count ×96 @3"]),
        (header + half + row(count: 288), ["column-count ×288 @3"]),
        (header + half.replacing(",30,", with: ",5,") + row(count: 96), ["column-count ×96 @3"]),
        // Only date and V; a row broken over two lines; a row before any stream.
        (header + half + "300,20260101,V\n", ["column-count ×1 @3"]),
        (
            header + half + "300,20260101,1,2,3\n,4,5,A\n",
            ["column-count ×3 @3", "unknown-record ×1 @4"]
        ),
        (header + row(), ["record-order ×48 @2"]),
        // One bad cell costs the row.
        (header + half + row(["1", "x"]), ["bad-number ×48 @3"]),
        (header + half + row().replacing("20260101", with: "20260132"), ["bad-time ×48 @3"]),
        (header + half + row(["x"], tail: "N,,,"), ["bad-number ×48 @3"]),
        (header + half + row(tail: "A,,,2026010200,"), ["bad-time ×48 @3"]),
        (header + half + row(tail: "X,,,"), ["bad-quality ×48 @3"]),
        (header + half + row(tail: "A1,,,"), ["bad-quality ×48 @3"]),
        (header + half + row(tail: "A,1000,,"), ["bad-quality ×48 @3"]),
        // Streams that are no energy, not ours to count, or of another length.
        (header + half.replacing("kWh", with: "kW") + row(), ["wrong-unit ×48 @3"]),
        (header + half.replacing("kWh", with: "V") + row(), ["wrong-unit ×48 @3"]),
        (header + half.replacing("kWh", with: "kVArh") + row(), ["wrong-unit ×48 @3"]),
        (header + half.replacing(",E1,", with: ",T1,") + row(), ["bad-channel ×48 @3"]),
        (
            header + half.replacing(",30,", with: ",20,") + row(count: 72),
            ["wrong-interval-length ×72 @3"]
        ),
        (header + "200,NMI1,E1\n" + row(), ["column-count ×1 @2", "record-order ×48 @3"]),
        (header + half.replacing("kWh", with: "kilos") + row(), ["bad-unit ×48 @3"]),
        // 400 records that do not tile the day, or carry what they may not.
        (header + half + row(tail: "V,,,"), ["quality-rows ×48 @3"]),
        (
            header + half + row(tail: "V,,,") + "400,1,20,A,,\n400,22,48,S14,32,\n",
            ["quality-rows ×48 @3"]
        ),
        (
            header + half + row(tail: "V,,,") + "400,1,20,A,,\n400,20,48,S14,32,\n",
            ["quality-rows ×48 @3"]
        ),
        (
            header + half + row(tail: "V,,,") + "400,21,48,A,,\n400,1,20,A,,\n",
            ["quality-rows ×48 @3"]
        ),
        (header + half + row(tail: "V,,,") + "400,1,49,A,,\n", ["quality-rows ×48 @3"]),
        (header + half + row(tail: "V,,,") + "400,1,48,V,,\n", ["quality-rows ×48 @3"]),
        (header + half + row(tail: "V,,,") + "400,1,48,X,,\n", ["quality-rows ×48 @3"]),
        (header + half + row() + "400,40,49,S14,32,\n", ["quality-rows ×48 @3"]),
        // Lines that are no records.
        (header + half + "400,1,48,A,,\n" + row(), ["48 cells", "record-order ×1 @3"]),
        (header + half + "<html>\n" + row(), ["48 cells", "unknown-record ×1 @3"]),
        (header + half + "3\u{0}0,1\n" + row(), ["48 cells", "bad-text ×1 @3"]),
    ])
    func `what would change the sums is rejected`(text: String, found: [String]) throws {
        #expect(try digest(text) == found)
        #expect(try digest(text + "900\n") == found)
    }

    @Test func `400 records give each interval its quality`() throws {
        let text = Self.file(
            Self.half, Self.row(["1", "2", "3"], tail: "V,,,\(Self.times)"),
            "400,1,1,S14,32,meter fault\n", "400,2,2,N,,\n", "400,3,48,A,,\n")
        let cells = try outcomes(text).compactMap(\.cell)
        #expect(cells.count == 48)
        #expect(cells[0].quality == Quality(letter: UInt8(ascii: "S"), method: 14, reason: 32))
        #expect(cells[0].senderQuality == "S14")
        #expect(cells[1].value == nil)
        #expect(cells[1].quality == .missing)
        #expect(cells[1].senderQuality == "N")
        #expect(cells[2].quality == .actual)
        #expect(cells[2].value == 3)
    }

    @Test func `400 records behind another quality change what they name`() throws {
        let text = Self.file(Self.half, Self.row(["1", "2", "3"]), "400,2,2,S14,32,\n")
        let cells = try outcomes(text).compactMap(\.cell)
        #expect(cells.prefix(3).map(\.senderQuality) == ["A", "S14", "A"])
        #expect(cells[1].quality.qualityClass == .estimated)
    }

    @Test func `absent cells are cells`() throws {
        let found = try outcomes(Self.file(Self.half, Self.row(["", "2"])))
        #expect(found[0].summary == "NMI1 E1 2026-01-01T00:30:00+10:00 - A")
        #expect(found[0].cell?.quality == .missing)
        let missing = try outcomes(Self.file(Self.half, Self.row(["1"], tail: "N,,,")))
        #expect(missing.allSatisfy { $0.cell?.value == nil && $0.cell?.quality == .missing })
    }
}
