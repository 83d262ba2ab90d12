// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities
import Testing

/// Series whose rows are bound by instants.
@Suite struct IntervalSeriesTests {
    @Test(arguments: [
        // One half-hour of London's summer, in every form that it can be written in.
        "from,to,value\n2026-07-01T00:30Z,2026-07-01T01:00Z,-1.5\n",
        "from,to,value\n2026-07-01T01:30+01:00,2026-07-01T02:00:00+0100,-1.5\n",
        "value,minutes,from\n-1.5,30,2026-07-01T00:30:00Z\n",
        "# Agile\r\nfrom,to,value\r\n2026-07-01 00:30Z,2026-07-01 01:00Z,-1.50\r\n",
    ])
    func `a row is bound by instants, or by an instant and a length`(text: String) throws {
        let series = try Series.parse(text, id: "p", file: "p.csv")
        let interval = try #require(series.intervals?.first)
        #expect(series.intervals?.count == 1)
        #expect(interval.from.iso(offset: 0) == "2026-07-01T00:30:00Z")
        #expect(interval.to.iso(offset: 0) == "2026-07-01T01:00:00Z")
        #expect(interval.values == [Exact("-1.5")])
        #expect(series.columns == ["value"] && series.rows.isEmpty)
    }

    @Test func `a day is as long as the clock makes it`() throws {
        // Berlin turns its clock at 01:00 UTC: 92 quarter-hours on 29 March, 100 on 25 October.
        for (first, count) in [("2026-03-28T23:00Z", 92), ("2026-10-24T22:00Z", 100)] {
            let start = try #require(Instant(iso: first))
            let zone = try TimeZoneTable.named("Europe/Berlin")
            let rows = (0..<count).map { place in
                let from = start + Int64(place * 900)
                return from.iso(offset: zone.offset(at: from)) + ",15,\(place)\n"
            }
            let series = try Series.parse(
                "from,minutes,value\n" + rows.joined(), id: "p", file: "p.csv")
            let last = try #require(series.intervals?.last)
            #expect(series.intervals?.count == count)
            #expect(zone.clock(at: last.to).second == 0)
        }
    }

    /// Rows that are written like the one before are read from their bytes: a second reading, of which
    /// no two rows are written alike, has to find the same.
    @Test(arguments: [true, false])
    func `rows are the same however they are written`(hasLengths: Bool) throws {
        let start = try #require(Instant(iso: "2026-03-28T21:00Z"))
        let header = hasLengths ? "from,minutes,value\n" : "from,to,value\n"
        var (alike, unlike) = (header, header)
        for place in 0..<300 {
            let (from, to) = (start + Int64(place * 1800), start + Int64(place * 1800 + 1800))
            let value = ["-12.40", "0", "17.005", "300"][place % 4]
            let offset = place < 100 ? 3600 : 7200
            let end = hasLengths ? "30" : to.iso(offset: offset)
            alike += "\(from.iso(offset: offset)),\(end),\(value)\n"
            let other = hasLengths ? "30" : to.iso(offset: 0)
            let form = from.iso(offset: place % 2 * 3600).replacing(
                "T", with: place % 3 == 0 ? " " : "T")
            unlike += "\(form),\(other),\(value)\n"
        }
        let read = try Series.parse(alike, id: "p", file: "p.csv")
        #expect(read.intervals?.count == 300)
        #expect(read == (try Series.parse(unlike, id: "p", file: "p.csv")))
        // Whatever is wrong in a row like the others is found all the same.
        for (part, by) in [(",300", ",3e2"), (",0", ","), ("T22", "T25"), (",17.005", ",17.005,1")]
        {
            let wrong = alike.replacing(part + "\n", with: by + "\n", maxReplacements: 1)
                .replacing(part + ":", with: by + ":", maxReplacements: 1)
            do throws(TariffProblems) {
                let found = try Series.parse(wrong, id: "p", file: "p.csv")
                #expect(by == "," && found.intervals?.contains { $0.values == [nil] } == true)
            } catch { #expect(by != "," && error.problems.count >= 1) }
        }
    }

    @Test func `an empty cell is absent`() throws {
        let series = try Series.parse(
            "from,to,a,b\n2026-07-01T00:00Z,2026-07-01T00:30Z,,0\n", id: "p", file: "p.csv")
        #expect(series.intervals?.first?.values == [nil, .zero])
    }

    @Test(arguments: [
        ("from,to,value\n2026-07-01T00:00Z,2026-07-01,1\n", "p.csv:2:19: bad-value"),
        ("from,to,value\n2026-07-01T00:00Z,,1\n", "p.csv:2:19: bad-value"),
        // without offset an hour of autumn would be two
        ("from,to,value\n2026-07-01T00:00,2026-07-01T00:30,1\n", "p.csv:2:1: bad-value"),
        ("from,to,value\n2026-07-01T00:00:30Z,2026-07-01T00:30Z,1\n", "p.csv:2:1: bad-value"),
        ("from,to,value\n2026-07-01T00:00Z,2026-07-01T01:00+01:00,1\n", "p.csv:2:19: bad-value"),
        ("from,minutes,value\n2026-07-01T00:00Z,0,1\n", "p.csv:2:19: bad-value"),
        ("from,minutes,value\n2026-07-01T00:00Z,half,1\n", "p.csv:2:19: bad-value"),
        ("from,minutes,value\n2026-07-01,30,1\n", "p.csv:2:1: bad-value"),
        ("from,minutes\n2026-07-01,30\n", "p.csv:1:1: bad-value"),
        (
            "from,minutes,value\n2026-07-01T00:00Z,30,1\n2026-07-01T00:15Z,30,1\n",
            "p.csv:3:1: bad-value"
        ),
        ("from,minutes,value\n2026-07-01T00:00Z,30,1e3\n", "p.csv:2:22: bad-value"),
        ("from,minutes,value\n2026-07-01T00:00Z,30\n", "p.csv:2:1: wrong-shape"),
        (
            "from,to,value\n2026-07-01,2026-07-02,1\n2026-07-02T00:00Z,2026-07-03T00:00Z,1\n",
            "p.csv:3:1: bad-value"
        ),
    ])
    func `a problem is found at its place`(text: String, start: String) throws {
        let thrown = #expect(throws: TariffProblems.self) {
            try Series.parse(text, id: "p", file: "p.csv")
        }
        let description = try #require(thrown).description
        #expect(description.hasPrefix(start + ": "), "\(description)")
    }

    private let halfHours = try? TariffText.tariff(
        """
        charges:
          - { id: a, kind: interval_price, on: import.kwh, series: s, unit: CNY/kWh, missing: hold }
        """)

    @Test(arguments: [
        ("from,minutes,value\n2026-07-01T00:00Z,30,1\n2026-07-01T00:30Z,15,1\n", []),
        ("from,minutes,value\n2026-07-01T00:00Z,30,1\n2026-07-01T01:00Z,30,1\n", ["series-gap"]),
        (
            "from,minutes,value\n2026-07-01T00:00Z,30,1\n2026-07-01T00:30Z,30,\n"
                + "2026-07-01T01:00Z,30,1\n", ["series-gap"]
        ),
        ("from,minutes,price\n2026-07-01T00:00Z,30,1\n", ["missing-column"]),
        ("from,to,value\n2026-07-01,,1\n", ["wrong-series"]),
    ])
    func `what a series lacks for a charge is a finding`(text: String, codes: [String]) throws {
        let tariff = try #require(halfHours)
        let series = try Series.parse(text, id: "s", file: "s.csv")
        let findings = tariff.lint(file: "t.yaml", series: SeriesSet([series]))
        #expect(findings.map(\.code.rawValue) == codes)
        #expect(tariff.requiredSeries == ["s"])
    }

    @Test func `a price of days finds no days in a series of instants`() throws {
        let tariff = try TariffText.tariff(
            """
            charges:
              - { id: a, kind: energy, on: import.kwh, price: { series: s, at: by_days } }
            """)
        let series = try Series.parse(
            "from,minutes,value\n2026-07-01T00:00Z,30,1\n", id: "s", file: "s.csv")
        let findings = tariff.lint(file: "t.yaml", series: SeriesSet([series]))
        #expect(findings.map(\.code) == [.wrongSeries])
        #expect(tariff.lint(file: "t.yaml", series: SeriesSet()).map(\.code) == [.missingSeries])
        let day = try #require(CivilDay(iso: "2026-07-01"))
        #expect(throws: PriceGap.self) { try series.value(column: "value", on: day) }
    }

    @Test func `a tariff priced by intervals needs no true-up`() {
        let head = TariffText.head.replacing("true_up: next_bill\n", with: "")
        func charge(_ more: String) -> String {
            "charges:\n  - { id: a, kind: interval_price, on: import.kwh, series: s, "
                + "unit: CNY/kWh, missing: hold\(more) }\n"
        }
        #expect(TariffText.problems(head + charge("")) == [])
        // Those who do not have the flag may have registers.
        let conditional =
            charge(", if: smart")
            + "  - { id: b, kind: energy, if: not smart, on: import.kwh, price: 1 }\n"
        #expect(TariffText.problems(head + "needs: { smart: flag }\n" + conditional).count == 1)
    }
}
