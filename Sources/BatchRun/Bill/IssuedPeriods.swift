// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Store

/// What was billed and is not credited, held against the billing periods that contracts have today.
///
/// A contract's start, end, billing day or cycle may be corrected after invoices were issued. Those
/// invoices then stand across today's periods: until they are credited, no day of them is billed again.
///
/// Periods are billed in their order. So what a contract was billed is told by its last invoice alone, as
/// long as the contract is what it was when all its invoices were looked at and billed all its periods up
/// to there: a night does not grow with what was ever billed.
struct IssuedPeriods: Sendable {
    /// The first day of the last period that was billed, by contract; `unbilled` for none. All periods
    /// before it were billed too.
    private var last: [CivilDay] = []
    /// What contracts have invoices of that were looked at one by one.
    private var known: [String: [Range<CivilDay>]] = [:]
    /// Invoices that are no billing period of their contract any more, or of another service point
    /// than it has now, by contract and time.
    private(set) var misplaced: [UncreditedInvoice] = []
    private var misplacedAt: [String: [UncreditedInvoice]] = [:]
    /// Contracts with a period before a billed one that is not billed, as where an import began them
    /// earlier.
    private var gapped: [String] = []

    /// The cause for which misplaced invoices are on the list for correction.
    static let cause = "contract-changed"
    /// The change of input up to which the invoices of all contracts were looked at.
    private static let seqSetting = "issued_periods_seq"
    /// The contracts with gaps that were found then, one in a line.
    private static let gapsSetting = "issued_periods_gaps"
    private static let unbilled = CivilDay(number: .min)

    /// Nothing was billed.
    init() {}

    /// What a database says was billed.
    init(_ transaction: StoreTransaction, network: Network) throws {
        let credited = try transaction.creditedContracts()
        for id in try IssuedPeriods.doubtful(transaction).union(credited).sorted() {
            let invoices = try transaction.uncreditedInvoices(contract: id)
            // Whoever got none is told so by `last`, unless all were credited.
            if invoices.isEmpty, !credited.contains(id) { continue }
            known[id] = invoices.map(\.period)
            let end = invoices.map(\.period.upperBound).max()
            let contract = network.contract(id)
            let today = end.flatMap { contract?.billablePeriods(upTo: $0) } ?? []
            let place = contract.map { network.servicePointIDs[$0.servicePoint] } ?? ""
            misplaced += invoices.filter {
                !today.contains($0.period) || $0.servicePointID != place
            }
            if known[id] != today { gapped.append(id) }
        }
        misplacedAt = Dictionary(grouping: misplaced, by: \.servicePointID)
        let contracts = network.contractIDs
        // Both are sorted: mostly the next contract is the one.
        var next = 0
        try transaction.forEachLastPeriod { id, start in
            if last.isEmpty {
                last = [CivilDay](repeating: IssuedPeriods.unbilled, count: contracts.count)
            }
            let isNext = next < contracts.count && contracts[next] == id
            guard let index = isNext ? next : contracts.index(of: id) else { return }
            last[index] = start
            next = index + 1
        }
    }

    /// The contracts whose invoices are to be looked at one by one: their last does not tell the others.
    private static func doubtful(_ transaction: StoreTransaction) throws -> Set<String> {
        guard let seq = try transaction.setting(seqSetting).flatMap({ Int($0) }) else {
            var billed: Set<String> = []
            try transaction.forEachLastPeriod { contract, _ in billed.insert(contract) }
            return billed
        }
        var doubtful = Set(try transaction.contracts(listedForCorrection: cause))
        let gaps = try transaction.setting(gapsSetting) ?? ""
        doubtful.formUnion(gaps.split(separator: "\n").map(String.init))
        for table in [NetworkTable.contracts, .opening] {
            doubtful.formUnion(try transaction.changedIDs(of: table, since: seq))
        }
        return doubtful
    }

    /// Remembers that misplaced invoices are on the list, so that the next night looks at these, at
    /// contracts with gaps and at what changes until then.
    func remember(knownSeq: Int, in transaction: StoreTransaction) throws {
        try transaction.set(IssuedPeriods.seqSetting, to: String(knownSeq))
        try transaction.set(IssuedPeriods.gapsSetting, to: gapped.joined(separator: "\n"))
    }

    /// What a contract was billed, as far as it is told by `IssuedPeriods`.
    enum Billed: Equatable {
        case nothing
        /// All periods up to the one that begins on this day.
        case through(CivilDay)
        /// These periods.
        case these([Range<CivilDay>])
    }

    /// What was billed to a contract.
    ///
    /// - Parameter index: The contract's place in the network.
    func billed(at index: Int, of network: Network) -> Billed {
        if !known.isEmpty, let periods = known[network.contractIDs[index]] {
            return periods.isEmpty ? .nothing : .these(periods)
        }
        guard index < last.count, last[index] > IssuedPeriods.unbilled else { return .nothing }
        return .through(last[index])
    }

    /// The misplaced invoice that bills days of a period of a contract's service point, whoever got it.
    func overlap(
        _ period: Range<CivilDay>, of contract: Contract, _ network: Network
    ) -> UncreditedInvoice? {
        if misplacedAt.isEmpty { return nil }
        let invoices = misplacedAt[network.servicePointIDs[contract.servicePoint]] ?? []
        return invoices.first { $0.period.overlaps(period) }
    }
}

extension UncreditedInvoice {
    /// The days as people write them.
    var span: String { "\(period.lowerBound) to \(period.upperBound)" }
}

extension Contract {
    /// The periods that ended on or before `asOf` and that no earlier system billed, oldest first.
    func billablePeriods(upTo asOf: CivilDay) -> [Range<CivilDay>] {
        billingPeriods(upTo: asOf).compactMap { period in
            guard let opening else { return period }
            guard period.upperBound > opening.billedThrough else { return nil }
            return max(period.lowerBound, opening.billedThrough)..<period.upperBound
        }
    }
}
