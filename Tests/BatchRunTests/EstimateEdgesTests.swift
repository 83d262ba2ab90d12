// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Foundation
import TestSupport
import Testing

/// Gaps at the first and last slots of a billing period, or of a meter's time: hours of 1 kWh in
/// January, of 4 kWh from February on, a yuan each.
@Suite struct EstimateEdgesTests {
    private static let bills = """
        SELECT period_start, total_minor, estimated_values FROM invoice ORDER BY 1
        """
    private static let estimates = """
        SELECT datetime(starts_at + 28800, 'unixepoch'), value, exponent, method FROM estimate
        ORDER BY 1
        """
    private static let meterHeader = """
        meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes,\
        from,to\n
        """

    /// January and the first week of February, without some hours.
    private func deliver(_ branch: TrialBranch, without left: String..., to end: String) throws {
        try branch.deliver(
            "hours.csv",
            (MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01")
                + MonthlyBranch.hours(from: "2026-02-01", to: end, "4.0").split(
                    separator: "\n", maxSplits: 1)[1])
                .split(separator: "\n")
                .filter { row in !left.contains { row.hasPrefix("M1,2026-\($0):") } }
                .joined(separator: "\n") + "\n")
    }

    @Test func `hours that came as late half hours are not billed`() throws {
        let branch = try MonthlyBranch.branch(meter: "M1,S1,T1,2025-01-01,,1,6,30")
        func rows(_ day: Int, _ times: [String], _ value: String) -> String {
            times.map { "M1,2026-01-\(day < 10 ? "0" : "")\(day)T\($0):00+08:00,\(value),A\n" }
                .joined()
        }
        let hours = (0..<24).map { "\($0 < 10 ? "0" : "")\($0):" }
        let header = "meter_id,timestamp,kwh,quality\n"
        for day in 1...31 where day != 28 {
            let halves = hours.flatMap { [$0 + "00", $0 + "30"] }
            try branch.deliver("\(day).csv", header + rows(day, halves, "0.5"))
        }
        // Two files of 28 January, in the middle of the day: 1 kWh an hour.
        try branch.deliver("a.csv", header + rows(28, hours[1..<12].map { $0 + "00" }, "1.0"))
        try branch.deliver("b.csv", header + rows(28, hours[12..<23].map { $0 + "00" }, "1.0"))
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.column("SELECT sum(rejected) FROM source_file") == ["0"])
        // The day is like the 21st, 24 kWh: 31 days of 24 kWh. The first half hour of the 29th, an hour's
        // distance from the others, could be one of them.
        #expect(
            try branch.rows("SELECT total_minor, estimated_values FROM invoice") == [
                ["74400", "49"]
            ])
    }

    @Test func `a gap in the last hour of a period lies on a line to the hour after it`() throws {
        let branch = try MonthlyBranch.branch()
        try deliver(branch, without: "01-31T23", to: "2026-02-04")
        try branch.bill(asOf: "2026-02-04")
        // Halfway from 1 to 4 kWh: 743 + 2.5 = 745.5 kWh.
        #expect(
            try branch.rows(Self.estimates) == [["2026-01-31 23:00:00", "25", "-1", "E17"]])
        #expect(try branch.rows(Self.bills) == [["2026-01-01", "74550", "1"]])
    }

    @Test(arguments: [true, false])
    func `a gap over the end of a period is one line, billed night by night or all at once`(
        isNightly: Bool
    ) throws {
        let branch = try MonthlyBranch.branch()
        try deliver(branch, without: "01-31T23", "02-01T00", to: "2026-03-01")
        if isNightly { try branch.bill(asOf: "2026-02-04") }
        try branch.bill(asOf: "2026-03-05")
        // 1, then 2 and 3, then 4: January 743 + 2, February 671 × 4 + 3 kWh.
        #expect(
            try branch.rows(Self.estimates) == [
                ["2026-01-31 23:00:00", "20", "-1", "E17"],
                ["2026-02-01 00:00:00", "30", "-1", "E17"],
            ])
        #expect(
            try branch.rows(Self.bills) == [
                ["2026-01-01", "74500", "1"], ["2026-02-01", "268700", "1"],
            ])
    }

    @Test func `a gap that is long only beyond the period is no line in it`() throws {
        let branch = try MonthlyBranch.branch()
        try deliver(branch, without: "01-31T23", "02-01T00", "02-01T01", to: "2026-02-04")
        try branch.bill(asOf: "2026-02-04")
        // Like the Saturday before.
        #expect(
            try branch.rows(Self.estimates) == [["2026-01-31 23:00:00", "10", "-1", "E14"]])
        #expect(try branch.rows(Self.bills) == [["2026-01-01", "74400", "1"]])
    }

    @Test func `where nothing follows there is no line`() throws {
        let branch = try MonthlyBranch.branch()
        try deliver(branch, without: "01-31T23", "02-01T00", "02-01T01", to: "2026-02-02")
        try branch.bill(asOf: "2026-02-04")
        #expect(try branch.column(Self.estimates + " LIMIT 1") == ["2026-01-31 23:00:00"])
        #expect(try branch.rows(Self.bills) == [["2026-01-01", "74400", "1"]])
    }

    @Test func `a line reaches to another feeder, which has the meter from that hour on`() throws {
        let branch = try MonthlyBranch.branch()
        try branch.importNetwork([
            "nodes.csv": "node_id,parent_id,kind,name\nF2,B,feeder,Second\n",
            "service_points.csv": "service_point_id,node_id,timezone,from,to\n"
                + "S1,F1,Asia/Shanghai,,2026-02-01\nS1,F2,Asia/Shanghai,2026-02-01,\n",
        ])
        try deliver(branch, without: "01-31T23", "02-01T00", to: "2026-03-01")
        try branch.bill(asOf: "2026-03-05")
        #expect(
            try branch.rows(Self.bills) == [
                ["2026-01-01", "74500", "1"], ["2026-02-01", "268700", "1"],
            ])
    }

    @Test(arguments: [
        // A multiplier that changes, a meter that goes elsewhere, and one that is put away.
        "M1,S1,T1,,,1,6,60,,2026-02-01\nM1,S1,T1,,,2,6,60,2026-02-01,\n",
        "M1,S1,T1,,,1,6,60,,2026-02-01\nM1,S2,T1,,,1,6,60,2026-02-01,\n",
        "M1,S1,T1,,,1,6,60,,2026-02-01\nM1,S1,T1,,,1,6,60,2026-02-01T01:00:00+08:00,\n",
    ])
    func `hours that the meter counted elsewhere or otherwise are no neighbours`(rows: String)
        throws
    {
        let branch = try MonthlyBranch.branch()
        try branch.importNetwork([
            "service_points.csv": "service_point_id,node_id,timezone\nS2,F1,Asia/Shanghai\n",
            "meters.csv": Self.meterHeader + rows,
        ])
        try deliver(branch, without: "01-31T23", to: "2026-02-04")
        try branch.bill(asOf: "2026-02-04")
        #expect(
            try branch.rows(Self.estimates) == [["2026-01-31 23:00:00", "10", "-1", "E14"]])
        #expect(try branch.rows(Self.bills) == [["2026-01-01", "74400", "1"]])
    }

    @Test func `a day under another multiplier is like no day after it`() throws {
        let branch = try MonthlyBranch.branch()
        try branch.importNetwork([
            "meters.csv": Self.meterHeader
                + "M1,S1,T1,,,1,6,60,,2026-01-20\nM1,S1,T1,,,2,6,60,2026-01-20,\n"
        ])
        try deliver(branch, without: "01-26T08", "01-26T09", "01-26T10", to: "2026-02-04")
        try branch.bill(asOf: "2026-02-04")
        #expect(try branch.rows(Self.bills).isEmpty)
        #expect(
            try branch.rows(MonthlyBranch.holds) == [["K1", "2026-01-01", "missing-intervals"]])
    }

    @Test func `a line runs over a change of terminal and capacity`() throws {
        let branch = try MonthlyBranch.branch()
        try branch.importNetwork([
            "service_points.csv": "service_point_id,node_id,timezone,capacity_kw,from,to\n"
                + "S1,F1,Asia/Shanghai,100,,2026-02-01\nS1,F1,Asia/Shanghai,200,2026-02-01,\n",
            "meters.csv": Self.meterHeader
                + "M1,S1,T1,,,1,6,60,,2026-02-01\nM1,S1,,,,1,6,60,2026-02-01,\n",
        ])
        try deliver(branch, without: "01-31T23", "02-01T00", to: "2026-03-01")
        try branch.bill(asOf: "2026-03-05")
        #expect(
            try branch.rows(Self.bills) == [
                ["2026-01-01", "74500", "1"], ["2026-02-01", "268700", "1"],
            ])
    }

    @Test(arguments: [true, false])
    func `the hour in which meters are exchanged is expected of the one that it begins with`(
        isDelivered: Bool
    ) throws {
        let branch = try MonthlyBranch.branch()
        let at = "2026-01-20T10:07:00+08:00"
        try branch.importNetwork([
            "meters.csv": Self.meterHeader + "M1,S1,T1,,\(at),1,6,60,,\nM2,S1,T1,\(at),,1,6,60,,\n"
        ])
        let rows = MonthlyBranch.hours(
            from: "2026-01-01", to: "2026-02-01", without: isDelivered ? nil : "2026-01-20T10"
        ).split(separator: "\n")
        // Day by day in order: the hours from 11:00 on are the second meter's.
        let exchange = rows.firstIndex { $0.hasPrefix("M1,2026-01-20T11") } ?? 0
        try branch.deliver(
            "hours.csv",
            rows.enumerated().map { row, text in
                (row < exchange ? String(text) : "M2" + text.dropFirst(2)) + "\n"
            }.joined())
        try branch.bill(asOf: "2026-02-04")
        #expect(
            try branch.rows("SELECT subject_id, starts_at, ends_at, detail FROM exception")
                == (isDelivered
                    ? []
                    : [
                        [
                            "M1", "2026-01-20T10:00:00+08:00", "2026-01-20T11:00:00+08:00",
                            "1 intervals without a value",
                        ]
                    ]))
        // Like the Tuesday before: nothing follows that the first meter counted.
        #expect(
            try branch.rows(Self.estimates)
                == (isDelivered ? [] : [["2026-01-20 10:00:00", "10", "-1", "E14"]]))
        #expect(
            try branch.rows(Self.bills) == [["2026-01-01", "74400", isDelivered ? "0" : "1"]])
    }

    @Test(arguments: ["2026-02-01", "2026-02-15"])
    func `a stream whose head-end begins to apply the multiplier is estimated once`(day: String)
        throws
    {
        let branch = try MonthlyBranch.branch(meter: "M1,S1,T1,2025-01-01,,2,6,60")
        try branch.addProfile(
            "primary.yaml",
            """
            name: primary
            shape: long
            label: start
            kind: interval_energy
            columns:
              meter: id
              timestamp: at
              value: energy
            unit: kWh
            multiplier: applied

            """)
        try branch.deliver("before.csv", MonthlyBranch.hours(from: "2026-01-01", to: day))
        let after = MonthlyBranch.hours(from: day, to: "2026-03-02").split(separator: "\n")
            .dropFirst()
            .filter { row in
                !["T08", "T09", "T10"].contains { row.hasPrefix("M1,2026-02-18\($0)") }
            }
            .map { row in
                let cells = row.split(separator: ",")
                return "M1,\(cells[1]),2.0\n"
            }
        try branch.deliver("after.csv", "id,at,energy\n" + after.joined())
        try branch.bill(asOf: "2026-03-05")
        // 744 and 672 hours of 1 kWh × 2; three of them like those of the week before.
        #expect(
            try branch.rows(Self.bills) == [
                ["2026-01-01", "148800", "0"], ["2026-02-01", "134400", "3"],
            ])
    }

    @Test func `a line crosses the midnight that ends a period by summer time`() throws {
        let branch = try MonthlyBranch.branch()
        try branch.importNetwork([
            "service_points.csv": "service_point_id,node_id,timezone\nS9,F1,Europe/Berlin\n",
            "meters.csv": Self.meterHeader + "M9,S9,,,,1,6,60,,\n",
            "contracts.csv": MonthlyBranch.contracts(["K9,S9,C1,flat,2026-06-01,,1,1,"]),
        ])
        // 1 July 00:00 in Berlin is 06:00 in Beijing: 1 kWh an hour before, 4 kWh after.
        let june = MonthlyBranch.hours(from: "2026-05-31", to: "2026-07-01")
        let july = MonthlyBranch.hours(from: "2026-07-01", to: "2026-07-05", "4.0")
        let rows = (june + july).replacing("M1,", with: "M9,").split(separator: "\n").compactMap {
            row -> String? in
            if row.hasPrefix("meter_id") || row.hasPrefix("M9,2026-07-01T05") { return nil }
            let isJune = ["00", "01", "02", "03", "04"].contains {
                row.hasPrefix("M9,2026-07-01T\($0)")
            }
            return "\(isJune ? String(row).replacing("4.0", with: "1.0") : String(row))\n"
        }
        try branch.deliver("hours.csv", "meter_id,timestamp,channel,kwh,quality\n" + rows.joined())
        try branch.bill(asOf: "2026-07-04")
        // 719 + 2.5 kWh.
        #expect(try branch.rows(Self.bills) == [["2026-06-01", "72150", "1"]])
    }
}
