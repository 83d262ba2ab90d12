// SPDX-License-Identifier: Apache-2.0

import BatchRun
import TestSupport
import Testing

/// Bills of demand without a charge for energy.
@Suite struct DemandBillingTests {
    /// 3 yuan per kW and day, of the highest hour.
    private func branch() throws -> TrialBranch {
        try MonthlyBranch.branch(tariffs: [
            "flat.yaml": MonthlyBranch.tariff(
                "flat",
                charges: """
                      - { id: a, kind: demand, by: all, window: 60min, type: block, price: 3, per: day }

                    """)
        ])
    }

    @Test func `demand is billed without energy`() throws {
        let branch = try branch()
        try branch.deliver(
            "a.csv",
            MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01")
                .replacing(
                    "2026-01-10T05:00:00+08:00,1.8.0,1.0",
                    with: "2026-01-10T05:00:00+08:00,1.8.0,4.0"))
        try branch.bill(asOf: "2026-02-01")
        // 4 kW × 31 days × 3 yuan.
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "37200"]])
    }

    @Test func `demand waits for hours that are missing, as energy does`() throws {
        let branch = try branch()
        try branch.deliver(
            "a.csv",
            MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-05", without: "2026-01-10T05"))
        try branch.bill(asOf: "2026-02-02")
        #expect(
            try branch.rows(MonthlyBranch.holds) == [["K1", "2026-01-01", "missing-intervals"]])
        try branch.bill(asOf: "2026-02-05")
        // 1 kW × 31 days × 3 yuan, one hour of them estimated.
        #expect(
            try branch.rows("SELECT total_minor, estimated_values FROM invoice")
                == [["9300", "1"]])
    }
}
