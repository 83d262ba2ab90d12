// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Foundation
import TestSupport
import Testing

/// Registers that pass their last digit around a freeze that is missing, or faster than one reading a
/// month can tell. One yuan per kWh.
@Suite struct RolloverEstimateTests {
    private static let bills = """
        SELECT period_start, total_minor, estimated_values FROM invoice ORDER BY 1
        """

    /// A branch whose register shows `value` at the end of day 0, 31 December, and so on.
    private func branch(
        digits: Int = 6, days: Int = 62, without missing: ClosedRange<Int>? = nil,
        network: [String: String] = [:], _ value: (Int) -> Int
    ) throws -> TrialBranch {
        let branch = try MonthlyBranch.branch(meter: "M1,S1,T1,2025-01-01,,1,\(digits),")
        if !network.isEmpty { try branch.importNetwork(network) }
        let lines = MonthlyBranch.freezes(from: "2025-12-31", days: days) { "\(value($0)),,,," }
            .split(separator: "\n")
        let kept = lines.enumerated().filter { line, _ in missing?.contains(line - 1) != true }
        try branch.deliver("r.csv", kept.map { $0.element + "\n" }.joined())
        return branch
    }

    @Test(arguments: [
        // Steps short of the end of the dial on 30 January, and days without a freeze from the 31st on;
        // 10 kWh a day.
        (15, 31...31, "999995"), (5, 31...31, "5"), (10, 31...31, "0"), (10, 31...33, "0"),
        (25, 31...33, "999985"),
    ])
    func `a missing freeze is estimated before and after the roll, and nothing is billed twice`(
        short: Int, missing: ClosedRange<Int>, estimate: String
    ) throws {
        let branch = try branch(without: missing) { day in
            (1_000_000 - short + 10 * (day - 30)) % 1_000_000
        }
        try branch.bill(asOf: "2026-03-05")
        #expect(try branch.rows("SELECT value, method FROM estimate") == [[estimate, "E17"]])
        // 31 and 28 days: the estimate lies where the register must have stood.
        #expect(
            try branch.rows(Self.bills) == [
                ["2026-01-01", "31000", "1"], ["2026-02-01", "28000", "1"],
            ])
    }

    @Test func `what an estimate gives one period it takes from the next`() throws {
        // 999,985 on 30 January and 60 on 2 February: 75 kWh in three days, 25 a day.
        let branch = try branch(without: 31...32) { day in
            day <= 30 ? 999_685 + 10 * day : 60 + 10 * (day - 33)
        }
        try branch.bill(asOf: "2026-03-05")
        #expect(try branch.column("SELECT value FROM estimate") == ["10"])
        // 10 − 999,685 and 320 − 10 past a million: 325 + 310 = 635, which is 320 − 999,685.
        #expect(
            try branch.rows(Self.bills) == [
                ["2026-01-01", "32500", "1"], ["2026-02-01", "31000", "1"],
            ])
    }

    @Test(arguments: [nil, 31...31, 30...33])
    func `a dial that turns by more than a tenth in a month is followed day by day`(
        missing: ClosedRange<Int>?
    ) throws {
        // 50 kWh a day on four digits: 8990 + 31 × 50 passes 10,000 on 21 January.
        let branch = try branch(digits: 4, without: missing) { (8990 + 50 * $0) % 10_000 }
        try branch.bill(asOf: "2026-03-05")
        let estimates = missing == nil ? "0" : "1"
        #expect(
            try branch.rows(Self.bills) == [
                ["2026-01-01", "155000", estimates], ["2026-02-01", "140000", estimates],
            ])
    }

    @Test func `an advance of many days casts no doubt on a turn after it`() throws {
        // 8000 on 31 December, 9384 twenty days later, then 100 a day: past 10,000 on 27 January.
        let branch = try branch(digits: 4, without: 1...19) { day in
            day == 0 ? 8000 : (9384 + 100 * (day - 20)) % 10_000
        }
        try branch.bill(asOf: "2026-03-05")
        #expect(
            try branch.rows(Self.bills) == [
                ["2026-01-01", "248400", "0"], ["2026-02-01", "280000", "0"],
            ])
    }

    @Test(arguments: [
        // Up to the end of the dial and back; past it and back.
        (5000, 9999, 100), (9950, 5, 9960),
    ])
    func `a register that leaps and falls is not taken for one that rolled over`(
        before: Int, then: Int, after: Int
    ) throws {
        let branch = try branch(digits: 4) { $0 == 9 ? then : $0 < 9 ? before : after + $0 }
        try branch.bill(asOf: "2026-02-05")
        #expect(
            try branch.rows(MonthlyBranch.holds) == [["K1", "2026-01-01", "register-decrease"]])
    }

    @Test(arguments: [
        // Set to 0 by hand a day after, and another multiplier from that day on.
        [
            "register_reads.csv":
                "meter_id,channel,at,kind,value\nM1,1.8.0,2026-02-01T12:00:00+08:00,reset,0\n"
        ],
        [
            "meters.csv":
                "meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,"
                + "interval_minutes,from,to\nM1,S1,T1,,,1,6,,,2026-02-01\n"
                + "M1,S1,T1,,,2,6,,2026-02-01,\n"
        ],
    ])
    func `no line joins readings over a reset or another multiplier`(network: [String: String])
        throws
    {
        let branch = try branch(without: 31...31, network: network) { day in
            (999_685 + 10 * day) % 1_000_000
        }
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.rows(MonthlyBranch.holds) == [["K1", "2026-01-01", "missing-end"]])
    }
}
