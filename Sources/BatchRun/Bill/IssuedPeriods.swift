// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Store

/// What was billed and is not credited, held against the billing periods that contracts have today.
///
/// A contract's start, end, billing day or cycle may be corrected after invoices were issued. Those
/// invoices then stand across today's periods: until they are credited, no day of them is billed again.
struct IssuedPeriods: Sendable {
    private var billed: [String: [Range<CivilDay>]] = [:]
    /// Invoices that are no billing period of their contract any more, or of another service point
    /// than it has now, by contract and time.
    private(set) var misplaced: [UncreditedInvoice] = []
    private var misplacedAt: [String: [UncreditedInvoice]] = [:]

    /// Nothing was billed.
    init() {}

    /// What a database says was billed.
    init(_ transaction: StoreTransaction, network: Network) throws {
        billed = try transaction.billedPeriods()
        let places = try transaction.billedServicePoints()
        for (id, periods) in billed.sorted(by: { $0.key < $1.key }) {
            let last = periods.map(\.upperBound).max()
            let contract = network.contract(id)
            let today = last.flatMap { contract?.billablePeriods(upTo: $0) } ?? []
            let place = contract.map { network.servicePointIDs[$0.servicePoint] } ?? ""
            if periods.allSatisfy(today.contains), places[id] == [place] { continue }
            misplaced += try transaction.uncreditedInvoices(contract: id)
                .filter { !today.contains($0.period) || $0.servicePointID != place }
        }
        misplacedAt = Dictionary(grouping: misplaced, by: \.servicePointID)
    }

    /// True where a period of a contract has its invoice.
    func isBilled(_ period: Range<CivilDay>, of contract: Contract) -> Bool {
        (billed[contract.id] ?? []).contains(period)
    }

    /// True where a contract has an invoice that stands.
    func hasBills(_ contract: Contract) -> Bool { billed[contract.id] != nil }

    /// The misplaced invoice that bills days of a period of a service point, whoever got it.
    func overlap(_ period: Range<CivilDay>, servicePoint: String) -> UncreditedInvoice? {
        (misplacedAt[servicePoint] ?? []).first { $0.period.overlaps(period) }
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
