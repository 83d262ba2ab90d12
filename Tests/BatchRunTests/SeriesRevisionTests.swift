// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Store
import TestSupport
import Testing

/// Which bills a revised series lists: those that used what changed and those that rest on them, no other.
@Suite struct SeriesRevisionTests {
    private static let listed = """
        SELECT i.period_start, c.cause, c.detail
        FROM correction c JOIN invoice i USING (invoice_id) ORDER BY i.period_start
        """

    @discardableResult
    private func load(
        _ series: String, _ text: String, of branch: TrialBranch
    ) throws -> SeriesImportReport {
        try branch.addTariff("series/\(series).csv", text)
        let author = ChangeAuthor(user: "test", command: "series import")
        return try SeriesImport(store: try branch.store(), author: author)
            .load([branch.tariffs + "/series/\(series).csv"], revise: true)
    }

    private static let monthly = """
        from,to,value
        2025-12-01,2026-01-01,1
        2026-01-01,2026-02-01,1
        2026-02-01,2026-03-01,1

        """
    private static let dearer = monthly.replacing("2026-02-01,1\n", with: "2026-02-01,2\n")

    /// December to February at the price of a series, by a tariff with one more charge.
    private func priced(_ charge: String = "", ends: String = "2026-03-01") throws -> TrialBranch {
        let energy =
            "  - { id: energy, kind: energy, on: import.kwh, price: { series: s, at: period_start } }\n"
        let branch = try MonthlyBranch.branch(
            contracts: "K1,S1,C1,yearly,2025-12-01,\(ends),1,1,",
            tariffs: [
                "yearly.yaml": MonthlyBranch.tariff("yearly", charges: energy + charge)
            ])
        try branch.addTariff("series/s.csv", Self.monthly)
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2025-12-01", to: "2026-03-01"))
        return branch
    }

    private static let yearly =
        "  - { id: year, kind: yearly_minimum, of: [energy], base: as_billed, price: 10000, year_of: period_end, prorate: none }\n"

    @Test func `a revised price lists the bill that tops up the year by it`() throws {
        let branch = try priced(Self.yearly)
        try branch.bill(asOf: "2026-03-01")
        // February: 672 + (10 000 - 744 - 672)
        #expect(try branch.rows(MonthlyBranch.invoices).last == ["K1", "2026-02-01", "925600"])
        let report = try load("s", Self.dearer, of: branch)
        #expect(
            try branch.rows(Self.listed) == [
                ["2026-01-01", "series-revised", "s 2026-01-01"],
                [
                    "2026-02-01", "series-revised",
                    "counts the year to date that INV-2026-000002 billed",
                ],
            ])
        #expect(report.corrections.map(\.invoice.number) == ["INV-2026-000002", "INV-2026-000003"])
    }

    @Test func `a bill that tops up the year after the revision is listed when it is issued`()
        throws
    {
        let branch = try priced(Self.yearly)
        try branch.bill(asOf: "2026-02-01")
        try load("s", Self.dearer, of: branch)
        #expect(try branch.rows(Self.listed).map { $0[0] } == ["2026-01-01"])
        #expect(try branch.bill(asOf: "2026-03-01").counts.corrections == 1)
        #expect(
            try branch.rows(Self.listed).map { Array($0.prefix(2)) } == [
                ["2026-01-01", "series-revised"], ["2026-02-01", "series-revised"],
            ])
    }

    @Test func `a revised price leaves the bills that count the energy of the year`() throws {
        let branch = try priced(
            """
              - id: more
                kind: tiers
                on: import.kwh
                cycle: calendar_year
                year_of: period_end
                limits: whole
                tiers: [{ to: 1000, price: 1 }, { price: 2 }]

            """)
        try branch.bill(asOf: "2026-03-01")
        try load("s", Self.dearer, of: branch)
        #expect(try branch.rows(Self.listed).map { $0[0] } == ["2026-01-01"])
    }

    private static let quiet = """
        day_kinds: h
        periods: { quiet: { days: holiday }, day: rest }
        registers: { quiet: 1.8.4, day: 1.8.2 }

        """
    private static let byPeriod =
        "  - { id: energy, kind: energy, on: import.kwh, price: { quiet: 0.1, day: 1 } }\n"
    private static let kinds = "date,kind\n2026-01-01,holiday\n2026-02-17,holiday\n"

    @Test(arguments: [
        // what stands beside the periods, the charges, and what the list says of February
        ("", byPeriod, []),
        (
            "",
            byPeriod + """
                  - { id: peak, kind: demand, by: period, window: 60min, type: block, price: { quiet: 1, day: 2 }, per: month, prorate: none, ratchet: { share: 0.80, months: 11, scope: period } }

                """, ["looks back to the demand that INV-2026-000001 billed"]
        ),
        (
            "net_metering: { netting: by_period, bank: all, against: [day, quiet], expires: never, at_end: stays, if_split: by_part }\n",
            "  - { id: energy, kind: energy, on: net.kwh, price: { quiet: 0.1, day: 1 } }\n",
            ["nets with the energy that INV-2026-000001 kept"]
        ),
    ])
    func `a new holiday lists the bills that rest on the demand or the energy of its month`(
        more: String, charges: String, february: [String]
    ) throws {
        let branch = try MonthlyBranch.branch(
            contracts: "K1,S1,C1,quiet,2026-01-01,,1,1,",
            tariffs: [
                "quiet.yaml": MonthlyBranch.tariff("quiet", Self.quiet + more, charges: charges)
            ])
        try branch.addTariff("series/h.csv", Self.kinds)
        try branch.deliver("i.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-03-01"))
        try branch.deliver(
            "e.csv",
            MonthlyBranch.hours(from: "2026-01-01", to: "2026-03-01", "2.0", channel: "2.8.0"))
        try branch.bill(asOf: "2026-03-01")
        #expect(try branch.column(MonthlyBranch.invoices) == ["K1", "K1"])
        try load("h", Self.kinds + "2026-01-20,holiday\n", of: branch)
        #expect(
            try branch.rows(Self.listed).map { $0[2] } == ["h 2026-01-20"] + february)
    }

    @Test(arguments: [
        // the meter, the holidays before, and whether January is listed for one more
        (MonthlyBranch.hourlyMeter, kinds, true), (MonthlyBranch.registerMeter, kinds, false),
        // its first holiday: the register of the holidays is asked for now
        (MonthlyBranch.registerMeter, "date,kind\n2025-12-25,holiday\n2026-02-17,holiday\n", true),
    ])
    func `a new holiday leaves bills by registers, which have counted by their meter`(
        meter: String, kinds: String, isListed: Bool
    ) throws {
        let branch = try MonthlyBranch.branch(
            meter: meter, contracts: "K1,S1,C1,quiet,2026-01-01,,1,1,",
            tariffs: [
                "quiet.yaml": MonthlyBranch.tariff("quiet", Self.quiet, charges: Self.byPeriod)
            ])
        try branch.addTariff("series/h.csv", kinds)
        try branch.deliver("i.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01"))
        try branch.deliver(
            "r.csv",
            MonthlyBranch.freezes(from: "2025-12-31", days: 33) { "\(9 * $0),,\(8 * $0),,\($0)" })
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.column(MonthlyBranch.invoices) == ["K1"])
        try load("h", kinds + "2026-01-20,holiday\n", of: branch)
        #expect(try branch.rows(Self.listed).map { $0[0] } == (isListed ? ["2026-01-01"] : []))
    }

    @Test(arguments: [
        // factors of the periods, the price before, the one after, and whether a bill is another
        ("", "0.4", "0.404", false), ("", "0.4", "0.406", true), ("", "0.4", "0.400", false),
        // 1.5 × 0.4 = 0.60, 1.5 × 0.404 = 0.606 → 0.61
        (", float: { quiet: 0.5, day: 1.5 }", "0.4", "0.404", true),
        // 1.5 × 0.401 = 0.6015 → 0.60, 0.5 × 0.401 = 0.2005 → 0.20
        (", float: { quiet: 0.5, day: 1.5 }", "0.4", "0.401", false),
    ])
    func `a price lists a bill only where its rounding tells it from the one before`(
        float: String, before: String, after: String, isListed: Bool
    ) throws {
        let energy =
            "  - { id: energy, kind: energy, on: import.kwh, price: { series: s, at: period_start, round: 0.01, mode: half_up }\(float) }\n"
        let branch = try MonthlyBranch.branch(
            contracts: "K1,S1,C1,quiet,2026-01-01,,1,1,",
            tariffs: ["quiet.yaml": MonthlyBranch.tariff("quiet", Self.quiet, charges: energy)])
        try branch.addTariff("series/h.csv", Self.kinds)
        let row = "from,to,value\n2026-01-01,2026-02-01,"
        try branch.addTariff("series/s.csv", row + before + "\n")
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01"))
        try branch.bill(asOf: "2026-02-01")
        #expect(try branch.column(MonthlyBranch.invoices) == ["K1"])
        try load("s", row + after + "\n", of: branch)
        #expect(try branch.rows(Self.listed).map { $0[0] } == (isListed ? ["2026-01-01"] : []))
    }
}
