// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// How far generating has come.
public struct GenerationProgress: Hashable, Sendable {
    /// Plan entries finished: files, with those that follow them.
    public let done: Int
    /// Plan entries in all.
    public let total: Int
}

/// Makes a branch, its reading files and what they add up to, in an empty folder.
///
/// Writes `network/`, `inbox/` and, last, `expected.json`: where that file is, all others are whole.
///
/// - Parameters:
///   - folder: The folder to fill; made where it is missing.
///   - threads: How many files are made at a time; the bytes do not depend on it.
///   - progress: Called after each file, from any thread.
public func generate(
    _ plan: GenerationPlan, into folder: String, threads: Int,
    progress: @escaping @Sendable (GenerationProgress) -> Void = { _ in }
) throws(GenerationError) -> GenerationReport {
    precondition(threads >= 1, "at least one worker")
    try plan.check()
    try makeEmptyFolder(folder)
    try makeEmptyFolder(folder + "/network")
    try makeEmptyFolder(folder + "/inbox")
    let branch = Branch(plan)
    let network = NetworkTables(plan: plan, branch: branch, folder: folder + "/network/")
    let tables = NetworkTables.Table.allCases
    let total = PlannedFile.count(plan, branch)
    let tasks = tables.count + total
    let inbox = folder + "/inbox/"
    let state = Mutex(GenerationState(meters: plan.meters))
    DispatchQueue.concurrentPerform(iterations: min(threads, tasks)) { _ in
        var maker = FileMaker(plan, branch)
        while let next = state.withLock({ $0.takeNext(below: tasks) }) {
            do throws(GenerationError) {
                if next < tables.count {
                    try network.write(tables[next])
                    continue
                }
                for file in maker.make(PlannedFile(next - tables.count, plan, branch)) {
                    try writeWhole(file.bytes, to: inbox + file.name)
                }
                let sums = maker.sums
                let done = state.withLock { $0.finish(sums) }
                progress(GenerationProgress(done: done, total: total))
            } catch {
                state.withLock { $0.failure = error }
            }
        }
        let report = maker.report
        state.withLock { $0.report.add(report) }
    }
    let (totals, report, failure) = state.withLock { ($0.totals, $0.report, $0.failure) }
    if let failure { throw failure }
    try totals.write(plan, branch, to: folder + "/expected.json")
    return report
}

/// What the workers share; everything in it is a sum, so their order leaves no trace.
private struct GenerationState {
    var totals: ExpectedTotals
    var report = GenerationReport()
    /// Why generating stops; no further table or file is begun.
    var failure: GenerationError?
    private var begun = 0
    private var done = 0

    init(meters: Int) {
        totals = ExpectedTotals(meters: meters)
    }

    mutating func takeNext(below total: Int) -> Int? {
        guard begun < total, failure == nil else { return nil }
        begun += 1
        return begun - 1
    }

    mutating func finish(_ sums: [(stream: MeterStream, wattHours: Int64)]) -> Int {
        totals.add(sums)
        done += 1
        return done
    }
}

extension GenerationReport {
    fileprivate mutating func add(_ other: GenerationReport) {
        files += other.files
        readings += other.readings
        compressedBytes += other.compressedBytes
        plainBytes += other.plainBytes
    }
}
