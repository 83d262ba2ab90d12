// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// Demand on whole runs.
@Suite struct DemandBillingTests {
    private static let demand = """
          - { id: peak, kind: demand, by: all, window: 60min, type: block, price: 10, per: month, prorate: none }

        """

    @Test(arguments: [
        // 4 kWh in one hour are 4 kW, at 10 yuan
        ("", "4000"),
        // 744 hours of 0.05 kWh fed in are 37.2 kWh, at -1 yuan
        ("  - { id: fed, kind: energy, on: export.kwh, price: -1 }\n", "280"),
    ])
    func `demand is billed where no charge is for imported energy`(
        more: String, total: String
    ) throws {
        let tariff = MonthlyBranch.tariff("demand", charges: Self.demand + more)
        let branch = try MonthlyBranch.branch(
            contracts: "K1,S1,C1,demand,2026-01-01,,1,1,", tariffs: ["demand.yaml": tariff])
        let peak = "2026-01-20T17"
        try branch.deliver(
            "in.csv",
            MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01", without: peak)
                + "M1,\(peak):00:00+08:00,1.8.0,4.0,A\n")
        try branch.deliver(
            "out.csv",
            MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01", "0.05", channel: "2.8.0"))
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.column(MonthlyBranch.holds).isEmpty)
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", total]])
    }

    @Test func `demand waits for hours that are missing, as energy does`() throws {
        let tariff = MonthlyBranch.tariff("demand", charges: Self.demand)
        let branch = try MonthlyBranch.branch(
            contracts: "K1,S1,C1,demand,2026-01-01,,1,1,", tariffs: ["demand.yaml": tariff])
        try branch.deliver(
            "a.csv",
            MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-05", without: "2026-01-10T05"))
        try branch.bill(asOf: "2026-02-02")
        #expect(
            try branch.rows(MonthlyBranch.holds) == [["K1", "2026-01-01", "missing-intervals"]])
        try branch.bill(asOf: "2026-02-05")
        // 1 kW at 10 yuan, one hour of it estimated.
        #expect(
            try branch.rows("SELECT total_minor, estimated_values FROM invoice")
                == [["1000", "1"]])
    }
}
