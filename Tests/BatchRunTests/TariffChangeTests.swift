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

    @Test(arguments: ["\n", "\r\n"])
    func `a tariff that billed gives its days to no other version`(lineEnd: String) throws {
        let branch = try MonthlyBranch.branch()
        let flat = MonthlyBranch.tariff("flat", charges: MonthlyBranch.flatCharge)
        try branch.addTariff("flat.yaml", flat.replacing("\n", with: lineEnd))
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-03-01"))
        try branch.bill(asOf: "2026-02-01")
        let dearer = flat.replacing("2026-01\n", with: "2026-01b\n")
            .replacing("price: 1", with: "price: 9")
        func refused() throws -> String {
            let error = #expect(throws: TariffProblems.self) { try branch.bill(asOf: "2026-03-01") }
            return error?.description ?? ""
        }
        // The version that billed is gone; from its first day, or from the last that it billed.
        for first in ["2020-01-01", "2026-01-31"] {
            try branch.addTariff("flat.yaml", dearer.replacing("2020-01-01", with: first))
            #expect(
                try refused().contains(
                    "flat.yaml:3:10: changed-version: version '2026-01b' of flat takes days from "
                        + "2026-01-01 to 2026-02-01 from version '2026-01', which has billed 1 "
                        + "invoices and is in no file any more"))
        }
        // Under another name, with an end, it is still there: the other begins beside it.
        try branch.addTariff("flat.yaml", dearer.replacing("2020-01-01", with: "2026-02-01"))
        try branch.addTariff(
            "flat-old.yaml",
            flat.replacing("2020-01-01\n", with: "2020-01-01\nvalid_to: 2026-02-01\n")
                .replacing("\n", with: lineEnd))
        try branch.bill(asOf: "2026-03-01")
        // 672 hours of 1 kWh at 9 yuan.
        #expect(
            try branch.rows(MonthlyBranch.invoices) == [
                ["K1", "2026-01-01", "74400"], ["K1", "2026-02-01", "604800"],
            ])
        // A version whose days are no other's may go.
        try FileManager.default.removeItem(atPath: branch.tariffs + "/flat-old.yaml")
        try branch.bill(asOf: "2026-03-02")
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
        let rows = "from,to,value\n2026-01-01,2026-02-01,1\n2026-02-01,2026-03-01,2\n"
        try branch.addTariff("series/s.csv", rows)
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-10", to: "2026-02-10"))
        try branch.bill(asOf: "2026-02-10")
        try revise(branch, rows.replacing("01,2\n", with: "01,3\n"))
        #expect(try branch.column(TariffChangeTests.listed) == listed)
    }

    @Test func `a revised series lists no bill of a tariff without it`() throws {
        let branch = try MonthlyBranch.branch()
        try branch.addTariff("series/s.csv", "from,to,value\n2026-01-01,2026-02-01,1\n")
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01"))
        try branch.bill(asOf: "2026-02-01")
        try revise(branch, "from,to,value\n2026-01-01,2026-02-01,2\n")
        #expect(try branch.column(MonthlyBranch.invoices) == ["K1"])
        #expect(try branch.column(TariffChangeTests.listed).isEmpty)
    }

    /// A column `a` of 0.4 yuan and a column `b` of 0.1; the tariff bills `a`.
    private func twoColumns() throws -> TrialBranch {
        let charge =
            "  - { id: energy, kind: energy, on: import.kwh, price: { series: s, column: a, at: period_start } }\n"
        let branch = try MonthlyBranch.branch(
            contracts: "K1,S1,C1,series,2026-01-01,,1,1,",
            tariffs: ["series.yaml": MonthlyBranch.tariff("series", charges: charge)])
        try branch.addTariff("series/s.csv", "from,to,a,b\n2026-01-01,2026-02-01,0.4,0.1\n")
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-03-01"))
        try branch.bill(asOf: "2026-02-01")
        return branch
    }

    @Test(arguments: [
        // The rows of the series afterwards, and whether January was billed by another price.
        ("2026-01-01,2026-03-01,0.4,0.1", []), ("2026-01-01,2026-02-01,0.40,0.1", []),
        ("2026-01-01,2026-02-01,0.4,0.2", []), ("2026-01-01,2026-02-01,0.3,0.1", ["K1"]),
        ("2026-01-01,,0.4,0.1", []), ("2026-01-01,2026-01-20,0.4,0.1\n2026-01-20,,0.3,0.1", []),
        ("2026-01-01,2026-02-01,,0.1", ["K1"]),
    ])
    func `a revised row lists a bill only where the price that it looked up is another`(
        rows: String, listed: [String]
    ) throws {
        let branch = try twoColumns()
        try revise(branch, "from,to,a,b\n\(rows)\n")
        #expect(try branch.column(TariffChangeTests.listed) == listed)
    }

    @Test(arguments: [("", "\n"), ("", "\r\n"), ("\u{FEFF}", "\r\n")])
    func `cells of a series are read by the name of their column`(mark: String, lineEnd: String)
        throws
    {
        let branch = try twoColumns()
        let swapped = "from,to,b,a\n2026-01-01,2026-02-01,0.1,0.4\n2026-02-01,2026-03-01,0.2,0.5\n"
        try branch.addTariff("series/s.csv", mark + swapped.replacing("\n", with: lineEnd))
        let summary = try branch.bill(asOf: "2026-03-01")
        // 744 hours at 0.4 yuan, 672 at 0.5
        #expect(
            try branch.rows(MonthlyBranch.invoices) == [
                ["K1", "2026-01-01", "29760"], ["K1", "2026-02-01", "33600"],
            ])
        #expect(summary.counts.corrections == 0)
    }

    @Test func `a header with other names is refused, one with names swapped changes every row`()
        throws
    {
        let branch = try twoColumns()
        try branch.addTariff(
            "series/s.csv", "# prices\nfrom,to,a,c\n2026-01-01,2026-02-01,0.4,0.1\n")
        let named = #expect(throws: TariffProblems.self) { try revise(branch) }
        #expect(
            named?.description.contains(
                "s.csv:2:1: bad-value: the header is 'from,to,a,c', the series was loaded with "
                    + "'from,to,a,b'") ?? false)
        try branch.addTariff("series/s.csv", "from,to,a\n2026-01-01,2026-02-01,0.4\n")
        #expect(throws: TariffProblems.self) { try revise(branch) }

        try branch.addTariff("series/s.csv", "from,to,b,a\n2026-01-01,2026-02-01,0.4,0.1\n")
        let swapped = #expect(throws: SeriesConflict.self) { try branch.bill(asOf: "2026-03-01") }
        #expect(swapped?.loaded == "2026-01-01,2026-02-01,0.4,0.1")
        #expect(swapped?.found == "2026-01-01,2026-02-01,0.1,0.4")
        #expect(swapped?.place.hasSuffix("s.csv:2") ?? false)
        let report = try revise(branch)
        #expect(report.rows == [1])
        #expect(report.corrections.map(\.invoice.contractID) == ["K1"])
        #expect(try branch.column(TariffChangeTests.listed) == ["K1"])
    }

    /// Until 20 January K1 pays 0.1 yuan on holidays and 1 else; from then on K2 pays 1 on every day.
    private func holidays() throws -> TrialBranch {
        let quiet = MonthlyBranch.tariff(
            "quiet", "day_kinds: h\nperiods: { quiet: { days: holiday }, day: rest }",
            charges:
                "  - { id: energy, kind: energy, on: import.kwh, price: { quiet: 0.1, day: 1 } }\n")
        let branch = try MonthlyBranch.branch(
            contracts: "K1,S1,C1,quiet,2026-01-01,2026-01-20,1,1,",
            "K2,S1,C2,flat,2026-01-20,,1,1,",
            tariffs: ["quiet.yaml": quiet])
        try branch.addTariff("series/h.csv", "date,kind\n2026-01-01,holiday\n")
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01"))
        try branch.bill(asOf: "2026-02-01")
        return branch
    }

    @Test(arguments: [
        ("2026-01-15,holiday", ["K1"]), ("2026-01-19,holiday", ["K1"]),
        // a day of the other tariff, one before, and a kind that no rule names
        ("2026-01-20,holiday", []), ("2025-12-31,holiday", []), ("2026-01-15,event", []),
    ])
    func `a kind given to a day that was billed lists the bills of the day`(
        row: String, listed: [String]
    ) throws {
        let nightly = try holidays()
        // 24 hours at 0.1 yuan and 432 at 1; 288 at 1.
        #expect(
            try nightly.rows(MonthlyBranch.invoices) == [
                ["K1", "2026-01-01", "43440"], ["K2", "2026-01-20", "28800"],
            ])
        let rows = ["2026-01-01,holiday", row].sorted().map { $0 + "\n" }.joined()
        try nightly.addTariff("series/h.csv", "date,kind\n" + rows)
        #expect(try nightly.bill(asOf: "2026-02-02").counts.corrections == listed.count)
        #expect(try nightly.column(TariffChangeTests.listed) == listed)
        #expect(try nightly.bill(asOf: "2026-02-03").counts.corrections == 0)

        let imported = try holidays()
        try imported.addTariff("series/h.csv", "date,kind\n" + rows)
        let report = try load("h", of: imported, revise: false)
        #expect(report.corrections.map(\.invoice.contractID) == listed)
        #expect(try imported.column(TariffChangeTests.listed) == listed)
        // The kind taken back, by a kind that no rule names: one more change under the same bill.
        try imported.addTariff(
            "series/h.csv", "date,kind\n" + rows.replacing("holiday", with: "day"))
        #expect(
            try load("h", of: imported, revise: true).corrections.map(\.invoice.contractID) == [
                "K1"
            ])
    }

    private static let listed = """
        SELECT i.contract_id FROM correction c JOIN invoice i USING (invoice_id)
        WHERE c.cause = 'series-revised'
        """

    private func revise(_ branch: TrialBranch, _ text: String) throws {
        try branch.addTariff("series/s.csv", text)
        try revise(branch)
    }

    @discardableResult
    private func revise(_ branch: TrialBranch) throws -> SeriesImportReport {
        try load("s", of: branch, revise: true)
    }

    private func load(
        _ series: String, of branch: TrialBranch, revise: Bool
    ) throws -> SeriesImportReport {
        let author = ChangeAuthor(user: "test", command: "series import")
        return try SeriesImport(store: try branch.store(), author: author)
            .load([branch.tariffs + "/series/\(series).csv"], revise: revise)
    }
}
