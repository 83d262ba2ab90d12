// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterUsage
import Quantities
import Testing

/// Reactive energy beyond a share of the active energy.
@Suite struct ExcessReactiveTests {
    private func tariff(over: String, more: String = "") throws -> Tariff {
        try Given.tariff(
            """
            charges:
              - { id: reactive, kind: excess_reactive, on: reactive_import.kvarh, free_share: 0.5, over: \(over), price: 2 }
            \(more)
            """)
    }

    @Test func `a distributor's charges for half-hourly customers are as worked by hand`() throws {
        // 1 000 × 12.345 p + 5 000 × 2.1 p + 10 000 × 0.3 p = 123.45 + 105.00 + 30.00; 500 kVA × 4.5 p × 30
        // days = 675.00; 20 kVA above × 7 p × 30 = 42.00; 6 000 - 0.33 × 16 000 = 720 kvarh × 0.35 p = 2.52;
        // 250 p × 30 = 75.00: together 1 052.97.
        let tariff = try Tariff.parse(
            """
            format: 1
            id: test
            version: 1
            valid_from: 2026-04-01
            currency: GBP
            timezone: Europe/London
            rounding: { money: 0.01, mode: half_up, at: line }
            prices_include_tax: false
            needs: { agreed_kva: number }
            periods:
              red: { days: weekday, time: 16:00-19:00 }
              amber: { days: weekday, time: [07:00-16:00, 19:00-22:00] }
              green: rest
            charges:
              - { id: units, kind: energy, on: import.kwh, price: { red: 0.12345, amber: 0.021, green: 0.003 } }
              - { id: capacity, kind: capacity, of: agreed_kva, unit: kVA, price: 0.045, per: day }
              - id: exceeded
                kind: excess_demand
                of: agreed_kva
                measure: kva
                window: 30min
                type: block
                round_quantity: { to: 1, mode: up }
                price: 0.07
                per: day
              - { id: reactive, kind: excess_reactive, on: reactive_import.kvarh, free_share: 0.33, over: billing_period, price: 0.0035 }
              - { id: fixed, kind: fixed, price: 2.50, per: day }
            examples:
              - given:
                  from: 2026-04-01
                  kwh_by_period: { red: 1000, amber: 5000, green: 10000 }
                  kvarh: 6000
                  demand: 520
                  agreed_kva: 500
                expect: { units: 258.45, capacity: 675.00, exceeded: 42.00, reactive: 2.52, fixed: 75.00, net: 1052.97 }
            """, file: "t.yaml", sha256: "")
        let run = TariffExampleRun(tariff.examples[0], of: tariff, series: SeriesSet())
        #expect(run.passes, "\(run)")
    }

    @Test(arguments: [
        // 100 + 40 kWh, 40 + 40 kvarh: 80 - 0.5 × 140 = 10 over the period; by interval 0 + 20
        ("billing_period", "20.00"), ("interval", "40.00"),
    ])
    func `over what the energies are held against each other is named`(over: String, amount: String)
        throws
    {
        let tariff = try tariff(
            over: over,
            more: """
                examples:
                  - given:
                      interval: 60min
                      kwh_by_interval: { 2026-01-05T02:00+08:00: 100, 2026-01-05T09:00+08:00: 40 }
                      kvarh_by_interval: { 2026-01-05T02:00+08:00: 40, 2026-01-05T09:00+08:00: 40 }
                    expect: { reactive: \(amount) }
                """)
        let run = TariffExampleRun(tariff.examples[0], of: tariff, series: SeriesSet())
        #expect(run.passes, "\(run)")
    }

    @Test func `what is within the free share costs nothing, and has no line`() throws {
        let tariff = try tariff(over: "billing_period")
        var input = try Given.input(tariff, kwh: ["all": "100"])
        func add(kvarh: Int) {
            input.determinants.energy.append(
                .init(quantity: .reactiveImport, period: "all", amount: Exact(kvarh)))
        }
        var code: RatingHold.Code?
        do throws(RatingHold) { _ = try rate(input) } catch { code = error.code }
        #expect(code == .missingDeterminant)
        add(kvarh: 50)
        #expect(try rate(input).lines.isEmpty)
        add(kvarh: 1)
        let line = try #require(try rate(input).lines.first)
        #expect(line.formula == "51 kvarh less 0.5 × 100 kWh: 1 kvarh × 2 CNY/kvarh = 2 CNY")
    }

    @Test func `a part of a period is held, but not where each interval counts by itself`() throws {
        for (over, expected) in [
            ("billing_period", RatingHold.Code.undecidedSplit), ("interval", nil),
        ] {
            var input = try Given.input(try tariff(over: over), kwh: ["all": "100"])
            input.determinants.energy.append(
                .init(quantity: .reactiveImport, period: "all", amount: Exact(60)))
            input.determinants.reactiveExcess = [.init(charge: "reactive", amount: Exact(10))]
            input.cycle.periodEnd = try Given.day("2026-02-15")
            var code: RatingHold.Code?
            do throws(RatingHold) { _ = try rate(input) } catch { code = error.code }
            #expect(code == expected)
        }
    }
}
