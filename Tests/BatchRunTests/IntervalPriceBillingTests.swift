// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import Foundation
import Quantities
import Store
import TestSupport
import Testing

@testable import BatchRun

/// Prices per interval, and tiers by days and in the order of use, on whole runs.
@Suite struct IntervalPriceBillingTests {
    private static let spot = """
          - { id: spot, kind: interval_price, on: import.kwh, series: s, unit: CNY/kWh, missing: MISSING, plus: 0.1, times: 2 }

        """

    private func tariff(_ id: String, missing: String = "hold", more: String = "") -> String {
        MonthlyBranch.tariff(id, charges: Self.spot.replacing("MISSING", with: missing) + more)
    }

    /// Prices by the hour of Shanghai from one day to another, each the number of the hour in the day; in
    /// rows of so many minutes.
    private func prices(
        from first: String, to end: String, without left: [String] = [], minutes: Int = 60
    ) -> String {
        var text = "from,minutes,value\n"
        guard var day = CivilDay(iso: first), let end = CivilDay(iso: end) else { return text }
        while day < end {
            for hour in 0..<24 {
                let start = "\(day)T\(hour < 10 ? "0" : "")\(hour)"
                if left.contains(start) { continue }
                for minute in stride(from: 0, to: 60, by: minutes) {
                    text +=
                        "\(start):\(minute == 0 ? "00" : "\(minute)")+08:00,\(minutes),\(hour)\n"
                }
            }
            day = day + 1
        }
        return text
    }

    private func branch(
        meter: String = MonthlyBranch.hourlyMeter, tariff: String, prices: String
    ) throws -> TrialBranch {
        let branch = try MonthlyBranch.branch(
            meter: meter, contracts: "K1,S1,C1,spot,2026-01-01,,1,1,",
            "K2,S2,C2,flat,2026-01-01,,1,1,",
            tariffs: ["spot.yaml": tariff],
            servicePoints: "S1,F1,Asia/Shanghai\nS2,F1,Asia/Shanghai\n")
        try branch.addTariff("series/s.csv", prices)
        return branch
    }

    private let determinants = """
        SELECT quantity, period, value, unit FROM invoice_determinant
        JOIN invoice USING (invoice_id) WHERE contract_id = 'K1' ORDER BY 1, 2
        """
    private let listed = """
        SELECT i.contract_id, c.detail FROM correction c JOIN invoice i USING (invoice_id)
        WHERE c.cause = 'series-revised'
        """

    @Test func `a night bills each interval at its price, and keeps what it was billed by`() throws
    {
        let branch = try branch(
            tariff: tariff("spot"), prices: prices(from: "2026-01-01", to: "2026-02-01"))
        try branch.deliver(
            "a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01", "0.5"))
        try branch.bill(asOf: "2026-02-01")
        // Hours 0 to 23 sum to 276 yuan a day of 1 kWh: 31 days × 0.5 kWh × (276 + 24 × 0.1) × 2
        // = 15.5 × 278.4 × 2 = 8630.40.
        #expect(
            try branch.rows(
                "SELECT charge_id, quantity, price, amount_minor, amount_exact FROM invoice_line")
                == [["spot", "372", "23.2", "863040", "8630.4"]])
        #expect(
            try branch.rows(determinants) == [
                ["import.kwh", "all", "372", "kWh"],
                ["interval_price.amount", "spot", "8630.4", "CNY"],
                ["interval_price.energy", "spot", "372", "kWh"],
                ["interval_price.readings", "spot", "744", "1"],
            ])
        let formula = try branch.column("SELECT formula FROM invoice_line")
        #expect(
            formula == [
                "sum over 744 intervals of energy × ((s in CNY/kWh + 0.1) × 2); their mean price: "
                    + "372 kWh × 23.2 CNY/kWh = 8630.4 CNY"
            ])
        #expect(try branch.problems().isEmpty)
    }

    @Test func `a price that is missing holds the contracts that need it`() throws {
        let branch = try branch(
            meter: MonthlyBranch.hourlyMeter + "\nM2,S2,T1,2025-01-01,,1,6,60",
            tariff: tariff("spot"),
            prices: prices(from: "2026-01-01", to: "2026-02-01", without: ["2026-01-10T05"]))
        let hours = MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01")
        try branch.deliver("a.csv", hours)
        try branch.deliver("b.csv", hours.replacing("M1,", with: "M2,"))
        try branch.bill(asOf: "2026-02-01")
        #expect(try branch.rows(MonthlyBranch.holds) == [["K1", "2026-01-01", "missing-price"]])
        #expect(
            try branch.column("SELECT detail FROM hold WHERE released_seq IS NULL") == [
                "spot: series 's' has no 'value' at 2026-01-09T21:00:00Z: add a row that covers it"
            ])
        #expect(try branch.column(MonthlyBranch.invoices) == ["K2"])
        try branch.addTariff("series/s.csv", prices(from: "2026-01-01", to: "2026-02-01"))
        try branch.bill(asOf: "2026-02-02")
        // 31 days × (276 + 2.4) × 2
        #expect(
            try branch.rows(MonthlyBranch.invoices) == [
                ["K1", "2026-01-01", "1726080"], ["K2", "2026-01-01", "74400"],
            ])
    }

    @Test func `a price that comes after the day before stood in for it lists the bill`() throws {
        let branch = try branch(
            tariff: tariff("spot", missing: "previous_day"),
            prices: prices(
                from: "2026-01-01", to: "2026-02-01", without: ["2026-01-10T05", "2026-01-20T07"]))
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01"))
        try branch.bill(asOf: "2026-02-01")
        // The same hour of the day before has the same price.
        #expect(
            try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "1726080"]])
        try branch.addTariff(
            "series/s.csv",
            prices(from: "2026-01-01", to: "2026-02-01", without: ["2026-01-20T07"]))
        try branch.bill(asOf: "2026-02-02")
        #expect(try branch.rows(listed).isEmpty)
        try branch.addTariff(
            "series/s.csv",
            prices(from: "2026-01-01", to: "2026-02-01")
                .replacing("2026-01-20T07:00+08:00,60,7", with: "2026-01-20T07:00+08:00,60,8"))
        try branch.bill(asOf: "2026-02-03")
        #expect(try branch.rows(listed) == [["K1", "s 2026-01-19T23:00:00Z"]])
    }

    @Test(arguments: [
        // which row is revised, to what, and whether January was billed by it
        ("2026-01-31T23:00+08:00,60,23", "2026-01-31T23:00+08:00,60,24", ["K1"]),
        ("2026-02-01T00:00+08:00,60,0", "2026-02-01T00:00+08:00,60,9", []),
        ("2025-12-31T23:00+08:00,60,23", "2025-12-31T23:00+08:00,60,9", []),
        // the same instant and price in another form
        ("2026-01-15T10:00+08:00,60,10", "2026-01-15T02:00Z,60,10", []),
        ("2026-01-15T10:00+08:00,60,10", "2026-01-15T10:00+08:00,60,", ["K1"]),
    ])
    func `a revised price lists the bills of its instant`(
        row: String, revised: String, contracts: [String]
    ) throws {
        let rows = prices(from: "2025-12-31", to: "2026-02-02")
        let branch = try branch(tariff: tariff("spot"), prices: rows)
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01"))
        try branch.bill(asOf: "2026-02-01")
        let isOther = !revised.contains("02:00Z")
        try branch.addTariff("series/s.csv", rows.replacing(row, with: revised))
        if isOther {
            #expect(throws: SeriesConflict.self) { try branch.bill(asOf: "2026-02-02") }
        } else {
            try branch.bill(asOf: "2026-02-02")
        }
        let author = ChangeAuthor(user: "test", command: "series import")
        let report = try SeriesImport(store: try branch.store(), author: author)
            .load([branch.tariffs + "/series/s.csv"], revise: true)
        #expect(report.rows == [isOther ? 1 : 0])
        #expect(try branch.rows(listed).compactMap(\.first) == contracts)
    }

    @Test func `registers and intervals across prices are held`() throws {
        let registers = try branch(
            meter: MonthlyBranch.registerMeter, tariff: tariff("spot"),
            prices: prices(from: "2026-01-01", to: "2026-02-01"))
        try registers.deliver(
            "a.csv", MonthlyBranch.freezes(from: "2025-12-31", days: 32) { "\(100 + $0),,,," })
        try registers.bill(asOf: "2026-02-01")
        #expect(
            try registers.rows(MonthlyBranch.holds).first == [
                "K1", "2026-01-01", "missing-determinant",
            ])
        let coarse = try branch(
            tariff: tariff("spot"),
            prices: prices(from: "2026-01-01", to: "2026-02-01", minutes: 30))
        try coarse.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01"))
        try coarse.bill(asOf: "2026-02-01")
        // Midnight of Shanghai.
        #expect(
            try coarse.rows(
                "SELECT code, substr(detail, 1, 79) FROM hold WHERE contract_id = 'K1'")
                == [
                    [
                        "price-within-interval",
                        "spot: the price changes within the interval that begins at 2025-12-31T16:00:00Z",
                    ]
                ])
    }

    @Test func `an hour that is estimated is priced as any other`() throws {
        let branch = try branch(
            tariff: tariff("spot"), prices: prices(from: "2026-01-01", to: "2026-02-01"))
        try branch.deliver(
            "a.csv",
            MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-05", without: "2026-01-10T05"))
        try branch.bill(asOf: "2026-02-05")
        #expect(
            try branch.rows("SELECT total_minor, estimated_values FROM invoice") == [
                ["1726080", "1"]
            ])
    }

    private static let daily = """
          - { id: daily, kind: tiers, on: import.kwh, cycle: day, tiers: [{ to: 15, price: 1 }, { price: 2 }] }

        """

    @Test(
        arguments: [
            // Days of 10 and 20 kWh in turn, 16 and 15 of them: 16 × 10 + 15 × 15 kWh at 1 yuan, 15 × 5 at 2:
            // 160 + 225 + 150.
            (nil, "53500"),
            // A freeze that is missing tells two days together, and an estimate at the end no day.
            (14, nil), (31, nil),
        ] as [(Int?, String?)])
    func `daily freezes tell the tiers of each day, if none is missing`(
        without missing: Int?, total: String?
    ) throws {
        let branch = try branch(
            meter: MonthlyBranch.registerMeter,
            tariff: MonthlyBranch.tariff("spot", charges: Self.daily),
            prices: "from,minutes,value\n")
        try branch.deliver(
            "a.csv",
            MonthlyBranch.freezes(from: "2025-12-31", days: 36) {
                // 10 on the first of January, 20 on the second, and so on
                $0 == missing ? ",,,," : "\(($0 + 1) / 2 * 10 + $0 / 2 * 20),,,,"
            })
        try branch.bill(asOf: "2026-02-05")
        let days = try branch.rows(
            "SELECT period, value FROM invoice_determinant WHERE quantity = 'stretch.import.kwh' ORDER BY 1"
        )
        if let total {
            #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", total]])
            #expect(days.count == 31 && days.first == ["2025-12-31T16:00:00Z all", "10"])
        } else {
            #expect(
                try branch.rows(MonthlyBranch.holds).first == [
                    "K1", "2026-01-01", "missing-determinant",
                ])
        }
    }

    @Test func `channels and meters that count together are priced together`() throws {
        // Two meters follow each other on 11 January, the first with a multiplier of 2 and two channels.
        let branch = try MonthlyBranch.branch(
            meter: "M1,S1,T1,2025-01-01,2026-01-11,2,6,60\nM2,S1,T1,2026-01-11,,1,6,60",
            contracts: "K1,S1,C1,spot,2026-01-01,,1,1,",
            tariffs: ["spot.yaml": tariff("spot", more: Self.daily)])
        try branch.addTariff("series/s.csv", prices(from: "2026-01-01", to: "2026-02-01"))
        for channel in ["1.8.0:E1", "1.8.0:E2"] {
            try branch.deliver(
                "\(channel.suffix(2)).csv",
                MonthlyBranch.hours(
                    from: "2026-01-01", to: "2026-01-11", "0.25", channel: channel))
        }
        try branch.deliver(
            "c.csv",
            MonthlyBranch.hours(from: "2026-01-11", to: "2026-02-01").replacing("M1,", with: "M2,"))
        try branch.bill(asOf: "2026-02-01")
        #expect(try branch.column(MonthlyBranch.holds).isEmpty)
        // 1 kWh an hour all month: 31 × (276 + 2.4) × 2 yuan, and 31 × 15 kWh at 1, 31 × 9 at 2.
        #expect(
            try branch.rows("SELECT charge_id, amount_exact FROM invoice_line ORDER BY position")
                == [["spot", "17260.8"], ["daily", "465"], ["daily", "558"]])
    }

    @Test(arguments: [
        // Freezes that come again: the fourth of January shows 5 kWh more, which go over to its day
        // from the next; and the same value. A bill by the month's ends rests on neither.
        ("spot", 5, ["K1"]), ("spot", 0, []), ("flat", 5, []),
    ])
    func `a freeze that is corrected lists the bill of its days`(
        tariff id: String, more: Int, contracts: [String]
    ) throws {
        let branch = try MonthlyBranch.branch(
            meter: MonthlyBranch.registerMeter, contracts: "K1,S1,C1,\(id),2026-01-01,,1,1,",
            tariffs: ["spot.yaml": MonthlyBranch.tariff("spot", charges: Self.daily)])
        try branch.deliver(
            "a.csv", MonthlyBranch.freezes(from: "2025-12-31", days: 32) { "\($0 * 16),,,," })
        try branch.bill(asOf: "2026-02-01")
        #expect(try branch.column(MonthlyBranch.invoices) == ["K1"])
        try branch.deliver(
            "b.csv", MonthlyBranch.freezes(from: "2026-01-04", days: 1) { _ in "\(64 + more),,,," })
        try branch.bill(asOf: "2026-02-02")
        #expect(
            try branch.column(
                "SELECT contract_id FROM correction JOIN invoice USING (invoice_id) WHERE cause = 'late-reading'"
            ) == contracts)
    }

    @Test(arguments: [
        ("stretch.import.kwh", false), ("interval_price.amount", false), ("demand.kw", true),
    ])
    func `only a demand rests on intervals beside registers`(quantity: String, isDemand: Bool)
        throws
    {
        let day = try #require(CivilDay(iso: "2026-01-01"))
        let channels = BilledChannels(
            ["import.kwh", quantity].map {
                InvoiceDeterminant(
                    partStart: day, quantity: $0, period: "all", value: "1", unit: "kWh", at: nil)
            })
        #expect(!channels.demand.isEmpty == isDemand)
    }
}
