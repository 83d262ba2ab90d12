// SPDX-License-Identifier: Apache-2.0

import MeterIngest
import MeterModel
import MeterScan
import Quantities
import Store

/// What a worker made of one planned file; the writer commits it.
struct FileOutcome: Sendable {
    var file: PlannedFile
    var state: PlannedFileState
    var source: SourceFileRow?
    var parts: [AssembledPart] = []
    var rejections: [ReadingRejection] = []
    /// Energy of the interval values by channel, unit and verdict, before settling.
    var energy: [EnergyKey: Exact] = [:]
    /// The lines, by zip member, that a retry was to try again; nil for a file read whole.
    var retriedLines: [String: Set<Int>]?

    /// What became of the file's readings, before settling.
    var counts: VerdictCounts {
        var counts = VerdictCounts()
        for part in parts { counts += part.counts }
        let rejected = rejections.reduce(0) { $0 + $1.readings }
        counts.readings += rejected
        counts.rejected += rejected
        return counts
    }

    /// Adds the energy of what is refused to that of the readings in parts.
    mutating func bookRejectedEnergy() {
        var sums: [EnergySumKey: Int128] = [:]
        for case let energy? in rejections.lazy.map(\.energy) {
            let key = EnergySumKey(
                channel: energy.channel, unit: energy.unit, decimals: energy.decimals)
            sums[key, default: 0] += energy.value
        }
        for (key, sum) in sums {
            energy[key.name(verdict: "rejected"), default: .zero] += key.exact(sum)
        }
    }

    /// Leaves what a retry cured: lines that are refused for a curable reason still stay as they are.
    ///
    /// One that an import cured, and that turns out to be in the future, is refused anew: it waits for
    /// its day now, not for an import.
    mutating func keepCured(of retried: CurableLines) {
        var stillRefused: [String: Set<Int>] = [:]
        for rejection in rejections where rejection.code.isCurable {
            let wasFuture = retried.future[rejection.member]?.contains(rejection.line) ?? false
            guard rejection.code != .futureTime || wasFuture else { continue }
            stillRefused[rejection.member, default: []].insert(rejection.line)
        }
        rejections.removeAll { stillRefused[$0.member]?.contains($0.line) ?? false }
        retriedLines = retried.lines.reduce(into: [:]) { cured, lines in
            cured[lines.key] = lines.value.subtracting(stillRefused[lines.key] ?? [])
        }
    }
}

/// Reads one file into parts and rejections; runs on many threads at once.
struct FileWork: Sendable {
    let store: TallyStore
    let network: Network
    let context: IngestContext
    /// Lines to try again of the file whose SHA-256 is its name in the archive; nil for a delivery.
    let retries: [String: CurableLines]?

    /// How many cells a batch holds before it is cut into parts: some MB, so that it stays small
    /// beside the caches and a huge file is cut many times.
    private static let cellBudget = 400_000

    func read(_ file: PlannedFile) throws -> FileOutcome {
        let sha256 = retries == nil ? nil : String(file.path.split(separator: "/").last ?? "")
        let lines = sha256.flatMap { retries?[$0] }
        guard let stamp = DurableFile.stamp(of: file.path) else {
            return FileOutcome(file: file, state: .vanished)
        }
        if retries == nil, stamp != file.stamp {
            return FileOutcome(file: file, state: .postponed)
        }
        do {
            var outcome = try ingest(file, onlyLines: lines?.lines)
            if let lines { outcome.keepCured(of: lines) }
            outcome.bookRejectedEnergy()
            guard retries == nil, let source = outcome.source else { return outcome }
            let isSteady = try store.copyAside(
                file.path, sha256: source.sha256, place: file.position
            ) {
                DurableFile.stamp(of: file.path) == stamp
            }
            return isSteady ? outcome : FileOutcome(file: file, state: .postponed)
        } catch let quarantine as FileQuarantine {
            return quarantined(file, quarantine)
        }
    }

    private func ingest(_ file: PlannedFile, onlyLines: [String: Set<Int>]?) throws -> FileOutcome {
        var ingest = try FileIngest(path: file.path, context: context, onlyLines: onlyLines)
        var outcome = FileOutcome(file: file, state: .done)
        var assembly = PartAssembly(network: network)
        var batch = ReadingBatch()
        var more = true
        while more {
            more = try ingest.next(
                into: &batch, rejections: &outcome.rejections, cellBudget: FileWork.cellBudget)
            outcome.parts += assembly.parts(of: batch, isPrimary: ingest.summary.multiplierApplied)
            batch.removeAll()
        }
        let summary = ingest.summary
        if summary.changedWhileRead { return FileOutcome(file: file, state: .postponed) }
        outcome.energy = assembly.energy
        outcome.source = SourceFileRow(
            sha256: summary.sha256, name: String(file.path.split(separator: "/").last ?? ""),
            format: summary.format, bytes: summary.deliveredBytes,
            inflatedBytes: summary.inflatedBytes, status: "accepted")
        precondition(
            outcome.counts.readings == summary.readings, "every delivered reading is in the outcome"
        )
        return outcome
    }

    /// A file refused as a whole: one rejection stands for it, and nothing of it counts.
    private func quarantined(_ file: PlannedFile, _ quarantine: FileQuarantine) -> FileOutcome {
        var outcome = FileOutcome(file: file, state: .quarantined)
        outcome.source = SourceFileRow(
            sha256: quarantine.sha256, name: String(file.path.split(separator: "/").last ?? ""),
            format: nil, bytes: quarantine.deliveredBytes, inflatedBytes: 0, status: "quarantined",
            detail: "\(quarantine.code.rawValue): \(quarantine.detail)")
        outcome.rejections = [
            ReadingRejection(
                quarantine.code, line: 0, byte: 0, found: quarantine.detail, readings: 0)
        ]
        return outcome
    }
}
