// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Store
import TestSupport
import Testing

/// Law 6 where a contract is corrected after an invoice was issued: no day is billed twice or never.
@Suite struct ContractCorrectionTests {
    @Test(arguments: [
        // the contract as corrected, and the period that the January invoice cuts across
        ("K1,S1,C1,flat,2026-01-11,,1,1,", "2026-01-11"),
        ("K1,S1,C1,flat,2026-01-01,,10,1,", "2026-01-01"),
        ("K1,S1,C1,flat,2026-01-01,,1,2,", "2026-01-01"),
    ])
    func `a period that an issued invoice cuts across is held until that is credited`(
        corrected: String, period: String
    ) throws {
        let branch = try january()
        try branch.importNetwork(["contracts.csv": MonthlyBranch.contracts([corrected])])
        let summary = try branch.bill(asOf: "2026-04-02")
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "74400"]])
        let holds = try branch.rows(MonthlyBranch.holds)
        #expect(holds.first == ["K1", period, "overlaps-invoice"])
        #expect(holds.dropFirst().allSatisfy { $0[2] == "earlier-period" })
        let detail = try branch.column("SELECT detail FROM hold ORDER BY period_start LIMIT 1")
        #expect(detail[0].contains("INV-2026-000001 bills 2026-01-01 to 2026-02-01"))
        #expect(summary.counts.corrections == 1)
        try branch.deliver("april.csv", MonthlyBranch.hours(from: "2026-04-02", to: "2026-04-03"))
        #expect(try branch.bill(asOf: "2026-04-03").counts.corrections == 0)
        #expect(
            try branch.rows("SELECT detail FROM correction WHERE cause = 'contract-changed'") == [
                ["2026-01-01 to 2026-02-01 is no billing period of K1 any more"]
            ])
    }

    @Test func `a successor is not billed for days that its predecessor's invoice covers`() throws {
        let branch = try january()
        try branch.importNetwork([
            "contracts.csv": MonthlyBranch.contracts([
                "K1,S1,C1,flat,2026-01-01,2026-01-16,1,1,", "K2,S1,C2,flat,2026-01-16,,1,1,",
            ])
        ])
        try branch.bill(asOf: "2026-03-02")
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "74400"]])
        #expect(
            try branch.rows(MonthlyBranch.holds) == [
                ["K1", "2026-01-01", "overlaps-invoice"], ["K2", "2026-01-16", "overlaps-invoice"],
                ["K2", "2026-02-01", "earlier-period"],
            ])
        #expect(
            try branch.column("SELECT cause FROM correction") == [
                "network-changed", "contract-changed",
            ])
    }

    @Test func `days that were billed to a contract now elsewhere are billed to nobody again`()
        throws
    {
        let branch = try january()
        try branch.importNetwork([
            "service_points.csv": "service_point_id,node_id,timezone\nS9,F1,Asia/Shanghai\n",
            "contracts.csv": MonthlyBranch.contracts([
                "K1,S9,C1,flat,2026-01-01,,1,1,", "K3,S1,C2,flat,2026-01-01,,1,1,",
            ]),
        ])
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "74400"]])
        #expect(try branch.rows(MonthlyBranch.holds) == [["K3", "2026-01-01", "overlaps-invoice"]])
        #expect(try branch.column("SELECT cause FROM correction").contains("contract-changed"))
    }

    @Test func `a contract that ends after its last invoice stays as it was billed`() throws {
        let branch = try january()
        try branch.importNetwork([
            "contracts.csv": MonthlyBranch.contracts([
                "K1,S1,C1,flat,2026-01-01,2026-02-11,1,1,", "K2,S1,C2,flat,2026-02-11,,1,1,",
            ])
        ])
        try branch.bill(asOf: "2026-03-02")
        #expect(
            try branch.rows(MonthlyBranch.invoices) == [
                ["K1", "2026-01-01", "74400"], ["K1", "2026-02-01", "24000"],
                ["K2", "2026-02-11", "43200"],
            ])
        #expect(try branch.column("SELECT cause FROM correction").isEmpty)
    }

    @Test func `a parameter that the tariff does not need cuts no period`() throws {
        // Tiers by days: 100 kWh at 1, the rest at 3. 10 days × 24 kWh, then 20 days × 0.24 kWh.
        let tiers = """
              - id: energy
                kind: tiers
                on: import.kwh
                cycle: billing_period
                limits: by_days
                tiers: [{ to: 100, price: 1 }, { price: 3 }]
            """
        let branch = try MonthlyBranch.branch(
            contracts: "K1,S1,C1,tiers,2026-09-01,,1,1,persons=3",
            tariffs: ["tiers.yaml": MonthlyBranch.tariff("tiers", charges: tiers)])
        try branch.importNetwork([
            "contracts.csv": """
            contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day,parameters,from,to
            K1,S1,C1,tiers,2026-09-01,,1,persons=3,,2026-09-11
            K1,S1,C1,tiers,2026-09-01,,1,persons=4,2026-09-11,

            """
        ])
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-09-01", to: "2026-09-11"))
        try branch.deliver(
            "b.csv", MonthlyBranch.hours(from: "2026-09-11", to: "2026-10-01", "0.01"))
        try branch.bill(asOf: "2026-10-02")
        // 240 + 4.8 = 244.8 kWh: 100 × 1 + 144.8 × 3 = 534.40.
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-09-01", "53440"]])
    }

    @Test func `a hold says what is missing now, not what was missing once`() throws {
        let branch = try MonthlyBranch.branch()
        let first = "2026-01-01T00"
        try branch.deliver(
            "a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01", without: first))
        try branch.bill(asOf: "2026-02-01")
        let detail = "SELECT detail FROM hold WHERE period_start = '2026-01-01'"
        #expect(try branch.column(detail)[0].hasSuffix("waited for until 2026-02-04"))
        try branch.bill(asOf: "2026-04-20")
        #expect(try branch.column(detail)[0].hasSuffix("readings must come"))
    }

    /// A branch whose January was billed, 744 hours of 1 kWh; February to April are delivered.
    private func january() throws -> TrialBranch {
        let branch = try MonthlyBranch.branch()
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01"))
        try branch.bill(asOf: "2026-02-01")
        try branch.deliver("b.csv", MonthlyBranch.hours(from: "2026-02-01", to: "2026-04-02"))
        return branch
    }
}
