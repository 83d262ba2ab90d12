// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Foundation
import MeterModel
import Quantities
import Store
import Synthesis
import Testing
import TestSupport

/// Law 1: nothing is lost.
@Suite struct BalanceTests {
    /// A small generated branch of each format, with and without files that repeat others.
    static let plans: [GenerationPlan] = GenerationPlan.Format.allCases.flatMap { format in
        [Exact.zero, Exact(1, over: 2)].map { overlap in
            var plan = GenerationPlan(meters: 60, days: 2)
            plan.format = format
            plan.overlap = overlap
            plan.metersPerFile = 10
            return plan
        }
    }

    @Test(arguments: plans)
    func `generated files come in to the last digit, and every reading has one verdict`(
        plan: GenerationPlan
    ) throws {
        let made = try GeneratedBranch(plan)
        let branch = try made.branch()
        let summary = try branch.run(asOf: "2026-02-01")

        #expect(try branch.currentTotals() == made.expected())
        let verdicts = summary.counts.verdicts
        #expect(verdicts.readings == made.report.readings)
        #expect(verdicts.rejected == 0)
        #expect((verdicts.duplicate + verdicts.superseded > 0) == (plan.overlap != .zero))
        #expect(summary.counts.files == made.report.files)
        #expect(try branch.problems().isEmpty)
        try expectBalance(of: branch)
    }

    @Test(arguments: plans)
    func `delivered energy is the sum over the verdicts`(plan: GenerationPlan) throws {
        let made = try GeneratedBranch(plan)
        let branch = try made.branch()
        try branch.run(asOf: "2026-02-01")
        for file in try branch.rows("SELECT name, sha256 FROM source_file") {
            let delivered = try made.energy(ofFile: file[0])
            #expect(try branch.bookedEnergy(ofFile: file[1]) == delivered, "\(file[0])")
        }
    }

    @Test func `rejected rows are counted, kept with their place, and their energy booked`() throws
    {
        let branch = try TwoFeeders.branch()
        let day = "2026-03-10"
        let text =
            TwoFeeders.header
            + TwoFeeders.rows("M1", day: day, "1.5", slots: 0..<4)  // 6 accepted
            + TwoFeeders.rows("M9", day: day, "2.25", slots: 0..<2)  // 4.5 of an unknown meter
            + TwoFeeders.row("M2", "\(day)T00:07", "8")  // off the grid
            + TwoFeeders.row("M2", "\(day)T00:15", "x1")  // no number
            + TwoFeeders.row("M2", "\(day)T00:30", "", "N")  // absent
            + TwoFeeders.row("M3", "2026-12-01T00:00", "16")  // in the future
            + TwoFeeders.row("M3", "\(day)T00:15", "32", "?")  // no quality
        try branch.deliver("night.csv.gz", text)
        let verdicts = try branch.run(asOf: "2026-03-12").counts.verdicts

        #expect(verdicts.readings == 11)
        #expect(verdicts.accepted == 4)
        #expect(verdicts.absent == 1)
        #expect(verdicts.rejected == 6)
        let kept = try branch.rows(
            "SELECT code, line, byte, readings, found FROM rejection ORDER BY line")
        #expect(
            kept.map { "\($0[0]) \($0[1]) \($0[3])" } == [
                "unknown-meter 6 1", "unknown-meter 7 1", "off-grid 8 1", "bad-number 9 1",
                "future-time 11 1", "bad-quality 12 1",
            ])
        for rejection in kept {
            let start = try #require(Int(rejection[2]))
            let line = text.utf8.prefix(start).count { $0 == 10 } + 1
            #expect("\(line)" == rejection[1], "byte \(start) is on line \(rejection[1])")
            #expect(Array(text.utf8.dropFirst(start)).starts(with: Array(rejection[4].utf8)))
        }
        try expectBalance(of: branch)
    }

    @Test func `the energy of rejected values is booked where they parse`() throws {
        let branch = try TwoFeeders.branch()
        let text =
            TwoFeeders.header
            + TwoFeeders.rows("M1", day: "2026-03-10", "1.5", slots: 0..<4)
            + TwoFeeders.row("M9", "2026-03-10T00:00", "2.25")  // an unknown meter
            + TwoFeeders.row("M2", "2026-03-10T00:07", "8")  // off the grid
            + TwoFeeders.row("M2", "2026-03-10T00:15", "x1")  // no number
            + TwoFeeders.row("M3", "2026-12-01T00:00", "16")  // in the future
            + TwoFeeders.row("M3", "2026-03-10T00:15", "32", "?")  // no quality
        try branch.deliver("night.csv.gz", text)
        try branch.run(asOf: "2026-03-12")
        let sums = try branch.rows("SELECT verdict, sum FROM source_file_energy ORDER BY verdict")
        // 4 × 1.5, and 2.25 + 8 + 16 + 32.
        #expect(sums == [["accepted", "6"], ["rejected", "58.25"]])
    }
}

/// The equation of law 1 per file, per feeder and for every run.
func expectBalance(of branch: TrialBranch) throws {
    let columns = "readings, accepted, duplicate, superseded, absent, rejected"
    for table in ["source_file", "feeder_delivery", "run", "retried_file"] {
        for row in try branch.rows("SELECT \(columns) FROM \(table)") {
            let counts = row.compactMap { Int($0) }
            #expect(counts.count == 6 && counts[0] == counts.dropFirst().reduce(0, +), "\(table)")
            #expect(counts.allSatisfy { $0 >= 0 }, "\(table) \(counts)")
        }
    }
    func total(_ table: String) throws -> Int? {
        Int(try branch.column("SELECT coalesce(sum(readings), 0) FROM \(table)").first ?? "")
    }
    let (files, retried) = (try total("source_file") ?? 0, try total("retried_file") ?? 0)
    #expect(try total("run") == files + retried)
    let unkept = """
        SELECT f.name FROM source_file f WHERE status = 'accepted' AND rejected <>
            (SELECT coalesce(sum(readings), 0) FROM rejection r
                WHERE r.sha256 = f.sha256 AND r.delivery = f.delivery)
        """
    #expect(try branch.column(unkept).isEmpty)
}

extension TrialBranch {
    /// The energy booked for a file over all verdicts, by channel, in kWh or kvarh.
    func bookedEnergy(ofFile sha256: String) throws -> [String: Exact] {
        var sums: [String: Exact] = [:]
        let query = "SELECT channel, sum FROM source_file_energy WHERE sha256 = '\(sha256)'"
        for row in try rows(query) {
            sums[row[0], default: .zero] += try #require(Exact(row[1]))
        }
        return sums
    }
}
