// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Store
import TestSupport
import Testing

/// Law 7: what comes after the bill lists it for correction, where it changes what the bill rests on.
@Suite struct CorrectionListTests {
    private static let listed = """
        SELECT i.number, c.cause FROM correction c JOIN invoice i USING (invoice_id)
        """

    @Test func `a late value for a billed estimate asks for a person`() throws {
        let branch = try january(without: "2026-01-10T05")
        try branch.deliver("late.csv", row("2026-01-10T05", "300.0,A"))
        let summary = try branch.bill(asOf: "2026-02-06")
        #expect(summary.counts.corrections == 1)
        #expect(summary.needsAttention(RunConfiguration().attention))
        #expect(
            try branch.rows(CorrectionListTests.listed) == [["INV-2026-000001", "late-reading"]])
        var lenient = RunConfiguration().attention
        lenient.corrections = 1
        #expect(!summary.needsAttention(lenient))
    }

    @Test(arguments: [
        // what was left out before, what comes late
        ("nothing", "2026-01-10T05", "1.0,A"),
        ("nothing", "2026-01-10T05", "1.000,A"),
        ("nothing", "2026-01-10T05", "1.5,E"),
        ("2026-01-10T05", "2026-01-10T05", ",N"),
    ])
    func `what changes no current value lists nothing`(
        left: String, slot: String, value: String
    ) throws {
        let branch = try january(without: left)
        try branch.deliver("late.csv", row(slot, value))
        #expect(try branch.bill(asOf: "2026-02-06").counts.corrections == 0)
        #expect(try branch.rows(CorrectionListTests.listed).isEmpty)
    }

    @Test func `the next day's delivery lists nothing`() throws {
        for meter in [MonthlyBranch.hourlyMeter, MonthlyBranch.registerMeter] {
            let branch = try MonthlyBranch.branch(meter: meter)
            for (from, to, days) in [
                ("2026-01-01", "2026-02-01", 32), ("2026-02-01", "2026-02-02", 1),
            ] {
                try branch.deliver("\(from).csv", MonthlyBranch.hours(from: from, to: to))
                let first = days == 1 ? from : "2025-12-31"
                try branch.deliver(
                    "r\(from).csv",
                    MonthlyBranch.freezes(from: first, days: days) {
                        "\(1000 + $0 + (days == 1 ? 32 : 0)),,,,"
                    })
                try branch.bill(asOf: to)
            }
            #expect(try branch.column(MonthlyBranch.invoices) == ["K1"])
            #expect(try branch.rows(CorrectionListTests.listed).isEmpty)
        }
    }

    @Test func `a corrected freeze lists the bills that begin or end with it`() throws {
        let branch = try MonthlyBranch.branch(meter: MonthlyBranch.registerMeter)
        try branch.deliver(
            "r.csv", MonthlyBranch.freezes(from: "2025-12-31", days: 70) { "\(1000 + $0),,,," })
        try branch.bill(asOf: "2026-03-05")
        func correct(_ day: String) throws -> [String] {
            try branch.deliver(
                "\(day).csv", MonthlyBranch.freezes(from: day, days: 1) { _ in "1030.5,,,," })
            try branch.bill(asOf: "2026-03-06")
            return try branch.column(CorrectionListTests.listed).sorted()
        }
        #expect(try correct("2026-01-30") == [])
        #expect(try correct("2026-01-31") == ["INV-2026-000001", "INV-2026-000002"])
    }

    @Test func `a late value lists the bill of the place where its meter served then`() throws {
        let branch = try swappedMeters("60")
        let hours = MonthlyBranch.hours(
            from: "2026-01-01", to: "2026-02-01", without: "2026-01-10T05")
        try branch.deliver("a.csv", hours)
        try branch.deliver("b.csv", hours.replacing("M1,", with: "M2,"))
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.column(MonthlyBranch.invoices) == ["K1", "K2"])
        try branch.deliver("late.csv", row("2026-01-10T05", "300.0,A"))
        try branch.bill(asOf: "2026-02-06")
        #expect(try branch.column(CorrectionListTests.contracts) == ["K1"])
    }

    @Test(arguments: [
        ("2025-12-31", ["K1"]), ("2026-01-10", []), ("2026-01-15", ["K1", "K2"]),
        ("2026-01-31", ["K2"]),
    ])
    func `a corrected freeze lists the bills of the places that it was read for`(
        day: String, listed: [String]
    ) throws {
        let branch = try swappedMeters("")
        let freezes = MonthlyBranch.freezes(from: "2025-12-31", days: 36) { "\(1000 + $0),,,," }
        try branch.deliver("a.csv", freezes)
        try branch.deliver("b.csv", freezes.replacing("M1,", with: "M2,"))
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.column(MonthlyBranch.invoices) == ["K1", "K2"])
        // A quarter of a unit more than before, so that nothing falls.
        let value = try #require(
            freezes.split(separator: "\n").first { $0.hasPrefix("M1,\(day)") }?
                .split(separator: ",")[2])
        try branch.deliver(
            "late.csv", MonthlyBranch.freezes(from: day, days: 1) { _ in "\(value).25,,,," })
        try branch.bill(asOf: "2026-02-06")
        #expect(try branch.column(CorrectionListTests.contracts) == listed)
    }

    private static let contracts = """
        SELECT i.contract_id FROM correction c JOIN invoice i USING (invoice_id) ORDER BY 1
        """

    /// A branch with two service points and contracts, whose meters changed places on 16 January.
    private func swappedMeters(_ minutes: String) throws -> TrialBranch {
        let branch = try MonthlyBranch.branch(
            contracts: MonthlyBranch.contract, "K2,S2,C2,flat,2026-01-01,,1,1,",
            servicePoints: "S1,F1,Asia/Shanghai\nS2,F1,Asia/Shanghai\n")
        let meters = [
            "M1,S1,T1,2025-01-01,2026-01-16,1", "M1,S2,T1,2026-01-16,,1",
            "M2,S2,T1,2025-01-01,2026-01-16,1", "M2,S1,T1,2026-01-16,,1",
        ]
        try branch.importNetwork([
            "meters.csv":
                "meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,"
                + "interval_minutes\n" + meters.map { "\($0),6,\(minutes)\n" }.joined()
        ])
        return branch
    }

    /// A branch whose January was billed, 744 hours of 1 kWh, some of them estimated.
    private func january(without left: String) throws -> TrialBranch {
        let branch = try MonthlyBranch.branch()
        try branch.deliver(
            "a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-05", without: left))
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "74400"]])
        return branch
    }

    private func row(_ hour: String, _ value: String) -> String {
        "meter_id,timestamp,kwh,quality\nM1,\(hour):00:00+08:00,\(value)\n"
    }
}
