// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterUsage
import Quantities
import Testing

@Suite struct EnergyRatingTests {
    private static let yearly = """
        needs: { persons: number }
        charges:
          - id: energy
            kind: tiers
            if: persons < 5
            on: import.kwh
            cycle: calendar_year
            year_of: period_end
            limits: whole
            tiers: [{ to: 2760, price: 0.538 }, { to: 4800, price: 0.588 }, { price: 0.838 }]
          - id: energy_large
            kind: tiers
            if: persons >= 5
            on: import.kwh
            cycle: calendar_year
            year_of: period_end
            limits: whole
            tiers: [{ to: 3960, price: 0.538 }, { to: 6000, price: 0.588 }, { price: 0.838 }]
        """

    @Test(arguments: [
        // 2 760 × .538 + 2 040 × .588 + 400 × .838 = 1 484.88 + 1 199.52 + 335.20
        ("4", "3019.60", ["1484.88", "1199.52", "335.20"]),
        // 3 960 × .538 + 1 240 × .588 = 2 130.48 + 729.12
        ("5", "2859.60", ["2130.48", "729.12"]),
    ])
    func `a year of energy is billed through the yearly tiers`(
        persons: String, total: String, lines: [String]
    ) throws {
        let bill = try rate(
            Given.input(
                Given.tariff(Self.yearly), kwh: ["all": "5200"], parameters: ["persons": persons],
                yearToDate: "0"))
        #expect(Given.amounts(bill) == lines)
        #expect(bill.total.text(in: bill.currency) == total)
    }

    @Test(arguments: [
        // 60 kWh are left in tier 1: 60 × .538 + 40 × .588 = 32.28 + 23.52
        ("2700", "100", ["32.28", "23.52"]), ("2760", "100", ["58.80"]),
        ("4800", "10", ["8.38"]), ("0", "0", ["0.00"]), ("3000", "0", ["0.00"]),
        // 50 kWh given back, 20 of them out of tier 2: 30 × -.538 and 20 × -.588
        ("2780", "-50", ["-16.14", "-11.76"]), ("0", "-10", ["-5.38"]),
    ])
    func `a month straddles the tiers where the year stands`(
        before: String, kwh: String, lines: [String]
    ) throws {
        let bill = try rate(
            Given.input(
                Given.tariff(Self.yearly), kwh: ["all": kwh], parameters: ["persons": "3"],
                yearToDate: before))
        #expect(Given.amounts(bill) == lines)
    }

    @Test func `a line says what filled its tiers before`() throws {
        func formulas(_ before: String) throws -> [String] {
            try rate(
                Given.input(
                    Given.tariff(Self.yearly), kwh: ["all": "100"], parameters: ["persons": "3"],
                    yearToDate: before)
            ).lines.map(\.formula)
        }
        #expect(
            try formulas("2700") == [
                "tier 1 from 0 to 2760, after 2700 kWh of the year: "
                    + "60 kWh × 0.538 CNY/kWh = 32.28 CNY",
                "tier 2 from 2760 to 4800, after 2700 kWh of the year: "
                    + "40 kWh × 0.588 CNY/kWh = 23.52 CNY",
            ])
        #expect(
            try formulas("0") == ["tier 1 from 0 to 2760: 100 kWh × 0.538 CNY/kWh = 53.8 CNY"])
    }

    @Test func `twelve monthly bills of a year sum to the year`() throws {
        let tariff = try Given.tariff(Self.yearly)
        var before = Exact.zero
        var sum = Money.zero
        for _ in 0..<13 {
            let bill = try rate(
                Given.input(
                    tariff, kwh: ["all": "400"], parameters: ["persons": "3"],
                    yearToDate: before.description))
            before += Exact(400)
            sum += bill.total
        }
        // 13 × 400 = 5 200 kWh; every part is a whole number of fen, so nothing rounds.
        #expect(sum.minorUnits == 301_960)
    }

    private static let proportional = """
        periods: { peak: { time: 08:00-20:00 }, off: rest }
        registers: { peak: 1.8.1, off: 1.8.2 }
        charges:
          - id: energy
            kind: tiers
            on: import.kwh
            cycle: month
            limits: by_days
            allocation: proportional
            tiers:
              - { to: 350, price: { peak: 0.19, off: 0.08 } }
              - { price: { peak: 0.27, off: 0.12 } }
        """

    @Test func `tiers are shared out over periods in proportion`() throws {
        // 350 of 500: 140 @ .19 + 210 @ .08, 150 of 500: 60 @ .27 + 90 @ .12
        let bill = try rate(
            Given.input(Given.tariff(Self.proportional), kwh: ["peak": "200", "off": "300"]))
        #expect(Given.amounts(bill) == ["26.60", "16.80", "16.20", "10.80"])
        #expect(bill.total.minorUnits == 7040)
        #expect(bill.lines.map(\.tier) == [1, 1, 2, 2])
        #expect(bill.lines.map(\.period) == ["peak", "off", "peak", "off"])
    }

    @Test func `energies that cancel out hold a bill whose tiers they would share`() throws {
        let input = try Given.input(
            Given.tariff(Self.proportional), kwh: ["peak": "5", "off": "-5"])
        #expect(throws: RatingHold.self) { try rate(input) }
    }

    @Test func `a part of a month has its share of the limits`() throws {
        // 10 of 31 days: limit 3500/31 = 112.9032; peak only: 112.9032 × .19 = 21.4516, rest
        // 87.0968 × .27 = 23.5161
        let bill = try rate(
            Given.input(
                Given.tariff(Self.proportional), from: "2026-01-01", to: "2026-01-11",
                kwh: ["peak": "200", "off": "0"]))
        #expect(Given.amounts(bill) == ["21.45", "23.52"])
        #expect(bill.lines[0].quantity == Exact(3500, over: 31))
    }

    @Test func `a contract that starts inside the year has its share of yearly limits`() throws {
        let text = Self.yearly.replacing("limits: whole", with: "limits: by_days")
        var input = try Given.input(
            Given.tariff(text), from: "2026-12-01", to: "2027-01-01", kwh: ["all": "1000"],
            parameters: ["persons": "1"], yearToDate: "0")
        // From 20 October: 73 of 365 days, a fifth: 552 and 960.
        input.cycle.contractStart = try Given.day("2026-10-20")
        // 552 × .538 + 408 × .588 + 40 × .838 = 296.976 + 239.904 + 33.52
        #expect(Given.amounts(try rate(input)) == ["296.98", "239.90", "33.52"])
    }

    @Test(arguments: [
        // The period from 15 December to 15 January; the contract began on 20 October 2025, 73 days
        // before the year's end: limits of a fifth, 552 and 960, or in 2026 whole, 2760 and 4800.
        // 700 kWh until New Year, 300 after.
        //   2025: 552 × .538 + 408 × .588 + 40 × .838; 2026: 1000 × .538
        ("period_start", "570.40"), ("period_end", "538.00"),
    ])
    func `a period split at New Year counts in one year, as if it were whole`(
        yearOf: String, total: String
    ) throws {
        let tariff = try Given.tariff(
            Self.yearly.replacing("limits: whole", with: "limits: by_days")
                .replacing("year_of: period_end", with: "year_of: \(yearOf)"))
        func input(_ from: String, _ to: String, _ kwh: String, before: String) throws
            -> RatingInput
        {
            var input = try Given.input(
                tariff, from: from, to: to, kwh: ["all": kwh], parameters: ["persons": "1"],
                yearToDate: before)
            input.cycle = CyclePlace(
                full: try Given.day("2025-12-15"), to: try Given.day("2026-01-15"))
            input.cycle.contractStart = try Given.day("2025-10-20")
            return input
        }
        let whole = try rate(input("2025-12-15", "2026-01-15", "1000", before: "0"))
        let split = try rate([
            input("2025-12-15", "2026-01-01", "700", before: "0"),
            input("2026-01-01", "2026-01-15", "300", before: "700"),
        ])
        #expect(whole.total.text(in: whole.currency) == total)
        #expect(split.total.text(in: split.currency) == total)
    }

    @Test func `only what floats is multiplied, and the floated price is rounded`() throws {
        let tariff = try Given.tariff(
            """
            periods: { peak: { time: 08:00-20:00 }, valley: { time: 00:00-06:00 }, flat: rest }
            charges:
              - id: purchase
                kind: energy
                on: import.kwh
                price: { series: p, column: purchase, at: period_start, round: 0.0001, mode: half_up }
                float: { peak: 1.75, valley: 0.25, flat: 1 }
              - id: rest
                kind: energy
                name: { zh: 其他, en: Other }
                on: import.kwh
                price: { series: p, at: period_start }
                split: { loss: Line loss, funds: { zh: 基金, en: Funds } }
            period_names: { peak: { zh: 峰, en: Peak } }
            """)
        let series = SeriesSet([
            try Series.parse(
                "from,to,purchase,loss,funds\n2026-01-01,2026-02-01,0.2486,0.0121,-0.0041\n",
                id: "p", file: "p.csv")
        ])
        let bill = try rate(
            Given.input(
                tariff, kwh: ["peak": "1000", "valley": "1000", "flat": "0"], series: series))
        // .2486 × 1.75 = .43505 → .4351; × .25 = .06215 → .0622; flat has no energy and no line
        #expect(bill.lines.map(\.price.description) == ["0.4351", "0.0622", "0.0121", "-0.0041"])
        #expect(Given.amounts(bill) == ["435.10", "62.20", "24.20", "-8.20"])
        #expect(bill.lines[3].description == "其他 / Other · 基金 / Funds")
        #expect(bill.lines[0].description == "purchase · 峰 / Peak")
        #expect(bill.lines[1].description == "purchase · valley")
        #expect(
            bill.amount(of: ChargeReference(charge: "rest", component: "loss")).minorUnits == 2420)
        #expect(bill.lines[0].formula.contains("0.2486 × 1.75"))
    }
}
