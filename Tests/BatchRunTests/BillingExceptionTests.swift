// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// What billing finds doubtful belongs to the contract and period, not to the night that billed them.
@Suite struct BillingExceptionTests {
    private static let open = """
        SELECT subject_id, starts_at FROM exception
        WHERE rule = 'kinds-disagree' AND status = 'open' ORDER BY 1, 2
        """

    /// January and February of two meters whose registers say less than their hours of 1 kWh.
    private func branch() throws -> TrialBranch {
        let branch = try MonthlyBranch.branch(
            contracts: MonthlyBranch.contract, "K2,S2,C2,flat,2026-01-01,,1,1,",
            servicePoints: "S1,F1,Asia/Shanghai\nS2,F1,Asia/Shanghai\n")
        try branch.importNetwork([
            "meters.csv":
                "meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,"
                + "interval_minutes\nM2,S2,T1,2025-01-01,,1,6,60\n"
        ])
        let freezes = MonthlyBranch.freezes(from: "2025-12-31", days: 60) { "\(1000 + $0),,,," }
        try branch.deliver("r1.csv", freezes)
        try branch.deliver("r2.csv", freezes.replacing("M1,", with: "M2,"))
        return branch
    }

    private func deliver(_ meter: String, to branch: TrialBranch) throws {
        let hours = MonthlyBranch.hours(from: "2026-01-01", to: "2026-03-01")
        try branch.deliver("\(meter).csv", hours.replacing("M1,", with: "\(meter),"))
    }

    @Test func `billing one contract leaves what was found of another`() throws {
        let together = try branch()
        for meter in ["M1", "M2"] { try deliver(meter, to: together) }
        try together.bill(asOf: "2026-03-01")
        let found = try together.rows(Self.open)
        #expect(found.map { $0[0] } == ["M1", "M1", "M2", "M2"])

        let apart = try branch()
        for meter in ["M1", "M2"] {
            try deliver(meter, to: apart)
            try apart.bill(asOf: "2026-03-01")
        }
        #expect(try apart.rows(Self.open) == found)

        let monthly = try branch()
        for meter in ["M1", "M2"] { try deliver(meter, to: monthly) }
        for day in ["2026-02-01", "2026-03-01"] { try monthly.bill(asOf: day) }
        #expect(try monthly.rows(Self.open) == found)
    }
}
