// SPDX-License-Identifier: Apache-2.0

import BatchRun
import TestSupport
import Testing

/// Checks of registers from day to day where a meter goes to another feeder on 10 January.
@Suite struct RegisterChecksTests {
    /// The exceptions of rules that begin so.
    private func exceptions(_ branch: TrialBranch, _ rules: String) throws -> [[String]] {
        try branch.rows(
            """
            SELECT rule, subject_id, starts_at, status FROM exception WHERE rule LIKE '\(rules)%'
            ORDER BY 3
            """)
    }

    /// A meter that is on F1, then on F2; another stays on F2.
    private func branch(from moment: String = "2026-01-10") throws -> TrialBranch {
        let branch = try MonthlyBranch.branch(meter: "M1,S1,T1,2025-01-01,,1,4,")
        try branch.importNetwork([
            "nodes.csv": "node_id,parent_id,kind,name\nF2,B,feeder,Second\n",
            "service_points.csv": "service_point_id,node_id,timezone,from,to\n"
                + "S1,F1,Asia/Shanghai,,\(moment)\nS1,F2,Asia/Shanghai,\(moment),\n"
                + "S2,F2,Asia/Shanghai,,\n",
            "meters.csv": "meter_id,service_point_id,terminal_id,installed,removed,multiplier,"
                + "digits,interval_minutes\nM2,S2,,2025-01-01,,1,6,\n",
        ])
        return branch
    }

    private static let header = "meter_id,date,total,sharp,peak,flat,valley\n"

    /// Freezes at the end of days of January.
    private func freezes(_ values: [(day: String, value: String)], _ meter: String = "M1") -> String
    {
        Self.header
            + values.map { "\(meter),2026-01-\($0.day),\($0.value),,,,\n" }.joined()
    }

    @Test(arguments: [
        ("2026-01-10", true), ("2026-01-10", false), ("2026-01-10T12:00:00+08:00", true),
        ("2026-01-10T12:00:00+08:00", false),
    ])
    func `a fall is found over the move, whichever side is delivered first`(
        moment: String, inOrder: Bool
    ) throws {
        let branch = try branch(from: moment)
        let files = [
            freezes([("08", "5010"), ("09", "5020")]), freezes([("10", "4000"), ("11", "3000")]),
        ]
        for (night, text) in (inOrder ? files : files.reversed()).enumerated() {
            try branch.deliver("\(night).csv", text)
            try branch.run(asOf: "2026-01-1\(2 + night)")
        }
        // From 5020 to 4000 within the 10th, and to 3000 within the 11th.
        #expect(
            try exceptions(branch, "register") == [
                ["register-decrease", "M1", "2026-01-10T00:00:00+08:00", "open"],
                ["register-decrease", "M1", "2026-01-11T00:00:00+08:00", "open"],
            ])
    }

    @Test func `a rollover over the move is one, and a corrected value closes it`() throws {
        let branch = try branch()
        try branch.deliver("1.csv", freezes([("09", "9990"), ("10", "5")]))
        try branch.run(asOf: "2026-01-12")
        #expect(
            try exceptions(branch, "register") == [
                ["register-rollover", "M1", "2026-01-10T00:00:00+08:00", "open"]
            ])
        try branch.deliver("2.csv", freezes([("09", "4")]))
        try branch.run(asOf: "2026-01-13")
        // Of two actual values the later delivery counts.
        #expect(
            try exceptions(branch, "register") == [
                ["register-rollover", "M1", "2026-01-10T00:00:00+08:00", "closed"]
            ])
    }

    @Test func `a meter that is silent from its move on is missed where it went`() throws {
        let branch = try branch()
        try branch.deliver("1.csv", freezes([("08", "5010"), ("09", "5020")]))
        try branch.deliver(
            "2.csv", freezes([("08", "10"), ("09", "20"), ("10", "30"), ("11", "40")], "M2"))
        try branch.run(asOf: "2026-01-12")
        #expect(
            try exceptions(branch, "missing") == [
                ["missing-freeze", "M1", "2026-01-11T00:00:00+08:00", "open"]
            ])
        try branch.deliver("3.csv", freezes([("10", "5030"), ("11", "5040")]))
        try branch.run(asOf: "2026-01-12")
        #expect(
            try exceptions(branch, "missing") == [
                ["missing-freeze", "M1", "2026-01-11T00:00:00+08:00", "closed"]
            ])
    }

    @Test func `what comes late tells a meter that is read daily`() throws {
        let branch = try branch()
        try branch.deliver("1.csv", freezes([("03", "5010")]))
        try branch.run(asOf: "2026-01-05")
        #expect(try exceptions(branch, "missing").isEmpty)
        try branch.deliver("2.csv", freezes([("02", "5000")]))
        try branch.run(asOf: "2026-01-06")
        // The freezes of the 2nd and 3rd are there: that of the 4th should be.
        #expect(
            try exceptions(branch, "missing") == [
                ["missing-freeze", "M1", "2026-01-05T00:00:00+08:00", "open"]
            ])
    }

    @Test func `a meter that moves within a day is not silent where it comes to`() throws {
        let branch = try MonthlyBranch.branch()
        let moment = "2026-01-10T12:00:00+08:00"
        try branch.importNetwork([
            "nodes.csv": "node_id,parent_id,kind,name\nF2,B,feeder,Second\n",
            "service_points.csv": "service_point_id,node_id,timezone,from,to\n"
                + "S1,F1,Asia/Shanghai,,\(moment)\nS1,F2,Asia/Shanghai,\(moment),\n"
                + "S2,F2,Asia/Shanghai,,\n",
            "meters.csv": "meter_id,service_point_id,terminal_id,installed,removed,multiplier,"
                + "digits,interval_minutes\nM2,S2,,2025-01-01,,1,6,60\n",
        ])
        let hours = MonthlyBranch.hours(from: "2026-01-08", to: "2026-01-13")
        try branch.deliver("1.csv", hours)
        try branch.deliver("2.csv", hours.replacing("M1,", with: "M2,"))
        try branch.run(asOf: "2026-01-13")
        #expect(try branch.rows("SELECT * FROM exception").isEmpty)
    }
}
