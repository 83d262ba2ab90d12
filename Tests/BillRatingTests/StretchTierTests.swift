// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterUsage
import Quantities
import Testing

/// Tiers that count day by day, or in the order of use.
@Suite struct StretchTierTests {
    private let peakAndOff = """
        periods: { peak: { time: 08:00-20:00 }, off: rest }
        charges:
          - id: energy
            kind: tiers
            on: import.kwh
            cycle: month
            limits: whole
            allocation: chronological
            tiers:
              - { to: 350, price: { peak: 0.19, off: 0.08 } }
              - { price: { peak: 0.27, off: 0.12 } }

        """

    private func passes(_ tariff: Tariff, series: SeriesSet = SeriesSet()) {
        #expect(!tariff.examples.isEmpty)
        for example in tariff.examples {
            let run = TariffExampleRun(example, of: tariff, series: series)
            #expect(run.passes, "\(run)")
        }
    }

    @Test func `a limit per day counts each day by itself`() throws {
        let tariff = try Tariff.parse(
            """
            format: 1
            id: au
            version: 1
            valid_from: 2026-01-01
            currency: AUD
            timezone: Australia/Brisbane
            rounding: { money: 0.01, mode: half_up, at: line }
            prices_include_tax: false
            charges:
              - { id: supply, kind: fixed, price: 1.20, per: day }
              - id: usage
                kind: tiers
                on: import.kwh
                cycle: day
                tiers: [{ to: 15, price: 0.25 }, { price: 0.30 }]
              - { id: gst, kind: tax, category: GST, of: all, base: as_billed, rate: 0.10 }
            examples:
              # 2 × 1.20 + 2 × (15 × 0.25 + 7 × 0.30) = 2.40 + 2 × 5.85 = 14.10; GST 1.41
              - given: { kwh_by_day: [22, 22] }
                expect: { supply: 2.40, usage: 11.70, net: 14.10, tax: 1.41, total: 15.51 }
              # 44 kWh as well, but the second tier has 25 - 15 = 10 and 19 - 15 = 4 of them:
              # 30 × 0.25 + 14 × 0.30 = 7.50 + 4.20
              - given: { kwh_by_day: [25, 19] }
                expect: { usage: 11.70 }
              # one day below its limit: 5 × 0.25 + 15 × 0.25 + 24 × 0.30 = 1.25 + 3.75 + 7.20
              - given: { kwh_by_day: [5, 39] }
                expect: { usage: 12.20 }
              - given: { kwh_by_day: [0, 0] }
                expect: { usage: 0 }
            """, file: "t.yaml", sha256: "")
        passes(tariff)
        let load = try hours("2026-01-05", 48, kwh: { $0 < 24 ? "1" : "0.5" }, "Australia/Brisbane")
        let bill = try #require(
            try tariff.price(load: load, file: "l.csv", parameters: [:], series: SeriesSet())
                .periods.first
        ).bill
        // 24 kWh and 12 kWh: 27 in the first tier, 9 in the second.
        #expect(bill.lines.map(\.quantity.description) == ["2", "27", "9"])
        #expect(
            bill.lines[2].formula
                == "tier 2 from 15 of each day: 9 kWh × 0.3 AUD/kWh = 2.7 AUD")
    }

    @Test func `the running total decides the tier in the order of use`() throws {
        let tariff = try Given.tariff(
            peakAndOff + """
                examples:
                  # 300 kWh off-peak first, then 200 peak of which 50 below 350:
                  # 300 × 0.08 + 50 × 0.19 + 150 × 0.27 = 24.00 + 9.50 + 40.50
                  - given: { interval: 60min, kwh_by_interval: { 2026-01-02T02:00+08:00: 300, 2026-01-02T09:00+08:00: 200 } }
                    expect: { energy: 74.00 }
                  # peak first: 200 × 0.19 + 150 × 0.08 + 150 × 0.12 = 38.00 + 12.00 + 18.00
                  - given: { interval: 60min, kwh_by_interval: { 2026-01-02T09:00+08:00: 200, 2026-01-02T22:00+08:00: 300 } }
                    expect: { energy: 68.00 }
                """)
        passes(tariff)
        let load = try hours("2026-01-02", 24, kwh: { $0 < 8 ? "37.5" : $0 < 18 ? "20" : "0" })
        let bill = try #require(
            try tariff.price(load: load, file: "l.csv", parameters: [:], series: SeriesSet())
                .periods.first
        ).bill
        #expect(
            bill.lines.map { "\($0.tier ?? 0) \($0.period ?? "") \($0.quantity)" } == [
                "1 peak 50", "1 off 300", "2 peak 150",
            ])
        #expect(
            bill.lines[2].formula
                == "tier 2 from 350, in the order of use: 150 kWh × 0.27 CNY/kWh = 40.5 CNY")
    }

    /// A load by the hour from a day of a zone on.
    private func hours(
        _ day: String, _ count: Int, kwh: (Int) -> String, _ zone: String = "Asia/Shanghai"
    ) throws -> String {
        let first = try TimeZoneTable.named(zone).startOfDay(try Given.day(day))
        return "start,kwh\n"
            + (0..<count).map { "\((first + Int64($0 * 3600)).iso(offset: 0)),\(kwh($0))\n" }
            .joined()
    }

    @Test func `an interval that crosses a limit is split exactly`() throws {
        let tariff = try Given.tariff(peakAndOff)
        let load = try hours("2026-01-01", 744, kwh: { _ in "1.5" })
        let bill = try #require(
            try tariff.price(load: load, file: "l.csv", parameters: [:], series: SeriesSet())
                .periods.first
        ).bill
        // 350 / 1.5 = 233 1/3 hours: 9 days and 17 1/3 hours; peak 9 × 12 + 9 1/3 = 117 1/3 hours.
        let peak = Exact(352, over: 3) * Exact(3, over: 2)
        #expect(bill.lines[0].quantity == peak)
        #expect(bill.lines[1].quantity == Exact(350) - peak)
        // 372 hours of each period in the month.
        #expect(bill.lines[2].quantity == Exact(558) - peak)
        #expect(bill.lines[3].quantity == Exact(558) - (Exact(350) - peak))
    }

    @Test func `a year of chronological tiers counts on from bill to bill`() throws {
        let tariff = try Given.tariff(
            peakAndOff.replacing(
                "cycle: month", with: "cycle: calendar_year\n    year_of: period_end"))
        // January's 24 kWh a day reach 350 on its fifteenth day; all of February is above.
        let load = try hours("2026-01-01", 1416, kwh: { _ in "1" })
        let periods = try tariff.price(
            load: load, file: "l.csv", parameters: [:], series: SeriesSet()
        ).periods
        #expect(periods[0].bill.lines.map(\.tier) == [1, 1, 2, 2])
        #expect(periods[1].bill.lines.map(\.tier) == [2, 2])
        #expect(periods[1].bill.lines.map(\.quantity.description) == ["336", "336"])
    }

    @Test func `days share their tiers over periods as the tariff says`() throws {
        let charges = """
            periods: { peak: { time: 08:00-20:00 }, off: rest }
            charges:
              - id: energy
                kind: tiers
                on: import.kwh
                cycle: day
                allocation: ALLOCATION
                tiers:
                  - { to: 10, price: { peak: 2, off: 1 } }
                  - { price: { peak: 4, off: 3 } }
            """
        // Each day 8 off-peak first, then 12 peak, then 4 off-peak.
        func quantities(_ allocation: String) throws -> [String] {
            let tariff = try Given.tariff(charges.replacing("ALLOCATION", with: allocation))
            let load = try hours("2026-01-05", 48, kwh: { _ in "1" })
            let bill = try tariff.price(
                load: load, file: "l.csv", parameters: [:], series: SeriesSet()
            ).periods[0].bill
            return bill.lines.map { "\($0.tier ?? 0) \($0.period ?? "") \($0.quantity)" }
        }
        // The shares of thirty days have no common fraction that stays exact.
        do {
            _ = try quantities("proportional")
            Issue.record("it was taken")
        } catch let problems as TariffProblems {
            #expect(problems.problems.map(\.code) == [.badValue])
        }
        // 8 off-peak and 2 peak.
        #expect(
            try quantities("chronological") == [
                "1 peak 4", "1 off 16", "2 peak 20", "2 off 8",
            ])
    }

    @Test func `what registers count is held`() throws {
        for tariff in [
            try Given.tariff(peakAndOff),
            try Given.tariff(
                """
                charges:
                  - { id: energy, kind: tiers, on: import.kwh, cycle: day, tiers: [{ to: 1, price: 1 }, { price: 2 }] }
                """),
        ] {
            let input = try Given.input(tariff, kwh: ["peak": "1", "off": "1"])
            var hold: RatingHold?
            do throws(RatingHold) { _ = try rate(input) } catch { hold = error }
            #expect(hold?.code == .missingDeterminant)
            #expect(hold?.detail.contains("interval readings tell it") ?? false)
        }
    }

    @Test func `equal prices bill the same whatever the order of use`() throws {
        // Chronological tiers of equal prices in all periods are plain tiers.
        let plain = try Given.tariff(
            """
            charges:
              - { id: energy, kind: tiers, on: import.kwh, cycle: month, limits: whole, tiers: [{ to: 350, price: 1 }, { price: 2 }] }
            """)
        let ordered = try Given.tariff(
            peakAndOff.replacing("peak: 0.19, off: 0.08", with: "peak: 1, off: 1")
                .replacing("peak: 0.27, off: 0.12", with: "peak: 2, off: 2"))
        for seed in 1...5 {
            let load = try hours("2026-01-01", 744) { "0.\(100 + $0 * $0 * seed % 900)" }
            func exact(_ tariff: Tariff) throws -> Exact {
                try tariff.price(load: load, file: "l.csv", parameters: [:], series: SeriesSet())
                    .periods[0].bill.lines.reduce(.zero) { $0 + $1.amountExact }
            }
            #expect(try exact(plain) == exact(ordered))
        }
    }
}
