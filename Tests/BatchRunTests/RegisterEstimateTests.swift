// SPDX-License-Identifier: Apache-2.0

import BatchRun
import TestSupport
import Testing

/// Registers without a freeze at the end of January, on a line between the nearest values, delivered or
/// read on site. One yuan per kWh.
@Suite struct RegisterEstimateTests {
    private func branch(
        meter: String = MonthlyBranch.registerMeter, reads: [String], freezes: [String]
    ) throws -> TrialBranch {
        let branch = try MonthlyBranch.branch(meter: meter)
        try read(reads, in: branch)
        try branch.deliver(
            "r.csv",
            "meter_id,date,total,sharp,peak,flat,valley\n"
                + freezes.map { "M1,\($0),,,,\n" }.joined())
        try branch.bill(asOf: "2026-02-10")
        return branch
    }

    private func read(_ reads: [String], in branch: TrialBranch) throws {
        try branch.importNetwork([
            "register_reads.csv": "meter_id,channel,at,kind,value\n"
                + reads.map { "M1,\($0)\n" }.joined()
        ])
    }

    /// 130 as 21 January begins, 500 as 6 February begins.
    private static let freezes = ["2025-12-31,100", "2026-01-20,130", "2026-02-05,500"]

    @Test(arguments: [
        // Half a day of the five and a half from there to 500: 227.27 and 445.45.
        (["1.8.0,2026-01-31T12:00:00+08:00,special,200"], "12700"),
        (["1.8.0,2026-01-31T12:00:00+08:00,special,440"], "34500"),
        // Eleven days of the thirteen and a half from 130 to there: 350.
        (["1.8.0,2026-02-03T12:00:00+08:00,special,400"], "25000"),
        // The nearer of two; not that of another register.
        (
            [
                "1.8.0,2026-01-25T12:00:00+08:00,special,150",
                "1.8.0,2026-01-31T12:00:00+08:00,special,200",
                "1.8.1,2026-01-31T18:00:00+08:00,special,7",
            ], "12700"
        ),
        // Nearer is the freeze of the 20th: 11 of 16 days, 384.375.
        (["1.8.0,2026-01-10T12:00:00+08:00,special,120"], "28400"),
        // 100 up to where it was set; half a day of the five and a half from there to 500: 45.45.
        (
            [
                "1.8.0,2026-01-31T11:50:00+08:00,special,200",
                "1.8.0,2026-01-31T12:00:00+08:00,reset,0",
            ], "14500"
        ),
        // Set after the period, where the read of that moment is the last before: 11 of 11.5 days,
        // 292.6.
        (
            [
                "1.8.0,2026-02-01T12:00:00+08:00,special,300",
                "1.8.0,2026-02-01T12:00:00+08:00,reset,0",
            ], "19300"
        ),
    ])
    func `a missing freeze is estimated between the nearest values, also those read on site`(
        reads: [String], amount: String
    ) throws {
        let branch = try branch(reads: reads, freezes: Self.freezes)
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", amount]])
        #expect(try branch.column("SELECT estimated_values FROM invoice") == ["1"])
    }

    @Test func `a meter that was installed as the period began is estimated from there`() throws {
        let branch = try branch(
            meter: "M1,S1,T1,2026-01-01,,1,6,",
            reads: ["1.8.0,2026-01-01T00:00:00+08:00,install,0"], freezes: ["2026-02-05,360"])
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "31000"]])
    }

    @Test func `a meter that is removed after the period is estimated up to its removal`() throws {
        let branch = try branch(
            meter: "M1,S1,T1,2025-01-01,2026-02-03T12:00:00+08:00,1,6,",
            reads: ["1.8.0,2026-02-03T12:00:00+08:00,remove,400"],
            freezes: Array(Self.freezes.prefix(2)))
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "25000"]])
    }

    @Test(arguments: [
        // Set after the period, and nobody read it before; too far away.
        ["1.8.0,2026-02-01T12:00:00+08:00,reset,0"],
        ["1.8.0,2026-04-10T12:00:00+08:00,special,900"],
    ])
    func `no line leads over a reset or to a value far away`(reads: [String]) throws {
        let branch = try branch(reads: reads, freezes: Array(Self.freezes.prefix(2)))
        #expect(try branch.column("SELECT code FROM hold") == ["missing-end"])
    }
}
