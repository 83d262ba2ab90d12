// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// What is due where much was billed before: mostly the last invoice tells it.
@Suite struct IssuedPeriodsTests {
    private let invoices = """
        SELECT period_start, period_end FROM invoice WHERE kind = 'invoice' ORDER BY invoice_id
        """

    @Test func `a credited period is billed again, and no other`() throws {
        let branch = try MonthlyBranch.branch()
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-04-02"))
        let months = [
            ["2026-01-01", "2026-02-01"], ["2026-02-01", "2026-03-01"],
            ["2026-03-01", "2026-04-01"],
        ]
        for (night, billed) in [("2026-03-02", 2), ("2026-03-03", 2), ("2026-04-02", 3)] {
            try branch.bill(asOf: night)
            #expect(try branch.rows(invoices) == Array(months.prefix(billed)))
        }
        let credit = """
            INSERT INTO invoice SELECT NULL, 'CRN-1', 'credit_note', contract_id, customer_id,
                service_point_id, feeder_id, period_start, period_end, tariff_id, tariff_version,
                tariff_sha256, inputs_sha256, known_seq, engine_version, currency, minor_digits,
                net_minor, tax_minor, total_minor, estimated_values, invoice_id, NULL, issued_on,
                run_id
            FROM invoice WHERE period_start = '2026-02-01'
            """
        #expect(try branch.attempt(credit) == nil)
        for night in ["2026-04-03", "2026-04-04"] {
            try branch.bill(asOf: night)
            #expect(try branch.rows(invoices) == months + [months[1]])
        }
    }

    @Test func `periods after one that an opening cut follow the grid of the contract`() throws {
        var network = MonthlyBranch.network(
            MonthlyBranch.hourlyMeter, ["K1,S1,C1,flat,2026-01-01,,1,3,"])
        network["opening.csv"] = "contract_id,billed_through,key,value\nK1,2026-02-11,,\n"
        let branch = try TrialBranch(network: network)
        try branch.addTariff(
            "flat.yaml", MonthlyBranch.tariff("flat", charges: MonthlyBranch.flatCharge))
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-02-10", to: "2026-07-02"))
        let periods = [["2026-02-11", "2026-04-01"], ["2026-04-01", "2026-07-01"]]
        for (night, billed) in [
            ("2026-03-30", 0), ("2026-04-02", 1), ("2026-04-03", 1), ("2026-07-02", 2),
            ("2026-07-03", 2),
        ] {
            try branch.bill(asOf: night)
            #expect(try branch.rows(invoices) == Array(periods.prefix(billed)), "\(night)")
        }
    }

    @Test func `an import that moves a contract is seen on the next night, and the nights after`()
        throws
    {
        let branch = try MonthlyBranch.branch()
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-04-05"))
        try branch.bill(asOf: "2026-03-02")
        try branch.bill(asOf: "2026-03-03")
        try branch.importNetwork([
            "contracts.csv": MonthlyBranch.contracts(["K1,S1,C1,flat,2026-01-01,,10,1,"])
        ])
        for night in ["2026-03-12", "2026-03-13", "2026-03-14"] {
            try branch.bill(asOf: night)
            #expect(try branch.rows(invoices).count == 2)
            #expect(
                try branch.rows(MonthlyBranch.holds).first == [
                    "K1", "2026-01-01", "overlaps-invoice",
                ])
        }
    }

    @Test func `periods before the first bill of a contract begun earlier stay due until billed`()
        throws
    {
        let branch = try MonthlyBranch.branch(contracts: "K1,S1,C1,flat,2026-03-01,,1,1,")
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-03-01", to: "2026-04-02"))
        try branch.bill(asOf: "2026-04-02")
        #expect(try branch.rows(invoices) == [["2026-03-01", "2026-04-01"]])
        #expect(
            try branch.attempt("UPDATE setting SET value = '2026-01-01' WHERE name = 'live_from'")
                == nil)
        try branch.importNetwork([
            "contracts.csv": MonthlyBranch.contracts(["K1,S1,C1,flat,2026-02-01,,1,1,"])
        ])
        for night in ["2026-04-03", "2026-04-04"] {
            try branch.bill(asOf: night)
            #expect(try branch.rows(MonthlyBranch.holds).map { $0[1] } == ["2026-02-01"])
        }
        try branch.deliver("b.csv", MonthlyBranch.hours(from: "2026-02-01", to: "2026-03-01"))
        for night in ["2026-04-05", "2026-04-06"] {
            try branch.bill(asOf: night)
            #expect(
                try branch.rows(invoices) == [
                    ["2026-03-01", "2026-04-01"], ["2026-02-01", "2026-03-01"],
                ])
        }
    }
}
