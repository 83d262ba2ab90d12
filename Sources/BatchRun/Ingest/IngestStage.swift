// SPDX-License-Identifier: Apache-2.0

import MeterIngest
import MeterModel
import MeterScan
import Quantities
import Store

/// What reading a delivery came to.
struct IngestResult {
    /// False where no file was new; the delivery is withdrawn then.
    var brought: Bool
    /// How many files ended in each state.
    var states: [PlannedFileState: Int]
    /// The files of the inbox that need not be read again.
    var finished: [PlannedFile]
}

/// Reads the files of a delivery that were not read yet; parallel over files, committed in order.
struct IngestStage {
    let store: TallyStore
    let network: Network
    let delivery: DeliveryRow
    let asOf: CivilDay
    let zone: TimeZoneTable
    let isStrict: Bool
    let profiles: ProfileSet
    let threads: Int
    let batchCells: Int

    /// Reads, and enters the next stage; a delivery that brought nothing is withdrawn.
    func run(progress: any ProgressReporter) throws -> IngestResult {
        let files = try store.read { try $0.unreadFiles(of: delivery.delivery) }
        let nextPart = try store.sweepUnlistedParts()
        try store.sweepCopies()
        // "Future" is an interval that ends after the day after `as_of` (law 4).
        var context = IngestContext(
            profiles: profiles,
            index: MeterIndex(network.directoryColumns(), zones: network.zones),
            zones: network.zones, latestEnd: zone.startOfDay(asOf + 2).seconds, strict: isStrict)
        let idle = IdleThreads()
        context.idle = idle
        let isRetry = delivery.kind == DeliveryKind.retry.rawValue
        let work = FileWork(
            store: store, network: network, context: context, batchCells: batchCells,
            retryDate: isRetry ? asOf : nil)
        let writer = DeliveryWriter(
            store: store, delivery: delivery, network: network, nextPart: nextPart)
        progress.begin("read", of: files.count)
        try OrderedCommit<FileOutcome>(threads: threads, window: threads * 8, idle: idle).run(
            count: files.count
        ) {
            try work.read(files[$0])
        } write: { outcomes in
            try writer.add(outcomes)
            progress.advance(by: outcomes.count)
        }
        try writer.finish()
        progress.end()
        return try store.write { transaction in
            let result = IngestResult(
                brought: try transaction.brings(delivery),
                states: try transaction.fileStates(of: delivery.delivery),
                finished: delivery.kind == DeliveryKind.run.rawValue
                    ? try transaction.finishedFiles(of: delivery.delivery) : [])
            if result.brought {
                try transaction.enter(.settle, delivery: delivery.delivery)
            } else {
                try transaction.withdraw(delivery)
            }
            return result
        }
    }
}
