// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Foundation
import Quantities
import Testing

@Suite struct TariffLintTests {
    @Test func `a rule that earlier rules hide is a finding at its place`() throws {
        let tariff = try TariffText.tariff(
            """
            periods:
              peak:
                - { time: 08:00-12:00 }
              sharp:
                - { months: [7], time: 09:00-10:00 }
                - { months: [7], time: 11:00-13:00 }
              off: rest
            charges: []
            """)
        let findings = tariff.lint(file: "t.yaml", series: SeriesSet())
        #expect(findings.map(\.code) == [.unreachable])
        #expect(findings.map(\.position.line) == [14])
    }

    @Test func `a rule for holidays alone is reachable behind one for weekdays`() throws {
        let tariff = try TariffText.tariff(
            """
            day_kinds: days
            periods:
              peak: { days: [weekday, weekend] }
              quiet: { days: holiday }
              off: rest
            charges: []
            """)
        let series = try Series.parse(
            "date,kind\n2026-01-01,holiday\n2026-01-02,shift\n", id: "days", file: "days.csv")
        #expect(tariff.lint(file: "t.yaml", series: SeriesSet([series])) == [])
        let calendar = try tariff.periods.calendar(series: SeriesSet([series]))
        let new = try #require(CivilDay(iso: "2026-01-01"))
        #expect(calendar.periods(of: new)[0] == 1)
        // No rule names the kind 'shift', so that day is an ordinary Friday.
        #expect(calendar.periods(of: new + 1)[0] == 0)
        #expect(throws: PriceGap.self) { try tariff.periods.calendar(series: SeriesSet()) }
    }

    @Test func `series and columns that are not there are findings`() throws {
        let tariff = try TariffText.tariff(
            """
            day_kinds: days
            periods: { quiet: { days: holiday }, off: rest }
            charges:
              - { id: a, kind: energy, on: import.kwh, price: { series: p, at: by_days }, split: [x, y] }
            """)
        let missing = tariff.lint(file: "t.yaml", series: SeriesSet())
        #expect(Set(missing.map(\.code)) == [.missingSeries])
        let prices = try Series.parse("from,to,x\n2026-01-01,,1\n", id: "p", file: "p.csv")
        let days = try Series.parse("date,kind\n2026-01-01,event\n", id: "days", file: "d.csv")
        let columns = tariff.lint(file: "t.yaml", series: SeriesSet([prices, days]))
        #expect(columns.map(\.code) == [.missingColumn, .missingColumn])
        #expect(columns.map(\.position.line) == [13, 10])
    }

    @Test(arguments: [
        ("CNY", "0.5024", 0), ("CNY", "502.4", 1), ("USD", "118", 1), ("HUF", "70", 0),
        ("CNY", "{ peak: 502.4, off: 0.25 }", 1), ("CNY", "{ series: p, at: by_days }", 1),
    ])
    func `a price per MWh where one per kWh belongs is a finding`(
        currency: String, price: String, findings: Int
    ) throws {
        let series = try Series.parse(
            "from,to,value\n2026-01-01,2026-02-01,0.31\n2026-02-01,,310\n", id: "p", file: "p.csv")
        for charge in ["kind: energy, on: import.kwh, price: \(price)"] {
            let tariff = try TariffText.tariff(
                """
                periods: { peak: { time: 08:00-12:00 }, off: rest }
                charges:
                  - { id: a, \(charge) }
                """, currency: currency)
            let found = tariff.lint(file: "t.yaml", series: SeriesSet([series]))
            #expect(found.map(\.code) == Array(repeating: .unitSlip, count: findings))
            #expect(
                found.map(\.file)
                    == (price.contains("series") ? ["p.csv"] : findings == 0 ? [] : ["t.yaml"]))
        }
    }

    @Test func `a markup in pence where pounds belong is a finding`() throws {
        for (plus, codes) in [("0.123", []), ("12.3", [TariffProblem.Code.unitSlip])] {
            let tariff = try TariffText.tariff(
                """
                charges:
                  - { id: a, kind: interval_price, on: import.kwh, series: s, unit: p/kWh, missing: hold, plus: \(plus) }
                """, currency: "GBP")
            let series = try Series.parse(
                "from,minutes,value\n2026-01-01T00:00Z,30,15.5\n", id: "s", file: "s.csv")
            #expect(tariff.lint(file: "t.yaml", series: SeriesSet([series])).map(\.code) == codes)
        }
    }

    @Test func `dated days of another year say nothing of this one`() throws {
        let tariff = try TariffText.tariff(
            """
            day_kinds: days
            periods: { quiet: { days: holiday }, off: rest }
            charges: []
            """)
        let days = try Series.parse(
            "date,kind\n2025-12-25,holiday\n2027-12-31,none\n", id: "days", file: "d.csv")
        for (first, end, gap) in [
            ("2025-01-01", "2026-01-01", nil), ("2026-01-01", "2028-01-01", nil),
            ("2024-12-31", "2025-02-01", "2024-12-31"), ("2027-12-01", "2028-01-02", "2028-01-01"),
        ] {
            let billed = try #require(CivilDay(iso: first))..<(try #require(CivilDay(iso: end)))
            var found: CivilDay?
            do throws(PriceGap) {
                _ = try tariff.periods.calendar(series: SeriesSet([days]), for: billed)
            } catch { found = error.day }
            #expect(found?.description == gap)
        }
    }

    @Test func `versions that are valid on one day, and files that cannot be read, are problems`()
        throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        func codes() -> [TariffProblem.Code] {
            do throws(TariffProblems) {
                _ = try TariffFolder.load(folder.path(), sha256: { _ in "" })
                return []
            } catch { return error.problems.map(\.code) }
        }
        let first = TariffText.head + "valid_to: 2026-07-01\ncharges: []\n"
        let second = TariffText.head.replacing("2026-01-01", with: "2026-07-01") + "charges: []\n"
        try write("a.yaml", first)
        try write("b.yaml", second)
        #expect(codes() == [])
        let loaded = try TariffFolder.load(folder.path(), sha256: { "\($0.count)" })
        let june = try #require(CivilDay(iso: "2026-06-30"))
        #expect(loaded.tariff("test", on: june)?.sha256 == "\(first.utf8.count)")
        #expect(loaded.tariff("test", on: june + 1)?.sha256 == "\(second.utf8.count)")
        #expect(loaded.tariff("test", on: june - 200) == nil)
        try write("b.yaml", second.replacing("2026-07-01", with: "2026-06-30"))
        #expect(codes() == [.overlappingVersions])
        try Data([0x66, 0xFF, 0x0A]).write(to: folder.appending(path: "b.yaml"))
        #expect(codes() == [.unreadableFile])
        #expect(throws: TariffProblems.self) {
            try TariffFolder.load(files: [folder.path() + "/none.yaml"], sha256: { _ in "" })
        }
    }
}
