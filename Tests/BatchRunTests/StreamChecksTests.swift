// SPDX-License-Identifier: Apache-2.0

import BatchRun
import TestSupport
import Testing

/// One stream of a meter that falls silent while others go on: hours in January.
@Suite struct StreamChecksTests {
    /// The exceptions of streams: meter, stream, day and what became of it.
    private func exceptions(_ branch: TrialBranch) throws -> [[String]] {
        // The silence of a whole meter is that of 1.8.0, which nobody sends here.
        try branch.rows(
            """
            SELECT subject_id, channel, substr(starts_at, 1, 10), detail, status FROM exception
            WHERE channel != '1.8.0' ORDER BY 3, 1
            """)
    }

    private func silence(
        _ day: Int, _ channel: String = "1.8.0:E2", meter: String = "M1", _ status: String = "open"
    ) -> [String] {
        [meter, channel, "2026-01-0\(day)", "24 intervals without a value", status]
    }

    /// Delivers streams of some days in one file, and runs the night.
    private func deliver(
        _ branch: TrialBranch, _ name: String, _ streams: [(channel: String, days: Range<Int>)],
        meter: String = "M1", asOf: Int? = nil
    ) throws {
        var text = "meter_id,timestamp,channel,kwh,quality\n"
        for (channel, days) in streams {
            let hours = MonthlyBranch.hours(
                from: "2026-01-0\(days.lowerBound)", to: "2026-01-0\(days.upperBound)",
                channel: channel)
            text += hours.split(separator: "\n", maxSplits: 1)[1].replacing(
                "M1,", with: "\(meter),")
        }
        try branch.deliver("\(name).csv", text)
        if let asOf { try branch.run(asOf: "2026-01-0\(asOf)") }
    }

    private func twoMeters() throws -> TrialBranch {
        let branch = try MonthlyBranch.branch()
        try branch.importNetwork([
            "service_points.csv": "service_point_id,node_id,timezone\nS2,F1,Asia/Shanghai\n",
            "meters.csv": "meter_id,service_point_id,terminal_id,installed,removed,multiplier,"
                + "digits,interval_minutes\nM2,S2,,2025-01-01,,1,6,60\n",
        ])
        return branch
    }

    @Test(arguments: ["1.8.0:E2", "2.8.0"])
    func `a stream that falls silent is missed on its first day until the readings come`(
        channel: String
    ) throws {
        let branch = try MonthlyBranch.branch()
        try deliver(branch, "1", [("1.8.0:E1", 1..<5), (channel, 1..<3)], asOf: 5)
        #expect(try exceptions(branch) == [silence(3, channel)])
        try deliver(branch, "2", [("1.8.0:E1", 5..<6)], asOf: 6)
        #expect(try exceptions(branch) == [silence(3, channel)])
        // Its first day comes late; the second is missed instead.
        try deliver(branch, "3", [(channel, 3..<4)], asOf: 6)
        #expect(
            try exceptions(branch) == [
                silence(3, channel, "closed"), silence(4, channel),
            ])
        try deliver(branch, "4", [(channel, 4..<6)], asOf: 6)
        #expect(
            try exceptions(branch) == [
                silence(3, channel, "closed"), silence(4, channel, "closed"),
            ])
    }

    @Test func `a day that comes late tells what the next day lacks`() throws {
        let branch = try MonthlyBranch.branch()
        try deliver(branch, "1", [("1.8.0:E1", 4..<6)], asOf: 7)
        #expect(try exceptions(branch).isEmpty)
        try deliver(branch, "2", [("1.8.0:E1", 3..<4), ("1.8.0:E2", 3..<4)], asOf: 7)
        #expect(try exceptions(branch) == [silence(4)])
    }

    @Test func `a meter that was silent is held against its last day`() throws {
        let branch = try MonthlyBranch.branch()
        try deliver(
            branch, "1",
            [("1.8.0:E1", 1..<3), ("1.8.0:E2", 1..<3), ("1.8.0:E1", 6..<8)], asOf: 8)
        #expect(try exceptions(branch) == [silence(6)])
    }

    @Test func `one meter's new stream does not hide another's silence`() throws {
        let branch = try twoMeters()
        try deliver(branch, "1", [("1.8.0:E1", 1..<4), ("1.8.0:E2", 1..<3)])
        try deliver(branch, "2", [("1.8.0:E1", 1..<4), ("1.8.0:E2", 3..<4)], meter: "M2", asOf: 4)
        #expect(try exceptions(branch) == [silence(3)])
    }

    @Test func `a stream is missed where its meter went`() throws {
        let branch = try twoMeters()
        try branch.importNetwork([
            "nodes.csv": "node_id,parent_id,kind,name\nF2,B,feeder,Second\n",
            "service_points.csv": "service_point_id,node_id,timezone,from,to\n"
                + "S1,F1,Asia/Shanghai,,2026-01-03\nS1,F2,Asia/Shanghai,2026-01-03,\n"
                + "S2,F2,Asia/Shanghai,,\n",
        ])
        try deliver(branch, "1", [("1.8.0:E1", 1..<5)], meter: "M2")
        try deliver(branch, "2", [("1.8.0:E1", 3..<5)], asOf: 5)
        try deliver(branch, "3", [("1.8.0:E1", 1..<3), ("1.8.0:E2", 1..<3)], asOf: 5)
        #expect(try exceptions(branch) == [silence(3)])
        // By today's network it never moved: what was found moves with the meter, and still closes.
        try branch.importNetwork([
            "service_points.csv": "service_point_id,node_id,timezone,from,to\n"
                + "S1,F1,Asia/Shanghai,,\n"
        ])
        try deliver(branch, "4", [("1.8.0:E2", 3..<5)], asOf: 5)
        #expect(try exceptions(branch).allSatisfy { $0[4] == "closed" })
    }

    @Test func `streams begin anew with a row of the meter that differs`() throws {
        let branch = try MonthlyBranch.branch()
        try branch.importNetwork([
            "meters.csv": """
            meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes,from,to
            M1,S1,T1,,,1,6,60,,2026-01-03
            M1,S1,T1,,,1,7,60,2026-01-03,

            """
        ])
        try deliver(branch, "1", [("1.8.0:E1", 1..<5), ("1.8.0:E2", 1..<3)], asOf: 5)
        #expect(try exceptions(branch).isEmpty)
    }
}
