// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Testing

@testable import MeterIngest

@Suite struct DelimitedReaderTests {
    @Test(arguments: [
        // A line under the header meter_id,timestamp,kwh,quality and what it gives.
        ("M1,2026-01-01T00:15+08:00,1.5,A", "M1 1.8.0 2026-01-01T00:15:00+08:00 1.5 A"),
        ("M1,2026-01-01T00:15:00Z,1.50,", "M1 1.8.0 2026-01-01T00:15:00Z 1.5 A"),
        ("M1,2026-01-01 00:15,-0.25,E", "M1 1.8.0 2026-01-01T00:15:00 -0.25 E"),
        ("M1,2026-01-01 00:15,,A", "M1 1.8.0 2026-01-01T00:15:00 - A"),
        ("M1,2026-01-01 00:15,,", "M1 1.8.0 2026-01-01T00:15:00 - N"),
        ("M1,2026-01-01 00:15,7,N", "M1 1.8.0 2026-01-01T00:15:00 - N"),
        (" M1 ,2026-01-01 00:15,7,S", " M1  1.8.0 2026-01-01T00:15:00 7 S"),
        ("M1,2026-01-01 00:15, 7,S", "bad-number ×1 @2"),
        ("M1,2025-12-31 24:00,7,F", "M1 1.8.0 2026-01-01T00:00:00 7 F"),
        ("M1,2026-01-01 00:15,7", "column-count ×1 @2"),
        ("M1,2026-01-01 00:15,7,A,", "column-count ×1 @2"),
        ("M1,2026-02-30 00:15,7,A", "bad-time ×1 @2"),
        ("M1,2026-01-01 25:15,7,A", "bad-time ×1 @2"),
        ("M1,2026-01-01,7,A", "bad-time ×1 @2"),
        ("M1,2026-01-01T00:15+8,7,A", "bad-time ×1 @2"),
        ("M1,2026-01-01 00:15,1e3,A", "bad-number ×1 @2"),
        ("M1,2026-01-01 00:15,1.,A", "bad-number ×1 @2"),
        ("M1,2026-01-01 00:15,.5,A", "bad-number ×1 @2"),
        ("M1,2026-01-01 00:15,1234567890123456789,A", "bad-number ×1 @2"),
        ("M1,2026-01-01 00:15,1.1234567890,A", "bad-number ×1 @2"),
        ("M1,2026-01-01 00:15,7,X", "bad-quality ×1 @2"),
        (",2026-01-01 00:15,7,A", "unknown-meter ×1 @2"),
        ("M\u{0}1,2026-01-01 00:15,7,A", "bad-text ×1 @2"),
    ])
    func `a long line gives one cell or says why not`(line: String, found: String) throws {
        let text = "meter_id,timestamp,kwh,quality\n" + line + "\n"
        #expect(try outcomes(text).map(\.summary) == [found])
    }

    @Test func `bytes that are not UTF-8 cost their line`() throws {
        let text = Array("meter_id,timestamp,kwh,quality\nM".utf8) + [0xFF]
        let found = try outcomes(text + Array(",2026-01-01 00:15,7,A\n".utf8))
        #expect(found.map(\.summary) == ["bad-text ×1 @2"])
    }

    @Test(arguments: [
        // Header, line, and what the line gives.
        ("meter_id,timestamp,wh", "M1,2026-01-01 00:00,7", "M1 1.8.0 2026-01-01T00:00:00 7 A"),
        (
            "channel,meter_id,mwh,timestamp", "2.8.0,M1,7,2026-01-01 00:00",
            "M1 2.8.0 2026-01-01T00:00:00 7 A"
        ),
        (
            "meter_id,timestamp,kwh,channel", "M1,2026-01-01 00:00,7,1.8.0:E1",
            "M1 1.8.0:E1 2026-01-01T00:00:00 7 A"
        ),
        (
            "meter_id,timestamp,kvarh,channel", "M1,2026-01-01 00:00,7,3.8.0",
            "M1 3.8.0 2026-01-01T00:00:00 7 A"
        ),
        ("meter_id,timestamp,kvarh,channel", "M1,2026-01-01 00:00,7,1.8.0", "wrong-unit ×1 @2"),
        ("meter_id,timestamp,kwh,channel", "M1,2026-01-01 00:00,7,4.8.0", "wrong-unit ×1 @2"),
        ("meter_id,timestamp,kwh,channel", "M1,2026-01-01 00:00,7,import", "bad-channel ×1 @2"),
        (
            "meter_id,timestamp,kwh,channel", "M1,2026-01-01 00:00,7,",
            "M1 1.8.0 2026-01-01T00:00:00 7 A"
        ),
        (
            "extra,METER_ID,Timestamp,kWh", "x,M1,2026-01-01 00:00,7",
            "M1 1.8.0 2026-01-01T00:00:00 7 A"
        ),
    ])
    func `columns are found by name in any order`(header: String, line: String, found: String)
        throws
    {
        #expect(try outcomes(header + "\r\n" + line + "\r\n").map(\.summary) == [found])
    }

    @Test func `a rejection says where its cell stands`() throws {
        let text =
            "meter_id,timestamp,kwh,quality\nM1,2026-01-01 00:00,1,A\n\nM1,2026-01-01 00:15,x,A"
        let rejection = try #require(try outcomes(text).last?.rejection)
        // 31 bytes of header, 24 of the first line, 1 of the blank one, 20 before the cell.
        #expect(rejection.byte == 31 + 24 + 1 + 20)
        #expect(rejection.line == 4)
        #expect(rejection.found == "x")
    }

    @Test func `daily registers are frozen at the end of their date`() throws {
        let text = """
            meter_id,date,total,sharp,peak,flat,valley
            M1,2026-01-01,10.00,1.00,2.00,3.00,4.00
            M2,2026-01-01,10.00,,0,-1,x
            M3,2026-01-01,10.00
            M4,1 Jan,1,2,3,4,5
            """
        let at = "2026-01-02T00:00:00"
        #expect(
            try outcomes(text).map(\.summary) == [
                "M1 1.8.0 \(at) 10 A", "M1 1.8.1 \(at) 1 A", "M1 1.8.2 \(at) 2 A",
                "M1 1.8.3 \(at) 3 A", "M1 1.8.4 \(at) 4 A",
                "M2 1.8.0 \(at) 10 A", "M2 1.8.1 \(at) - N", "M2 1.8.2 \(at) 0 A",
                "M2 1.8.3 \(at) -1 A", "bad-number ×1 @3",
                "column-count ×1 @4", "bad-time ×5 @5",
            ])
    }

    @Test(arguments: [
        ("\"00:00\"", "2026-01-01T00:00:00+08:00"), ("\"24:00\"", "2026-01-02T00:00:00+08:00"),
    ])
    func `a profile says which midnight a date is frozen at`(freeze: String, at: String) throws {
        let set = try profiles(
            """
            name: freeze
            shape: register
            columns:
              meter: 资产号
              timestamp: 数据日期
              registers: {1.8.0: 正向有功总, 2.8.0: 反向有功总?, 3.8.0: 正向无功总}
              quality: 数据来源
            unit: kWh
            freeze: \(freeze)
            clock: +08:00
            multiplier: not_applied
            quality: {自动: A, 补召: A, 拟合: E}
            nulls: ["NULL", "EEEEEE.EEEE"]
            """)
        let text = """
            资产号,数据日期,正向有功总,正向无功总,数据来源
            M1,2026-01-01,10.5,2.5,自动
            M1,2026-01-01 00:00:00,11,2,拟合
            M1,2026-01-01,EEEEEE.EEEE,NULL,自动
            M1,2026-01-01,11,2,手工
            """
        let found = try outcomes(text, profiles: set)
        #expect(
            found.map(\.summary) == [
                "M1 1.8.0 \(at) 10.5 自动", "M1 3.8.0 \(at) 2.5 自动",
                "M1 1.8.0 \(at) 11 拟合", "M1 3.8.0 \(at) 2 拟合",
                "M1 1.8.0 \(at) - 自动", "M1 3.8.0 \(at) - 自动", "bad-quality ×2 @5",
            ])
        #expect(found[1].cell?.unit == .kilovarHours)
        #expect(found[2].cell?.quality.qualityClass == .estimated)
    }

    @Test(arguments: [
        // Label, first label, and the times of the first and last of four columns of six hours.
        ("start", "", "2026-01-01T00:00:00", "2026-01-01T18:00:00"),
        ("end", "", "2026-01-01T06:00:00", "2026-01-02T00:00:00"),
        ("end", "first_label: \"00:00\"", "2026-01-01T00:00:00", "2026-01-01T18:00:00"),
    ])
    func `a wide line is a day`(label: String, more: String, first: String, last: String) throws {
        let set = try profiles(
            """
            name: wide
            shape: wide
            kind: interval_energy
            columns:
              meter: id
              timestamp: day
              values: {prefix: P, count: 4}
            unit: kWh
            label: \(label)
            multiplier: applied
            nulls: ["-"]
            \(more)
            """)
        let found = try outcomes("id,day,P1,P2,P3,P4\nM1,2026-01-01,1,x,-,4\n", profiles: set)
        #expect(
            found.map(\.summary) == [
                "M1 1.8.0 \(first) 1 A", "bad-number ×1 @2",
                found[2].summary, "M1 1.8.0 \(last) 4 A",
            ])
        #expect(found[2].cell?.value == nil)
        #expect(found[0].cell?.intervalMinutes == 360)
    }

    @Test func `a file without a header is known by its columns`() throws {
        let set = try profiles(
            """
            name: bare
            shape: long
            kind: interval_energy
            header: none
            column_count: 4
            columns: {meter: 1, timestamp: 2, time: 3, value: 4}
            unit: Wh
            label: end
            clock: utc
            time_format: dd/MM/yyyy HH:mm
            separator: ";"
            decimal_mark: ","
            multiplier: applied
            decimals: 1
            """)
        let found = try outcomes("M1;31/01/2026;00:30;12,5\nM1;31/01/2026;24:00;7\n", profiles: set)
        #expect(
            found.map(\.summary) == [
                "M1 1.8.0 2026-01-31T00:30:00Z 1.25 A", "M1 1.8.0 2026-02-01T00:00:00Z 0.7 A",
            ])
        #expect(found[0].cell?.label == .end)
    }

    @Test func `quotes keep separators inside a column`() throws {
        let set = try profiles(
            """
            name: quoted
            shape: long
            label: start
            kind: register
            quotes: double
            blanks: trim
            columns: {meter: id, timestamp: at, value: kwh}
            unit: kWh
            multiplier: applied
            """)
        let found = try outcomes(
            "\"id\",\"at\",\"kwh\"\n\"M,\"\"1\"\"\", \" 2026-01-01 08:00:05\"\t,\"7\"\n",
            profiles: set)
        #expect(found.map(\.summary) == ["M,\"1\" 1.8.0 2026-01-01T08:00:05 7 A"])
        #expect(found[0].cell?.channel.kind == .register)
    }

    @Test func `GB18030 text and full-width digits read as what they mean`() throws {
        let set = try profiles(
            """
            name: gbk
            shape: long
            label: start
            kind: interval_energy
            encoding: gb18030
            separator: "|"
            columns: {meter: 表号, timestamp: 时间, value: 电量, quality: 状态}
            unit: kWh
            multiplier: not_applied
            quality: {正常: A}
            """)
        // 表号 时间 电量 状态 正常 and １ in GB18030; 丂 (81 40) and 亅|-like 亄 (81 7C) hold
        // trail bytes that are ASCII.
        let header: [UInt8] =
            [0xB1, 0xED, 0xBA, 0xC5, 0x7C, 0xCA, 0xB1, 0xBC, 0xE4, 0x7C]
            + [0xB5, 0xE7, 0xC1, 0xBF, 0x7C, 0xD7, 0xB4, 0xCC, 0xAC, 0x0A]
        let line =
            [0x81, 0x7C] + Array("1|2026-01-01 00:00|".utf8) + [0xA3, 0xB1] + Array(".5|".utf8)
            + [0xD5, 0xFD, 0xB3, 0xA3, 0x0D, 0x0A]
        let bad: [UInt8] = [0x81] + Array("\n".utf8)
        let found = try outcomes(header + line + bad, profiles: set)
        #expect(
            found.map(\.summary) == ["亅1 1.8.0 2026-01-01T00:00:00 1.5 正常", "bad-text ×1 @3"])
    }
}
