// SPDX-License-Identifier: Apache-2.0

import Quantities
import Testing

@testable import MeterIngest

@Suite struct WrittenTextTests {
    @Test(
        arguments: [
            // Text, days after 2026-01-01, second of the day, seconds ahead of UTC.
            ("2026-01-01", 0, nil, nil),
            ("20260102", 1, nil, nil),
            ("2026-01-01T00:15", 0, 900, nil),
            ("2026-01-01 00:15:30", 0, 930, nil),
            ("2026-01-01T24:00", 0, 86_400, nil),
            ("2026-01-01T24:00:00Z", 0, 86_400, 0),
            ("2026-02-01T08:00+08:00", 31, 28_800, 28_800),
            ("2026-02-01T08:00:01-0330", 31, 28_801, -12_600),
            ("2026-02-01T08:00+08", 31, 28_800, 28_800),
        ] as [(String, Int, Int?, Int?)])
    func `ISO times read with what they say`(text: String, day: Int, second: Int?, offset: Int?)
        throws
    {
        let time = try #require(TimeFormat.iso.read(text))
        #expect(Int(time.day.number) == 20_454 + day)
        #expect(time.second == second)
        #expect(time.offset == offset)
    }

    @Test(arguments: [
        "", "2026", "2026-1-1", "2026-02-29", "2026/01/01", "2026-01-01T", "2026-01-01T8:00",
        "2026-01-01T08", "2026-01-01T08:00:", "2026-01-01T08:60", "2026-01-01T24:01",
        "2026-01-01T08:00z", "2026-01-01T08:00+8", "2026-01-01T08:00+08:60",
        "2026-01-01T08:00+19:00", "2026-01-01T08:00+08:00:00", "2026-01-01_08:00", "2026010",
        "20261301", "2026-01-01T08:00:00.5",
    ])
    func `other forms are no ISO time`(text: String) {
        #expect(TimeFormat.iso.read(text) == nil)
    }

    @Test(
        arguments: [
            ("dd/MM/yyyy HH:mm", "31/01/2026 08:15", 20_484, 29_700),
            ("yyyyMMddHHmmss", "20260101000001", 20_454, 1),
            ("yyyy年MM月dd日", "2026年01月02日", 20_455, nil),
        ] as [(String, String, Int, Int?)])
    func `a pattern says where the parts of a time are`(
        pattern: String, text: String, day: Int, second: Int?
    ) throws {
        #expect(TimeFormat.pattern(pattern).isUsable)
        let time = try #require(TimeFormat.pattern(pattern).read(text))
        #expect(Int(time.day.number) == day)
        #expect(time.second == second)
        #expect(TimeFormat.pattern(pattern).read(text + " ") == nil)
        #expect(TimeFormat.pattern(pattern).read("x" + text.dropFirst()) == nil)
    }

    @Test(
        arguments: [
            // Text, integer and decimals.
            ("0", 0, 0), ("-1.50", -150, 2), ("007", 7, 0), ("0.000000001", 1, 9),
            ("999999999999999999", 999_999_999_999_999_999, 0), ("-0", 0, 0),
        ] as [(String, Int64, Int)])
    func `a plain decimal keeps its digits`(text: String, value: Int64, decimals: Int) throws {
        let number = try #require(WrittenNumber(text))
        #expect(number.value == value)
        #expect(number.decimals == decimals)
    }

    @Test(arguments: [
        "", "-", "+1", "1.", ".1", "1,5", "1e3", " 1", "1.2.3", "--1", "1234567890123456789",
        "0.1234567890", "１",
    ])
    func `other texts are no number`(text: String) {
        #expect(WrittenNumber(text) == nil)
    }

    @Test func `another decimal mark can be told`() {
        #expect(WrittenNumber("1,5", mark: UInt8(ascii: ","))?.value == 15)
        #expect(WrittenNumber("1.5", mark: UInt8(ascii: ",")) == nil)
    }

    @Test(arguments: [("abc", 3, "abc"), ("abc", 2, "ab"), ("a表", 3, "a"), ("a表", 4, "a表")])
    func `a text is cut at whole characters`(text: String, limit: Int, cut: String) {
        #expect(text.clipped(toUTF8: limit) == cut)
    }
}
