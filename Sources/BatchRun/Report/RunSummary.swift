// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Store

/// What a run did: the operator's table, and the JSON result.
public struct RunSummary: Sendable {
    /// How a run ended.
    public enum Status: String, Sendable {
        /// Everything asked for was done.
        case done
        /// Something could not go on; what is committed is whole.
        case stopped
    }

    /// How it ended.
    public var status = Status.stopped
    /// Why it stopped, or nil.
    public var message: String?
    /// The run's number; nil where it stopped before it began.
    public var run: Int?
    /// The civil date that stood for the clock.
    public var asOf: CivilDay
    /// The deliveries it settled.
    public var deliveries: [Int] = []
    /// Files, readings, invoices, holds, exceptions.
    public var counts = RunCounts()
    /// Files that changed while they were read and wait for the next run.
    public var filesPostponed = 0
    /// Names in the inbox that are neither read nor unfinished uploads: links, folders, and names
    /// that are not UTF-8, whose bytes show as `\xNN`.
    public var passedOver: [String] = []
    /// What kept files that were read in the inbox, one sentence each.
    public var unmoved: [String] = []
    /// Earlier runs that were killed before they could report; what they read and issued is
    /// counted here.
    public var untoldRuns: [Int] = []
    /// Rejected readings by code.
    public var rejections: [String: Int] = [:]
    /// Quarantined files by code.
    public var quarantines: [String: Int] = [:]
    /// Energy billed.
    public var kilowattHours = Exact.zero
    /// Money billed, in minor units by currency code.
    public var totals: [String: Int64] = [:]

    /// A summary of nothing yet.
    public init(asOf: CivilDay) {
        self.asOf = asOf
    }

    /// True where more was found than the configuration lets pass without a person.
    public func needsAttention(_ limits: RunConfiguration.Attention) -> Bool {
        counts.verdicts.rejected > limits.rejections
            || counts.filesQuarantined > limits.quarantined
            || counts.exceptions > limits.exceptions || counts.holds > limits.holds
            || counts.corrections > limits.corrections
            || !passedOver.isEmpty || !unmoved.isEmpty
    }

    mutating func add(_ delivery: DeliveryRow, from store: TallyStore) throws {
        deliveries.append(delivery.delivery)
        try store.read { transaction in
            let states = try transaction.fileStates(of: delivery.delivery)
            counts.files += (states[.done] ?? 0) + (states[.quarantined] ?? 0)
            counts.filesRepeated += states[.repeated] ?? 0
            counts.filesQuarantined += states[.quarantined] ?? 0
            counts.verdicts += try transaction.counts(ofDelivery: delivery.delivery)
            counts.exceptions += try transaction.exceptionsOpened(bySeq: delivery.seq)
            counts.corrections += try transaction.correctionsListed(bySeq: delivery.seq)
            let codes = try transaction.rejectionCodes(ofDelivery: delivery.delivery)
            rejections.merge(codes.readings, uniquingKeysWith: +)
            quarantines.merge(codes.files, uniquingKeysWith: +)
        }
    }

    mutating func add(_ bills: BillCounts) {
        counts.invoices += bills.invoices
        counts.estimated += bills.estimated
        counts.holds = bills.holds
        counts.exceptions += bills.exceptions
        counts.corrections += bills.corrections
        kilowattHours += bills.kilowattHours
        totals.merge(bills.totals, uniquingKeysWith: +)
    }

    mutating func add(_ issued: IssuedTotals) {
        counts.invoices += issued.invoices
        counts.estimated += issued.estimated
        kilowattHours += issued.kilowattHours.reduce(.zero) { $0 + (Exact($1) ?? .zero) }
        totals.merge(issued.totals, uniquingKeysWith: +)
    }
}
