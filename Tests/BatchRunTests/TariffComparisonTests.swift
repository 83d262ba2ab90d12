// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Foundation
import Quantities
import TestSupport
import Testing

/// What contracts would pay under other tariffs.
@Suite struct TariffComparisonTests {
    /// Day and night, and a price of each.
    private static func timed(
        _ id: String, names: (String, String) = ("day", "night"), from: String = "08:00",
        prices: (String, String) = ("2", "1")
    ) -> String {
        MonthlyBranch.tariff(
            id,
            "periods: { \(names.0): { time: \(from)-20:00 }, \(names.1): rest }\n"
                + "registers: { \(names.0): 1.8.2, \(names.1): 1.8.3 }",
            charges: "  - { id: energy, kind: energy, on: import.kwh, price: { \(names.0): "
                + "\(prices.0), \(names.1): \(prices.1) } }\n")
    }

    /// January of 1 kWh an hour, billed by the tariff of K1; `other` is compared.
    private func compared(
        _ contract: String, tariff: String = "", with others: String..., months: Int = 1,
        parameters: [String: String] = [:], customerClass: String? = nil
    ) throws -> ComparisonReport {
        let branch = try MonthlyBranch.branch(
            contracts: "K1,S1,C1,\(contract)",
            tariffs: tariff.isEmpty ? [:] : ["own.yaml": tariff])
        let end = months == 1 ? "2026-02-01" : "2026-03-01"
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: end))
        try branch.bill(asOf: end)
        let before = try branch.digest()
        let files = try others.enumerated().map { place, text in
            let file = branch.folder + "/other-\(place).yaml"
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            return file
        }
        let first = try #require(CivilDay(iso: "2026-01-01"))
        let last = try #require(CivilDay(iso: end))
        let comparison = try TariffComparison(
            store: try branch.store(),
            request: TariffComparison.Request(
                tariffs: files, days: first..<last, customerClass: customerClass,
                parameters: parameters))
        let report = try comparison.report(threads: 2, progress: SilentProgress())
        #expect(try branch.digest() == before)
        return report
    }

    @Test func `a contract is billed under each other tariff by its stored energy`() throws {
        let dearer = MonthlyBranch.tariff(
            "flat", charges: "  - { id: energy, kind: energy, on: import.kwh, price: 1.25 }\n"
        ).replacing("2020-01-01", with: "2027-01-01")
        let cheaper = dearer.replacing("1.25", with: "0.5")
        let report = try compared("flat,2026-01-01,,1,1,", with: dearer, cheaper)
        // 744 hours of 1 kWh: 744.00 now, 744 × 1.25 = 930.00, 744 × 0.5 = 372.00.
        let up = report.tariffs[0]
        #expect(up.total.contracts == 1)
        #expect(up.total.kilowattHours == Exact(744))
        #expect(up.total.now == Money(minorUnits: 74400))
        #expect(up.total.then == Money(minorUnits: 93000))
        #expect(up.total.losers == 1)
        #expect(up.total.lost == Money(minorUnits: 18600))
        #expect(up.total.winners == 0)
        #expect(up.losers.map(\.contractID) == ["K1"])
        #expect(up.rows.map(\.customerClass) == ["home"])
        #expect(up.rows.map(\.tariffID) == ["flat"])
        // +25 % lies between 20 and 50, -50 % at -50.
        #expect(up.histograms.first?.counts == [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0])
        let down = report.tariffs[1]
        #expect(down.total.won == Money(minorUnits: -37200))
        #expect(down.histograms.first?.counts == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test func `periods of other names and the same minutes fit, and of other minutes do not`()
        throws
    {
        let report = try compared(
            "timed,2026-01-01,,1,1,", tariff: Self.timed("timed"),
            with: Self.timed("renamed", names: ("high", "low"), prices: ("3", "1")),
            Self.timed("shifted", from: "09:00"),
            MonthlyBranch.tariff("whole", charges: MonthlyBranch.flatCharge))
        // 31 days of 12 hours each: 372 × 2 + 372 = 1116.00, 372 × 3 + 372 = 1488.00, 744.00.
        #expect(report.tariffs[0].total.now == Money(minorUnits: 111_600))
        #expect(report.tariffs[0].total.then == Money(minorUnits: 148_800))
        #expect(report.tariffs[1].total.contracts == 0)
        #expect(report.tariffs[1].unpriced.map(\.code) == ["other-periods"])
        #expect(report.tariffs[1].unpriced.map(\.contracts) == [1])
        #expect(report.tariffs[2].total.then == Money(minorUnits: 74_400))
    }

    @Test func `energy without periods is not shared out over any`() throws {
        let report = try compared("flat,2026-01-01,,1,1,", with: Self.timed("timed"))
        #expect(report.tariffs[0].unpriced.map(\.code) == ["other-periods"])
        #expect(report.tariffs[0].total.now == .zero)
    }

    @Test func `what is missing is a reason, and no price of zero`() throws {
        func charge(_ text: String, needs: String = "") -> String {
            MonthlyBranch.tariff("other", needs, charges: text)
        }
        let capacity = charge(
            "  - { id: kva, kind: capacity, of: kva, unit: kVA, price: 10, per: month, prorate: days }\n",
            needs: "needs: { kva: number }")
        let demand = charge(
            "  - { id: peak, kind: demand, by: all, window: 60min, type: block, price: 10, per: month, prorate: none }\n"
        )
        let series = charge(
            "  - { id: energy, kind: energy, on: import.kwh, price: { series: spot, column: value, at: period_start } }\n"
        )
        let dollars = charge(MonthlyBranch.flatCharge).replacing("CNY", with: "USD")
        let report = try compared(
            "flat,2026-01-01,,1,1,", with: capacity, demand, series, dollars)
        #expect(
            report.tariffs.map { $0.unpriced.map(\.code) } == [
                ["missing-parameter"], ["missing-determinant"], ["missing-price"],
                ["other-currency"],
            ])
        #expect(report.tariffs.map(\.unpriced.first?.charge) == ["kva", "peak", "energy", nil])
        #expect(report.tariffs.allSatisfy { $0.total.contracts == 0 && $0.rows.isEmpty })
        // 50 kVA at 10 yuan.
        let given = try compared(
            "flat,2026-01-01,,1,1,", with: capacity, parameters: ["kva": "50"])
        #expect(given.tariffs[0].total.then == Money(minorUnits: 50_000))
        // What the contract says counts.
        let own = try compared(
            "flat,2026-01-01,,1,1,kva=20", with: capacity, parameters: ["kva": "50"])
        #expect(own.tariffs[0].total.then == Money(minorUnits: 20_000))
    }

    @Test func `tiers of a year count what was billed before`() throws {
        let tiers = MonthlyBranch.tariff(
            "yearly",
            charges: """
                  - id: tiers
                    kind: tiers
                    on: import.kwh
                    cycle: calendar_year
                    year_of: period_end
                    limits: whole
                    tiers: [{ to: 800, price: 1 }, { price: 2 }]

                """)
        let report = try compared("flat,2026-01-01,,1,1,", with: tiers, months: 2)
        // 744 kWh, then 672: 744 + 56 at 1, the other 616 at 2: 800 + 1232 = 2032.00.
        #expect(report.tariffs[0].total.contracts == 1)
        #expect(report.tariffs[0].total.now == Money(minorUnits: 141_600))
        #expect(report.tariffs[0].total.then == Money(minorUnits: 203_200))
    }

    @Test func `what changes within days billed as one is not taken for the same`() throws {
        var network = MonthlyBranch.network()
        network["contracts.csv"] = """
            contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day,parameters,from,to
            K1,S1,C1,flat,2026-01-01,,1,kva=5,,2026-01-11
            K1,S1,C1,flat,2026-01-01,,1,kva=8,2026-01-11,

            """
        let branch = try TrialBranch(network: network)
        try branch.addTariff(
            "flat.yaml", MonthlyBranch.tariff("flat", charges: MonthlyBranch.flatCharge))
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01"))
        try branch.bill(asOf: "2026-02-01")
        let file = branch.folder + "/other.yaml"
        try MonthlyBranch.tariff(
            "other", "needs: { kva: number }",
            charges:
                "  - { id: a, kind: capacity, of: kva, unit: kVA, price: 31, per: month, prorate: days }\n"
        ).write(toFile: file, atomically: true, encoding: .utf8)
        let first = try #require(CivilDay(iso: "2026-01-01"))
        for readsAgain in [false, true] {
            let found = try TariffComparison(
                store: try branch.store(),
                request: TariffComparison.Request(
                    tariffs: [file], days: first..<(first + 31), readsAgain: readsAgain)
            ).report(threads: 1, progress: SilentProgress()).tariffs[0]
            #expect(found.unpriced.map(\.code) == (readsAgain ? [] : ["changed-terms"]))
            // 5 × 10 + 8 × 21 = 218
            #expect(found.total.then == Money(minorUnits: readsAgain ? 21_800 : 0))
        }
    }

    @Test func `a year counts what was read, and not the losses of the tariff of now`() throws {
        func tariff(_ id: String, losses: String) -> String {
            MonthlyBranch.tariff(
                id, losses,
                charges: """
                      - id: tiers
                        kind: tiers
                        on: import.kwh
                        cycle: calendar_year
                        year_of: period_end
                        limits: whole
                        tiers: [{ to: 800, price: 1 }, { price: 2 }]

                    """)
        }
        let rate = "losses: [{ id: line, kind: rate, on: import.kwh, rate: 0.5, round: none }]"
        let report = try compared(
            "own,2026-01-01,,1,1,", tariff: tariff("own", losses: rate),
            with: tariff("other", losses: ""), tariff("lossy", losses: rate), months: 2)
        // Read 744 and 672: 800 + 616 × 2 = 2 032. Billed 1 116 and 1 008: 800 + 1 324 × 2 = 3 448.
        #expect(report.tariffs[0].total.now == Money(minorUnits: 344_800))
        #expect(report.tariffs[0].total.then == Money(minorUnits: 203_200))
        #expect(report.tariffs[1].unpriced.map(\.code) == ["missing-year-to-date"])
    }

    @Test func `days that only the tariff of now parted are one span`() throws {
        // The terms change on 11 January; the other tariff asks nothing of them.
        let branch = try MonthlyBranch.branch(
            contracts: "K1,S1,C1,flat,2026-01-01,,1,1,",
            tariffs: [
                "flat.yaml": MonthlyBranch.tariff("flat", charges: MonthlyBranch.flatCharge)
                    .replacing("2020-01-01\n", with: "2020-01-01\nvalid_to: 2026-01-11\n"),
                "flat-2.yaml": MonthlyBranch.tariff(
                    "flat",
                    charges: MonthlyBranch.flatCharge.replacing("price: 1", with: "price: 2")
                ).replacing("2026-01\n", with: "2026-02\n")
                    .replacing("2020-01-01", with: "2026-01-11"),
            ])
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01"))
        try branch.bill(asOf: "2026-02-01")
        let file = branch.folder + "/other.yaml"
        // A price per month that is not prorated is open for a part of a month, not for the whole.
        try MonthlyBranch.tariff(
            "other",
            charges: MonthlyBranch.flatCharge
                + "  - { id: least, kind: minimum, of: [energy], base: exact, price: 1000, per: month, prorate: none }\n"
        ).write(toFile: file, atomically: true, encoding: .utf8)
        let first = try #require(CivilDay(iso: "2026-01-01"))
        let report = try TariffComparison(
            store: try branch.store(),
            request: TariffComparison.Request(tariffs: [file], days: first..<(first + 31))
        ).report(threads: 1, progress: SilentProgress())
        // 240 + 504 × 2 = 1248.00; 744 is raised to 1000.00.
        #expect(report.tariffs[0].unpriced.map(\.detail) == [])
        #expect(report.tariffs[0].total.now == Money(minorUnits: 124_800))
        #expect(report.tariffs[0].total.then == Money(minorUnits: 100_000))
    }

    @Test func `what was credited since does not count`() throws {
        let branch = try MonthlyBranch.branch()
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-03-01"))
        try branch.bill(asOf: "2026-03-01")
        // A credit note of January's invoice, as `corrections issue` leaves it.
        let credit = """
            INSERT INTO invoice SELECT 99, 'CN-1', 'credit_note', contract_id, customer_id,
                service_point_id, feeder_id, period_start, period_end, tariff_id, tariff_version,
                tariff_sha256, inputs_sha256, known_seq, engine_version, currency, minor_digits,
                -net_minor, -tax_minor, -total_minor, 0, invoice_id, NULL, issued_on, run_id
            FROM invoice WHERE period_start = '2026-01-01'
            """
        #expect(try branch.attempt(credit) == nil)
        let file = branch.folder + "/other.yaml"
        try MonthlyBranch.tariff(
            "other", charges: MonthlyBranch.flatCharge.replacing("price: 1", with: "price: 2")
        ).write(toFile: file, atomically: true, encoding: .utf8)
        let first = try #require(CivilDay(iso: "2026-01-01"))
        let report = try TariffComparison(
            store: try branch.store(),
            request: TariffComparison.Request(tariffs: [file], days: first..<(first + 59))
        ).report(threads: 1, progress: SilentProgress())
        // February alone: 28 × 24 kWh are 672.00, at 2 yuan 1344.00.
        #expect(report.tariffs[0].total.contracts == 1)
        #expect(report.tariffs[0].total.now == Money(minorUnits: 67_200))
        #expect(report.tariffs[0].total.then == Money(minorUnits: 134_400))
    }

    @Test func `contracts of other terms are priced by their own, one after the other`() throws {
        let branch = try MonthlyBranch.branch(
            meter: (1...3).map { "M\($0),S\($0),T1,2025-01-01,,1,6,60" }.joined(separator: "\n"),
            contracts: "K1,S1,C1,flat,2026-01-01,,1,1,kva=10",
            "K2,S2,C1,flat,2026-01-01,,1,1,kva=10",
            "K3,S3,C2,flat,2026-01-01,,1,1,kva=20",
            servicePoints: (1...3).map { "S\($0),F1,Asia/Shanghai\n" }.joined())
        for meter in 1...3 {
            try branch.deliver(
                "\(meter).csv",
                MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01", "\(meter).0")
                    .replacing("M1,", with: "M\(meter),"))
        }
        try branch.bill(asOf: "2026-02-01")
        let file = branch.folder + "/other.yaml"
        try MonthlyBranch.tariff(
            "other", "needs: { kva: number }",
            charges: MonthlyBranch.flatCharge
                + "  - { id: kva, kind: capacity, of: kva, unit: kVA, price: 30, per: month, prorate: days }\n"
        ).write(toFile: file, atomically: true, encoding: .utf8)
        let first = try #require(CivilDay(iso: "2026-01-01"))
        let report = try TariffComparison(
            store: try branch.store(),
            request: TariffComparison.Request(tariffs: [file], days: first..<(first + 31))
        ).report(threads: 2, progress: SilentProgress())
        // 744, 1488 and 2232 kWh, and 10, 10 and 20 kVA at 30 yuan more.
        #expect(
            report.tariffs[0].losers.map {
                "\($0.contractID) \($0.now.minorUnits) \($0.then.minorUnits)"
            } == ["K3 223200 283200", "K1 74400 104400", "K2 148800 178800"])
        #expect(report.tariffs[0].rows.map(\.customerClass) == ["farm", "home"])
    }

    @Test func `charges look back to the demand of earlier bills`() throws {
        func tariff(_ id: String, _ rest: String) -> String {
            MonthlyBranch.tariff(
                id,
                charges: """
                      - id: peak
                        kind: demand
                        by: all
                        window: 60min
                        type: block
                        price: 10
                        \(rest)
                        per: month
                        prorate: none

                    """)
        }
        let ratchet = tariff("ratchet", "ratchet: { share: 0.5, months: 11, scope: all }")
        let mean = tariff("mean", "mean_of_months: 2")
        let plain = tariff("plain", "at_least: 0.5")
        let branch = try MonthlyBranch.branch(
            contracts: "K1,S1,C1,plain,2026-01-01,,1,1,", tariffs: ["plain.yaml": plain])
        // 4 kW in January, 1 kW in February and March.
        try branch.deliver(
            "a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01", "4.0"))
        try branch.deliver("b.csv", MonthlyBranch.hours(from: "2026-02-01", to: "2026-04-01"))
        try branch.bill(asOf: "2026-04-01")
        let files = try [ratchet, mean].enumerated().map { place, text in
            let file = branch.folder + "/other-\(place).yaml"
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            return file
        }
        let first = try #require(CivilDay(iso: "2026-03-01"))
        let report = try TariffComparison(
            store: try branch.store(),
            request: TariffComparison.Request(tariffs: files, days: first..<(first + 31))
        ).report(threads: 1, progress: SilentProgress())
        // March: half of 4 kW are 2 kW at 10 yuan; the mean of 1 and 1 kW is 10 yuan.
        #expect(report.tariffs.map { $0.unpriced.map(\.detail) } == [[], []])
        #expect(report.tariffs.map(\.total.then.minorUnits) == [2000, 1000])
        // All three months: 40, 20 and 20 yuan; 40, the mean of 4 and 1 for 25, and 10.
        let january = try #require(CivilDay(iso: "2026-01-01"))
        let all = try TariffComparison(
            store: try branch.store(),
            request: TariffComparison.Request(tariffs: files, days: january..<(first + 31))
        ).report(threads: 1, progress: SilentProgress())
        #expect(all.tariffs.map(\.total.then.minorUnits) == [8000, 7500])
    }

    @Test func `only the class asked for is compared`() throws {
        let flat = MonthlyBranch.tariff("flat", charges: MonthlyBranch.flatCharge)
        let home = try compared("flat,2026-01-01,,1,1,", with: flat, customerClass: "home")
        #expect(home.tariffs[0].total.contracts == 1)
        #expect(home.tariffs[0].total.winners + home.tariffs[0].total.losers == 0)
        let farm = try compared("flat,2026-01-01,,1,1,", with: flat, customerClass: "farm")
        #expect(farm.tariffs[0].total.contracts == 0)
    }
}
