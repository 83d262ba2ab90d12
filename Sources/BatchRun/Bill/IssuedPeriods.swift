// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Store

/// What was billed and is not credited, held against the billing periods that contracts have today.
///
/// A contract's start, end, billing day or cycle may be corrected after invoices were issued. Those
/// invoices then stand across today's periods: until they are credited, no day of them is billed again.
struct IssuedPeriods: Sendable {
    private let billed: [String: [UncreditedInvoice]]
    /// Invoices that are no billing period of their contract any more, by contract and time.
    let misplaced: [UncreditedInvoice]
    private let misplacedAt: [String: [UncreditedInvoice]]

    /// - Parameter billed: Periods that have an uncredited invoice, by contract.
    init(_ billed: [String: [UncreditedInvoice]], network: Network) {
        self.billed = billed
        misplaced = billed.sorted { $0.key < $1.key }.flatMap { id, periods in
            let last = periods.map(\.period.upperBound).max()
            let today = last.flatMap { network.contract(id)?.billablePeriods(upTo: $0) } ?? []
            return periods.filter { !today.contains($0.period) }
        }
        misplacedAt = Dictionary(grouping: misplaced, by: \.servicePointID)
    }

    /// True where a period of a contract has its invoice.
    func isBilled(_ period: Range<CivilDay>, of contract: Contract) -> Bool {
        (billed[contract.id] ?? []).contains { $0.period == period }
    }

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
