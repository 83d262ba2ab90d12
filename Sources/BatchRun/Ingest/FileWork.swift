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
    var rejections = RejectionLog()
    var rejected = RejectedTally()
    /// Energy of the interval values by channel, unit and verdict, before settling.
    var energy: [EnergyKey: Exact] = [:]
    /// The lines, by zip member, that a retry was to try again; nil for a file read whole.
    var retriedLines: [String: Set<Int>]?

    /// What became of the file's readings, before settling.
    var counts: VerdictCounts {
        var counts = VerdictCounts()
        for part in parts { counts += part.counts }
        counts.readings += rejected.readings
        counts.rejected += rejected.readings
        return counts
    }

    /// Counts what is refused, and adds its energy to that of the readings in parts.
    mutating func bookRejections() throws {
        rejected = RejectedTally()
        try rejections.forEach { rejected.add($0) }
        for (key, sum) in rejected.energy {
            energy[key.name(verdict: "rejected"), default: .zero] += key.exact(sum)
        }
    }

    /// Leaves what a retry cured: lines that are refused for a curable reason still stay as they are.
    ///
    /// One that an import cured, and that turns out to be in the future, is refused anew: it waits for
    /// its day now, not for an import.
    mutating func keepCured(of retried: CurableLines) throws {
        var stillRefused: [String: Set<Int>] = [:]
        try rejections.forEach { rejection in
            let wasFuture = retried.future[rejection.member]?.contains(rejection.line) ?? false
            guard rejection.code.isCurable, rejection.code != .futureTime || wasFuture else {
                return
            }
            stillRefused[rejection.member, default: []].insert(rejection.line)
        }
        rejections.skippedLines = stillRefused
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

    /// How many bytes of a file's parts are held until the file is whole; a usual file has far less.
    private static let heldBytes = 2 << 20

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
            if let lines { try outcome.keepCured(of: lines) }
            try outcome.bookRejections()
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
        let scratch = store.scratch()
        outcome.rejections = RejectionLog(scratch: scratch)
        var assembly = PartAssembly(network: network)
        var batch = ReadingBatch()
        var rejections: [ReadingRejection] = []
        var (more, heldBytes, readings) = (true, 0, 0)
        while more {
            more = try ingest.next(
                into: &batch, rejections: &rejections, cellBudget: FileWork.cellBudget)
            readings += rejections.reduce(0) { $0 + $1.readings }
            try outcome.rejections.take(&rejections)
            for var part in assembly.parts(of: batch, isPrimary: ingest.summary.multiplierApplied) {
                readings += part.counts.readings
                heldBytes += part.body.count
                if heldBytes > FileWork.heldBytes { try part.body.putAside(in: scratch) }
                outcome.parts.append(part)
            }
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
            readings == summary.readings, "every delivered reading is in a part or a rejection"
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
        outcome.rejections = RejectionLog(
            ReadingRejection(
                quarantine.code, line: 0, byte: 0, found: quarantine.detail, readings: 0))
        return outcome
    }
}
