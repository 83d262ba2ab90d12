// SPDX-License-Identifier: Apache-2.0

import Quantities
import Testing

@testable import BillTariff

@Suite struct SeriesTests {
    private func day(_ text: String) throws -> CivilDay { try #require(CivilDay(iso: text)) }

    private let prices = """
        # made up
        from,to,value,loss
        2026-01-01,2026-02-01,0.31,0.01
        2026-02-01,2026-03-01,0.28,
        2026-04-01,,0.30,0.02
        """

    @Test(arguments: [
        ("2026-01-01", "0.31"), ("2026-01-31", "0.31"), ("2026-02-01", "0.28"),
        ("2030-12-31", "0.3"),
    ])
    func `a row holds from its first day up to its end`(on: String, value: String) throws {
        let series = try Series.parse(prices, id: "p", file: "p.csv")
        #expect(try series.value(column: "value", on: day(on)).description == value)
    }

    @Test(arguments: [
        ("value", "2025-12-31"), ("value", "2026-03-15"), ("loss", "2026-02-10"),
        ("tax", "2026-01-10"),
    ])
    func `a value that is absent is missing and never zero`(column: String, on: String) throws {
        let series = try Series.parse(prices, id: "p", file: "p.csv")
        let day = try day(on)
        #expect(throws: PriceGap(series: "p", column: column, day: day)) {
            try series.value(column: column, on: day)
        }
    }

    @Test func `columns are read by their names, wherever they stand`() throws {
        let text = "b,to,a,from\n1,2026-02-01,2,2026-01-01\n3,,,2026-02-01\n"
        let series = try Series.parse(text, id: "p", file: "p.csv")
        #expect(series.columns == ["b", "a"])
        #expect(try series.value(column: "a", on: day("2026-01-31")).description == "2")
        #expect(try series.value(column: "b", on: day("2026-02-01")).description == "3")
        let days = try Series.parse("kind,date\nholiday,2026-01-01\n", id: "h", file: "h.csv")
        #expect(days.datedDays == [try day("2026-01-01"): "holiday"])
    }

    @Test func `a mean is weighted by days`() throws {
        let series = try Series.parse(prices, id: "p", file: "p.csv")
        // 7 days of January at 0.31 and 24 of February at 0.28: (2.17 + 6.72) / 31
        let mean = try series.mean(
            column: "value", from: day("2026-01-25"), to: day("2026-02-25"))
        #expect(mean == Exact(889, over: 3100))
        #expect(throws: PriceGap.self) {
            try series.mean(column: "value", from: day("2026-02-25"), to: day("2026-04-02"))
        }
    }

    @Test func `the moment decides which row counts`() throws {
        let set = SeriesSet([try Series.parse(prices, id: "p", file: "p.csv")])
        func value(_ moment: PriceMoment) throws -> Exact {
            try set.value(
                of: SeriesPrice(series: "p", column: "value", moment: moment),
                from: day("2026-01-25"), to: day("2026-02-01"))
        }
        #expect(try value(.periodStart).description == "0.31")
        #expect(try value(.periodEnd).description == "0.31")
        #expect(try value(.byDays).description == "0.31")
        #expect(throws: PriceGap(series: "q", column: nil, day: nil)) {
            try set.value(
                of: SeriesPrice(series: "q", column: "value", moment: .byDays),
                from: day("2026-01-25"), to: day("2026-02-01"))
        }
    }

    @Test(arguments: [
        ("", "p.csv:1:1: missing-key"),
        ("day,price\n", "p.csv:1:1: bad-value"),
        ("date,kind,to\n", "p.csv:1:1: bad-value"),
        ("b,to,from,from\n", "p.csv:1:11: taken-name"),
        ("b,to,from\n1,2026-02-01,2026-02-01\n", "p.csv:2:3: bad-value"),
        ("kind,date\nholiday,2026-01-01\nevent,2026-01-01\n", "p.csv:3:7: bad-value"),
        ("from,to,a,a\n", "p.csv:1:11: taken-name"),
        ("from,to,a\n2026-01-01,2026-02-01\n", "p.csv:2:1: wrong-shape"),
        ("from,to,a\n2026-01-32,2026-02-01,1\n", "p.csv:2:1: bad-value"),
        ("from,to,a\n2026-02-01,2026-02-01,1\n", "p.csv:2:12: bad-value"),
        ("from,to,a\n2026-01-01,2026-02-01,1e3\n", "p.csv:2:23: bad-value"),
        ("from,to,a\n2026-01-01,2026-02-01,1/3\n", "p.csv:2:23: bad-value"),
        ("from,to,a\n2026-01-01,2026-02-01,1\n2026-01-31,,2\n", "p.csv:3:1: bad-value"),
        ("from,to,a\n2026-01-01,,1\n2026-03-01,,2\n", "p.csv:3:1: bad-value"),
        ("date,kind\n2026-01-01,holiday\n2026-01-01,event\n", "p.csv:3:1: bad-value"),
        ("date,kind\n2026-01-01,\n", "p.csv:2:1: bad-value"),
    ])
    func `a problem is found at its place`(text: String, start: String) throws {
        let thrown = #expect(throws: TariffProblems.self) {
            try Series.parse(text, id: "p", file: "p.csv")
        }
        let description = try #require(thrown).description
        #expect(description.hasPrefix(start + ": "), "\(description)")
    }

    @Test func `a gap between rows is a finding`() throws {
        let findings = try Series.parse(prices, id: "p", file: "p.csv").lint()
        #expect(findings.map(\.code) == [.seriesGap])
        #expect(findings.map(\.position.line) == [5])
    }
}
