// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Store
import Synchronization

/// Settles what a delivery brought: merges, checks, books; parallel over keys, committed in order.
struct SettleStage {
    let store: TallyStore
    let network: Network
    let delivery: DeliveryRow
    let asOf: CivilDay
    let threads: Int

    /// Keys per commit: a crash repeats at most these. And keys that a worker takes at once: few, as
    /// merged blocks wait in memory.
    private static let (keysPerCommit, keysPerTake) = (256, 16)

    /// Settles all keys with unsettled parts; those a crash left are among them.
    func run(progress: any ProgressReporter) throws {
        let keys = try store.read { try $0.unsettledKeys() }
        let billedThrough = try store.read { try $0.lastBilledDay() }
        let settling = BlockSettling(
            store: store, network: network, delivery: delivery, asOf: asOf,
            billedThrough: billedThrough)
        let nextPart = Mutex(try store.read { try $0.lastPartID() } + 1)
        let waiting = Mutex<[SettledKey]>([])
        progress.begin("settle", of: keys.count)
        let takes = stride(from: 0, to: keys.count, by: SettleStage.keysPerTake).map {
            $0..<min($0 + SettleStage.keysPerTake, keys.count)
        }
        try OrderedCommit<[SettledKey]>(threads: threads, window: threads * 2).run(
            count: takes.count
        ) {
            try settling.settle(keys[takes[$0]])
        } write: { results in
            let settled = results.flatMap { $0 }
            let ready = waiting.withLock { waiting -> [SettledKey] in
                waiting += settled
                guard waiting.count >= SettleStage.keysPerCommit else { return [] }
                defer { waiting = [] }
                return waiting
            }
            try self.commit(ready, nextPart)
            progress.advance(by: settled.count)
        }
        try commit(waiting.withLock { $0 }, nextPart)
        try RegisterChecks(store: store, network: network, seq: delivery.seq, asOf: asOf).run()
        try RegisterCorrections(
            store: store, network: network, seq: delivery.seq, billedThrough: billedThrough
        ).run(cause: SettleStage.cause)
        try StreamChecks(store: store, network: network, seq: delivery.seq, asOf: asOf).run()
        try reportSilentGroups()
        progress.end()
    }

    /// Reports groups of meters that sent before and now sent nothing at all, on the days that the
    /// delivery reaches.
    ///
    /// The finding has the block that the group's readings will have, so it closes when they come.
    private func reportSilentGroups() throws {
        guard let days = try store.read({ try $0.daysSettled(bySeq: delivery.seq) }) else { return }
        let silence = SilentMeters(network: network, asOf: asOf)
        for day in days where CivilDay(number: day) < asOf {
            let known = Set(try store.read { try $0.settledKeys(days: day...day) })
            let silent = try silence.keys(ofDay: day).filter { key in
                try !known.contains(key) && store.read { try $0.hasEarlierBlock(key) }
            }
            guard !silent.isEmpty else { continue }
            try store.write { transaction in
                for key in silent {
                    try transaction.reconcileExceptions(
                        block: key.description,
                        found: silence.exceptions(key, silence.expected(key)), seq: delivery.seq)
                }
            }
        }
    }

    private func commit(_ settled: [SettledKey], _ nextPart: borrowing Mutex<Int64>) throws {
        guard !settled.isEmpty else { return }
        var bodies: [StoredBody] = []
        var listings: [[PartRow]] = []
        for key in settled {
            var rows: [PartRow] = []
            for merged in key.merged {
                let partID = nextPart.withLock { next in
                    defer { next += 1 }
                    return next
                }
                let month = MonthFile.month(of: key.key.day)
                bodies.append(StoredBody(partID: partID, month: month, body: .held(merged.bytes)))
                rows.append(
                    PartRow(
                        partID: partID, month: month, key: key.key, delivery: delivery.delivery,
                        file: nil, readings: merged.readings, firstMeter: merged.firstMeter,
                        lastMeter: merged.lastMeter, meters: merged.meters,
                        streams: merged.streams, isClean: merged.isClean, bytes: merged.bytes.count)
                )
            }
            listings.append(rows)
        }
        try store.append(bodies)
        try store.write { transaction in
            for (key, rows) in zip(settled, listings) {
                try book(key, rows, in: transaction)
            }
        }
    }

    private func book(_ settled: SettledKey, _ rows: [PartRow], in transaction: StoreTransaction)
        throws
    {
        try transaction.list(rows, settled: true)
        try transaction.settle(
            settled.key, seq: delivery.seq, as: settled.promoted + rows.map(\.partID))
        let isRetry = delivery.kind == DeliveryKind.retry.rawValue
        for (file, counts) in settled.book.counts {
            try transaction.add(
                counts, toFile: Int(file), delivery: delivery.delivery, isRetry: isRetry)
        }
        for (file, energy) in settled.book.energy {
            try transaction.add(
                energy, toFile: Int(file), delivery: delivery.delivery, isRetry: isRetry)
        }
        let total = settled.book.total
        if total != VerdictCounts() {
            let feeder = network.id(of: FeederNumber(rawValue: UInt32(settled.key.feeder)))
            try transaction.add(total, toFeeder: feeder, delivery: delivery.delivery)
        }
        try transaction.reconcileExceptions(
            block: settled.key.description, found: settled.exceptions, seq: delivery.seq)
        try listCorrections(settled, in: transaction)
    }

    /// Why what a delivery changes is listed for correction.
    private static let cause = "late-reading"

    /// Puts the invoices that rest on what changed on the list for correction.
    private func listCorrections(_ settled: SettledKey, in transaction: StoreTransaction) throws {
        let day = CivilDay(number: settled.key.day)
        for (search, basis, changed) in settled.changes.searches(of: settled.key, in: network) {
            for invoice in try transaction.invoices(of: search) {
                let billed = BilledChannels(invoice.determinants)
                let isDemand = basis == .register
                let rests = isDemand ? billed.demand.contains : billed.hasIntervals
                guard changed.contains(where: rests) else { continue }
                try transaction.listForCorrection(
                    invoice: invoice.invoiceID, cause: SettleStage.cause, seq: delivery.seq,
                    detail: "\(search.meterID) \(day)",
                    changes: isDemand ? .demand : .energy)
            }
        }
    }

    /// Lists the bills that rest on bills that a delivery listed, once all its keys are settled.
    static func listLaterBills(_ delivery: DeliveryRow, in transaction: StoreTransaction) throws {
        let listed = try transaction.uncreditedInvoices(listedBySeq: delivery.seq, cause: cause)
        var later = LaterBills(transaction)
        for bill in try later.restingOn(listed) {
            try transaction.listForCorrection(
                invoice: bill.invoice.invoiceID, cause: cause, seq: delivery.seq,
                detail: bill.detail, changes: bill.changes)
        }
    }
}
