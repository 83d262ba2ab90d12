// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import Store
import TestSupport
import Testing

@testable import BatchRun

/// One part of several meters, of which some are doubtful: settling reads these only.
@Suite struct DoubtfulMetersTests {
    private static let exceptions = """
        SELECT subject_id, rule, detail FROM exception WHERE status = 'open' ORDER BY 1, 2
        """

    /// A branch with four meters of hours in one group; M2 is at S2, which K2 bills, and so on.
    private func fourMeters() throws -> TrialBranch {
        let branch = try MonthlyBranch.branch()
        var (points, meters, contracts) = ("", "", [MonthlyBranch.contract])
        for number in 2...4 {
            points += "S\(number),F1,Asia/Shanghai\n"
            meters += "M\(number),S\(number),,2025-01-01,,1,6,60\n"
            contracts.append("K\(number),S\(number),C2,flat,2026-01-01,,1,1,")
        }
        try branch.importNetwork([
            "service_points.csv": "service_point_id,node_id,timezone\n" + points,
            "meters.csv": "meter_id,service_point_id,terminal_id,installed,removed,multiplier,"
                + "digits,interval_minutes\n" + meters,
            "contracts.csv": MonthlyBranch.contracts(contracts),
        ])
        return branch
    }

    /// A file of these meters' rows, one meter after the other.
    private func file(_ hours: [String: String]) -> String {
        let rows = hours.sorted { $0.key < $1.key }.map { meter, text in
            text.split(separator: "\n", maxSplits: 1)[1].replacing("M1,", with: "\(meter),")
        }
        return "meter_id,timestamp,channel,kwh,quality\n" + rows.joined()
    }

    @Test func `a part's doubtful meters are found, and none is lost beside them`() throws {
        let branch = try fourMeters()
        let day = MonthlyBranch.hours(from: "2026-01-01", to: "2026-01-02")
        let gap = MonthlyBranch.hours(
            from: "2026-01-01", to: "2026-01-02", without: "2026-01-01T05")
        let negative = day.replacing(
            "T07:00:00+08:00,1.8.0,1.0", with: "T07:00:00+08:00,1.8.0,-2.5")
        let bad = day.replacing("T09:00:00+08:00,1.8.0,1.0", with: "T09:00:00+08:00,1.8.0,1.x")
        try branch.deliver("1.csv", file(["M1": day, "M2": gap, "M3": negative, "M4": bad]))
        try branch.run(asOf: "2026-01-02")
        #expect(
            try branch.rows(DoubtfulMetersTests.exceptions) == [
                ["M2", "missing-intervals", "1 intervals without a value"],
                ["M3", "negative-interval", "1 intervals below zero, the lowest -2.5"],
                ["M4", "missing-intervals", "1 intervals without a value"],
            ])
        // 24 + 23 + 24 + 24 delivered, of which the one that is no number.
        #expect(
            try branch.rows("SELECT readings, accepted, absent, rejected FROM source_file") == [
                ["95", "94", "0", "1"]
            ])
        let store = try branch.store()
        let parts = try store.read { transaction in
            try transaction.settledKeys().flatMap { try transaction.settledParts(of: $0) }
        }
        let part = try #require(parts.first { $0.key.day == 20_454 })
        #expect(!part.isClean)
        #expect(try store.intervals(of: part).strips.meters == [0, 1, 2, 3])
        #expect(try store.intervals(of: part, .doubtful).strips.meters == [1, 2, 3])
    }

    @Test func `a slot twice in one file is settled for a meter among clean ones`() throws {
        let branch = try fourMeters()
        let day = MonthlyBranch.hours(from: "2026-01-01", to: "2026-01-02")
        let twice = day + "M1,2026-01-01T03:00:00+08:00,1.8.0,4.0,F\n"
        try branch.deliver("1.csv", file(["M1": day, "M2": twice, "M3": day, "M4": day]))
        try branch.run(asOf: "2026-01-02")
        // The final value stands, and the other is superseded.
        #expect(
            try branch.rows("SELECT accepted, superseded FROM source_file") == [["96", "1"]])
        #expect(try branch.rows(DoubtfulMetersTests.exceptions).isEmpty)
    }

    @Test func `late values of a clean meter list its bill, though another meter has a gap`() throws
    {
        let branch = try fourMeters()
        let month = MonthlyBranch.hours(from: "2026-01-01", to: "2026-01-10")
        let rest = MonthlyBranch.hours(from: "2026-01-11", to: "2026-02-01")
        for (name, hours) in [("1", month), ("2", rest)] {
            try branch.deliver(
                "\(name).csv", file(["M1": hours, "M2": hours, "M3": hours, "M4": hours]))
        }
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.column(MonthlyBranch.invoices) == ["K1", "K2", "K3", "K4"])
        let late = MonthlyBranch.hours(from: "2026-01-10", to: "2026-01-11", "7.0")
        let gap = MonthlyBranch.hours(
            from: "2026-01-10", to: "2026-01-11", "7.0", without: "2026-01-10T05")
        try branch.deliver("3.csv", file(["M1": late, "M2": gap]))
        try branch.bill(asOf: "2026-02-06")
        #expect(
            try branch.column(
                "SELECT contract_id FROM correction JOIN invoice USING (invoice_id) ORDER BY 1")
                == ["K1", "K2"])
    }
}
