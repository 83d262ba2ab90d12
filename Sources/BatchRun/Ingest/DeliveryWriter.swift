// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Store
import Synchronization

/// Commits what workers made of files, in the plan's order and in groups.
///
/// The files' copies are archived and the bodies of parts go to the month files first; then one
/// transaction of the main file lists them, books the counts and marks the files as read. A crash in
/// between leaves archived files and unlisted bodies that the next run finds again.
final class DeliveryWriter: Sendable {
    private struct Group {
        var outcomes: [FileOutcome] = []
        var bytes = 0
        var nextPart: Int64
    }

    private let store: TallyStore
    private let delivery: DeliveryRow
    private let network: Network
    private let group: Mutex<Group>

    /// Files and bytes of a group: large enough that syncing costs little, small enough to be a pause.
    private static let (groupFiles, groupBytes) = (64, 8 << 20)

    init(store: TallyStore, delivery: DeliveryRow, network: Network, nextPart: Int64) {
        self.store = store
        self.delivery = delivery
        self.network = network
        group = Mutex(Group(nextPart: nextPart))
    }

    /// Takes results that are next in order and commits them when the group is full.
    func add(_ outcomes: [FileOutcome]) throws {
        try group.withLock { group in
            for outcome in outcomes {
                group.outcomes.append(outcome)
                group.bytes += outcome.parts.reduce(0) { $0 + $1.body.count }
                if group.outcomes.count >= DeliveryWriter.groupFiles
                    || group.bytes >= DeliveryWriter.groupBytes
                {
                    try commit(&group)
                }
            }
        }
    }

    /// Commits what is left.
    func finish() throws {
        try group.withLock { try commit(&$0) }
    }

    private func commit(_ group: inout Group) throws {
        guard !group.outcomes.isEmpty else { return }
        try store.archive(
            group.outcomes.compactMap { outcome in
                outcome.source.map { ($0.sha256, outcome.file.position) }
            })
        let outcomes = try withoutRepeats(group.outcomes)
        var bodies: [StoredBody] = []
        var listings: [[PartRow]] = []
        for outcome in outcomes {
            var rows: [PartRow] = []
            for part in outcome.parts {
                let month = MonthFile.month(of: part.key.day)
                bodies.append(
                    StoredBody(partID: group.nextPart, month: month, body: part.body))
                rows.append(
                    PartRow(
                        partID: group.nextPart, month: month, key: part.key,
                        delivery: delivery.delivery, file: nil, readings: part.counts.readings,
                        firstMeter: part.firstMeter, lastMeter: part.lastMeter,
                        meters: part.meters, streams: part.streams, isClean: part.isClean,
                        bytes: part.body.count))
                group.nextPart += 1
            }
            listings.append(rows)
        }
        try store.append(bodies)
        try store.write { transaction in
            for (outcome, rows) in zip(outcomes, listings) {
                try book(outcome, parts: rows, in: transaction)
            }
        }
        group.outcomes.removeAll()
        group.bytes = 0
    }

    /// Turns files whose bytes are known, or stand earlier in the group, into repeats.
    private func withoutRepeats(_ outcomes: [FileOutcome]) throws -> [FileOutcome] {
        if delivery.kind == DeliveryKind.retry.rawValue { return outcomes }
        var seen: Set<String> = []
        return try store.read { transaction in
            try outcomes.map { outcome in
                guard let sha256 = outcome.source?.sha256 else { return outcome }
                let isKnown = try transaction.fileNumber(sha256: sha256) != nil
                guard isKnown || !seen.insert(sha256).inserted else { return outcome }
                var repeated = FileOutcome(file: outcome.file, state: .repeated)
                repeated.source = outcome.source
                return repeated
            }
        }
    }

    private func book(_ outcome: FileOutcome, parts: [PartRow], in transaction: StoreTransaction)
        throws
    {
        let number = delivery.delivery
        try transaction.finish(
            outcome.file, of: number, state: outcome.state, sha256: outcome.source?.sha256)
        guard let source = outcome.source else { return }
        // A quarantined file is looked at again each night: a new profile may be able to read it.
        if delivery.kind != DeliveryKind.retry.rawValue, outcome.state != .quarantined {
            try transaction.remember(outcome.file)
        }
        if outcome.state == .repeated { return }
        let isRetry = delivery.kind == DeliveryKind.retry.rawValue
        let counts = outcome.counts
        let file = try transaction.insert(
            source, counts: isRetry ? VerdictCounts() : counts, delivery: number)
        if outcome.state == .quarantined {
            try outcome.rejections.forEach {
                try transaction.keepQuarantine($0, ofFile: source.sha256, delivery: number)
            }
            return
        }
        if !isRetry { try transaction.closeQuarantine(ofFile: source.sha256, by: number) }
        if isRetry {
            if counts.readings > 0 {
                try transaction.add(counts, toFile: file, delivery: number, isRetry: true)
            }
            for retried in outcome.retried.values { try transaction.close(retried, by: number) }
        }
        try transaction.add(
            outcome.energy, toFile: file, delivery: number, isRetry: isRetry)
        try transaction.list(
            parts.map { part in
                var part = part
                part.file = file
                return part
            }, settled: false)
        var rejected = try transaction.rejectionRows(ofFile: source.sha256, delivery: number)
        try outcome.rejections.forEach { rejection in
            try rejected.insert(
                rejection,
                meterID: rejection.meter.map { network.id(of: MeterNumber(rawValue: $0)) })
        }
        for (feeder, counts) in feederCounts(of: outcome) {
            try transaction.add(counts, toFeeder: feeder, delivery: number)
        }
    }

    /// The counts by feeder; rejections count where their meter, and so its feeder, is known.
    private func feederCounts(of outcome: FileOutcome) -> [(feeder: String, counts: VerdictCounts)]
    {
        var byFeeder: [FeederNumber: VerdictCounts] = [:]
        for part in outcome.parts {
            byFeeder[FeederNumber(rawValue: UInt32(part.key.feeder)), default: VerdictCounts()] +=
                part.counts
        }
        for (meter, readings) in outcome.rejected.byMeter {
            guard let feeder = network.spans(of: MeterNumber(rawValue: meter)).last?.feeder else {
                continue
            }
            byFeeder[feeder, default: VerdictCounts()].readings += readings
            byFeeder[feeder, default: VerdictCounts()].rejected += readings
        }
        return byFeeder.sorted { $0.key < $1.key }.map { (network.id(of: $0.key), $0.value) }
    }
}

/// Why a delivery is made.
enum DeliveryKind: String, Sendable {
    /// Files that a run found in its inbox.
    case run
    /// Files named on the command line.
    case ingest
    /// Archived files whose rejected lines are tried again.
    case retry
}
