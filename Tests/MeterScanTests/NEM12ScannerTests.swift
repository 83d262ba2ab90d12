// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Quantities
import Testing

extension NEM12Scanner: Scanner {}

@Suite struct NEM12ScannerTests {
    /// 2004-02-02T12:00+10:00, when the meter of `NMIEXCH001` is exchanged.
    static let exchange: Int64 = 1_075_687_200
    static let entries = [
        DirectoryEntry(
            id: "VABD000163", spans: [LongScannerTests.span(1, minutes: 30, offset: 36_000)]),
        // Adelaide: its storage day begins half an hour after the market's.
        DirectoryEntry(
            id: "SAAAAAA001", spans: [LongScannerTests.span(2, minutes: 0, offset: 34_200)]),
        DirectoryEntry(
            id: "NMIEXCH001",
            spans: [
                LongScannerTests.span(3, minutes: 30, offset: 36_000, to: exchange - 3600),
                LongScannerTests.span(4, minutes: 30, offset: 36_000, from: exchange),
            ]),
        DirectoryEntry(
            id: "FIVE000001", spans: [LongScannerTests.span(5, minutes: 5, offset: 36_000)]),
    ]

    static func scanner(
        _ layout: NEM12Layout = NEM12Layout(), onlyLines: Set<Int>? = nil
    ) -> NEM12Scanner {
        NEM12Scanner(
            layout: layout,
            index: MeterIndex(entries: entries, zones: LongScannerTests.zones),
            retrying: onlyLines.map { RetriedRejections(lines: $0) })
    }

    func scan(_ lines: [String]) -> ScanResult {
        ScanResult.scanning(Array(lines.joined(separator: "\r\n").utf8), with: Self.scanner())
    }

    static func values(_ count: Int = 48, _ value: String = "1.5") -> String {
        String(repeating: value + ",", count: count)
    }

    static let energy = "200,VABD000163,E1Q1,1,E1,N1,METSER123,kWh,30,"

    @Test func `a day of half-hours by market time becomes a strip`() {
        let result = scan([
            "100,NEM12,200402070911,MDA1,Ret1", Self.energy,
            "300,20040201,0.25,,\(Self.values(46, "2"))A,,,20040202120025,20040202142516", "900",
        ])
        // 2004-02-02T12:00:25 by the sender's clock.
        let version = 1_075_723_225
        #expect(result.rejections.isEmpty)
        #expect(result.cells.count == 48)
        #expect(
            result.cells[0]
                == "1 1.8.0:E1 2004-02-01 0/30min 0.25 kWh \(Quality.actual.packed) v\(version)")
        #expect(
            result.cells[1]
                == "1 1.8.0:E1 2004-02-01 1/30min absent kWh \(Quality.missing.packed) v\(version)")
    }

    @Test func `a row across storage days becomes two strips`() {
        let result = scan([
            "200,SAAAAAA001,E1,1,E1,N1,M,kWh,30", "300,20040201,7,\(Self.values(47))A",
        ])
        #expect(result.cells.count == 48)
        // Midnight by market time is 23:30 of the day before in Adelaide.
        #expect(result.cells[0].hasPrefix("2 1.8.0:E1 2004-01-31 47/30min 7 kWh"))
        #expect(result.cells.count { $0.contains("2004-02-01") } == 47)
    }

    @Test func `400 records tell the qualities of a V row, also in another window`() {
        let text = [
            Self.energy, "300,20040201,\(Self.values())V,,,20040202120025,",
            "400,1,20,A,,", "400,21,24,S14,32,", "400,25,48,N,,",
        ].joined(separator: "\n")
        for windowBytes in [1, 100_000] {
            let result = ScanResult.scanning(
                Array(text.utf8), with: Self.scanner(), windowBytes: windowBytes)
            let substituted = Quality(letter: 0x53, method: 14, reason: 32) ?? .none
            #expect(result.cells.count { $0.contains(" \(Quality.actual.packed) ") } == 20)
            #expect(result.cells.count { $0.contains(" \(substituted.packed) ") } == 4)
            #expect(result.cells.count { $0.contains(" absent ") } == 24)
        }
    }

    @Test(arguments: [
        (["400,1,20,A,,", "400,22,48,A,,"], "400,22,48,A,,"),
        (["400,1,20,A,,"], "V"),
        (["400,1,48,V,,"], "400,1,48,V,,"),
        (["400,1,49,A,,"], "400,1,49,A,,"),
        ([], "V"),
    ])
    func `400 records that do not tile the day cost the row`(details: [String], found: String) {
        let result = scan([Self.energy, "300,20040201,\(Self.values())V"] + details + ["900"])
        #expect(result.cells.isEmpty)
        #expect(result.rejections.count == 1)
        #expect(result.rejections.first?.contains("quality-rows ×48 1 «\(found)»") == true)
    }

    @Test(arguments: [
        ("300,20040201,x,\(values(47))A", "2@60 bad-number ×48 - «x»"),
        ("300,20040231,\(values())A", "2@51 bad-time ×48 - «20040231»"),
        ("300,20040201,\(values(48, "1"))Z", "2@156 bad-quality ×48 - «Z»"),
        ("300,20040201,\(values(48, "1"))A,,,2004", "2@160 bad-time ×48 - «2004»"),
        ("300,20040201,V", "2@47 column-count ×1 - «300,20040201,V»"),
        ("300,20040201,1,2,A", "2@47 column-count ×2 - «300,20040201,1,2,A»"),
        ("301,20040201,1", "2@47 unknown-record ×1 - «301,20040201,1»"),
        ("400,1,48,A,,", "2@47 record-order ×1 - «400,1,48,A,,»"),
    ])
    func `a record that cannot be accepted says why and where`(record: String, rejection: String) {
        let result = scan([Self.energy, record])
        #expect(result.rejections == [rejection])
        #expect(result.cells.isEmpty)
    }

    @Test(arguments: [
        ("200,NOBODY0001,E1,1,E1,N1,M,kWh,30,", "unknown-meter ×48 - «NOBODY0001»"),
        ("200,VABD000163,E1,1,E1,N1,M,kW,30,", "wrong-unit ×48 - «kW»"),
        ("200,VABD000163,E1,1,E1,N1,M,kVArh,30,", "wrong-unit ×48 - «kVArh»"),
        ("200,VABD000163,E1,1,E1,N1,M,furlong,30,", "bad-unit ×48 - «furlong»"),
        ("200,VABD000163,E1,1,A1,N1,M,kWh,30,", "bad-channel ×48 - «A1»"),
        ("200,VABD000163,E1,1,E1,N1,M,kWh,7,", "wrong-interval-length ×48 - «7»"),
        ("200,VABD000163,E1,1,E1,N1,M,kWh,15,", "column-count ×48 - «300,"),
        ("200,FIVE000001,E1,1,E1,N1,M,kWh,30,", "wrong-interval-length ×48 5 «20040201»"),
    ])
    func `a stream that cannot be settled costs each of its rows`(stream: String, rejection: String)
    {
        let result = scan([stream, "300,20040201,\(Self.values())A"])
        #expect(result.cells.isEmpty)
        #expect(result.rejections.count == 1)
        #expect(result.rejections.first?.contains(rejection) == true)
    }

    @Test func `rows before a stream or after the end have no place`() {
        let row = "300,20040201,\(Self.values())A"
        let result = scan([
            row, "", Self.energy, row, "900,,,,", row, "100,NEM12", Self.energy, row,
        ])
        #expect(result.cells.count == 96)
        #expect(result.rejections.count == 2)
        #expect(result.rejections.allSatisfy { $0.contains("record-order ×48") })
    }

    @Test func `careless senders are understood`() {
        let result = scan([
            Self.energy + ",,,,,,", "300,20040201,\(Self.values())A,,,,,,,,,,,",
            "500,O,RETNSRVCEORD1,20041215000000,001123.5", "300,20040202,\(Self.values())S14,",
        ])
        #expect(result.rejections.isEmpty)
        #expect(result.cells.count == 96)
    }

    @Test func `cells between two meters of an id are outside`() {
        let result = scan([
            "200,NMIEXCH001,E1,1,E1,N1,M,kWh,30,", "300,20040202,\(Self.values())A",
        ])
        // 12:00 is slot 24; the two half-hours before it have no meter.
        #expect(result.rejections == ["2@37 outside-installation ×2 - «20040202»"])
        #expect(result.cells.count { $0.hasPrefix("3 ") } == 22)
        #expect(result.cells.count { $0.hasPrefix("4 ") } == 24)
    }

    @Test func `asked for some lines, it reads those only`() {
        let row = "300,20040201,\(Self.values())V"
        let text = [Self.energy, row, "400,1,48,A,,", row, "400,1,48,E52,,", "nonsense"]
        let result = ScanResult.scanning(
            Array(text.joined(separator: "\n").utf8), with: Self.scanner(onlyLines: [4]))
        #expect(result.readings == 48)
        #expect(result.rejections.isEmpty)
    }

    @Test(arguments: 0..<24)
    func `any file is read as its slow twin reads it`(seed: Int) {
        for part in 0..<5 {
            let bytes = Self.file(seed: UInt64(seed * 100 + part))
            var layout = NEM12Layout()
            if part == 4 { layout.latestEnd = Self.exchange + 3600 }
            let expected = NEM12Reference(layout: layout, entries: Self.entries).scan(bytes)
            let scanner = Self.scanner(layout)
            let whole = ScanResult.scanning(bytes, with: scanner)
            #expect(whole.difference(expected).isEmpty)
            let window = 1 + (seed * 7 + part * 13) % 64
            let cut = ScanResult.scanning(bytes, with: scanner, windowBytes: window, emptyingAt: 40)
            #expect(cut.difference(expected).isEmpty)
        }
    }

    /// A file of some streams and days, good for the most part.
    static func file(seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed)
        func pick<T>(_ choices: [T]) -> T {
            choices[Int.random(in: 0..<choices.count, using: &random)]
        }
        let faults = pick([0, 5, 30])
        func isFault() -> Bool { Int.random(in: 0..<100, using: &random) < faults }
        var lines = ["100,NEM12,200402070911,MDA1,Ret1"]
        for _ in 0..<pick([1, 3, 6]) {
            let nmi = isFault() ? "NOBODY" : pick(entries).id
            let minutes = nmi == "FIVE000001" ? "5" : pick(["30", "30", "30", "15"])
            let (suffix, unit) = pick([
                ("E1", "kWh"), ("B1", "Wh"), ("Q1", "kVArh"), ("K2", "MVARH"),
            ])
            let other = isFault() ? pick(["kW", "kWh", "parsec", ""]) : unit
            lines.append("200,\(nmi),E1,1,\(suffix),N1,M,\(other),\(isFault() ? "60" : minutes)")
            for day in ["20040201", "20040202", "20040203"] {
                let count = 1440 / (Int(minutes) ?? 30) + (isFault() ? pick([-1, 1, 48]) : 0)
                let style = pick([["0.125"], ["1.5", "0", "12", ""], ["1234567.125", "0.5"]])
                var cells = (0..<count).map { _ in pick(style) }
                if isFault() {
                    cells[Int.random(in: 0..<count, using: &random)] = pick([
                        "x", "-1", "1..2", "999999999999999999", "0.000000001", " 1", "A",
                    ])
                }
                let quality =
                    isFault() ? pick(["", "Q", "S1", "N", "a", "V14"]) : pick(["A", "S14", "V"])
                let reason = isFault() ? pick(["x", "999", "77"]) : ""
                let version =
                    isFault() ? pick(["2004", "20040230000000"]) : pick(["", "20040204120000"])
                let date = isFault() ? pick(["20040230", "2004020", "", "200402011"]) : day
                let load = pick(["", ",", ",20040204130000", ",,,,", isFault() ? ",,x" : ""])
                lines.append(
                    "300,\(date),\(cells.joined(separator: ",")),\(quality),\(reason),,\(version)\(load)"
                )
                if quality == "V" || isFault() {
                    let split = Int.random(in: 1..<count, using: &random)
                    lines.append("400,1,\(split),\(pick(["A", "S14", "N"])),,")
                    if !isFault() {
                        lines.append("400,\(split + 1),\(count),\(pick(["F52", "A"])),7,")
                    }
                    if isFault() {
                        lines.append(pick(["400,1,2", "400,3,2,A", "400,1,2,V", "400"]))
                    }
                }
                if isFault() { lines.append(pick(["500,O,x", "900", "", "junk", "3000,1", "30"])) }
            }
        }
        lines.append("900")
        return Array(
            (lines.joined(separator: pick(["\n", "\r\n"])) + pick(["", "\n"])).utf8)
    }
}
