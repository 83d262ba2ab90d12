// SPDX-License-Identifier: Apache-2.0

import BatchRun
import TestSupport
import Testing

/// A least amount of a calendar year on whole runs.
@Suite struct YearlyMinimumBillingTests {
    private static func charges(_ prorate: String) -> String {
        """
          - { id: energy, kind: energy, on: import.kwh, price: 1 }
          - { id: year, kind: yearly_minimum, of: [energy], base: as_billed, price: 10000, year_of: period_end, prorate: \(prorate) }

        """
    }

    private static let opening = "contract_id,billed_through,key,value\n"

    /// A contract from December to February, of 1 kWh an hour.
    private func branch(
        prorate: String = "none", ends: String = "2026-03-01", opening: String? = nil,
        tariffs: [String: String] = [:]
    ) throws -> TrialBranch {
        var network = MonthlyBranch.network(
            MonthlyBranch.hourlyMeter, ["K1,S1,C1,yearly,2025-12-01,\(ends),1,1,"])
        if let opening { network["opening.csv"] = Self.opening + opening }
        let branch = try TrialBranch(network: network)
        try branch.addTariff(
            "yearly.yaml", MonthlyBranch.tariff("yearly", charges: Self.charges(prorate)))
        for (name, text) in tariffs { try branch.addTariff(name, text) }
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2025-12-01", to: "2026-03-01"))
        return branch
    }

    private let lines = """
        SELECT period_start, amount_exact FROM invoice_line JOIN invoice USING (invoice_id)
        WHERE charge_id = 'year' ORDER BY 1
        """
    private let kept = """
        SELECT period_start, d.period, d.value, d.unit FROM invoice_determinant d JOIN invoice
        USING (invoice_id) WHERE d.quantity = 'year_to_date.billed' ORDER BY 1
        """

    @Test(
        arguments: [
            // December closes 2025: 10 000 - 744. February ends the contract: 10 000 - 744 - 672. By days:
            // 31/365 × 10 000 = 849.315… less 744; 59/365 × 10 000 = 1 616.438… less 1 416, as fractions of 73
            ("none", ["9256", "8584"]), ("days", ["7688/73", "14632/73"]),
        ], [["2026-03-01"], ["2026-01-01", "2026-02-01", "2026-03-01"]])
    func `the bill that closes a year, or the contract, brings it up`(
        found: (prorate: String, amounts: [String]), nights: [String]
    ) throws {
        let branch = try branch(prorate: found.prorate)
        for night in nights { try branch.bill(asOf: night) }
        #expect(try branch.column(MonthlyBranch.holds).isEmpty)
        let rows = try branch.rows(lines)
        #expect(rows.map { $0[0] } == ["2025-12-01", "2026-02-01"])
        #expect(
            try branch.rows(kept) == [
                ["2025-12-01", "year", "0", "CNY"], ["2026-02-01", "year", "744", "CNY"],
            ])
        let totals = try branch.rows(MonthlyBranch.invoices).map { $0[2] }
        #expect(
            totals
                == (found.prorate == "none"
                    ? ["1000000", "74400", "925600"] : ["84932", "74400", "87244"]))
        #expect(try branch.problems().isEmpty)
    }

    @Test(arguments: [
        // December and January were billed by an earlier system: it says how much, or it does not.
        ("K1,2026-02-01,year_to_date.billed.year,1000\n", "832800", []),
        ("K1,2026-02-01,,\n", nil, ["2026-02-01"]),
        // It billed all of the year before, which does not count; January is billed here.
        ("K1,2026-01-01,,\n", "858400", []),
    ])
    func `what an earlier system billed is an opening value`(
        opening: String, year: String?, held: [String]
    ) throws {
        let branch = try branch(opening: opening)
        try branch.bill(asOf: "2026-03-01")
        // 10 000 - 1 000 - 672; 10 000 - 744 - 672
        #expect(
            try branch.column("SELECT amount_minor FROM invoice_line WHERE charge_id = 'year'")
                == [year].compactMap(\.self))
        #expect(
            try branch.rows(MonthlyBranch.holds) == held.map { ["K1", $0, "missing-year-to-date"] })
    }

    @Test func `a bill that another tariff billed is not counted as nothing`() throws {
        let network = MonthlyBranch.network(
            MonthlyBranch.hourlyMeter,
            [
                "K1,S1,C1,flat,2026-01-01,2026-02-01,1,1,",
                "K1,S1,C1,yearly,2026-02-01,2026-03-01,1,1,",
            ])
        let branch = try TrialBranch(network: network)
        try branch.addTariff(
            "flat.yaml", MonthlyBranch.tariff("flat", charges: MonthlyBranch.flatCharge))
        try branch.addTariff(
            "yearly.yaml", MonthlyBranch.tariff("yearly", charges: Self.charges("none")))
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-03-01"))
        try branch.bill(asOf: "2026-03-01")
        #expect(
            try branch.rows(MonthlyBranch.holds) == [["K1", "2026-02-01", "missing-year-to-date"]])
    }

    @Test func `a late reading lists the bill that counts it, and no other`() throws {
        let branch = try branch()
        try branch.bill(asOf: "2026-03-01")
        try branch.deliver(
            "late.csv", "meter_id,timestamp,kwh,quality\nM1,2026-01-10T05:00:00+08:00,9.0,A\n")
        try branch.bill(asOf: "2026-03-02")
        let listed = """
            SELECT i.period_start, c.detail FROM correction c JOIN invoice i USING (invoice_id)
            ORDER BY 1
            """
        #expect(
            try branch.rows(listed) == [
                ["2026-01-01", "M1 2026-01-10"],
                ["2026-02-01", "counts the year to date that INV-2026-000002 billed"],
            ])
    }

    @Test(arguments: [
        // open, and then ended with the last bill; ended, and then open; ended later all the same
        ("", "2026-03-01", ["2026-02-01"]), ("2026-03-01", "", ["2026-02-01"]),
        ("2026-05-01", "2026-06-01", []),
    ])
    func `an end that comes after the bill lists the one that closes the contract`(
        ends: String, later: String, listed: [String]
    ) throws {
        let branch = try branch(ends: ends)
        try branch.bill(asOf: "2026-03-01")
        try branch.importNetwork(
            MonthlyBranch.network(
                MonthlyBranch.hourlyMeter, ["K1,S1,C1,yearly,2025-12-01,\(later),1,1,"]))
        #expect(
            try branch.column(
                "SELECT period_start FROM correction JOIN invoice USING (invoice_id) ORDER BY 1")
                == listed)
    }
}
