// SPDX-License-Identifier: Apache-2.0

import Foundation
import MeterModel
import Quantities
import Store
import Synthesis
import Testing
import TestSupport

@testable import BatchRun

/// Law 4: content does not depend on where a file's readings are cut into batches.
@Suite struct BatchSizeTests {
    /// Files of several windows, of each kind of order, some delivered twice.
    static let plans: [GenerationPlan] = {
        var byMeter = GenerationPlan(meters: 150, days: 3)
        byMeter.metersPerFile = 150
        byMeter.daysPerFile = 3
        var byTime = byMeter
        byTime.order = .time
        byTime.overlap = Exact(1, over: 2)
        var nem12 = byMeter
        nem12.format = .nem12
        return [byMeter, byTime, nem12]
    }()

    /// Runs the nightly job with batches of so many cells.
    private func run(_ branch: TrialBranch, batchCells: Int) throws -> RunSummary {
        var job = NightlyRun(
            store: try branch.store(), configuration: branch.configuration,
            author: ChangeAuthor(user: "test", command: "run"), threads: 2,
            progress: SilentProgress())
        job.batchCells = batchCells
        let day = try #require(CivilDay(iso: "2026-02-01"))
        var request = NightlyRun.Request(asOf: day)
        request.today = day
        request.inbox = branch.inbox
        var summary = RunSummary(asOf: day)
        try job.run(request, summary: &summary)
        return summary
    }

    @Test(arguments: plans)
    func `wherever batches are cut, the content is the same`(plan: GenerationPlan) throws {
        let made = try GeneratedBranch(plan)
        var digests: Set<String> = []
        for batchCells in [1, 2000, 20_000, 400_000] {
            let branch = try made.branch()
            let summary = try run(branch, batchCells: batchCells)
            #expect(summary.counts.verdicts.readings == made.report.readings)
            #expect(try branch.problems().isEmpty)
            digests.insert(try branch.digest())
            // Rows by meter are cut between meters, so that what is read is what stays.
            let settled = try branch.rows("SELECT count(*) FROM part WHERE file_no IS NULL")
            if plan.order == .meter, batchCells >= 20_000 {
                #expect(settled == [["0"]], "\(batchCells) cells")
            }
        }
        #expect(digests.count == 1)
    }

    @Test func `a file of many batches is archived whole, or not at all`() throws {
        let made = try GeneratedBranch(Self.plans[0])
        let branch = try made.branch()
        let inbox = URL(filePath: branch.inbox)
        let name = try #require(FileManager.default.contentsOfDirectory(atPath: branch.inbox).first)
        let bytes = try Data(contentsOf: inbox.appending(path: name))
        try bytes.dropLast().write(to: inbox.appending(path: "cut.csv.gz"))
        try bytes.write(to: inbox.appending(path: "same.csv.gz"))
        let summary = try run(branch, batchCells: 1)
        #expect(summary.counts.filesQuarantined == 1)
        #expect(summary.counts.filesRepeated == 1)
        let archive = URL(filePath: branch.database + ".d/archive")
        let kept = try FileManager.default.subpathsOfDirectory(atPath: archive.path)
            .filter { $0.utf8.count > 64 }
        #expect(kept.count == 1)
        for path in kept { #expect(try Data(contentsOf: archive.appending(path: path)) == bytes) }
        let incoming = archive.appending(path: "incoming").path
        #expect(try FileManager.default.contentsOfDirectory(atPath: incoming) == [])
    }
}
