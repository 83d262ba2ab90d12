// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillRating
import BillTariff
import MeterModel
import Quantities
import Store
import Synchronization

/// What a billing stage came to.
public struct BillCounts: Hashable, Sendable {
    /// Invoices issued.
    public var invoices = 0
    /// Their totals by currency code, in minor units.
    public var totals: [String: Int64] = [:]
    /// Energy billed, in kWh.
    public var kilowattHours = Exact.zero
    /// Values that were estimated for them.
    public var estimated = 0
    /// Holds that are open now.
    public var holds = 0
    /// Exceptions that billing opened.
    public var exceptions = 0
    /// Invoices put on the list for correction.
    public var corrections = 0
}

/// Bills every contract period that is due; parallel over pieces of feeders, issued in their order.
struct BillStage {
    let store: TallyStore
    let network: Network
    let tariffs: TariffFolder
    let series: SeriesSet
    let asOf: CivilDay
    let configuration: RunConfiguration
    let run: Int
    let threads: Int

    /// The version of the engine that computes amounts; changes with any change that moves a cent.
    static let engineVersion = "1"

    func bill(contract: String? = nil, feeder: String? = nil, progress: any ProgressReporter) throws
        -> BillCounts
    {
        let (knownSeq, issued, liveFrom) = try store.read { transaction in
            (
                try transaction.latestSeq(), try IssuedPeriods(transaction, network: network),
                try transaction.setting("live_from").flatMap { CivilDay(iso: $0) }
            )
        }
        let plan = BillingPlan(
            network: network, tariffs: tariffs, series: series, asOf: asOf, liveFrom: liveFrom,
            issued: issued)
        let (work, start) = plan.work(contract: contract, feeder: feeder)
        let (held, doubted) = try store.read { transaction in
            (
                try transaction.contractsWithHolds(),
                try transaction.blocksWithExceptions(beginningWith: FeederBilling.blockPrefix)
            )
        }
        let billing = FeederBilling(
            store: store, network: network, asOf: asOf, knownSeq: knownSeq,
            waitDays: configuration.waitDays, turns: try RegisterTurns(store, from: start),
            doubted: doubted)
        let issue = Issue(
            run: run, date: asOf, prefix: configuration.invoicePrefix,
            engineVersion: BillStage.engineVersion)
        let corrections = try listMisplaced(plan.issued, knownSeq: knownSeq)
        let wrong = try store.read { try $0.causesOfCorrections() }
        let counts = Mutex(BillCounts(corrections: corrections))
        progress.begin("bill", of: work.count)
        defer { progress.end() }
        try OrderedCommit<FeederBills>(threads: threads, window: threads * 2).run(count: work.count)
        {
            try billing.bill(plan.periods(of: work[$0]), as: issue)
        } write: { feeders in
            for bills in feeders {
                let resting = try self.issue(
                    bills, knownSeq: knownSeq, held: held, beside: wrong)
                counts.withLock {
                    $0.add(bills)
                    $0.corrections += resting
                }
            }
            progress.advance(by: feeders.count)
        }
        return try counts.withLock { counts in
            counts.holds = try store.read { try $0.openHoldCount() }
            return counts
        }
    }

    /// Lists invoices whose contract has other periods today, and gives how many are new on the list.
    private func listMisplaced(_ issued: IssuedPeriods, knownSeq: Int) throws -> Int {
        try store.write { transaction in
            let new = try issued.misplaced.filter {
                try transaction.listOnceForCorrection(
                    invoice: $0.invoiceID, cause: IssuedPeriods.cause, seq: knownSeq,
                    detail: "\($0.span) is no billing period of \($0.contractID) any more",
                    changes: .energy)
            }
            let resting = try listResting(
                on: Dictionary(
                    uniqueKeysWithValues: new.map { ($0, (IssuedPeriods.cause, .energy)) }),
                knownSeq: knownSeq, in: transaction)
            try issued.remember(knownSeq: knownSeq, in: transaction)
            return new.count + resting
        }
    }

    /// Lists invoices that rest on wrong ones, each for the cause of the first of those, and gives how many
    /// are new on the list.
    private func listResting(
        on wrong: [UncreditedInvoice: (cause: String, changes: CorrectedInputs)], knownSeq: Int,
        in transaction: StoreTransaction
    ) throws -> Int {
        var later = LaterBills(transaction)
        var causes = wrong.mapValues(\.cause)
        return try later.restingOn(wrong.mapValues(\.changes)).count { bill in
            let cause = causes[bill.earlier] ?? ""
            causes[bill.invoice] = cause
            return try transaction.listOnceForCorrection(
                invoice: bill.invoice.invoiceID, cause: cause, seq: knownSeq, detail: bill.detail,
                changes: bill.changes)
        }
    }

    /// Writes what was found, and gives how many invoices it listed for correction.
    ///
    /// - Parameter held: The contracts with holds that were open before.
    private func issue(
        _ bills: FeederBills, knownSeq: Int, held: Set<String>,
        beside wrong: [UncreditedInvoice: (cause: String, changes: CorrectedInputs)]
    ) throws -> Int {
        try store.write { transaction in
            try transaction.keep(bills.tariffs, from: tariffs)
            try transaction.issue(bills.invoices)
            try transaction.keep(bills.estimates, knownSeq: knownSeq)
            try transaction.reconcileHolds(
                of: bills.contracts.filter(held.contains), found: bills.holds, seq: knownSeq)
            for (block, found) in bills.exceptions {
                try transaction.reconcileExceptions(block: block, found: found, seq: knownSeq)
            }
            if wrong.isEmpty { return 0 }
            let contracts = Set(bills.billed)
            return try listResting(
                on: wrong.filter { contracts.contains($0.key.contractID) }, knownSeq: knownSeq,
                in: transaction)
        }
    }
}

extension BillCounts {
    fileprivate mutating func add(_ bills: FeederBills) {
        invoices += bills.billed.count
        totals.merge(bills.totals, uniquingKeysWith: +)
        kilowattHours += bills.kilowattHours
        estimated += bills.estimates.count
        exceptions += bills.exceptions.reduce(0) { $0 + $1.found.count }
    }
}

extension StoreTransaction {
    /// Keeps the files of the tariffs that invoices rest on, so that they can be recomputed for ever.
    fileprivate func keep(_ tariffs: Set<String>, from folder: TariffFolder) throws {
        for entry in folder.entries where tariffs.contains(entry.tariff.sha256) {
            try keepTariff(
                sha256: entry.tariff.sha256, id: entry.tariff.id, version: entry.tariff.version,
                text: entry.text)
        }
    }
}
