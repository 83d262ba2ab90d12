// SPDX-License-Identifier: Apache-2.0

import BatchRun
import BillTariff
import Foundation
import Store
import TestSupport
import Testing

/// Tariffs and series that change after invoices rest on them.
@Suite struct TariffChangeTests {
    @Test func `a tariff that billed keeps its content under its version`() throws {
        let branch = try MonthlyBranch.branch()
        let dearer = MonthlyBranch.tariff(
            "flat", charges: MonthlyBranch.flatCharge.replacing("price: 1", with: "price: 9"))
        // Before it billed it is free to change, and to change back.
        try branch.addTariff("flat.yaml", dearer)
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-01-02"))
        try branch.bill(asOf: "2026-01-02")
        let flat = MonthlyBranch.tariff("flat", charges: MonthlyBranch.flatCharge)
        try branch.addTariff("flat.yaml", flat)
        try branch.deliver("b.csv", MonthlyBranch.hours(from: "2026-01-02", to: "2026-02-05"))
        try branch.bill(asOf: "2026-02-05")

        try branch.addTariff("flat.yaml", dearer)
        try branch.deliver("c.csv", MonthlyBranch.hours(from: "2026-02-05", to: "2026-03-01"))
        let error = #expect(throws: TariffProblems.self) { try branch.bill(asOf: "2026-03-02") }
        let text = error?.description ?? ""
        #expect(
            text.contains(
                "flat.yaml:3:10: changed-version: version '2026-01' of flat has billed 1 invoices "
                    + "with other content (sha256 "))
        #expect(text.hasSuffix("…) — give the changed tariff a new version"))
        #expect(try branch.column("SELECT max(run_id) FROM run") == ["2"])

        // It may be ended, but not on a day that it has billed.
        func end(_ day: String) throws {
            try branch.addTariff(
                "flat.yaml",
                flat.replacing("2020-01-01\n", with: "2020-01-01\nvalid_to: \(day)\n"))
        }
        try end("2026-01-20")
        #expect(throws: TariffProblems.self) { try branch.bill(asOf: "2026-03-02") }
        try end("2026-02-01")
        try branch.addTariff(
            "flat-2.yaml",
            dearer.replacing("2026-01", with: "2026-02").replacing("2020-01-01", with: "2026-02-01")
        )
        try branch.bill(asOf: "2026-03-02")
        // 672 hours of 1 kWh at 9 yuan.
        #expect(
            try branch.rows(MonthlyBranch.invoices) == [
                ["K1", "2026-01-01", "74400"], ["K1", "2026-02-01", "604800"],
            ])
    }

    @Test func `each line of a split period names the version that priced it`() throws {
        // The period from 10 January to 10 February; the price doubles with February.
        let flat = MonthlyBranch.tariff("flat", charges: MonthlyBranch.flatCharge)
        func first(until end: String) -> String {
            flat.replacing("2020-01-01\n", with: "2020-01-01\nvalid_to: \(end)\n")
        }
        let second = flat.replacing("2026-01", with: "2026-02")
            .replacing("2020-01-01", with: "2026-02-01").replacing("price: 1", with: "price: 2")
        let branch = try MonthlyBranch.branch(
            contracts: "K1,S1,C1,flat,2026-01-10,,10,1,",
            tariffs: ["flat.yaml": first(until: "2026-02-01"), "flat-2.yaml": second])
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-10", to: "2026-02-10"))
        try branch.bill(asOf: "2026-02-10")
        // 22 days of 24 kWh at 1 yuan, 9 days at 2.
        #expect(
            try branch.rows(
                """
                SELECT l.amount_minor, p.starts_on, p.ends_on, p.tariff_version, t.version
                FROM invoice_line l JOIN invoice_part_view p USING (invoice_id, part)
                JOIN tariff_file t ON t.sha256 = p.tariff_sha256 ORDER BY l.position
                """) == [
                    ["52800", "2026-01-10", "2026-02-01", "2026-01", "2026-01"],
                    ["43200", "2026-02-01", "2026-02-10", "2026-02", "2026-02"],
                ])
        #expect(try branch.problems().isEmpty)

        // Days of January that it priced cannot be taken from the first version any more.
        try branch.addTariff("flat.yaml", first(until: "2026-01-20"))
        try branch.addTariff("flat-2.yaml", second.replacing("2026-02-01", with: "2026-01-20"))
        let error = #expect(throws: TariffProblems.self) { try branch.bill(asOf: "2026-02-11") }
        #expect(error?.description.contains("flat.yaml:3:10: changed-version") ?? false)
    }

    @Test(arguments: [
        // the row of February is revised; where the price of the period from 10 January is looked up
        ("period_start", []), ("period_end", ["K1"]), ("by_days", ["K1"]),
    ])
    func `a revised series lists the bills that looked the row up`(
        moment: String, listed: [String]
    ) throws {
        let charge =
            "  - { id: energy, kind: energy, on: import.kwh, price: { series: s, at: \(moment) } }\n"
        let branch = try MonthlyBranch.branch(
            contracts: "K1,S1,C1,series,2026-01-10,,10,1,",
            tariffs: ["series.yaml": MonthlyBranch.tariff("series", charges: charge)])
        try FileManager.default.createDirectory(
            atPath: branch.tariffs + "/series", withIntermediateDirectories: true)
        let rows = "from,to,value\n2026-01-01,2026-02-01,1\n2026-02-01,2026-03-01,2\n"
        try branch.addTariff("series/s.csv", rows)
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-10", to: "2026-02-10"))
        try branch.bill(asOf: "2026-02-10")
        try revise(branch, rows.replacing("01,2\n", with: "01,3\n"))
        #expect(try branch.column(TariffChangeTests.listed) == listed)
    }

    @Test func `a revised series lists no bill of a tariff without it`() throws {
        let branch = try MonthlyBranch.branch()
        try FileManager.default.createDirectory(
            atPath: branch.tariffs + "/series", withIntermediateDirectories: true)
        try branch.addTariff("series/s.csv", "from,to,value\n2026-01-01,2026-02-01,1\n")
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01"))
        try branch.bill(asOf: "2026-02-01")
        try revise(branch, "from,to,value\n2026-01-01,2026-02-01,2\n")
        #expect(try branch.column(MonthlyBranch.invoices) == ["K1"])
        #expect(try branch.column(TariffChangeTests.listed).isEmpty)
    }

    private static let listed = """
        SELECT i.contract_id FROM correction c JOIN invoice i USING (invoice_id)
        WHERE c.cause = 'series-revised'
        """

    private func revise(_ branch: TrialBranch, _ text: String) throws {
        try branch.addTariff("series/s.csv", text)
        let author = ChangeAuthor(user: "test", command: "series import")
        _ = try SeriesImport(store: try branch.store(), author: author)
            .load(branch.tariffs + "/series/s.csv", revise: true)
    }
}
