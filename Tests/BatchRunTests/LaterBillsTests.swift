// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Store
import TestSupport
import Testing

/// Bills of one calendar year rest on one another where the tariff counts by the year.
@Suite struct LaterBillsTests {
    private static let listed = """
        SELECT i.contract_id, i.period_start, c.cause, c.detail
        FROM correction c JOIN invoice i USING (invoice_id) ORDER BY i.period_start
        """
    private static let meters =
        "meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,"
        + "interval_minutes,from,to\n"
    private static let counted = "counts the year to date that INV-2026-000002 billed"

    /// Tiers of the calendar year.
    private static func tiers(_ limits: String = "whole", yearOf: String = "period_end") -> String {
        """
          - id: energy
            kind: tiers
            on: import.kwh
            cycle: calendar_year
            year_of: \(yearOf)
            limits: \(limits)
            tiers: [{ to: 1000, price: 1 }, { price: 2 }]

        """
    }

    /// December, January and February of 1 kWh an hour, all billed on 1 March.
    private func winter(_ charges: String, needs: String = "", ends: String = "") throws
        -> TrialBranch
    {
        let branch = try MonthlyBranch.branch(
            contracts: "K1,S1,C1,yearly,2025-12-01,\(ends),1,1,kva=1",
            tariffs: ["yearly.yaml": MonthlyBranch.tariff("yearly", needs, charges: charges)])
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2025-12-01", to: "2026-03-01"))
        try branch.bill(asOf: "2026-03-01")
        return branch
    }

    private func change(_ hour: String, of branch: TrialBranch) throws -> RunSummary {
        try branch.deliver(
            "late.csv",
            "meter_id,timestamp,kwh,quality\nM1,\(hour):00:00+08:00,9.0,A\n")
        return try branch.bill(asOf: "2026-03-02")
    }

    @Test func `a late reading lists the later bills of the year that count its energy`() throws {
        let branch = try winter(Self.tiers())
        // 744 kWh each in December and January; in February 256 at 1 and 416 at 2.
        #expect(
            try branch.rows(MonthlyBranch.invoices) == [
                ["K1", "2025-12-01", "74400"], ["K1", "2026-01-01", "74400"],
                ["K1", "2026-02-01", "108800"],
            ])
        let summary = try change("2026-01-10T05", of: branch)
        #expect(
            try branch.rows(Self.listed) == [
                ["K1", "2026-01-01", "late-reading", "M1 2026-01-10"],
                ["K1", "2026-02-01", "late-reading", Self.counted],
            ])
        #expect(summary.counts.corrections == 2)
    }

    @Test(arguments: [true, false], [tiers(), MonthlyBranch.flatCharge])
    func `a bill issued after a wrong one counts its year to date, and is listed with it`(
        isOneNight: Bool, charges: String
    ) throws {
        let branch = try winter(charges)
        if !isOneNight { _ = try change("2026-01-10T05", of: branch) }
        try branch.deliver("b.csv", MonthlyBranch.hours(from: "2026-03-01", to: "2026-04-01"))
        if isOneNight {
            try branch.deliver(
                "late.csv",
                "meter_id,timestamp,kwh,quality\nM1,2026-01-10T05:00:00+08:00,9.0,A\n")
        }
        let summary = try branch.bill(asOf: "2026-04-01")
        #expect(try branch.column(MonthlyBranch.invoices).count == 4)
        let isYearly = charges != MonthlyBranch.flatCharge
        #expect(
            try branch.rows(Self.listed).map { $0[1] }
                == (isYearly ? ["2026-01-01", "2026-02-01", "2026-03-01"] : ["2026-01-01"]))
        #expect(
            summary.counts.corrections == (isOneNight ? 1 : 0) + (isYearly ? isOneNight ? 2 : 1 : 0)
        )
        // Nothing is listed twice by a night that bills nothing.
        #expect(try branch.bill(asOf: "2026-04-02").counts.corrections == 0)
    }

    @Test func `a bill issued after an import that changes energy is listed, after another is not`()
        throws
    {
        for multiplier in [2, 1] {
            let branch = try winter(Self.tiers())
            try branch.importNetwork([
                "meters.csv": Self.meters + "M1,S1,T1,2025-01-01,,\(multiplier),6,60,,\n",
                "contracts.csv": MonthlyBranch.contracts([
                    "K1,S1,C2,yearly,2025-12-01,,1,1,kva=1"
                ]),
            ])
            try branch.deliver("b.csv", MonthlyBranch.hours(from: "2026-03-01", to: "2026-04-01"))
            let summary = try branch.bill(asOf: "2026-04-01")
            #expect(try branch.column(MonthlyBranch.invoices).count == 4)
            #expect(summary.counts.corrections == (multiplier == 2 ? 1 : 0))
            #expect(
                try branch.rows(Self.listed).map { $0[1] } == [
                    "2025-12-01", "2026-01-01", "2026-02-01",
                ] + (multiplier == 2 ? ["2026-03-01"] : []))
        }
    }

    @Test(arguments: [
        // The hour that changes, the charges, and the periods whose bill is wrong.
        ("2025-12-10T05", tiers(), ["2025-12-01"]),
        ("2026-02-10T05", tiers(), ["2026-02-01"]),
        ("2026-01-10T05", tiers(yearOf: "period_start"), ["2026-01-01", "2026-02-01"]),
        ("2026-01-10T05", MonthlyBranch.flatCharge, ["2026-01-01"]),
        (
            "2026-01-10T05",
            tiers().replacing("calendar_year\n    year_of: period_end", with: "month"),
            ["2026-01-01"]
        ),
    ])
    func `a late reading lists no bill of another year or of a tariff that does not count by it`(
        hour: String, charges: String, listed: [String]
    ) throws {
        let branch = try winter(charges)
        #expect(try branch.column(MonthlyBranch.invoices).count == 3)
        _ = try change(hour, of: branch)
        #expect(try branch.rows(Self.listed).map { $0[1] } == listed)
    }

    @Test func `a period across New Year counts in the year that the tariff says`() throws {
        for (yearOf, listed) in [
            ("period_end", ["2025-12-15", "2026-01-15"]), ("period_start", ["2025-12-15"]),
        ] {
            let branch = try MonthlyBranch.branch(
                contracts: "K1,S1,C1,yearly,2025-12-15,,15,1,",
                tariffs: [
                    "yearly.yaml": MonthlyBranch.tariff(
                        "yearly", charges: Self.tiers(yearOf: yearOf))
                ])
            try branch.deliver("a.csv", MonthlyBranch.hours(from: "2025-12-15", to: "2026-02-15"))
            try branch.bill(asOf: "2026-02-15")
            _ = try change("2026-01-02T05", of: branch)
            #expect(try branch.rows(Self.listed).map { $0[1] } == listed)
        }
    }

    @Test func `a run that was stopped while it settled lists them when it is finished`() throws {
        let branch = try winter(Self.tiers())
        try branch.deliver(
            "late.csv", "meter_id,timestamp,kwh,quality\nM1,2026-01-10T05:00:00+08:00,9.0,A\n")
        #expect(
            try branch.stopsBilling(
                before: "UPDATE ON delivery WHEN new.stage = 'done'", asOf: "2026-03-02"))
        #expect(try branch.rows(Self.listed).map { $0[1] } == ["2026-01-01"])
        try branch.bill(asOf: "2026-03-02")
        #expect(try branch.rows(Self.listed).map { $0[1] } == ["2026-01-01", "2026-02-01"])
    }

    @Test func `an import that changes the energy of a bill lists the later ones`() throws {
        let branch = try winter(Self.tiers())
        try branch.importNetwork([
            "meters.csv": Self.meters + "M1,S1,T1,2025-01-01,,1,6,60,,2026-01-01\n"
                + "M1,S1,T1,2025-01-01,,2,6,60,2026-01-01,2026-02-01\n"
                + "M1,S1,T1,2025-01-01,,1,6,60,2026-02-01,\n"
        ])
        #expect(
            try branch.rows(Self.listed) == [
                ["K1", "2026-01-01", "network-changed", "meters M1"],
                ["K1", "2026-02-01", "network-changed", Self.counted],
            ])
    }

    @Test func `an import that changes the price of a bill leaves the later ones`() throws {
        let capacity =
            "  - { id: basic, kind: capacity, of: kva, unit: kVA, price: 1, per: month, "
            + "prorate: days }\n"
        let branch = try winter(Self.tiers() + capacity, needs: "needs: { kva: number }")
        try branch.importNetwork([
            "contracts.csv": """
            contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day,parameters,\
            from,to
            K1,S1,C1,yearly,2025-12-01,,1,kva=1,,2026-01-01
            K1,S1,C1,yearly,2025-12-01,,1,kva=2,2026-01-01,2026-02-01
            K1,S1,C1,yearly,2025-12-01,,1,kva=1,2026-02-01,

            """
        ])
        #expect(try branch.rows(Self.listed).map { $0[1] } == ["2026-01-01"])
    }

    @Test(arguments: [
        // What is done to the limits, the end before, the end entered, and the bills that are wrong.
        ("by_days", "", "2026-04-01", ["2026-01-01", "2026-02-01"]),
        ("by_days", "2026-04-01", "", ["2026-01-01", "2026-02-01"]),
        ("by_days", "2026-04-01", "2026-05-01", ["2026-01-01", "2026-02-01"]),
        ("by_days", "", "2027-01-01", []),
        ("by_days", "2027-02-01", "2027-04-01", []),
        ("whole", "", "2026-04-01", []),
    ])
    func `an end entered later lists the bills of its year whose limits go by days`(
        limits: String, before: String, ends: String, listed: [String]
    ) throws {
        let branch = try winter(Self.tiers(limits), ends: before)
        #expect(try branch.column(MonthlyBranch.invoices).count == 3)
        try branch.importNetwork([
            "contracts.csv": MonthlyBranch.contracts([
                "K1,S1,C1,yearly,2025-12-01,\(ends),1,1,kva=1"
            ])
        ])
        #expect(try branch.rows(Self.listed).map { $0[1] } == listed)
    }

    private static let yearly =
        "  - { id: year, kind: yearly_minimum, of: [energy], base: as_billed, price: 10000, "
        + "year_of: period_end, prorate: none }\n"
    private static let capacity =
        "  - { id: basic, kind: capacity, of: kva, unit: kVA, price: 1, per: month, prorate: days }\n"

    @Test(
        arguments: [
            // the customer and the kVA of January afterwards, and whether February is listed with them
            ("C1", "2", true), ("C2", "1", false),
        ], ["2026-02-01", "2026-03-01"])
    func `an import that changes amounts lists the bill that tops the year up`(
        change: (customer: String, kva: String, isListed: Bool), billed: String
    ) throws {
        func contracts(_ customer: String, _ kva: String) -> String {
            """
            contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day,parameters,\
            from,to
            K1,S1,\(customer),yearly,2025-12-01,2026-03-01,1,kva=1,,2026-01-01
            K1,S1,\(customer),yearly,2025-12-01,2026-03-01,1,kva=\(kva),2026-01-01,2026-02-01
            K1,S1,\(customer),yearly,2025-12-01,2026-03-01,1,kva=1,2026-02-01,

            """
        }
        var network = MonthlyBranch.network()
        network["contracts.csv"] = contracts("C1", "1")
        let branch = try TrialBranch(network: network)
        try branch.addTariff(
            "yearly.yaml",
            MonthlyBranch.tariff(
                "yearly", "needs: { kva: number }",
                charges: MonthlyBranch.flatCharge + Self.capacity
                    + Self.yearly.replacing("[energy]", with: "[energy, basic]")))
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2025-12-01", to: "2026-03-01"))
        try branch.bill(asOf: billed)
        try branch.importNetwork(["contracts.csv": contracts(change.customer, change.kva)])
        try branch.bill(asOf: "2026-03-01")
        #expect(try branch.column(MonthlyBranch.invoices).count == 3)
        // Every bill of another customer is listed itself, and no amount is another by that.
        let rests = try branch.column("SELECT detail FROM correction").filter {
            $0 == "counts the year to date that INV-2026-000002 billed"
        }
        #expect(rests.count == (change.isListed ? 1 : 0))
    }

    @Test func `a bill that rests on a listed one passes its amounts on`() throws {
        // December's peak is in January's demand, whose amount is in the year that February tops up.
        let branch = try winter(
            MonthlyBranch.flatCharge + """
                  - { id: peak, kind: demand, by: all, window: 60min, type: block, price: 10, ratchet: { share: 0.80, months: 1, scope: all }, per: month, prorate: none }

                """ + Self.yearly.replacing("[energy]", with: "[energy, peak]"),
            ends: "2026-03-01")
        #expect(try branch.column(MonthlyBranch.invoices).count == 3)
        _ = try change("2025-12-10T05", of: branch)
        #expect(
            try branch.rows(Self.listed).map { Array($0.dropFirst(3)) } == [
                ["M1 2025-12-10"], ["looks back to the demand that INV-2026-000001 billed"],
                [Self.counted],
            ])
    }
}
