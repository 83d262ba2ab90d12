// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import Quantities
import Testing

/// Demand charges that were worked by hand, each a tariff with its examples.
@Suite struct DemandExampleTests {
    private static let tiers = """
        periods: { peak: { time: 08:00-20:00 }, off: rest }
        charges:
          - id: flat
            kind: demand
            by: all
            window: 15min
            type: block
            tiers: [{ to: 100, price: 4.5 }, { price: 7.25 }]
            per: month
            prorate: none
          - id: tou
            kind: demand
            by: period
            window: 30min
            type: sliding
            tiers:
              peak: [{ to: 50, price: 10 }, { price: 20 }]
              off: [{ price: 2 }]
            per: month
            prorate: none
        examples:
          # 100 × 4.5 + 20 × 7.25 = 450 + 145; 50 × 10 + 70 × 20 + 40 × 2 = 500 + 1 400 + 80
          - given: { demand: { all: 120, peak: 120, off: 40 } }
            expect: { flat: 595.00, tou: 1980.00 }
          # 90 × 4.5; 50 × 10 + 0 × 20 + 90 × 2
          - given: { demand: { all: 90, peak: 50, off: 90 } }
            expect: { flat: 405.00, tou: 680.00 }
        """

    private static let seasons = """
        seasons: { summer: { months: [6, 7, 8, 9] }, winter: rest }
        season_of: period_start
        charges:
          - id: flat
            kind: demand
            by: all
            window: 15min
            type: block
            tiers:
              winter: [{ to: 100, price: 4.5 }, { price: 7.25 }]
              summer: [{ to: 150, price: 9 }, { price: 13.1 }]
            per: month
            prorate: none
        examples:
          # 100 × 4.5 + 60 × 7.25 = 450 + 435; 150 × 9 + 10 × 13.1 = 1 350 + 131
          - given: { from: 2026-01-01, demand: 160 }
            expect: { flat: 885.00 }
          - given: { from: 2026-07-01, demand: 160 }
            expect: { flat: 1481.00 }
        """

    private static let steps = """
        charges:
          - id: below
            kind: demand
            by: all
            window: 60min
            type: block
            steps: [{ below: 2, price: 125 }, { below: 5, price: 206 }, { price: 350 }]
            per: month
            prorate: days
          - id: up_to
            kind: demand
            by: all
            window: 60min
            type: block
            steps: [{ up_to: 2, price: 125 }, { up_to: 5, price: 206 }, { price: 350 }]
            ratchet: { share: 0.80, months: 11, scope: all }
            per: month
            prorate: none
        examples:
          - given: { demand: 0 }
            expect: { below: 125.00, up_to: 125.00 }
          - given: { demand: 2 }
            expect: { below: 206.00, up_to: 125.00 }
          - given: { demand: 5 }
            expect: { below: 350.00, up_to: 206.00 }
          - given: { demand: 5.001 }
            expect: { below: 350.00, up_to: 350.00 }
          # 10 of 31 days: 206 × 10/31 = 66.4516
          - given: { from: 2026-01-01, to: 2026-01-11, demand: 3 }
            expect: { below: 66.45, up_to: 206.00 }
          # 125 + 350; then 0.8 × 7 = 5.6 kW: 350 + 350
          - given: { demand_by_month: [7, 1] }
            expect: { below: 475.00, up_to: 700.00 }
        """

    private static func ratchet(_ more: String) -> String {
        """
        periods: { peak: { time: 08:00-20:00 }, off: rest }
        charges:
          - id: flat
            kind: demand
            by: all
            window: 15min
            type: block
            price: 10
            ratchet: { share: 0.80, months: 11, scope: all }
            per: month
            prorate: none
          - id: season
            kind: demand
            by: all
            window: 15min
            type: block
            price: 10
            ratchet: { share: 0.80, months: 11, scope: all, of: [12, 1, 2], month_of: period_end }
            per: month
            prorate: none
          - id: tou
            kind: demand
            by: period
            window: 15min
            type: block
            price: 1
            ratchet: { share: 0.5, months: 1, scope: \(more) }
            per: month
            prorate: none
        """
    }

    private static let own =
        ratchet("period") + """

            examples:
              # July 250, six times 0.8 × 250 = 200, February max(120, 200) = 200: 1 650 kW at 10.
              # In season: 250 + 6 × 150; February: max(120, 0.8 × 150) = 120: 1 270 kW at 10
              - given:
                  from: 2026-07-01
                  demand_by_month: [250, 150, 150, 150, 150, 150, 150, 120]
                expect: { flat: 16500.00, season: 12700.00 }
              # First 100 + 40; then peak max(10, 0.5 × 100) = 50, off max(30, 0.5 × 40) = 30; then
              # peak max(10, 0.5 × 10) = 10, off max(5, 0.5 × 30) = 15
              - given:
                  demand_by_month:
                    - { all: 100, peak: 100, off: 40 }
                    - { all: 30, peak: 10, off: 30 }
                    - { all: 10, peak: 10, off: 5 }
                expect: { tou: 245.00 }
            """

    private static let highest =
        ratchet("all") + """

            examples:
              # First 100 + 40; then both max(measured, 0.5 × 100) = 50 + 50
              - given:
                  demand_by_month:
                    - { all: 100, peak: 100, off: 40 }
                    - { all: 30, peak: 10, off: 30 }
                expect: { tou: 240.00 }
            """

    private static let means = """
        charges:
          - id: days
            kind: demand
            by: all
            window: 60min
            type: block
            peaks: { mean_of: 3, on: different_days, fewer: mean }
            price: 1
            per: month
            prorate: none
          - id: months
            kind: demand
            by: all
            window: 15min
            type: block
            price: 1
            mean_of_months: 12
            at_least: 2.5
            least_of: month
            per: month
            prorate: none
          - id: whole
            kind: demand
            by: all
            window: 15min
            type: block
            price: 1
            mean_of_months: 3
            at_least: 2.5
            least_of: mean
            per: month
            prorate: none
        examples:
          # (6.1 + 5.4 + 5.0) / 3 = 5.5
          - given: { demand: [6.1, 5.4, 5.0] }
            expect: { days: 5.50 }
          # (6.1 + 5.4) / 2 = 5.75
          - given: { demand: [5.4, 6.1] }
            expect: { days: 5.75 }
          # 4; (4 + 2.5) / 2 = 3.25; (4 + 2.5 + 3) / 3 = 3.166…: 4.00 + 3.25 + 3.17.
          # Of the whole: 4; 2.5; (4 + 1 + 3) / 3 = 2.666…: 4.00 + 2.50 + 2.67
          - given: { demand_by_month: [4, 1, 3] }
            expect: { months: 10.42, whole: 9.17 }
          # 4; 2.5; 2.666…; then three months only: (1 + 3 + 8) / 3 = 4: 9.17 + 4.00
          - given: { demand_by_month: [4, 1, 3, 8] }
            expect: { whole: 13.17 }
        """

    private static let highUse = """
        needs: { kva: number, contract_kw: number }
        charges:
          - id: actual
            kind: demand
            by: all
            window: 15min
            type: block
            price: 33
            high_use: { kwh_per: kva, at_least: 260, times: 0.9 }
            per: month
            prorate: days
          - id: contract
            kind: contract_demand
            of: contract_kw
            price: 33
            over_from: 1.05
            over_times: 2
            high_use: { kwh_per: kva, at_least: 260, times: 0.9 }
            window: 15min
            type: block
            per: month
            prorate: days
        examples:
          # 416 000 / 1 600 = 260 kWh a kVA: 33 × 0.9 = 29.70. 1 000 × 29.70 and 1 250 × 29.70
          - given: { kva: 1600, contract_kw: 1250, kwh: 416000, demand: 1000 }
            expect: { actual: 29700.00, contract: 37125.00 }
          # A kWh less: 33. 1 400 - 1 312.5 = 87.5 kW at 66
          - given: { kva: 1600, contract_kw: 1250, kwh: 415999, demand: 1400 }
            expect: { actual: 46200.00, contract: 47025.00 }
          # Half of April needs 208 000 kWh, and pays half: 1 000 × 29.70 / 2
          - given:
              { from: 2026-04-01, to: 2026-04-16, kva: 1600, contract_kw: 1250, kwh: 208000, demand: 1000 }
            expect: { actual: 14850.00 }
        """

    private static let excess = """
        needs: { agreed_kva: number }
        charges:
          - { id: capacity, kind: capacity, of: agreed_kva, unit: kVA, price: 0.045, per: day }
          - id: exceeded
            kind: excess_demand
            of: agreed_kva
            measure: kva
            window: 30min
            type: block
            price: 0.07
            per: day
            round_quantity: { to: 1, mode: up }
        examples:
          # 30 days: 500 kVA × 4.5 p × 30 = 675.00; 20 kVA over × 7 p × 30 = 42.00
          - given: { from: 2026-06-01, agreed_kva: 500, demand: 520 }
            expect: { capacity: 675.00, exceeded: 42.00 }
          - given: { from: 2026-06-01, agreed_kva: 500, demand: 500 }
            expect: { exceeded: 0 }
        """

    @Test(arguments: [tiers, seasons, steps, own, highest, means, highUse, excess])
    func `the worked examples come out`(text: String) throws {
        let tariff = try Given.tariff(text)
        #expect(!tariff.examples.isEmpty)
        for example in tariff.examples {
            let run = TariffExampleRun(example, of: tariff, series: SeriesSet())
            let found = run.differences.map { "\($0.expectation.subject) is \($0.found)" }
            #expect(run.passes, "\(example.name): \(run.hold.map(\.description) ?? "\(found)")")
        }
    }

    @Test(arguments: [
        ("{ demand: 1, demand_by_month: [1] }", "bad-value"),
        ("{ to: 2026-02-01, demand_by_month: [1] }", "bad-value"),
        ("{ kwh_by_month: [1, 2], demand_by_month: [1] }", "bad-value"),
        ("{ demand: [] }", "bad-value"), ("{ demand: { night: 1 } }", "unknown-reference"),
    ])
    func `an example gives a demand once for each bill`(given: String, code: String) throws {
        let text = """
            charges:
              - { id: a, kind: demand, by: all, window: 15min, type: block, price: 1, per: day }
            examples: [{ given: \(given), expect: { a: 1 } }]
            """
        do throws(TariffProblems) {
            _ = try Tariff.parse(Given.head() + text, file: "t.yaml", sha256: "")
            Issue.record("refused")
        } catch {
            #expect(error.problems.map(\.code.rawValue) == [code])
        }
    }
}
