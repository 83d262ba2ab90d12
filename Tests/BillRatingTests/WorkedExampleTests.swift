// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterUsage
import Quantities
import Testing

/// Bills that were worked by hand, each a tariff with its examples.
@Suite struct WorkedExampleTests {
    private static let hours = """
        needs: { kw: number }
        charges:
          - id: energy
            kind: tiers
            on: import.kwh
            cycle: month
            limits: whole
            limits_per: kw
            tiers: [{ to: 200, price: 0.118 }, { to: 350, price: 0.083 }, { price: 0.052 }]
        examples:
          # 100 kW: 20 000 × 0.118 + 10 000 × 0.083 = 2 360 + 830
          - given: { kwh: 30000, kw: 100 }
            expect: { energy: 3190.00 }
          # 80 kW: 16 000 × 0.118 + 12 000 × 0.083 + 2 000 × 0.052 = 1 888 + 996 + 104
          - given: { kwh: 30000, kw: 80 }
            expect: { energy: 2988.00 }
        """

    private static let daily = """
        charges:
          - id: usage
            kind: tiers
            on: import.kwh
            cycle: billing_period
            limits_per: day
            tiers: [{ to: 15, price: 0.25 }, { price: 0.30 }]
        examples:
          # two days pool 30 kWh: 30 × 0.25 + 14 × 0.30
          - given: { from: 2026-01-05, to: 2026-01-07, kwh: 44 }
            expect: { usage: 11.70 }
          # 31 days: 465 × 0.25 + 35 × 0.30 = 116.25 + 10.50
          - given: { from: 2026-01-01, kwh: 500 }
            expect: { usage: 126.75 }
        """

    private static let households = """
        needs: { persons: number, low_income: flag }
        charges:
          - id: energy
            kind: tiers
            on: import.kwh
            cycle: calendar_year
            year_of: period_end
            limits: whole
            raise_limits: { if: persons >= 5, by: [1200, 1200] }
            tiers: [{ to: 2760, price: 0.538 }, { to: 4800, price: 0.588 }, { price: 0.838 }]
          - id: free
            kind: free_quota
            if: low_income
            on: import.kwh
            up_to: 15
            per: month
            prorate: days
            price: 0.538
        examples:
          - given: { to: 2027-01-01, kwh: 5200, persons: 3, low_income: false }
            expect: { energy: 3019.60, total: 3019.60 }
          # 3 960 × 0.538 + 1 240 × 0.588
          - given: { to: 2027-01-01, kwh: 5200, persons: 5, low_income: false }
            expect: { energy: 2859.60 }
          # 15 × 12 × 0.538
          - given: { to: 2027-01-01, kwh: 5200, persons: 3, low_income: true }
            expect: { free: -96.84, total: 2922.76 }
          # no more is given back than was used: 7 × 0.538 = 3.766
          - given: { kwh: 7, persons: 3, low_income: true }
            expect: { energy: 3.77, free: -3.77 }
          # 10 of 31 days: 15 × 10/31 × 0.538 = 2.6032
          - given: { from: 2026-01-01, to: 2026-01-11, kwh: 40, persons: 3, low_income: true }
            expect: { free: -2.60 }
        """

    private static let perPeriod = """
        periods: { peak: { time: 08:00-20:00 }, off: rest }
        registers: { peak: 1.8.2, off: 1.8.3 }
        charges:
          - id: energy
            kind: tiers
            on: import.kwh
            cycle: month
            limits: by_days
            allocation: per_period
            tiers:
              peak: [{ to: 100, price: 0.19 }, { price: 0.27 }]
              off: [{ to: 350, price: 0.08 }, { price: 0.12 }]
        examples:
          # 100 × 0.19 + 100 × 0.27 = 46.00; 300 × 0.08 = 24.00
          - given: { kwh_by_period: { peak: 200, off: 300 } }
            expect: { energy: 70.00 }
        """

    private static let sharedLimits = """
        seasons: { warm: { months: [6, 7, 8, 9] }, cold: rest }
        periods:
          summer_peak: { season: warm, time: 08:00-20:00 }
          summer_off: { season: warm, time: [00:00-08:00, 20:00-24:00] }
          winter: rest
        registers: { summer_peak: 1.8.1, summer_off: 1.8.2, winter: 1.8.3 }
        charges:
          - id: energy
            kind: tiers
            on: import.kwh
            cycle: month
            limits: by_days
            allocation: proportional
            tiers:
              summer_peak: [{ to: 350, price: 0.19 }, { price: 0.27 }]
              summer_off: [{ to: 350, price: 0.08 }, { price: 0.12 }]
              winter: [{ to: 500, price: 0.10 }, { price: 0.15 }]
        examples:
          # 140 @ 0.19 + 60 @ 0.27 + 210 @ 0.08 + 90 @ 0.12
          - given: { from: 2026-07-01, kwh_by_period: { summer_peak: 200, summer_off: 300 } }
            expect: { energy: 70.40 }
          # 500 × 0.10 + 100 × 0.15
          - given: { from: 2026-01-01, kwh_by_period: { winter: 600 } }
            expect: { energy: 65.00 }
          - given: { from: 2026-01-01, kwh_by_period: {} }
            expect: { energy: 0.00 }
        """

    private static let groups = """
        periods: { sharp: { time: 08:00-10:00 }, peak: { time: 10:00-12:00 }, off: rest }
        registers: { sharp: 1.8.1, peak: 1.8.2, off: 1.8.3 }
        charges:
          - id: purchase
            kind: energy
            on: import.kwh
            groups: { day: [sharp, peak], night: off }
            price: { day: 0.5, night: 0.3 }
          - id: tiered
            kind: tiers
            on: import.kwh
            groups: { day: [sharp, peak], night: off }
            cycle: month
            limits: whole
            allocation: proportional
            tiers: [{ to: 350, price: { day: 0.19, night: 0.08 } }, { price: { day: 0.27, night: 0.12 } }]
        examples:
          # (80 + 120) × 0.5 + 300 × 0.3; 140 @ 0.19 + 60 @ 0.27 + 210 @ 0.08 + 90 @ 0.12
          - given: { kwh_by_period: { sharp: 80, peak: 120, off: 300 } }
            expect: { purchase: 190.00, tiered: 70.40 }
        """

    private static let bySeason = """
        seasons: { summer: { dates: 06-15..09-16 }, winter: rest }
        season_of: period_end
        charges:
          - id: energy
            kind: tiers
            on: import.kwh
            cycle: month
            limits: whole
            tiers:
              summer: [{ to: 150, price: 0.09 }, { price: 0.131 }]
              winter: [{ price: 0.045 }]
        examples:
          # June ends in summer: 150 × 0.09 + 50 × 0.131
          - given: { from: 2026-06-01, kwh: 200 }
            expect: { energy: 20.05 }
          - given: { from: 2026-09-01, kwh: 200 }
            expect: { energy: 9.00 }
        """

    private static let minimum = """
        charges:
          - { id: customer, kind: fixed, price: 12, per: month, prorate: days }
          - { id: energy, kind: energy, on: import.kwh, price: 0.239 }
          - id: least
            kind: minimum
            of: [customer, energy]
            base: as_billed
            price: 60
            per: month
            prorate: days
          - { id: vat, kind: tax, category: VAT, of: all, except: customer, base: as_billed, rate: 0.1 }
        examples:
          # 12.00 + 35.85 = 47.85 lack 12.15; tax on 48.00
          - given: { kwh: 150 }
            expect: { customer: 12.00, energy: 35.85, least: 12.15, tax: 4.80, total: 64.80 }
          - given: { kwh: 200.9 }
            expect: { energy: 48.02, least: 0.00, total: 64.82 }
          # 10 of 31 days: 19.3548 of 60 and 3.87 of 12: 15.48 lack
          - given: { from: 2026-01-01, to: 2026-01-11, kwh: 0 }
            expect: { customer: 3.87, least: 15.48 }
        """

    private static let powerFactor = """
        needs: { pf_standard: number }
        charges:
          - { id: energy, kind: energy, on: import.kwh, price: 0.50 }
          - { id: basic, kind: fixed, price: 126500, per: month, prorate: none }
          - { id: funds, kind: energy, on: import.kwh, price: 0.01 }
          - id: pf
            kind: power_factor
            of: all
            except: funds
            base: as_billed
            table: cn_1983
            standard: pf_standard
            reactive: [reactive_import.kvarh, reactive_export.kvarh]
            mode: half_up
            if_idle: no_adjustment
        examples:
          # 547 000 kWh and 301 000 kvarh: 0.8761, that is 0.88: 1 % of 273 500 + 126 500
          - given: { kwh: 547000, kvarh: 300000, reactive_export_kvarh: 1000, pf_standard: 0.90 }
            expect: { pf: 4000.00 }
          # 0.85: -0.3 % of 400 000
          - given: { kwh: 547000, kvarh: 301000, reactive_export_kvarh: 0, pf_standard: 0.85 }
            expect: { pf: -1200.00 }
          - given: { kwh: 0, kvarh: 0, reactive_export_kvarh: 0, pf_standard: 0.8 }
            expect: { pf: 0.00, total: 126500.00 }
        """

    private static let billLayout = """
        charges:
          - { id: base, kind: fixed, price: 6137186.5, per: month, prorate: none }
          - id: pf
            kind: power_factor
            of: base
            base: exact
            table: cn_1983
            standard: 0.90
            reactive: reactive_import.kvarh
            mode: half_up
            if_idle: hold
        examples:
          # 1000 / √(1000² + 456²) = 0.9099, that is 0.91: -0.15 % of 6 137 186.50 is -9 205.779 75
          - given: { kwh: 1000, kvarh: 456 }
            expect: { base: 6137186.50, pf: -9205.78 }
        """

    @Test(arguments: [
        billLayout, hours, daily, households, perPeriod, sharedLimits, groups, bySeason, minimum,
        powerFactor,
    ])
    func `a tariff gives what was worked by hand`(text: String) throws {
        let tariff = try Given.tariff(text)
        #expect(!tariff.examples.isEmpty)
        for example in tariff.examples {
            let run = TariffExampleRun(example, of: tariff, series: SeriesSet())
            #expect(run.passes, "line \(example.position.line): \(run)")
        }
    }

    @Test func `periods of different limits are not shared out in proportion`() throws {
        let input = try Given.input(
            Given.tariff(Self.sharedLimits), from: "2026-06-15", to: "2026-07-15",
            kwh: ["summer_peak": "1", "summer_off": "1", "winter": "1"])
        do {
            _ = try rate(input)
            Issue.record("it was rated")
        } catch { #expect(error.code == .undefinedAllocation) }
    }

    @Test func `a period that is split has one power factor`() throws {
        let tariff = try Given.tariff(
            Self.powerFactor.replacing("prorate: none", with: "prorate: days"))
        func part(
            _ tariff: Tariff, _ from: String, _ to: String, _ kwh: String, _ kvarh: String
        ) throws -> RatingInput {
            var input = try Given.input(
                tariff, from: from, to: to, kwh: ["all": kwh], parameters: ["pf_standard": "0.90"])
            for (quantity, amount) in [
                (UsageQuantity.reactiveImport, kvarh), (.reactiveExport, "0"),
            ] {
                input.determinants.energy.append(
                    .init(quantity: quantity, period: "all", amount: try #require(Exact(amount))))
            }
            input = RatingInput(
                tariff: tariff, determinants: input.determinants, cycle: input.cycle,
                parameters: input.parameters, series: SeriesSet())
            (input.cycle.periodStart, input.cycle.periodEnd) = (
                try Given.day("2026-06-01"), try Given.day("2026-07-01")
            )
            return input
        }
        // 10 of 30 days. 547 000 kWh and 301 000 kvarh of the month are 0.88: 1 % of each part, though the
        // first alone, 100 000 kWh and 10 000 kvarh, has 1.00: 50 000 + 126 500 / 3; 223 500 + 84 333.33.
        let first = try part(tariff, "2026-06-01", "2026-06-11", "100000", "10000")
        let second = try part(tariff, "2026-06-11", "2026-07-01", "447000", "291000")
        let bill = try rate([first, second])
        #expect(
            bill.lines.filter { $0.chargeID == "pf" }.map(\.amount.minorUnits) == [92167, 307833])
        let other = try Given.tariff(
            Self.powerFactor.replacing("prorate: none", with: "prorate: days")
                .replacing("mode: half_up", with: "mode: down"))
        for spans in [
            [first], [first, try part(other, "2026-06-11", "2026-07-01", "447000", "291000")],
        ] {
            do throws(RatingHold) {
                _ = try rate(spans)
                Issue.record("it was rated")
            } catch { #expect(error.code == .undecidedSplit) }
        }
    }

    @Test func `what the tariff has no answer to is held`() throws {
        func code(_ input: RatingInput) -> RatingHold.Code? {
            do {
                _ = try rate(input)
                return nil
            } catch { return error.code }
        }
        let idle = try Given.tariff(
            Self.powerFactor.replacing("if_idle: no_adjustment", with: "if_idle: hold"))
        let example = try #require(idle.examples.last)
        #expect(
            TariffExampleRun(example, of: idle, series: SeriesSet()).hold?.code
                == .undefinedPowerFactor)
        let pf = try Given.tariff(Self.powerFactor)
        // No reactive energy was measured.
        #expect(
            code(try Given.input(pf, kwh: ["all": "5"], parameters: ["pf_standard": "0.9"]))
                == .missingDeterminant)
        let hours = try Given.tariff(Self.hours)
        #expect(
            code(try Given.input(hours, kwh: ["all": "5"], parameters: ["kw": "-1"]))
                == .badParameter)
        // A least amount that is not prorated meets the first part of a month that is split.
        let least = try Given.tariff(
            """
            charges:
              - { id: energy, kind: energy, on: import.kwh, price: 0.239 }
              - { id: least, kind: minimum, of: all, base: exact, price: 60, per: month, prorate: none }
            """)
        var part = try Given.input(least, from: "2026-01-01", to: "2026-01-11", kwh: ["all": "5"])
        part.cycle.periodEnd = try Given.day("2026-02-01")
        #expect(code(part) == .undecidedSplit)
    }
}
