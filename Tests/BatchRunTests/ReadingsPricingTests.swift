// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Quantities
import TestSupport
import Testing

/// What contracts would pay under tariffs that ask for their readings again.
@Suite struct ReadingsPricingTests {
    private static let flat = "K1,S1,C1,flat,2026-01-01,,1,1,kva=5"
    private static let other = flat.replacing("flat", with: "other")

    /// Tariffs that the energy billed by a flat one does not tell.
    static let tariffs: [String] = [
        MonthlyBranch.tariff(
            "other",
            "periods: { peak: { time: 16:00-21:00 }, off: rest }\n"
                + "registers: { peak: 1.8.1, off: 1.8.2 }",
            charges:
                "  - { id: energy, kind: energy, on: import.kwh, price: { peak: 2, off: 0.5 } }\n"),
        MonthlyBranch.tariff(
            "other",
            charges: """
                  - id: spot
                    kind: interval_price
                    on: import.kwh
                    series: spot
                    unit: CNY/kWh
                    missing: hold
                """),
        MonthlyBranch.tariff(
            "other",
            charges: """
                  - id: daily
                    kind: tiers
                    on: import.kwh
                    cycle: day
                    tiers: [{ to: 15, price: 0.25 }, { price: 0.30 }]
                """),
        MonthlyBranch.tariff(
            "other", "needs: { kva: number }",
            charges: """
                  - { id: energy, kind: energy, on: import.kwh, price: 1 }
                  - { id: demand, kind: demand, by: all, window: 120min, type: sliding, price: 9, per: month, prorate: days }
                  - { id: capacity, kind: capacity, of: kva, unit: kVA, price: 20, per: month, prorate: days }
                  - id: export
                    kind: energy
                    on: export.kwh
                    price: -0.3
                """),
    ]

    private static let spot = """
        from,to,value
        2025-12-31T16:00Z,2026-01-14T23:00Z,0.31
        2026-01-14T23:00Z,2026-02-20T00:00Z,-0.07

        """

    /// A branch with a month of hours, all of other amounts, billed.
    private func billed(_ contract: String, _ tariff: String) throws -> TrialBranch {
        let branch = try MonthlyBranch.branch(contracts: contract, tariffs: ["other.yaml": tariff])
        try branch.addTariff("series/spot.csv", Self.spot)
        for (channel, seed) in [("1.8.0", 1), ("2.8.0", 2)] {
            var text = "meter_id,timestamp,channel,kwh,quality\n"
            let start = try #require(Instant(iso: "2026-01-01T00:00:00+08:00"))
            for hour in 0..<744 {
                let at = (start + Int64(hour * 3600)).iso(offset: 0)
                // One hour is missing, and is estimated in both branches.
                if hour == 100 { continue }
                text += "M1,\(at),\(channel),\(Twin.decimal(Twin.number(seed, hour))),A\n"
            }
            try branch.deliver("\(channel).csv", text)
        }
        try branch.bill(asOf: "2026-02-05")
        return branch
    }

    private func compared(
        _ branch: TrialBranch, _ tariff: String, readsAgain: Bool
    ) throws -> ComparisonReport.Tariff {
        try branch.addTariff("elsewhere/other.yaml", tariff)
        try branch.addTariff("elsewhere/series/spot.csv", Self.spot)
        let first = try #require(CivilDay(iso: "2026-01-01"))
        let comparison = try TariffComparison(
            store: try branch.store(),
            request: TariffComparison.Request(
                tariffs: [branch.tariffs + "/elsewhere/other.yaml"],
                days: first..<first.addingMonths(1), readsAgain: readsAgain))
        let report = try comparison.report(threads: 2, progress: SilentProgress())
        return try #require(report.tariffs.first)
    }

    @Test(arguments: tariffs)
    func `readings tell what a bill under the other tariff would be`(tariff: String) throws {
        let branch = try billed(Self.flat, tariff)
        let before = try branch.digest()
        let stored = try compared(branch, tariff, readsAgain: false)
        #expect(stored.total.contracts == 0)
        #expect(stored.unpriced.map(\.contracts) == [1])
        let again = try compared(branch, tariff, readsAgain: true)
        #expect(again.unpriced.map(\.detail) == [])
        let twin = try billed(Self.other, tariff)
        #expect(
            try twin.rows("SELECT total_minor FROM invoice")
                == [["\(again.total.then.minorUnits)"]])
        #expect(try branch.digest() == before)
    }

    @Test func `what readings do not tell either keeps its reason`() throws {
        let branch = try MonthlyBranch.branch(meter: MonthlyBranch.registerMeter)
        try branch.deliver(
            "f.csv", MonthlyBranch.freezes(from: "2025-12-31", days: 32) { "\($0 * 10),,,," })
        try branch.bill(asOf: "2026-02-05")
        let timed = try compared(branch, Self.tariffs[0], readsAgain: true)
        #expect(timed.total.contracts == 0)
        #expect(timed.unpriced.map(\.code) == ["missing-start"])
        // 31 days of 10 kWh: 310 × 0.25.
        let daily = try compared(branch, Self.tariffs[2], readsAgain: true)
        #expect(daily.total.then == Money(minorUnits: 7750))
    }

    @Test func `a period is cut where something changes that the other tariff asks for`() throws {
        let contracts = """
            contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day,parameters,from,to
            K1,S1,C1,flat,2026-01-01,,1,kva=5,,2026-01-11
            K1,S1,C1,flat,2026-01-01,,1,kva=8,2026-01-11,

            """
        var network = MonthlyBranch.network(MonthlyBranch.hourlyMeter, [])
        network["contracts.csv"] = contracts
        let branch = try TrialBranch(network: network)
        try branch.addTariff(
            "flat.yaml", MonthlyBranch.tariff("flat", charges: MonthlyBranch.flatCharge))
        for (channel, kwh) in [("1.8.0", "1.0"), ("2.8.0", "0.5")] {
            try branch.deliver(
                "\(channel).csv",
                MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01", kwh, channel: channel))
        }
        try branch.bill(asOf: "2026-02-05")
        let found = try compared(branch, Self.tariffs[3], readsAgain: true)
        // 744 × 1; 1 kW × 9 (10/31 and 21/31); (5 × 10 + 8 × 21) / 31 × 20 = 32.258 + 108.387; -372 × 0.3:
        // 744.00 + 2.90 + 6.10 + 32.26 + 108.39 - 36.00 - 75.60 = 782.05
        #expect(found.total.then == Money(minorUnits: 78205))
    }
}
