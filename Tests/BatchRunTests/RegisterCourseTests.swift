// SPDX-License-Identifier: Apache-2.0

import BatchRun
import TestSupport
import Testing

/// Which values that come after a bill by registers list it: those with which it would be another. Ten
/// units a day, 100 as January begins, 410 as it ends.
@Suite struct RegisterCourseTests {
    private static let header = "meter_id,date,total,sharp,peak,flat,valley\n"

    private func read(_ reads: [String], in branch: TrialBranch) throws {
        try branch.importNetwork([
            "register_reads.csv": "meter_id,channel,at,kind,value\n"
                + reads.map { "\($0)\n" }.joined()
        ])
    }

    private func deliver(_ freezes: String..., to branch: TrialBranch) throws {
        try branch.deliver(
            "late.csv",
            RegisterCourseTests.header + freezes.map { "\($0),,,,\n" }.joined())
        try branch.bill(asOf: "2026-03-06")
    }

    private func listed(_ branch: TrialBranch) throws -> [String] {
        try branch.column(
            "SELECT period_start FROM correction JOIN invoice USING (invoice_id) ORDER BY 1")
    }

    /// January and February billed, without the freezes of some days.
    private func billed(
        meter: String = MonthlyBranch.registerMeter, reads: [String] = [], without left: [String],
        tariffs: [String: String] = [:]
    ) throws -> TrialBranch {
        let branch = try MonthlyBranch.branch(meter: meter, tariffs: tariffs)
        try read(reads, in: branch)
        let freezes = MonthlyBranch.freezes(from: "2025-12-31", days: 64) { day in
            "\(100 + 10 * day),,,,"
        }
        try branch.deliver(
            "r.csv",
            freezes.split(separator: "\n").filter { line in
                !left.contains { line.hasPrefix("M1,\($0)") }
            }.joined(separator: "\n") + "\n")
        try branch.bill(asOf: "2026-03-05")
        return branch
    }

    @Test(arguments: [
        // Read as the period ends, and the freeze of that moment: the read counts, whatever comes.
        (["M1,1.8.0,2026-02-01T00:00:00+08:00,special,410"], "M1,2026-01-31,410", []),
        (["M1,1.8.0,2026-02-01T00:00:00+08:00,special,410"], "M1,2026-01-31,411", []),
        // Set to 0 then: the freeze ends January, and February begins with what it was set to.
        (
            [
                "M1,1.8.0,2026-01-31T23:55:00+08:00,special,409",
                "M1,1.8.0,2026-02-01T00:00:00+08:00,reset,0",
            ], "M1,2026-01-31,410", ["2026-01-01"]
        ),
    ])
    func `a freeze lists a bill only where no read on site stands in its place`(
        reads: [String], late: String, expected: [String]
    ) throws {
        let branch = try billed(reads: reads, without: ["2026-01-31"])
        #expect(
            try branch.column("SELECT period_start FROM invoice ORDER BY 1")
                == ["2026-01-01", "2026-02-01"])
        try deliver(late, to: branch)
        #expect(try listed(branch) == expected)
    }

    @Test(arguments: [
        // What each meter sends late for the moment of the exchange, and whether both were read then.
        (true, "M1,2026-01-15,250", false), (true, "M2,2026-01-15,1", false),
        // It began with a freeze alone: another value of that moment counts.
        (false, "M2,2026-01-15,1", true),
    ])
    func `a freeze at an exchange counts where the meter was not read`(
        isRead: Bool, late: String, isListed: Bool
    ) throws {
        let at = "2026-01-16T00:00:00+08:00"
        let branch = try MonthlyBranch.branch(
            meter: "M1,S1,T1,2025-01-01,\(at),1,6,\nM2,S1,T1,\(at),,1,6,")
        try read(
            ["M1,1.8.0,\(at),remove,250"] + (isRead ? ["M2,1.8.0,\(at),install,0"] : []),
            in: branch)
        let begins = isRead ? "" : "M2,2026-01-15,0,,,,\n"
        try branch.deliver(
            "r.csv",
            RegisterCourseTests.header + "M1,2025-12-31,100,,,,\n" + begins
                + "M2,2026-01-31,160,,,,\n")
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "31000"]])
        try deliver(late, to: branch)
        #expect(try listed(branch) == (isListed ? ["2026-01-01"] : []))
    }

    @Test(arguments: [
        // Beside the moment that was estimated, on site and from afar; of the moment, as estimated too.
        ("M1,1.8.0,2026-02-01T12:00:00+08:00,special,419", "", []),
        ("M1,1.8.0,2026-01-31T12:00:00+08:00,special,403", "", []),
        ("", "M1,2026-01-30,403", []), ("", "M1,2026-02-01,417", []),
        (
            "M1,1.8.0,2026-02-01T00:00:00+08:00,special,410", "",
            ["2026-01-01", "2026-02-01"]
        ),
        ("", "M1,2026-01-31,410", ["2026-01-01", "2026-02-01"]),
    ])
    func `a billed estimate is fixed until a value of its moment comes`(
        read: String, late: String, expected: [String]
    ) throws {
        let branch = try billed(without: ["2026-01-30", "2026-01-31", "2026-02-01"])
        #expect(
            try branch.rows("SELECT period_start, total_minor FROM invoice ORDER BY 1")
                == [["2026-01-01", "31000"], ["2026-02-01", "28000"]])
        if !read.isEmpty { try self.read([read], in: branch) }
        if !late.isEmpty { try deliver(late, to: branch) }
        #expect(try listed(branch) == expected)
    }

    @Test(arguments: [
        // 2000 in one day, where 15 kW can draw 360; 300.
        ("2026-03-29,93000", true), ("2026-03-29,94700", false),
        // As far from the reading after it as two days' power goes, which two days have.
        ("2026-03-28,94280", false), ("2026-03-28,94279", true),
    ])
    func `a late leap lists a bill whose turn only its days tell`(late: String, isListed: Bool)
        throws
    {
        let freezes = [
            "2026-01-31,80000", "2026-02-28,86000", "2026-03-30,95000", "2026-04-20,99500",
            "2026-04-30,2000",
        ]
        func branch(_ freezes: [String]) throws -> TrialBranch {
            let branch = try MonthlyBranch.branch(
                meter: "M1,S1,T1,2025-01-01,,1,5,", contracts: "K1,S1,C1,flat,2026-02-01,,1,3,")
            try branch.importNetwork([
                "service_points.csv":
                    "service_point_id,node_id,timezone,capacity_kw\nS1,F1,Asia/Shanghai,15\n"
            ])
            try branch.deliver(
                "r.csv",
                RegisterCourseTests.header + freezes.map { "M1,\($0),,,,\n" }.joined())
            try branch.bill(asOf: "2026-05-10")
            return branch
        }
        let billed = try branch(freezes)
        // 20,000 to the dial's end, and 2000.
        let bill = [["K1", "2026-02-01", "2200000"]]
        #expect(try billed.rows(MonthlyBranch.invoices) == bill)
        try billed.deliver("late.csv", RegisterCourseTests.header + "M1,\(late),,,,\n")
        try billed.bill(asOf: "2026-05-11")
        #expect(try listed(billed) == (isListed ? ["2026-02-01"] : []))

        let fresh = try branch(freezes + [late])
        #expect(try fresh.rows(MonthlyBranch.invoices) == (isListed ? [] : bill))
        let leap = late.hasSuffix("93000") ? "2000" : "721"
        #expect(
            try fresh.column("SELECT detail FROM hold WHERE code = 'register-decrease'")
                == (isListed
                    ? [
                        "register 1.8.0 fell or turned, and its days cannot be followed, which leap by "
                            + "\(leap) at 2026-03-30T16:00:00Z"
                    ] : []))
    }

    @Test(arguments: [
        ("2026-01-14,240", []), ("2026-01-15,250.5", ["2026-01-01"]),
        ("2026-01-31,412", ["2026-01-01", "2026-02-01"]),
    ])
    func `a value lists a bill where one of its parts begins or ends`(
        late: String, expected: [String]
    ) throws {
        // Another version of the tariff from 16 January on.
        let flat = MonthlyBranch.tariff("flat", charges: MonthlyBranch.flatCharge)
        let versions = [
            flat.replacing("2020-01-01\n", with: "2020-01-01\nvalid_to: 2026-01-16\n"),
            flat.replacing("version: 2026-01", with: "version: 2026-02")
                .replacing("2020-01-01\n", with: "2026-01-16\n"),
        ]
        let branch = try billed(
            without: ["2026-01-14"], tariffs: ["flat.yaml": versions[0], "later.yaml": versions[1]])
        #expect(
            try branch.column("SELECT starts_on FROM invoice_part ORDER BY 1")
                == ["2026-01-01", "2026-01-16"])
        try deliver("M1,\(late)", to: branch)
        #expect(try listed(branch) == expected)
    }
}
