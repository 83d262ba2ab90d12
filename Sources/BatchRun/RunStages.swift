// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Logging
import MeterIngest
import MeterModel
import Quantities
import Store

/// The stages of one run, in their order, with what they share.
struct RunStages {
    let job: NightlyRun
    let request: NightlyRun.Request
    let network: Network
    let profiles: ProfileLibrary
    let zone: TimeZoneTable
    /// The date by the wall clock.
    let today: CivilDay
    let tariffs: TariffLibrary?
    let run: Int

    /// Finishes what a crash left, then does what is new.
    func run(_ summary: inout RunSummary) throws {
        try FarDate.refuse(request.asOf, today: today, in: job.store)
        try UnknownName.refuse(contract: request.contract, feeder: request.feeder, in: network)
        let done = try request.done.map {
            try DoneFolder($0, database: job.store.folder, inbox: request.inbox)
        }
        let inbox = try request.inbox.map { try Inbox($0, done: request.done) }
        summary.passedOver = inbox?.passedOver ?? []
        var read: [PlannedFile] = []
        try tellUntold(&summary)
        if let interrupted = try job.store.read({ try $0.interruptedDelivery() }) {
            job.log.notice("finishing interrupted delivery \(interrupted.delivery)")
            try settle(interrupted, &summary, &read)
        }
        var billed: CivilDay?
        if let tariffs, let pending = try job.store.read({ try $0.pendingBill() }),
            let asOf = CivilDay(iso: pending)
        {
            if try isLikely(asOf) {
                job.log.notice("billing as of \(asOf), which an earlier run began")
                try bill(tariffs, asOf: asOf, &summary)
                billed = asOf
            } else {
                job.log.notice("not billing as of \(asOf), which an earlier run began: too far")
                try job.store.write { try $0.forgetPendingBill() }
            }
        }
        summary.counts.corrections +=
            try tariffs?.synchroniseSeries(with: job.store, by: job.author) ?? 0
        var brought = false
        for kind in [DeliveryKind.retry, request.inbox == nil ? .ingest : .run] {
            guard let delivery = try plan(kind, inbox, &read) else { continue }
            job.log.info("delivery \(delivery.delivery) (\(kind.rawValue)) planned")
            if try settle(delivery, &summary, &read) { brought = true }
        }
        if let tariffs, brought || billed != request.asOf {
            try bill(tariffs, asOf: request.asOf, &summary)
        }
        // Last, as nothing else waits for it: those that stay are moved by the next run.
        if let done { summary.unmoved = done.move(read) }
    }

    /// Adds what runs found that were killed before they could report it.
    private func tellUntold(_ summary: inout RunSummary) throws {
        let (runs, deliveries) = try job.store.read {
            (try $0.untoldRuns(before: run), try $0.untoldDeliveries())
        }
        summary.untoldRuns = runs
        if runs.isEmpty { return }
        for delivery in deliveries { try summary.add(delivery, from: job.store) }
        for run in runs { summary.add(try job.store.read { try $0.issued(byRun: run) }) }
    }

    /// Commits the plan of a delivery; nil where there is nothing to read.
    private func plan(_ kind: DeliveryKind, _ inbox: Inbox?, _ read: inout [PlannedFile]) throws
        -> DeliveryRow?
    {
        let files: [PlannedFile]
        switch kind {
        case .retry:
            let isDue = try job.store.read {
                try $0.isRetryDue(rules: profiles.sha256, asOf: request.asOf)
            }
            guard isDue else { return nil }
            let hashes = try job.store.read { try $0.retriedFiles(asOf: request.asOf) }
            files = DeliveryPlan.retries(hashes, store: job.store)
            if files.isEmpty { try job.store.write { try $0.noteRetry(rules: profiles.sha256) } }
        case .run:
            let found = try DeliveryPlan.plan(inbox?.files ?? [], store: job.store)
            files = found.new
            // Those of a run that was stopped before it moved them, or that was not to.
            read += found.read
        case .ingest:
            let named = try DeliveryPlan.files(named: request.files)
            files = try DeliveryPlan.plan(named, store: job.store).new
        }
        guard !files.isEmpty else { return nil }
        return try job.store.write { transaction in
            let delivery = try transaction.plan(
                kind: kind.rawValue, asOf: request.asOf.description,
                rulesSHA256: profiles.sha256, tariffsSHA256: tariffs?.sha256 ?? "",
                files: files, by: job.author)
            if kind == .retry { try transaction.noteRetry(rules: profiles.sha256) }
            // What is tried again comes before what is new: the bill belongs to the latter.
            if kind != .retry, tariffs != nil {
                try transaction.notePendingBill(asOf: request.asOf.description)
            }
            return delivery
        }
    }

    /// Takes a delivery through the stages it has left; false where it brought nothing.
    @discardableResult
    private func settle(
        _ delivery: DeliveryRow, _ summary: inout RunSummary, _ read: inout [PlannedFile]
    ) throws -> Bool {
        let asOf = CivilDay(iso: delivery.asOf) ?? request.asOf
        if delivery.stage == .ingest {
            let ingest = IngestStage(
                store: job.store, network: network, delivery: delivery, asOf: asOf, zone: zone,
                isStrict: job.configuration.strictNEM12, profiles: profiles.set,
                threads: job.threads, batchCells: job.batchCells)
            let result = try ingest.run(progress: job.progress)
            summary.filesPostponed += result.states[.postponed] ?? 0
            read += result.finished
            guard result.brought else {
                summary.counts.filesRepeated += result.states[.repeated] ?? 0
                return false
            }
        }
        try SettleStage(
            store: job.store, network: network, delivery: delivery, asOf: asOf,
            threads: job.threads
        ).run(progress: job.progress)
        try job.store.write { transaction in
            try SettleStage.listLaterBills(delivery, in: transaction)
            try transaction.enter(.done, delivery: delivery.delivery)
        }
        try summary.add(delivery, from: job.store)
        return true
    }

    /// False for a date that an earlier run was given by a slip: that run may have been killed before it
    /// could refuse the date, or have been of a version that did not look.
    private func isLikely(_ asOf: CivilDay) throws -> Bool {
        do {
            try FarDate.refuse(asOf, today: today, in: job.store)
            try FarDate.refuse(asOf, withoutReadingsIn: job.store)
            return true
        } catch is FarDate { return false }
    }

    private func bill(_ tariffs: TariffLibrary, asOf: CivilDay, _ summary: inout RunSummary) throws
    {
        do { try FarDate.refuse(asOf, withoutReadingsIn: job.store) } catch {
            try job.store.write { try $0.forgetPendingBill() }
            throw error
        }
        try job.store.write { try $0.notePendingBill(asOf: asOf.description) }
        let stage = BillStage(
            store: job.store, network: network, tariffs: tariffs.folder,
            series: try TariffLibrary.storedSeries(in: job.store), asOf: asOf,
            configuration: job.configuration, run: run, threads: job.threads)
        summary.add(
            try stage.bill(
                contract: request.contract, feeder: request.feeder, progress: job.progress))
        try job.store.write { try $0.forgetPendingBill() }
    }
}
