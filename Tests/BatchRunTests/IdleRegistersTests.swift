// SPDX-License-Identifier: Apache-2.0

import BatchRun
import TestSupport
import Testing

/// Registers of periods that have not one minute in the month, and of no period: a meter may lack them,
/// but one that it has is never zero for want of a value.
///
/// In January sharp (尖) has no time. Peak and flat count 10 kWh a day, at 1 yuan per kWh as sharp.
@Suite struct IdleRegistersTests {
    private static let tariff = MonthlyBranch.tariff(
        "flat",
        """
        periods:
          sharp:
            - { months: [7], time: 21:00-23:00 }
          peak:
            - { time: 08:00-11:00 }
          flat: rest
        registers: { sharp: 1.8.1, peak: 1.8.2, flat: 1.8.3 }
        """, charges: MonthlyBranch.flatCharge)

    /// What the meter shows of a register, by days since 31 December.
    private typealias Cell = (Int) -> String

    private func branch(
        sharp: Cell, valley: Cell = { _ in "" }, without missing: Set<Int> = []
    ) throws -> TrialBranch {
        let branch = try MonthlyBranch.branch(
            meter: MonthlyBranch.registerMeter, tariffs: ["flat.yaml": Self.tariff])
        let lines = MonthlyBranch.freezes(from: "2025-12-31", days: 34) { day in
            "9999,\(sharp(day)),\(10 * day),\(10 * day),\(valley(day))"
        }.split(separator: "\n")
        let kept = lines.enumerated().filter { !missing.contains($0.offset - 1) }
        try branch.deliver("r.csv", kept.map { $0.element + "\n" }.joined())
        return branch
    }

    private func bills(_ branch: TrialBranch, asOf: String = "2026-02-10") throws -> [[String]] {
        try branch.bill(asOf: asOf)
        return try branch.rows("SELECT total_minor, estimated_values FROM invoice")
    }

    private func hold(_ branch: TrialBranch) throws -> [String] {
        try branch.column("SELECT code FROM hold WHERE released_seq IS NULL")
    }

    @Test func `a register that the meter does not have counts nothing while its period is idle`()
        throws
    {
        #expect(try bills(branch { _ in "" }, asOf: "2026-02-02") == [["62000", "0"]])
        // Nor where the freezes at the end are missing and estimated.
        #expect(try bills(branch(sharp: { _ in "" }, without: [31])) == [["62000", "2"]])
    }

    @Test(arguments: [[31], [5, 20, 31]])
    func `one whose cell is empty at the end is waited for, then estimated`(empty: Set<Int>) throws
    {
        let branch = try branch { empty.contains($0) ? "" : "\(10 * $0)" }
        #expect(try bills(branch, asOf: "2026-02-02") == [])
        #expect(try hold(branch) == ["missing-end"])
        #expect(try bills(branch) == [["93000", "1"]])
    }

    @Test func `one that shows itself on a single day between is no zero`() throws {
        // Nothing before tells where it began.
        let branch = try branch { $0 == 17 ? "170" : "" }
        #expect(try bills(branch) == [])
        #expect(try hold(branch) == ["missing-start"])
    }

    @Test func `a value of the evening before the month is no value of the month`() throws {
        // In summer the storage day of Berlin begins an hour before midnight.
        let branch = try MonthlyBranch.branch(
            meter: MonthlyBranch.registerMeter, contracts: "K1,S1,C1,flat,2026-05-01,,1,1,",
            tariffs: ["flat.yaml": Self.tariff.replacing("Asia/Shanghai", with: "Europe/Berlin")],
            servicePoints: "S1,F1,Europe/Berlin\n")
        try branch.addProfile(
            "several.yaml",
            """
            name: several
            about: Several readings a day.
            shape: register
            columns: { meter: id, timestamp: at, registers: { 1.8.1: s, 1.8.2: p, 1.8.3: f } }
            unit: kWh
            clock: Europe/Berlin
            multiplier: not_applied

            """)
        var text = "id,at,s,p,f\n"
        for (at, value) in [
            ("04-30T22:30", 0), ("05-01T00:00", 10), ("05-17T12:00", 200), ("06-01T00:00", 310),
            ("06-02T00:00", 320),
        ] {
            // Sharp is not read at the ends.
            let sharp = at.contains("01T00") ? "" : "\(value)"
            text += "M1,2026-\(at):00,\(sharp),\(value),\(value)\n"
        }
        try branch.deliver("r.csv", text)
        // From 0 at 22:30 on a line to 200 at noon of the 17th, 397.5 hours: 200 × 1.5 / 397.5 = 0.75.. = 1
        // at midnight; to 320 on 2 June, 372 hours: 200 + 120 × 348 / 372 = 312.26 = 312 at its midnight.
        #expect(try bills(branch, asOf: "2026-06-10") == [["91100", "2"]])
    }

    @Test func `one that comes to light after the bill lists it`() throws {
        let branch = try branch { _ in "" }
        #expect(try bills(branch) == [["62000", "0"]])
        let late = MonthlyBranch.freezes(from: "2026-01-17", days: 1) { _ in "9999,170,170,170," }
        try branch.deliver("late.csv", late)
        try branch.bill(asOf: "2026-02-11")
        #expect(try branch.column("SELECT cause FROM correction") == ["late-reading"])
    }

    @Test(arguments: [Set(0...0).union(31...31), Set(0...9).union(20...33)])
    func `a register of no period holds the bill for what days between show`(empty: Set<Int>) throws
    {
        let branch = try branch(
            sharp: { "\(10 * $0)" }, valley: { empty.contains($0) ? "" : "\(10 * $0)" })
        #expect(try bills(branch, asOf: "2026-02-02") == [])
        #expect(try hold(branch) == ["unmapped-register"])
    }
}
