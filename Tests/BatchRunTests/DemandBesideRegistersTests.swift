// SPDX-License-Identifier: Apache-2.0

import BatchRun
import MeterModel
import Store
import TestSupport
import Testing

/// Demand of meters whose energy is billed by registers: found in the intervals that they send as well.
@Suite struct DemandBesideRegistersTests {
    private static let demand = """
          - { id: energy, kind: energy, on: import.kwh, price: 1 }
          - { id: peak, kind: demand, by: all, window: 60min, type: block, price: 10, per: month, prorate: none }

        """
    private static let meter = "M1,S1,T1,2025-01-01,,1,6,60,register,,\n"

    private func branch(_ meters: String = meter, charges: String = demand) throws -> TrialBranch {
        let branch = try MixedBasisTests.branch(
            meters, tariff: MonthlyBranch.tariff("flat", charges: charges))
        try branch.deliver("r.csv", MixedBasisTests.freezes())
        return branch
    }

    /// Hours of 1 kWh from Christmas to 3 February, but 4 kWh in one of January.
    private func hours(without left: String? = nil) -> String {
        MonthlyBranch.hours(from: "2025-12-25", to: "2026-02-04", without: left)
            .replacing(
                "M1,2026-01-20T17:00:00+08:00,1.8.0,1.0",
                with: "M1,2026-01-20T17:00:00+08:00,1.8.0,4.0")
    }

    @Test func `energy is billed by registers and demand by intervals`() throws {
        let branch = try branch()
        try branch.deliver("h.csv", hours())
        try branch.bill(asOf: "2026-02-05")
        // 31 × 24 kWh by registers, where the hours make 747; 4 kW at 10 yuan.
        #expect(
            try branch.rows("SELECT quantity, value FROM invoice_determinant ORDER BY 1") == [
                ["demand.kw.60min", "4"], ["import.kwh", "744"],
            ])
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "78400"]])
        let evidence = try branch.evidence()
        #expect(evidence.registers.map(\.value) == ["1000", "1744"])
        #expect(evidence.intervals.map(\.qualities) == [["A": 744]])
    }

    @Test func `hours that are missing are waited for and then estimated`() throws {
        let branch = try branch()
        try branch.deliver("h.csv", hours(without: "2026-01-10T05"))
        try branch.bill(asOf: "2026-02-02")
        #expect(
            try branch.rows(MonthlyBranch.holds) == [["K1", "2026-01-01", "missing-intervals"]])
        try branch.bill(asOf: "2026-02-05")
        #expect(
            try branch.rows("SELECT total_minor, estimated_values FROM invoice")
                == [["78400", "1"]])
        #expect(try branch.column("SELECT count(*) FROM estimate") == ["1"])
    }

    @Test func `a stream that fell silent is missing, not zero`() throws {
        let branch = try branch()
        try branch.deliver("h.csv", MonthlyBranch.hours(from: "2025-12-01", to: "2026-01-01"))
        try branch.bill(asOf: "2026-02-02")
        #expect(
            try branch.rows(MonthlyBranch.holds) == [["K1", "2026-01-01", "missing-intervals"]])
    }

    @Test(arguments: [
        // no intervals came; the network knows of none; a meter of registers in a part of the period
        (meter, ""),
        ("M1,S1,T1,2025-01-01,,1,6,,,,\n", ""),
        (
            """
            M1,S1,T1,2025-01-01,2026-01-16T00:00:00+08:00,1,6,,,,
            M2,S1,T1,2026-01-16T00:00:00+08:00,,1,6,60,,,

            """, "M2"
        ),
    ])
    func `a meter without intervals has no demand`(meters: String, hours meter: String) throws {
        let branch = try branch(meters)
        if !meter.isEmpty {
            try branch.deliver(
                "h.csv",
                MonthlyBranch.hours(from: "2026-01-16", to: "2026-02-04")
                    .replacing("\nM1,", with: "\n\(meter),"))
        }
        for day in ["2026-02-02", "2026-02-05"] {
            try branch.bill(asOf: day)
            #expect(
                try branch.rows(MonthlyBranch.holds) == [["K1", "2026-01-01", "missing-demand"]])
        }
    }

    @Test(arguments: [
        ("capacity", "a", ""), ("actual_demand", "a", "missing-demand"),
        // Limits by a demand take it whatever its own charge does.
        ("capacity", "b", "missing-demand"),
    ])
    func `a demand that no charge of the contract takes is not missed`(
        basis: String, tiers: String, hold: String
    ) throws {
        let branch = try MonthlyBranch.branch(
            meter: MonthlyBranch.registerMeter,
            contracts: "K1,S1,C1,flat,2026-01-01,,1,1,basis=\(basis);tiers=\(tiers)",
            tariffs: [
                "flat.yaml": MonthlyBranch.tariff(
                    "flat", "needs: { basis: [capacity, actual_demand], tiers: [a, b] }",
                    charges: """
                          - { id: energy, kind: energy, on: import.kwh, price: 1 }
                          - { id: basic, kind: fixed, if: basis = capacity, price: 9, per: month, prorate: none }
                          - id: demand
                            kind: demand
                            if: basis = actual_demand
                            by: all
                            window: 15min
                            type: block
                            price: 10
                            per: month
                            prorate: none
                          - id: more
                            kind: tiers
                            if: tiers = b
                            on: import.kwh
                            cycle: month
                            limits: whole
                            limits_per: { demand: demand, take: measured }
                            tiers: [{ to: 100, price: 1 }, { price: 2 }]
                        """)
            ])
        try branch.deliver(
            "r.csv", MonthlyBranch.freezes(from: "2025-12-31", days: 32) { "\(10 * $0),,,," })
        try branch.bill(asOf: "2026-02-05")
        #expect(
            try branch.rows(MonthlyBranch.holds)
                == (hold.isEmpty ? [] : [["K1", "2026-01-01", hold]]))
        // 31 × 10 + 9
        #expect(
            try branch.rows(MonthlyBranch.invoices)
                == (hold.isEmpty ? [["K1", "2026-01-01", "31900"]] : []))
        #expect(try branch.problems().isEmpty)
    }

    @Test func `demand is found through a change of the basis`() throws {
        let branch = try branch(MixedBasisTests.registerFirst)
        try branch.deliver("h.csv", hours())
        try branch.bill(asOf: "2026-02-05")
        // 15 × 24 by registers and 16 × 24 + 3 by hours.
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "78700"]])
    }

    @Test(arguments: [
        // charges, channel that comes late, is the bill listed
        (demand, "1.8.0", true), (demand, "2.8.0", false),
        (MonthlyBranch.flatCharge, "1.8.0", false),
    ])
    func `late intervals list the bills that found their demand in them`(
        charges: String, channel: String, isListed: Bool
    ) throws {
        let branch = try branch(charges: charges)
        try branch.deliver("h.csv", hours())
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.column(MonthlyBranch.invoices) == ["K1"])
        try branch.deliver(
            "late.csv",
            "meter_id,timestamp,channel,kwh,quality\nM1,2026-01-10T05:00:00+08:00,\(channel),9,A\n")
        let summary = try branch.bill(asOf: "2026-02-06")
        #expect(summary.counts.verdicts.accepted == 1)
        // Its energy stays.
        #expect(
            try branch.rows("SELECT cause, energy FROM correction")
                == (isListed ? [["late-reading", "0"]] : []))
        // Another register value at an end changes that too, whatever else comes with it.
        try branch.deliver(
            "later.csv",
            "meter_id,timestamp,kwh,quality\nM1,2026-01-11T05:00:00+08:00,9,A\n")
        try branch.deliver(
            "end.csv", MonthlyBranch.freezes(from: "2026-01-31", days: 1) { _ in "1745,,,," })
        try branch.bill(asOf: "2026-02-07")
        #expect(
            try branch.column("SELECT energy FROM correction ORDER BY seq")
                == (isListed ? ["0", "1"] : ["1"]))
    }

    @Test func `late intervals list the later bills that look back to their demand`() throws {
        let ratchet = Self.demand.replacing(
            "type: block, price: 10",
            with: "type: block, price: 10, "
                + "ratchet: { share: 0.80, months: 11, scope: all }")
        let branch = try branch(charges: ratchet)
        try branch.deliver("h.csv", MonthlyBranch.hours(from: "2025-12-25", to: "2026-03-02"))
        try branch.deliver(
            "r2.csv",
            MonthlyBranch.freezes(from: "2026-02-05", days: 25) { "\(1864 + 24 * $0),,,," })
        try branch.bill(asOf: "2026-03-05")
        #expect(try branch.column(MonthlyBranch.invoices) == ["K1", "K1"])
        try branch.deliver(
            "late.csv", "meter_id,timestamp,kwh,quality\nM1,2026-01-10T05:00:00+08:00,9,A\n")
        try branch.bill(asOf: "2026-03-06")
        #expect(
            try branch.rows("SELECT detail, energy, demand FROM correction ORDER BY invoice_id")
                == [
                    ["M1 2026-01-10", "0", "1"],
                    ["looks back to the demand that INV-2026-000001 billed", "0", "0"],
                ])
    }
}
