// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Store
import TestSupport
import Testing

/// Law 7 for the streams of a meter: one that falls silent is missing, not gone.
@Suite struct ExpectedStreamsTests {
    private static let bills = """
        SELECT period_start, total_minor, estimated_values FROM invoice ORDER BY 1
        """

    @Test(arguments: [true, false])
    func `a stream that falls silent is estimated, then held, night by night or all at once`(
        isNightly: Bool
    ) throws {
        let branch = try MonthlyBranch.branch()
        try deliver(branch, "E1", from: "2026-01-01", to: "2026-02-01")
        try deliver(branch, "E2", from: "2026-01-01", to: "2026-02-01")
        if isNightly { try branch.bill(asOf: "2026-02-05") }
        try deliver(branch, "E1", from: "2026-02-01", to: "2026-03-01")
        if isNightly {
            #expect(try branch.bill(asOf: "2026-03-05").counts.exceptions == 2)
        }
        try deliver(branch, "E1", from: "2026-03-01", to: "2026-04-01")
        try branch.bill(asOf: "2026-04-05")
        #expect(
            try branch.rows(
                """
                SELECT channel, rule, starts_at, detail FROM exception WHERE status = 'open'
                ORDER BY ends_at
                """)
                == [
                    // On its first day, and when it is billed.
                    [
                        "1.8.0:E2", "missing-intervals", "2026-02-01T00:00:00+08:00",
                        "24 intervals without a value",
                    ],
                    [
                        "1.8.0:E2", "missing-intervals", "2026-02-01T00:00:00+08:00",
                        "672 intervals without a value",
                    ],
                ])
        // Both streams count: 2 × 744 and 2 × 672 kWh; February's second is like January's days.
        // In March no day of the second is near enough to be like.
        #expect(
            try branch.rows(ExpectedStreamsTests.bills) == [
                ["2026-01-01", "148800", "0"], ["2026-02-01", "134400", "672"],
            ])
        #expect(
            try branch.rows(MonthlyBranch.holds) == [["K1", "2026-03-01", "missing-intervals"]])
    }

    @Test func `a stream that falls silent within a period stays expected after it`() throws {
        let branch = try MonthlyBranch.branch()
        try deliver(branch, "E1", from: "2026-01-01", to: "2026-02-01")
        try deliver(branch, "E2", from: "2026-01-01", to: "2026-01-21")
        try branch.bill(asOf: "2026-02-05")
        try deliver(branch, "E1", from: "2026-02-01", to: "2026-03-01")
        try branch.bill(asOf: "2026-03-05")
        #expect(
            try branch.rows(ExpectedStreamsTests.bills) == [["2026-01-01", "148800", "264"]])
        #expect(
            try branch.rows(MonthlyBranch.holds) == [["K1", "2026-02-01", "missing-intervals"]])
    }

    @Test func `a stream that comes under a new name is not billed twice`() throws {
        let branch = try MonthlyBranch.branch()
        try deliver(branch, nil, from: "2026-01-01", to: "2026-02-01")
        try branch.bill(asOf: "2026-02-05")
        try deliver(branch, "E1", from: "2026-02-01", to: "2026-03-01")
        try branch.bill(asOf: "2026-03-05")
        #expect(try branch.rows(ExpectedStreamsTests.bills) == [["2026-01-01", "74400", "0"]])
        #expect(try branch.rows(MonthlyBranch.holds) == [["K1", "2026-02-01", "stream-changed"]])
        // A row of its own says that the meter is another thing from that day on.
        try branch.importNetwork([
            "meters.csv": """
            meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes,from,to
            M1,S1,T1,2025-01-01,,1,6,60,,2026-02-01
            M1,S1,T1,2025-01-01,,1,7,60,2026-02-01,

            """
        ])
        try branch.bill(asOf: "2026-03-06")
        #expect(
            try branch.rows(ExpectedStreamsTests.bills) == [
                ["2026-01-01", "74400", "0"], ["2026-02-01", "67200", "0"],
            ])
    }

    private func deliver(_ branch: TrialBranch, _ name: String?, from: String, to: String) throws {
        try branch.deliver(
            "\(name ?? "")-\(from).csv",
            MonthlyBranch.hours(
                from: from, to: to, channel: name.map { "1.8.0:\($0)" } ?? "1.8.0"))
    }
}
