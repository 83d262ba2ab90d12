// SPDX-License-Identifier: Apache-2.0

import MeterIngest
import MeterModel
import MeterScan
import Quantities
import Store
import Synchronization

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
    /// What a retry tried again, by zip member; empty for a file read whole.
    var retried: [String: RetriedRejections] = [:]

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

    /// Leaves of a retry what it changed: lines of which every cell is refused for the same curable
    /// reason still stay as they are.
    ///
    /// Of any other line the rejections end, and what is refused of it now is refused anew. So does
    /// what is refused for another reason: what turns out to be in the future waits for its day now.
    mutating func keepChanged() throws {
        var line = RefusedLine()
        try rejections.forEach { rejection in
            if rejection.line != line.number || rejection.member != line.member {
                line.keep(in: &retried)
                line = RefusedLine(member: rejection.member, number: rejection.line)
            }
            line.add(rejection)
        }
        line.keep(in: &retried)
        rejections.passOver(keptIn: retried)
    }
}

/// What a retry refused of one line; the rejections of a line come together.
private struct RefusedLine {
    var member = ""
    var number = 0
    private var refused: [ReadingRejection] = []

    init(member: String = "", number: Int = 0) {
        (self.member, self.number) = (member, number)
    }

    mutating func add(_ rejection: ReadingRejection) {
        if rejection.code.isCurable { refused.append(rejection) }
    }

    /// Keeps the line's rejections where nothing changed.
    func keep(in retried: inout [String: RetriedRejections]) {
        guard let before = retried[member]?.entries(ofLine: number), isRefused(as: before) else {
            return
        }
        retried[member]?.keep(line: number)
    }

    /// True where as much is refused as was before, for the same reasons.
    ///
    /// The reasons stand too where cells were refused before and the line is now: a rejection of the
    /// line would not tell which of its cells are meant, and a later retry would read the others twice.
    private func isRefused(as before: [RetriedRejections.Entry]) -> Bool {
        if before.contains(where: { $0.cell != nil }), refused.contains(where: { $0.cell == nil }) {
            return before.reduce(0) { $0 + $1.readings } == refused.reduce(0) { $0 + $1.readings }
        }
        return readings(before.lazy.map { ($0.code, $0.readings) })
            == readings(refused.lazy.map { ($0.code, $0.readings) })
    }

    /// How many readings each code stands for.
    private func readings(_ counts: some Sequence<(RejectionCode, Int)>) -> [RejectionCode: Int] {
        Dictionary(counts, uniquingKeysWith: +)
    }
}

/// Reads one file into parts and rejections; runs on many threads at once.
struct FileWork: Sendable {
    let store: TallyStore
    let network: Network
    let context: IngestContext
    /// How many cells a batch holds before it is cut into parts.
    let batchCells: Int
    /// For a retry, whose files are named by their SHA-256 as the archive does, the date that stands
    /// for today; nil for a delivery.
    let retryDate: CivilDay?
    /// Memory of workers that have read a file.
    private let idle = IdleMemory()

    init(
        store: TallyStore, network: Network, context: IngestContext, batchCells: Int,
        retryDate: CivilDay?
    ) {
        (self.store, self.network, self.context) = (store, network, context)
        (self.batchCells, self.retryDate) = (batchCells, retryDate)
    }

    /// How many bytes of a file's parts are held until the file is whole; a usual file has far less.
    private static let heldBytes = 2 << 20

    func read(_ file: PlannedFile) throws -> FileOutcome {
        guard let stamp = DurableFile.stamp(of: file.path) else {
            return FileOutcome(file: file, state: .vanished)
        }
        if retryDate == nil, stamp != file.stamp {
            return FileOutcome(file: file, state: .postponed)
        }
        do {
            let retried = try retryDate.map { asOf in
                try store.read { transaction in
                    try transaction.retriedRejections(ofFile: file.name, asOf: asOf)
                }
            }
            var isCopyBegun = false
            var outcome = try ingest(file, retrying: retried, &isCopyBegun)
            if let retried {
                outcome.retried = retried
                try outcome.keepChanged()
            }
            try outcome.bookRejections()
            guard retryDate == nil else { return outcome }
            guard let source = outcome.source else {
                try store.dropCopy(place: file.position)
                return outcome
            }
            let isSteady = try store.copyAside(
                file.path, sha256: source.sha256, place: file.position, isBegun: isCopyBegun
            ) {
                DurableFile.stamp(of: file.path) == stamp
            }
            return isSteady ? outcome : FileOutcome(file: file, state: .postponed)
        } catch let quarantine as FileQuarantine {
            try store.dropCopy(place: file.position)
            return quarantined(file, quarantine)
        }
    }

    /// - Parameter isCopyBegun: True once pieces of a long file are copied for the archive.
    private func ingest(
        _ file: PlannedFile, retrying retried: [String: RetriedRejections]?,
        _ isCopyBegun: inout Bool
    ) throws -> FileOutcome {
        var memory = idle.take()
        var ingest = try FileIngest(
            path: file.path, context: context, retrying: retried,
            reusing: exchange(&memory.buffers, with: DeliveryBuffers()))
        var outcome = FileOutcome(file: file, state: .done)
        let scratch = store.scratch()
        outcome.rejections = RejectionLog(scratch: scratch)
        var assembly = PartAssembly(network: network)
        var rejections: [ReadingRejection] = []
        var (more, heldBytes, readings) = (true, 0, 0)
        while more {
            more = try ingest.next(
                into: &memory.batch, rejections: &rejections, cellBudget: batchCells)
            if more, retryDate == nil {
                try store.copyPieceAside(
                    file.path, place: file.position, isBegun: isCopyBegun)
                isCopyBegun = true
            }
            readings += rejections.reduce(0) { $0 + $1.readings }
            try outcome.rejections.take(&rejections)
            for var part in assembly.parts(
                of: memory.batch, isPrimary: ingest.isMultiplierApplied)
            {
                readings += part.counts.readings
                heldBytes += part.body.count
                if heldBytes > FileWork.heldBytes { try part.body.putAside(in: scratch) }
                outcome.parts.append(part)
            }
            memory.batch.removeAll()
        }
        let summary = ingest.summary
        memory.buffers = ingest.giveBuffers()
        idle.give(exchange(&memory, with: WorkerMemory()))
        if summary.changedWhileRead { return FileOutcome(file: file, state: .postponed) }
        outcome.energy = assembly.energy
        outcome.source = SourceFileRow(
            sha256: summary.sha256, name: file.name,
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
            sha256: quarantine.sha256, name: file.name,
            format: nil, bytes: quarantine.deliveredBytes, inflatedBytes: 0, status: "quarantined",
            detail: "\(quarantine.code.rawValue): \(quarantine.detail)")
        outcome.rejections = RejectionLog(
            ReadingRejection(
                quarantine.code, line: 0, byte: 0, found: quarantine.detail, readings: 0))
        return outcome
    }
}

/// What a worker needs memory for: the file's bytes, and the readings they become.
private struct WorkerMemory: Sendable {
    var buffers = DeliveryBuffers()
    var batch = ReadingBatch()
}

/// The memory of workers between two files; so it is made once for each worker, not for each file.
private final class IdleMemory: Sendable {
    private let idle = Mutex<[WorkerMemory]>([])

    func take() -> WorkerMemory { idle.withLock { $0.popLast() } ?? WorkerMemory() }

    func give(_ memory: WorkerMemory) { idle.withLock { $0.append(memory) } }
}

extension PlannedFile {
    /// Its name without folders.
    fileprivate var name: String { String(path.split(separator: "/").last ?? "") }
}
