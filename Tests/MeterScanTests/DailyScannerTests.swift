// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Quantities
import Testing

extension RegisterScanner: Scanner {}
extension WideScanner: Scanner {}

@Suite struct DailyScannerTests {
    static let index = MeterIndex(
        entries: LongScannerTests.entries, zones: LongScannerTests.zones)

    /// `meter_id,date,total,sharp,peak,flat,valley`.
    static var registers: RegisterLayout {
        var layout = RegisterLayout(
            columnCount: 7, meter: 0, date: 1,
            registers: (0..<5).map {
                .init(position: 2 + $0, channel: Channel(ObisCode(1, 8, UInt8($0)), .register))
            })
        layout.header = Array("meter_id,date,total,sharp,peak,flat,valley".utf8)
        return layout
    }

    func scan(_ text: String, _ layout: RegisterLayout = Self.registers) -> ScanResult {
        ScanResult.scanning(
            Array(text.utf8), with: RegisterScanner(layout: layout, index: Self.index))
    }

    func scan(_ text: String, _ layout: WideLayout) -> ScanResult {
        ScanResult.scanning(Array(text.utf8), with: WideScanner(layout: layout, index: Self.index))
    }

    @Test func `registers frozen at 24:00 stood so at the next midnight`() {
        let result = scan(
            """
            meter_id,date,total,sharp,peak,flat,valley
            M1,2026-01-05,100.25,1,2,,97.25
            """)
        // 2026-01-06T00:00+08:00.
        #expect(
            result.cells == [
                "1 1.8.0 at 1767628800 100.25 kWh \(Quality.actual.packed)",
                "1 1.8.1 at 1767628800 1 kWh \(Quality.actual.packed)",
                "1 1.8.2 at 1767628800 2 kWh \(Quality.actual.packed)",
                "1 1.8.3 at 1767628800 absent kWh \(Quality.missing.packed)",
                "1 1.8.4 at 1767628800 97.25 kWh \(Quality.actual.packed)",
            ])
        var early = Self.registers
        early.freezeDays = 0
        #expect(scan("M1,20260106,1,2,3,4,5", early).cells[0].contains("at 1767628800"))
    }

    @Test(arguments: [
        ("M9,2026-01-05,1,2,3,4,5", "1@0 unknown-meter ×5 - «M9»"),
        ("M1,2026-02-30,1,2,3,4,5", "1@3 bad-time ×5 - «2026-02-30»"),
        ("M1,2026-01-05,1,2,3", "1@0 column-count ×3 - «M1,2026-01-05,1,2,3»"),
        ("M1", "1@0 column-count ×1 - «M1»"),
        ("M1,2027-01-01,1,2,3,4,5", "1@3 future-time ×5 1 «2027-01-01»"),
    ])
    func `a register row that cannot be accepted counts its cells`(row: String, rejection: String) {
        var layout = Self.registers
        layout.latestEnd = 1_798_732_800
        let result = scan(row, layout)
        #expect(result.rejections == [rejection])
        #expect(result.cells.isEmpty)
    }

    @Test func `a bad register costs the cell only`() {
        let result = scan("M1,2026-01-05,EEEEEE.EEEE,1,2,3,4")
        #expect(result.rejections == ["1@14 bad-number ×1 1 «EEEEEE.EEEE»"])
        #expect(result.cells.count == 4)
    }

    @Test func `the last register of a removed meter is its own`() {
        // The first meter leaves at 22:00; the second comes at midnight, frozen at 24:00 of the 9th.
        let both = scan("SP7,2026-01-09,1,2,3,4,5\nSP7,2026-01-08,1,2,3,4,5")
        #expect(both.cells.count { $0.hasPrefix("8 ") } == 5)
        #expect(both.cells.count { $0.hasPrefix("7 ") } == 5)
        let removed = DirectoryEntry(
            id: "R", spans: [LongScannerTests.span(9, to: LongScannerTests.exchange)])
        let scanner = RegisterScanner(
            layout: Self.registers,
            index: MeterIndex(entries: [removed], zones: LongScannerTests.zones))
        let text = "R,2026-01-09,1,2,3,4,5\nR,2026-01-10,1,2,3,4,5"
        let result = ScanResult.scanning(Array(text.utf8), with: scanner)
        #expect(result.cells.count { $0.hasPrefix("9 ") } == 5)
        #expect(result.rejections == ["2@25 outside-installation ×5 - «2026-01-10»"])
    }

    /// `meter_id,date,P1…P4` of six hours each, for meters of 15 or 60 minutes none.
    static func wide(minutes: Int) -> WideLayout {
        let count = 1440 / minutes
        return WideLayout(
            columnCount: 2 + count, meter: 0, date: 1, values: 2..<(2 + count), minutes: minutes)
    }

    static func values(_ count: Int) -> String {
        (1...count).map { ",\($0)" }.joined()
    }

    @Test func `a row of a day becomes its slots`() {
        let result = scan("M1,2026-01-05\(Self.values(96))", Self.wide(minutes: 15))
        #expect(result.rejections.isEmpty)
        #expect(result.cells.count == 96)
        #expect(
            result.cells[0] == "1 1.8.0 2026-01-05 0/15min 1 kWh \(Quality.actual.packed) v0")
        #expect(result.cells.contains { $0.hasPrefix("1 1.8.0 2026-01-05 95/15min 96 kWh") })
    }

    @Test func `a first column that ends at midnight belongs to the day before`() {
        var layout = Self.wide(minutes: 15)
        layout.firstStartMinute = -15
        let result = scan("M1,2026-01-05\(Self.values(96))", layout)
        #expect(result.cells[0].hasPrefix("1 1.8.0 2026-01-04 95/15min 1 kWh"))
        #expect(result.cells.count { $0.contains("2026-01-05") } == 95)
    }

    @Test func `mean power becomes energy exactly`() throws {
        var layout = Self.wide(minutes: 15)
        layout.scale = EnergyScale(try #require(PowerStep(minutes: 15)))
        let row = "M1,2026-01-05,0.333,10" + String(repeating: ",0", count: 94)
        let result = scan(row, layout)
        // 0.333 kW × 15 min = 0.08325 kWh.
        #expect(result.cells.contains { $0.hasPrefix("1 1.8.0 2026-01-05 0/15min 0.08325 kWh") })
        #expect(result.cells.contains { $0.hasPrefix("1 1.8.0 2026-01-05 1/15min 2.5 kWh") })
        #expect(EnergyScale(try #require(PowerStep(minutes: 60))) == .energy)
    }

    @Test func `mean power over minutes stays power where no decimal is its energy`() throws {
        var layout = Self.wide(minutes: 5)
        let step = try #require(PowerStep(minutes: 5))
        (layout.scale, layout.unit) = (EnergyScale(step), step.unit(of: .kilowattHours))
        // The network gives N5 no interval length: it takes the file's.
        let result = scan("N5,2026-01-05,0.333,10" + String(repeating: ",0", count: 286), layout)
        // 0.333 kW × 5 min = 1.665 kW-min.
        #expect(result.cells.contains { $0.hasPrefix("5 1.8.0 2026-01-05 0/5min 1.665 kW-min") })
        #expect(result.cells.contains { $0.hasPrefix("5 1.8.0 2026-01-05 1/5min 50 kW-min") })
    }

    @Test func `on a day of a clock change only the columns before it can be told`() {
        let result = scan("H4,2026-10-25\(Self.values(24))", Self.wide(minutes: 60))
        // Berlin changes at 01:00Z: the third hour that elapses is the last sure one.
        #expect(result.cells.count == 3)
        #expect(result.rejections == ["1@0 ambiguous-time ×21 4 «2026-10-25»"])
        let usual = scan("H4,2026-10-26\(Self.values(24))", Self.wide(minutes: 60))
        #expect(usual.cells.count == 24)
    }

    @Test(arguments: 0..<30)
    func `any file is read as its slow twin reads it`(seed: Int) {
        var random = SeededGenerator(UInt64(seed))
        func pick<T>(_ choices: [T]) -> T {
            choices[Int.random(in: 0..<choices.count, using: &random)]
        }
        var registers = Self.registers
        registers.freezeDays = pick([0, 1])
        registers.latestEnd = pick([.max, LongScannerTests.exchange])
        var wide = Self.wide(minutes: pick([15, 30, 5]))
        wide.firstStartMinute = pick([0, 0, -wide.minutes])
        wide.latestEnd = pick([.max, LongScannerTests.exchange + 3600])
        let isPower = pick([true, false])
        var factor = Exact.one
        if isPower, let step = PowerStep(minutes: wide.minutes) {
            (wide.scale, wide.unit) = (EnergyScale(step), step.unit(of: .kilowattHours))
            factor = Exact(wide.minutes) / Exact(wide.minutes == 5 ? 1 : 60)
        }
        func text(columns: Int) -> [UInt8] {
            let ending = pick(["\n", "\r\n"])
            let rows = (0..<20).map { _ in
                let values = (0..<(columns - 2)).map { _ in
                    pick(
                        ["1.5", "0", "0.125", "", "3"] + (seed % 3 == 0 ? ["x", "-1", "1."] : []))
                }
                let extra = pick(["", "", "", "", seed % 3 == 0 ? ",9" : ""])
                return "\(pick(["M1", "SP7", "METER00002", "N5", "NO"])),"
                    + "\(pick(["2026-01-08", "20260109", "2026-01-10", "2026-01-1", ""])),"
                    + values.joined(separator: ",") + extra + ending
            }
            return Array(rows.joined().utf8)
        }
        let window = 1 + seed * 5
        var first = DailyReference(entries: LongScannerTests.entries, zones: LongScannerTests.zones)
        let registerText = text(columns: 7)
        let registerResult = ScanResult.scanning(
            registerText, with: RegisterScanner(layout: registers, index: Self.index),
            windowBytes: window, emptyingAt: 20)
        #expect(registerResult.difference(first.scan(registerText, registers)).isEmpty)
        var second = DailyReference(
            entries: LongScannerTests.entries, zones: LongScannerTests.zones)
        let wideText = text(columns: wide.columnCount)
        let wideResult = ScanResult.scanning(
            wideText, with: WideScanner(layout: wide, index: Self.index), windowBytes: window,
            emptyingAt: 200)
        #expect(wideResult.difference(second.scan(wideText, wide, factor: factor)).isEmpty)
    }
}
