// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Quantities
import TestSupport
import Testing

/// Export that is held against import, and losses, on whole runs.
@Suite struct NetBillingTests {
    private static let net = """
        net_metering:
          netting: all
          expires: { after_months: 12, use: oldest_first }
          expired: lost
          at_end: expires
          if_split: by_part
        """
    private static let charge = "  - { id: energy, kind: energy, on: net.kwh, price: 1 }\n"

    /// A branch with a tariff that nets, and an opening table of rows.
    private func branch(
        _ contract: String = "K1,S1,C1,net,2026-01-01,,1,1,", opening: [String] = []
    ) throws -> TrialBranch {
        var network = MonthlyBranch.network(MonthlyBranch.hourlyMeter, [contract])
        if !opening.isEmpty {
            network["opening.csv"] =
                "contract_id,billed_through,key,value\n" + opening.map { $0 + "\n" }.joined()
        }
        let branch = try TrialBranch(network: network)
        try branch.addTariff(
            "net.yaml", MonthlyBranch.tariff("net", Self.net, charges: Self.charge))
        return branch
    }

    /// Delivers a month of import and export, each of one value an hour.
    private func deliver(
        _ branch: TrialBranch, from: String, to: String, _ imported: String, _ exported: String
    ) throws {
        try branch.deliver("\(from)-i.csv", MonthlyBranch.hours(from: from, to: to, imported))
        try branch.deliver(
            "\(from)-e.csv", MonthlyBranch.hours(from: from, to: to, exported, channel: "2.8.0"))
    }

    private static let bank = """
        SELECT i.period_start, quantity, value FROM invoice_determinant
        JOIN invoice i USING (invoice_id) WHERE quantity GLOB 'bank.*' AND i.kind = 'invoice'
        ORDER BY 1, 2
        """

    @Test(arguments: [["2026-03-05"], ["2026-02-05", "2026-03-05"]])
    func `what a month leaves over serves the next, billed that night or later`(
        nights: [String]
    ) throws {
        let branch = try branch()
        // January: 744 − 2 × 744 = −744. February: 2 × 672 − 672 = 672 of the 744.
        try deliver(branch, from: "2026-01-01", to: "2026-02-01", "1.0", "2.0")
        try deliver(branch, from: "2026-02-01", to: "2026-03-01", "2.0", "1.0")
        for night in nights { try branch.bill(asOf: night) }
        let holds = try branch.rows("SELECT code, detail FROM hold")
        #expect(holds.isEmpty, "\(holds)")
        #expect(
            try branch.rows(MonthlyBranch.invoices)
                == [["K1", "2026-01-01", "0"], ["K1", "2026-02-01", "0"]])
        #expect(
            try branch.rows(Self.bank) == [
                ["2026-01-01", "bank.added", "744"],
                ["2026-01-01", "bank.after.2026-02-01", "744"],
                ["2026-02-01", "bank.after.2026-02-01", "72"],
                ["2026-02-01", "bank.before.2026-02-01", "744"],
                ["2026-02-01", "bank.used", "672"],
            ])
        // March: 744, less the 72 that are left.
        try deliver(branch, from: "2026-03-01", to: "2026-04-01", "1.0", "0.0")
        try branch.bill(asOf: "2026-04-05")
        #expect(try branch.rows(MonthlyBranch.invoices).last == ["K1", "2026-03-01", "67200"])
        #expect(try branch.problems().isEmpty)
    }

    @Test func `a late reading lists the later bills that rest on what was kept`() throws {
        let branch = try branch()
        try deliver(branch, from: "2026-01-01", to: "2026-02-01", "1.0", "2.0")
        try deliver(branch, from: "2026-02-01", to: "2026-03-01", "2.0", "1.0")
        try branch.bill(asOf: "2026-03-05")
        try branch.deliver(
            "late.csv",
            "meter_id,timestamp,channel,kwh,quality\n"
                + "M1,2026-01-20T17:00:00+08:00,2.8.0,6.0,A\n")
        try branch.bill(asOf: "2026-03-06")
        #expect(
            try branch.column("SELECT detail FROM correction ORDER BY invoice_id") == [
                "M1 2026-01-20", "nets with the energy that INV-2026-000001 kept",
            ])
    }

    @Test(arguments: [
        ([], "missing-bank"),
        (["K1,2026-01-01,bank,100"], ""),
        (["K1,2026-01-01,bank.all.2025-07-01,100"], ""),
        (["K1,2026-01-01,bank.peak,100"], "missing-bank"),
        (["K1,2026-01-01,bank,-100"], "missing-bank"),
        (["K1,2026-01-01,bank.all.soon,100"], "missing-bank"),
    ])
    func `what an earlier system kept is an opening value`(
        opening: [String], hold: String
    ) throws {
        let branch = try branch(
            "K1,S1,C1,net,2025-06-01,,1,1,",
            opening: opening.isEmpty ? ["K1,2026-01-01,,"] : opening)
        try deliver(branch, from: "2026-01-01", to: "2026-02-01", "1.0", "0.0")
        try branch.bill(asOf: "2026-02-05")
        guard hold.isEmpty else {
            #expect(try branch.rows(MonthlyBranch.holds) == [["K1", "2026-01-01", hold]])
            let detail = try branch.column("SELECT detail FROM hold")
            #expect(
                detail.allSatisfy {
                    $0.hasSuffix("give bank, and nothing else kept, in opening.csv")
                })
            return
        }
        // 744 − 100
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "64400"]])
    }

    @Test func `a bill that was credited gives back what it kept`() throws {
        let branch = try branch()
        try deliver(branch, from: "2026-01-01", to: "2026-02-01", "1.0", "2.0")
        try branch.bill(asOf: "2026-02-05")
        // As a credit note does: the invoice no longer stands.
        #expect(
            try branch.attempt(
                """
                INSERT INTO invoice SELECT 2, 'CRN-2026-000001', 'credit_note', contract_id,
                    customer_id, service_point_id, feeder_id, period_start, period_end, tariff_id,
                    tariff_version, tariff_sha256, inputs_sha256, known_seq, engine_version,
                    currency, minor_digits, -net_minor, -tax_minor, -total_minor,
                    estimated_values, 1, NULL, issued_on, run_id FROM invoice
                """) == nil)
        try branch.deliver(
            "late.csv",
            "meter_id,timestamp,channel,kwh,quality\n"
                + "M1,2026-01-20T17:00:00+08:00,2.8.0,12.0,A\n")
        try branch.bill(asOf: "2026-02-06")
        try deliver(branch, from: "2026-02-01", to: "2026-03-01", "1.0", "0.0")
        try branch.bill(asOf: "2026-03-05")
        // 744 + 10 kept by the bill that stands, and nothing of the credited one: 672 of them are used.
        #expect(
            try branch.rows(Self.bank).suffix(3) == [
                ["2026-02-01", "bank.after.2026-02-01", "82"],
                ["2026-02-01", "bank.before.2026-02-01", "754"],
                ["2026-02-01", "bank.used", "672"],
            ])
    }

    @Test func `a loss goes by the hours of its clock, and is kept with the bill`() throws {
        let branch = try TrialBranch(
            network: MonthlyBranch.network(
                MonthlyBranch.hourlyMeter, ["K1,S1,C1,lossy,2026-03-01,,1,1,"],
                "S1,F1,Europe/London\n"))
        let losses = """
            losses:
              - id: transformer
                kind: transformer
                capacity: 100
                no_load_kw: 1
                load_kw: 0
                factor: 1
                reactive: reactive_import.kvarh
                reactive_loss: none
                round: none
              - { id: line, kind: rate, on: import.kwh, rate: 0.5, of: read, round: none }
            """
        try branch.addTariff(
            "lossy.yaml",
            MonthlyBranch.tariff("lossy", losses, charges: MonthlyBranch.flatCharge)
                .replacing("Asia/Shanghai", with: "Europe/London"))
        let (first, end) = ("2026-02-28", "2026-04-02")
        try branch.deliver("i.csv", MonthlyBranch.hours(from: first, to: end))
        try branch.deliver(
            "q.csv",
            MonthlyBranch.hours(from: first, to: end, channel: "3.8.0")
                .replacing(",kwh,", with: ",kvarh,"))
        try branch.bill(asOf: "2026-04-05")
        let holds = try branch.rows("SELECT code, detail FROM hold")
        #expect(holds.isEmpty, "\(holds)")
        // March of 31 days has 743 hours there: 743 + 743 × 1 kW + 743 × 0.5
        #expect(
            try branch.rows(
                """
                SELECT quantity, value FROM invoice_determinant
                WHERE quantity GLOB '*import.kwh' ORDER BY quantity
                """)
                == [
                    ["import.kwh", "1857.5"], ["loss.line.import.kwh", "371.5"],
                    ["loss.transformer.import.kwh", "743"], ["read.import.kwh", "743"],
                ])
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-03-01", "185750"]])
        // Another tariff bills what was read.
        try branch.addTariff(
            "flat.yaml", MonthlyBranch.tariff("flat", charges: MonthlyBranch.flatCharge))
        let march = try #require(CivilDay(iso: "2026-03-01"))
        let report = try TariffComparison(
            store: branch.store(),
            request: .init(
                tariffs: [branch.tariffs + "/flat.yaml", branch.tariffs + "/lossy.yaml"],
                days: march..<march + 31)
        ).report(threads: 1, progress: SilentProgress())
        #expect(report.tariffs.map(\.total.then.minorUnits) == [74300, 185750])
    }

    @Test func `an end entered later lists the bill whose bank then expires`() throws {
        let branch = try branch()
        try deliver(branch, from: "2026-01-01", to: "2026-02-01", "1.0", "2.0")
        try branch.bill(asOf: "2026-02-05")
        for (ends, listed) in [("2026-03-01", 0), ("2026-02-01", 1)] {
            try branch.importNetwork([
                "contracts.csv": MonthlyBranch.contracts(["K1,S1,C1,net,2026-01-01,\(ends),1,1,"])
            ])
            #expect(try branch.column("SELECT detail FROM correction").count == listed)
        }
    }
}
