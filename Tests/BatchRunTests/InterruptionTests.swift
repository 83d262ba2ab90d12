// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Foundation
import Glibc
import MeterModel
import Store
import Testing
import TestSupport

/// Law 3: a crash is a pause.
@Suite struct InterruptionTests {
    /// Two days of three meters in 72 files, more than one commit of them; M2 misses two hours.
    private func branch() throws -> TrialBranch {
        let branch = try TwoFeeders.branch()
        for (index, meter) in ["M1", "M2", "M3"].enumerated() {
            for day in ["2026-03-10", "2026-03-11"] {
                for slot in stride(from: 0, to: 96, by: 8) {
                    if meter == "M2", day == "2026-03-11", slot == 40 { continue }
                    let rows = TwoFeeders.rows(
                        meter, day: day, "0.\(index + 1)25", slots: slot..<(slot + 8))
                    try branch.deliver(
                        "\(day)-\(slot)-\(meter).csv.gz", TwoFeeders.header + rows)
                }
            }
        }
        let odd = TwoFeeders.row("M9", "2026-03-10T00:00", "1") + "M1,not a time,1,A\n"
        try branch.deliver("odd.csv", TwoFeeders.header + odd)
        return branch
    }

    /// What an uninterrupted run comes to.
    private func uninterrupted() throws -> (digest: String, branch: TrialBranch) {
        let branch = try branch()
        let summary = try branch.bill(asOf: "2026-03-12")
        #expect(summary.counts.invoices == 2)
        #expect(summary.counts.holds == 1)
        return (try branch.digest(), branch)
    }

    /// Statements of the job, each the first or a later one of some commit.
    static let moments = [
        "INSERT ON series_row",
        "INSERT ON delivery",
        "INSERT ON delivery_file WHEN NEW.position = 70",
        "INSERT ON source_file",
        "UPDATE ON delivery_file WHEN NEW.position = 64",
        "INSERT ON rejection",
        "UPDATE ON delivery WHEN NEW.stage = 'settle'",
        "INSERT ON part WHEN NEW.settled = 1",
        "INSERT ON block WHEN NEW.feeder_no > 0",
        "INSERT ON exception",
        "UPDATE ON delivery WHEN NEW.stage IN ('bill', 'done')",
        "INSERT ON invoice",
        "INSERT ON hold",
        "INSERT ON invoice WHEN NEW.contract_id = 'K3'",
        "INSERT ON setting WHEN NEW.name = 'pending_bill' AND NEW.value = ''",
    ]

    @Test(arguments: moments)
    func `a run that stops in some commit is finished by the next one`(moment: String) throws {
        let branch = try branch()
        let stopped = try branch.stopsBilling(before: moment, asOf: "2026-03-12")
        #expect(stopped || moment.hasPrefix("INSERT ON series"), "nothing stops at \(moment)")
        let summary = try branch.bill(asOf: "2026-03-12")
        #expect(try branch.digest() == uninterrupted().digest)
        #expect(try branch.problems().isEmpty)
        #expect(summary.deliveries.allSatisfy { $0 == 1 })
        #expect(try branch.rows("SELECT delivery, stage FROM delivery") == [["1", "done"]])
        try expectArchived(in: branch)
    }

    @Test func `an interrupted delivery is finished first, whatever came since`() throws {
        let branch = try branch()
        #expect(
            try branch.stopsBilling(
                before: "INSERT ON part WHEN NEW.settled = 1", asOf: "2026-03-12"))
        let late = TwoFeeders.rows("M2", day: "2026-03-11", "0.225", slots: 40..<48)
        try branch.deliver("late.csv.gz", TwoFeeders.header + late)
        let summary = try branch.bill(asOf: "2026-03-12")
        #expect(summary.deliveries == [1, 2])
        #expect(summary.counts.invoices == 3)

        let twice = try uninterrupted().branch
        try twice.deliver("late.csv.gz", TwoFeeders.header + late)
        try twice.bill(asOf: "2026-03-12")
        #expect(try branch.currentTotals() == twice.currentTotals())
        let files = "SELECT delivery, count(*), sum(readings) FROM source_file GROUP BY 1"
        #expect(try branch.rows(files) == twice.rows(files))
        #expect(try branch.rows(files) == [["1", "72", "570"], ["2", "1", "8"]])
    }

    @Test func `what a stopped run found is told by the next one`() throws {
        let branch = try branch()
        #expect(try branch.stopsBilling(before: "INSERT ON invoice", asOf: "2026-03-12"))
        // As a kill leaves it: nobody noted how the run ended.
        #expect(try branch.attempt("UPDATE run SET status = 'running', delivery = NULL") == nil)
        let summary = try branch.bill(asOf: "2026-03-12")
        #expect(summary.counts.verdicts.rejected == 2)
        #expect(try branch.bill(asOf: "2026-03-12").counts.verdicts.rejected == 0)
    }

    @Test func `what a run found that was killed before its report is told by the next one, once`()
        throws
    {
        for tariffs in [true, false] {
            let branch = try branch()
            func night() throws -> RunSummary {
                try branch.run(asOf: "2026-03-12", tariffs: tariffs ? branch.tariffs : nil)
            }
            let name = try FileManager.default.contentsOfDirectory(atPath: branch.inbox).sorted()[0]
            try FileManager.default.copyItem(
                atPath: "\(branch.inbox)/\(name)", toPath: "\(branch.inbox)/z-\(name)")
            let first = try night()
            #expect(first.counts.filesRepeated == 1)
            #expect(first.counts.verdicts.rejected == 2)
            #expect(first.counts.invoices == (tariffs ? 2 : 0))
            // As a kill leaves it that comes after the last commit.
            #expect(
                try branch.attempt(
                    "UPDATE run SET status = 'running', delivery = NULL, finished_at = NULL") == nil
            )
            let summary = try night()
            #expect(summary.untoldRuns == [1])
            #expect(summary.deliveries == [1])
            #expect(summary.counts.verdicts.rejected == 2)
            #expect(summary.counts.invoices == first.counts.invoices)
            #expect(summary.counts.filesRepeated == 1)
            #expect(summary.totals == first.totals)
            #expect(summary.kilowattHours == first.kilowattHours)
            #expect(summary.needsAttention(branch.configuration.attention))
            let third = try night()
            #expect(third.untoldRuns.isEmpty)
            #expect(third.counts.invoices == 0)
            #expect(third.counts.verdicts.rejected == 0)
            #expect(
                try branch.rows("SELECT status, message FROM run") == [
                    ["stopped", "ended without its report"], ["done", "-"], ["done", "-"],
                ])
        }
    }

    @Test(arguments: ["INSERT ON retried_file", "INSERT ON part WHEN NEW.delivery = 2"])
    func `what is tried again and stops is no reason to bill before the rest is read`(
        moment: String
    ) throws {
        /// A second night that cures M9 and brings what M2 missed.
        func secondNight(stoppingAt moment: String?) throws -> TrialBranch {
            let branch = try branch()
            try branch.bill(asOf: "2026-03-12")
            try branch.importNetwork([
                "meters.csv": """
                meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes
                M9,S9,T2,2026-01-01,,1,6,15

                """,
                "service_points.csv":
                    "service_point_id,node_id,timezone\nS9,F2,Asia/Shanghai\n",
            ])
            let late = TwoFeeders.rows("M2", day: "2026-03-11", "0.225", slots: 40..<48)
            try branch.deliver("late.csv.gz", TwoFeeders.header + late)
            guard let moment else { return branch }
            #expect(try branch.stopsBilling(before: moment, asOf: "2026-03-20"))
            return branch
        }
        let stopped = try secondNight(stoppingAt: moment)
        try stopped.bill(asOf: "2026-03-20")
        let whole = try secondNight(stoppingAt: nil)
        try whole.bill(asOf: "2026-03-20")
        let invoices = "SELECT contract_id, total_minor, estimated_values FROM invoice"
        #expect(try whole.rows(invoices).count == 3)
        #expect(try stopped.rows(invoices) == whole.rows(invoices))
        #expect(try stopped.digest() == whole.digest())
    }

    @Test func `a delivery that is gone when it is finished stops nothing`() throws {
        let branch = try branch()
        #expect(try branch.stopsBilling(before: "INSERT ON source_file", asOf: "2026-03-12"))
        // Another change of input takes the next seq, and the inbox is emptied by hand.
        try branch.importNetwork(["customers.csv": "customer_id,name,class\nC4,Dai,home\n"])
        for name in try FileManager.default.contentsOfDirectory(atPath: branch.inbox) {
            try FileManager.default.removeItem(atPath: branch.inbox + "/" + name)
        }
        let process = try start(branch)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(try branch.rows("SELECT stage FROM delivery") == [["done"]])
        let seqs = try branch.column("SELECT seq FROM change ORDER BY seq")
        #expect(seqs == (1...seqs.count).map(String.init), "no change of input is forgotten")
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `a process killed at any moment leaves what the next one finishes`(seed: UInt64) throws {
        let expected = try uninterrupted().digest
        let branch = try branch()
        var numbers = SeededGenerator(seed: seed)
        for _ in 0..<3 {
            let process = try start(branch)
            usleep(UInt32.random(in: 5_000...400_000, using: &numbers))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        let last = try start(branch)
        last.waitUntilExit()
        #expect(last.terminationStatus == 2, "rejections and a hold need a person")
        #expect(try branch.digest() == expected)
        #expect(try branch.problems().isEmpty)
        try expectArchived(in: branch)
    }

    @Test func `two processes at once count nothing twice`() throws {
        let branch = try branch()
        let processes = [try start(branch), try start(branch)]
        for process in processes { process.waitUntilExit() }
        // 75: the other held the database; 0: the other was done before this one began.
        let statuses = processes.map(\.terminationStatus)
        #expect(statuses.allSatisfy { [0, 2, 75].contains($0) }, "\(statuses)")
        #expect(processes.contains { $0.terminationStatus == 2 })
        #expect(try branch.digest() == uninterrupted().digest)
    }

    private func start(_ branch: TrialBranch) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: try tallywattPath())
        process.arguments = [
            "run", "--database", branch.database, "--inbox", branch.inbox, "--tariffs",
            branch.tariffs, "--as-of", "2026-03-12", "--user", "test", "--quiet",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Every file that counts is in the archive.
    private func expectArchived(in branch: TrialBranch) throws {
        let files = try branch.column("SELECT sha256 FROM source_file")
        let store = try branch.store()
        for sha256 in files {
            #expect(FileManager.default.fileExists(atPath: store.archivePath(sha256: sha256)))
        }
    }
}

/// The built command, which stands beside the tests.
func tallywattPath() throws -> String {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(filePath: tests).deletingLastPathComponent().appending(path: "tallywatt").path
}
