// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterUsage
import Quantities
import Testing

/// Tiers whose limits are counted by the demand of the period (hours of use).
@Suite struct HoursOfUseTests {
    private func tariff(
        _ take: String, limits: String = "by_days", demand: String = "", more: String = ""
    ) throws -> Tariff {
        try Given.tariff(
            """
            charges:
              - { id: peak, kind: demand, by: all, window: 15min, type: block, price: 0, per: month, prorate: days\(demand) }
              - id: energy
                kind: tiers
                on: import.kwh
                cycle: month
                limits: \(limits)
                limits_per: { demand: peak, take: \(take) }
                tiers: [{ to: 200, price: 0.118 }, { to: 350, price: 0.083 }, { price: 0.052 }]
            \(more)
            """)
    }

    @Test(arguments: [
        // 30 000 kWh are 300 h of 100 kW: 20 000 × 0.118 + 10 000 × 0.083; of 80 kW 375 h:
        // 16 000 × 0.118 + 12 000 × 0.083 + 2 000 × 0.052 = 1 888 + 996 + 104; nothing but energy at 0 kW:
        // 30 000 × 0.052
        ("100", "3190.00"), ("80", "2988.00"), ("0", "1560.00"),
    ])
    func `limits are hours of the period's own demand`(demand: String, amount: String) throws {
        let tariff = try tariff(
            "measured",
            more: """
                examples:
                  - given: { kwh: 30000, demand: \(demand) }
                    expect: { energy: \(amount) }
                """)
        let run = TariffExampleRun(tariff.examples[0], of: tariff, series: SeriesSet())
        #expect(run.passes, "\(run)")
    }

    @Test(arguments: [
        // A first month of 125 kW; in the second 80 kW are measured, and 0.8 × 125 = 100 kW billed:
        // 10 000 × 0.118 = 1 180, and 2 988.00 or 3 190.00 as above.
        ("measured", "4168.00"), ("billed", "4370.00"),
    ])
    func `whether the demand is that measured or billed is named`(take: String, amount: String)
        throws
    {
        let tariff = try tariff(
            take, demand: ", ratchet: { share: 0.8, months: 11, scope: all }",
            more: """
                examples:
                  - given: { kwh_by_month: [10000, 30000], demand_by_month: [125, 80] }
                    expect: { energy: \(amount) }
                """)
        let run = TariffExampleRun(tariff.examples[0], of: tariff, series: SeriesSet())
        #expect(run.passes, "\(run)")
    }

    @Test func `a line says what its limits are counted by`() throws {
        let bill = try rate(
            try Given.input(
                try tariff("measured"), kwh: ["all": "30000"], demand: ["all": "100"]))
        #expect(
            bill.lines.last?.formula
                == "tier 2 from 20000 to 35000, limits for 100 kW (highest 15 min mean 100 kW): "
                + "10000 kWh × 0.083 CNY/kWh = 830 CNY")
    }

    /// Two parts of January, of 15 and 16 days, with 100 and 50 kW and 12 000 kWh each.
    private func parts(_ tariff: Tariff) throws -> [RatingInput] {
        try [("2026-01-01", "2026-01-16", "100"), ("2026-01-16", "2026-02-01", "50")].map {
            var part = try Given.input(
                tariff, from: $0.0, to: $0.1, kwh: ["all": "12000"], demand: ["all": $0.2])
            part.cycle.periodStart = try Given.day("2026-01-01")
            part.cycle.periodEnd = try Given.day("2026-02-01")
            return part
        }
    }

    @Test func `a part of a period has limits by its days and its own demand`() throws {
        // 200 × 100 × 15/31 = 300 000/31 kWh at 0.118, the rest of 12 000 at 0.083 (up to 525 000/31);
        // 200 × 50 × 16/31 = 160 000/31 at 0.118, 120 000/31 at 0.083 (up to 280 000/31), 92 000/31 at 0.052
        let bill = try rate(try parts(try tariff("measured")))
        #expect(
            bill.lines.filter { $0.chargeID == "energy" }.map(\.quantity)
                == [
                    Exact(300_000, over: 31), Exact(72_000, over: 31), Exact(160_000, over: 31),
                    Exact(120_000, over: 31), Exact(92_000, over: 31),
                ])
    }

    @Test func `whole limits of a period that is split are held`() throws {
        var code: RatingHold.Code?
        let parts = try parts(try tariff("measured", limits: "whole"))
        do throws(RatingHold) { _ = try rate(parts) } catch { code = error.code }
        #expect(code == .undecidedSplit)
    }

    @Test func `without a demand the limits are not known`() throws {
        var code: RatingHold.Code?
        let input = try Given.input(try tariff("billed"), kwh: ["all": "1"])
        do throws(RatingHold) { _ = try rate(input) } catch { code = error.code }
        #expect(code == .missingDeterminant)
    }
}
