// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Quantities
import Testing

@Suite struct LongScannerTests {
    /// Clocks forward on 2026-03-29 at 01:00Z, back on 2026-10-25 at 01:00Z.
    static let berlin = TimeZoneTable(
        name: "Europe/Berlin", transitions: [1_774_746_000, 1_792_890_000],
        offsets: [3600, 7200, 3600])
    static let zones = [TimeZoneTable(name: "Asia/Shanghai", fixedOffset: 28_800), berlin]

    static func span(
        _ meter: UInt32, minutes: UInt16 = 15, offset: Int32 = 28_800, zone: UInt16 = 0,
        from: Int64 = .min, to: Int64 = .max
    ) -> DirectorySpan {
        DirectorySpan(
            from: from, to: to, meter: meter, storageOffset: offset, intervalMinutes: minutes,
            zone: zone)
    }

    /// 2026-01-10T00:00+08:00, when the meter of service point `SP7` is exchanged.
    static let exchange: Int64 = 1_767_974_400
    static let entries = [
        DirectoryEntry(id: "M1", spans: [span(1)]),
        DirectoryEntry(id: "METER00002", spans: [span(2)]),
        DirectoryEntry(id: "B3", spans: [span(3, offset: 3600, zone: 1)]),
        DirectoryEntry(id: "H4", spans: [span(4, minutes: 60, offset: 3600, zone: 1)]),
        DirectoryEntry(id: "N5", spans: [span(5, minutes: 0)]),
        // Out of service from Berlin's first 02:15 to its second.
        DirectoryEntry(
            id: "D6",
            spans: [
                span(6, offset: 3600, zone: 1, to: 1_792_887_300),
                span(9, minutes: 30, offset: 3600, zone: 1, from: 1_792_890_900),
            ]),
        DirectoryEntry(
            id: "SP7",
            spans: [
                span(7, to: exchange - 7200), span(8, minutes: 30, from: exchange),
            ]),
    ]

    static var layout: LongLayout {
        var layout = LongLayout(
            columns: .init(count: 4, meter: 0, time: 1, value: 2, quality: 3),
            clock: .servicePoint, unit: .kilowattHours)
        layout.header = Array("meter_id,timestamp,kwh,quality".utf8)
        return layout
    }

    func scan(_ text: String, _ layout: LongLayout = Self.layout) -> ScanResult {
        ScanResult.scanning(
            Array(text.utf8),
            with: LongScanner(
                layout: layout, index: MeterIndex(entries: Self.entries, zones: Self.zones)))
    }

    @Test func `a row becomes the slot of its storage day`() {
        // 2026-01-05T16:00Z is midnight in Urumqi's legal clock, UTC+8: slot 0 of the 6th.
        let result = scan(
            """
            meter_id,timestamp,kwh,quality
            M1,2026-01-05T16:00:00Z,0.125,A
            M1,2026-01-06T00:15+08:00,-1.5,E
            M1,2026-01-06T00:30,12,
            M1,2026-01-06 00:45:00,,A
            M1,2026-01-06T01:00,3,N

            """)
        #expect(
            result.cells == [
                "1 1.8.0 2026-01-06 0/15min 0.125 kWh \(Quality.actual.packed) v0",
                "1 1.8.0 2026-01-06 1/15min -1.5 kWh \(Quality.estimated.packed) v0",
                "1 1.8.0 2026-01-06 2/15min 12 kWh \(Quality.actual.packed) v0",
                "1 1.8.0 2026-01-06 3/15min absent kWh \(Quality.missing.packed) v0",
                "1 1.8.0 2026-01-06 4/15min absent kWh \(Quality.missing.packed) v0",
            ])
        #expect(result.rejections.isEmpty)
    }

    @Test(arguments: [
        ("M9,2026-01-06T00:00,1,A", "1@0 unknown-meter ×1 - «M9»"),
        ("M1,2026-01-32T00:00,1,A", "1@3 bad-time ×1 - «2026-01-32T00:00»"),
        ("M1,2026-01-06,1,A", "1@3 bad-time ×1 - «2026-01-06»"),
        ("M1,2026-01-06T00:00,1.2.3,A", "1@20 bad-number ×1 1 «1.2.3»"),
        ("M1,2026-01-06T00:00,.5,A", "1@20 bad-number ×1 1 «.5»"),
        ("M1,2026-01-06T00:00,5.,A", "1@20 bad-number ×1 1 «5.»"),
        ("M1,2026-01-06T00:00,1e3,A", "1@20 bad-number ×1 1 «1e3»"),
        ("M1,2026-01-06T00:00,1234567890123456789,A", "1@20 bad-number ×1 1 «1234567890123456789»"),
        ("M1,2026-01-06T00:00,0.1234567890,A", "1@20 bad-number ×1 1 «0.1234567890»"),
        ("M1,2026-01-06T00:00,1,X", "1@22 bad-quality ×1 1 «X»"),
        ("M1,2026-01-06T00:07,1,A", "1@3 off-grid ×1 1 «2026-01-06T00:07»"),
        ("M1,2026-01-06T00:00,1", "1@0 column-count ×1 - «M1,2026-01-06T00:00,1»"),
        ("M1,2026-01-06T00:00,1,A,", "1@0 column-count ×1 - «M1,2026-01-06T00:00,1,A,»"),
        ("N5,2026-01-06T00:00,1,A", "1@3 wrong-interval-length ×1 5 «2026-01-06T00:00»"),
        ("SP7,2026-01-09T22:00,1,A", "1@4 outside-installation ×1 - «2026-01-09T22:00»"),
        ("B3,2026-03-29T02:30,1,A", "1@3 nonexistent-time ×1 - «2026-03-29T02:30»"),
        ("B3,2026-10-25T02:30,1,A", "1@3 ambiguous-time ×1 - «2026-10-25T02:30»"),
        ("M1,2027-01-01T00:00,1,A", "1@3 future-time ×1 1 «2027-01-01T00:00»"),
    ])
    func `a row that cannot be accepted says why and where`(row: String, rejection: String) {
        var layout = Self.layout
        // 2027-01-01T00:00+08:00.
        layout.latestEnd = 1_798_732_800
        let result = scan(row, layout)
        #expect(result.rejections == [rejection])
        #expect(result.cells.isEmpty)
    }

    @Test func `an id of a service point is the meter in service at that moment`() {
        let result = scan(
            """
            SP7,2026-01-09T21:30,1,A
            SP7,2026-01-09T21:45,2,A
            SP7,2026-01-10T00:00,3,A
            SP7,2026-01-10T00:30,4,A
            """)
        #expect(
            result.cells.map { $0.split(separator: " ").prefix(4).joined(separator: " ") } == [
                "7 1.8.0 2026-01-09 86/15min", "7 1.8.0 2026-01-09 87/15min",
                "8 1.8.0 2026-01-10 0/30min", "8 1.8.0 2026-01-10 1/30min",
            ])
    }

    @Test func `the order of rows tells the two doubled hours apart`() {
        // Berlin's 2026-10-25 has 25 hours: 01:00 is 23:00Z, the two 02:00 are 00:00Z and 01:00Z.
        let labels = ["01:00", "02:00", "02:00", "03:00"]
        let rows = labels.enumerated().map { "H4,2026-10-25T\($1),\($0),A" }
        let result = scan(rows.joined(separator: "\n"))
        #expect(result.rejections.isEmpty)
        #expect(
            result.cells.map { $0.split(separator: " ")[3...4].joined(separator: " ") } == [
                "0/60min 0", "1/60min 1", "2/60min 2", "3/60min 3",
            ])
    }

    @Test func `labels of interval ends belong to the interval before`() {
        var layout = Self.layout
        layout.labelsEnd = true
        let result = scan("M1,2026-01-06T00:15,1,A\nM1,2026-01-06T24:00,2,A", layout)
        #expect(
            result.cells.map { $0.split(separator: " ")[2...4].joined(separator: " ") } == [
                "2026-01-06 0/15min 1", "2026-01-06 95/15min 2",
            ])
    }

    @Test func `hourly rows of a meter with quarter-hour slots are refused, not left as gaps`() {
        func rows(_ times: [String]) -> String {
            times.map { "M1,2026-01-06T\($0),1,A\n" }.joined()
        }
        let hourly = scan(rows(["00:00", "01:00", "02:00", "03:00"]))
        #expect(hourly.cells.isEmpty)
        #expect(hourly.rejections.count == 4)
        #expect(hourly.rejections[0] == "1@3 wrong-interval-length ×1 1 «2026-01-06T00:00»")
        // Three tell nothing, nor do some hours when most are missing.
        #expect(scan(rows(["00:00", "01:00", "02:00"])).cells.count == 3)
        #expect(scan(rows(["00:00", "01:00", "02:00", "03:00", "05:00"])).cells.isEmpty)
        #expect(scan(rows(["00:00", "01:00", "02:00", "03:00", "06:00"])).cells.count == 5)
        #expect(scan(rows(["00:00", "01:00", "02:00", "03:00", "03:15"])).cells.count == 5)
        // A cell that cannot be read was delivered all the same.
        let bad = "M1,2026-01-06T00:30,x,A\n"
        #expect(
            scan(rows(["00:00"]) + bad + rows(["01:00", "02:00", "03:00"])).cells.count == 4)
    }

    /// Hours of a day as times.
    static func hours(_ hours: some Sequence<Int>) -> [String] {
        hours.map { "\($0 < 10 ? "0" : "")\($0):00" }
    }

    /// Times of one day, and how many of them are accepted for a meter of quarter hours.
    static let hourlyDays: [(times: [String], accepted: Int)] = [
        // Every hour of a day, and as a file of summer time or of another clock cuts it.
        (hours(0..<24), 0), (hours(0..<23), 0), (hours(1..<24), 0), (hours(16..<24), 0),
        (hours((0..<24).reversed()), 0),
        // Some hours are missing in a day of hours, or most of them.
        (hours((0..<24).filter { ![3, 4, 17].contains($0) }), 0),
        (hours([0, 2, 3, 5, 6, 8, 9, 11, 13, 15, 17, 20, 23]), 0),
        (hours([0, 2, 3, 5, 6, 8, 9, 11, 13, 15, 17, 23]), 12), (hours([0, 7, 9, 23]), 4),
        // One hour at an end is missing, and another one.
        (hours((0..<23).filter { $0 != 5 }), 0), (hours((0..<12).filter { $0 != 5 }), 0),
        (hours((12..<24).filter { $0 != 17 }), 0),
        // Values that come late, of hours in the middle of the day.
        (hours(1..<23), 22), (hours(8..<16), 8), (hours([5, 8, 11, 14, 17]), 5),
        // All the hours of a day come late, with one value between them.
        (hours(0..<24) + ["23:15"], 25), (["09:30"] + hours(0..<24), 25),
        // A day in steps of six hours.
        (["00:00", "06:00", "12:00", "18:00"], 0), (["00:45", "06:45", "12:45", "18:45"], 0),
        (["05:45", "11:45", "17:45", "23:45"], 0),
    ]

    @Test(arguments: hourlyDays)
    func `late values are told from those of a longer interval by where in the day they lie`(
        times: [String], accepted: Int
    ) {
        let result = scan(times.map { "M1,2026-01-06T\($0),1,A\n" }.joined())
        #expect(result.cells.count == accepted)
        #expect(result.rejections.count == times.count - accepted)
        #expect(result.rejections.allSatisfy { $0.contains("wrong-interval-length") })
    }

    @Test(arguments: [
        // Rows of the days before and after a day of hours, and how many are accepted.
        (["2026-01-05T23:00"], ["2026-01-07T00:00"], 0),
        (["2026-01-05T21:00", "2026-01-05T22:00", "2026-01-05T23:00"], [], 0),
        ([], ["2026-01-07T00:00", "2026-01-07T01:00"], 0),
        // A day lies between; or the rows there tell their own length.
        (["2026-01-04T23:00"], ["2026-01-08T00:00"], 2),
        (["2026-01-05T23:30", "2026-01-05T23:45"], ["2026-01-07T00:00", "2026-01-07T00:15"], 4),
    ])
    func `the few rows beside a day of hours are taken for hours`(
        before: [String], after: [String], accepted: Int
    ) {
        let hours = Self.hours(0..<24).map { "2026-01-06T\($0)" }
        let result = scan((before + hours + after).map { "M1,\($0),1,A\n" }.joined())
        #expect(result.cells.count == accepted)
        #expect(result.rejections.count == before.count + 24 + after.count - accepted)
    }

    @Test(arguments: [
        // Times, and how many of them are accepted: half hours of H4, which is of hours.
        (["00:00", "00:30", "01:00", "01:30"], 0),
        (["00:30"], 0),
        (["00:00", "00:15"], 0),
        // What fitted before stands; what comes after is as doubtful as the row between.
        (["00:00", "01:00", "02:00", "02:15", "02:30", "02:45", "03:00"], 3),
        // One wrong clock among many hours costs itself.
        (["00:00", "00:20", "01:00", "02:00", "03:00"], 4),
        (["00:00", "01:00", "02:00", "02:20", "03:00", "04:00", "05:00"], 6),
        (["00:00", "00:20", "01:00", "03:00", "05:00", "07:00"], 5),
    ])
    func `rows between the slots of a meter are of a shorter interval`(
        times: [String], accepted: Int
    ) {
        let result = scan(times.map { "H4,2026-01-06T\($0),1,A\n" }.joined())
        #expect(result.cells.count == accepted)
        #expect(result.rejections.count == times.count - accepted)
        #expect(result.rejections.allSatisfy { $0.contains("wrong-interval-length") })
    }

    @Test func `a slot delivered twice is kept twice`() {
        let result = scan(
            """
            M1,2026-01-06T00:00,1,A
            M1,2026-01-06T00:15,2,A
            M1,2026-01-06T00:15,3,A
            M1,2026-01-06T00:15,2,A
            """)
        #expect(result.cells.count == 4)
    }

    @Test func `decimals of a strip grow without losing a digit`() {
        let values = ["1", "0.5", "123456789.123456789", "999999999999999999", "0"]
        let rows = values.enumerated().map { "M1,2026-01-06T00:\($0 * 15),\($1),A" }
        let text = rows.joined(separator: "\n").replacing("T00:0,", with: "T00:00,")
            .replacing("T00:60,", with: "T01:00,")
        let found = scan(text).cells.map { String($0.split(separator: " ")[4]) }
        #expect(found == values)
    }

    @Test func `a channel column names the quantity`() {
        var layout = LongLayout(
            columns: .init(count: 5, meter: 3, time: 0, value: 2, quality: 1, channel: 4),
            clock: .inFile, unit: .kilowattHours)
        layout.separator = UInt8(ascii: ";")
        let result = scan(
            """
            2026-01-06T00:00Z;A;1;M1;1.8.0
            2026-01-06T00:00Z;A;2;M1;2.8.0
            2026-01-06T00:00Z;A;3;M1;
            2026-01-06T00:00Z;A;4;M1;3.8.0
            2026-01-06T00:00Z;A;5;M1;import
            2026-01-06T00:00;A;6;M1;1.8.0
            """, layout)
        #expect(result.cells.map { String($0.prefix(7)) } == ["1 1.8.0", "1 1.8.0", "1 2.8.0"])
        #expect(
            result.rejections.map { $0.split(separator: " ")[1] } == [
                "wrong-unit", "bad-channel", "bad-time",
            ])
    }

    @Test func `asked for some lines, it reads those only`() {
        let text = (0..<8).map { "M1,2026-01-06T0\($0):00,\($0),A\nM1,2026-01-06T0\($0):15,9,A\n" }
        let scanner = LongScanner(
            layout: Self.layout, index: MeterIndex(entries: Self.entries, zones: Self.zones),
            retrying: RetriedRejections(lines: [1, 5]))
        let result = ScanResult.scanning(Array((text.joined() + "bad\n").utf8), with: scanner)
        #expect(result.readings == 2)
        #expect(result.cells.map { String($0.split(separator: " ")[4]) } == ["0", "2"])
        #expect(result.rejections.isEmpty)
    }
}
