// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillTariff
import Quantities
import Store

/// The bills that count energy of earlier bills of their calendar year, by the tariffs that billed.
///
/// Where the energy of an earlier bill changes, these are wrong as well.
struct LaterBills {
    /// An invoice that no credit note takes back, and the first bill on whose energy it rests.
    struct Bill {
        var invoice: UncreditedInvoice
        var earlier: UncreditedInvoice

        /// What the list for correction says of it.
        var detail: String { "counts the year to date that \(earlier.number) billed" }
    }

    private let transaction: StoreTransaction
    private var tariffs = KeptTariffs()

    init(_ transaction: StoreTransaction) {
        self.transaction = transaction
    }

    /// The invoices that were computed from the energy of some, without those.
    ///
    /// An invoice counts what stood when it was issued, whatever the order of the periods.
    mutating func restingOn(_ changed: [UncreditedInvoice]) throws -> [Bill] {
        var bills: [Bill] = []
        let byContract = Dictionary(grouping: changed, by: \.contractID)
        for (contract, changed) in byContract.sorted(by: { $0.key < $1.key }) {
            let known = Set(changed.map(\.invoiceID))
            let candidates = changed.sorted { $0.invoiceID < $1.invoiceID }
            for invoice in try transaction.uncreditedInvoices(contract: contract)
            where !known.contains(invoice.invoiceID) {
                let earlier = candidates.prefix { $0.invoiceID < invoice.invoiceID }
                guard !earlier.isEmpty else { continue }
                let attributions = try attributions(of: invoice)
                let counted = earlier.first { earlier in
                    attributions.contains {
                        $0.year(of: earlier.period) == $0.year(of: invoice.period)
                    }
                }
                if let counted { bills.append(Bill(invoice: invoice, earlier: counted)) }
            }
        }
        return bills
    }

    /// How the tariffs of an invoice count years; all ways where one can no longer be read.
    private mutating func attributions(of invoice: UncreditedInvoice) throws -> Set<YearAttribution>
    {
        var found: Set<YearAttribution> = []
        for part in try transaction.parts(ofInvoice: invoice.invoiceID) {
            guard let tariff = try tariffs.tariff(part.tariffSHA256, transaction) else {
                return Set(YearAttribution.allCases)
            }
            if let attribution = tariff.yearAttribution { found.insert(attribution) }
        }
        return found
    }
}
