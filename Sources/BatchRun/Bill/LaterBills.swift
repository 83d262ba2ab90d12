// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillTariff
import MeterUsage
import Quantities
import Store

/// The bills that count energy of earlier bills of their calendar year, or look back to their demand, by
/// the tariffs that billed.
///
/// Where the energy or demand of an earlier bill changes, these are wrong as well.
struct LaterBills {
    /// An invoice that no credit note takes back, and the first bill on whose energy it rests.
    struct Bill {
        var invoice: UncreditedInvoice
        var earlier: UncreditedInvoice
        /// True where it looks back to the demand of that bill; else it counts its energy.
        var isDemand = false

        /// What the list for correction says of it.
        var detail: String {
            isDemand
                ? "looks back to the demand that \(earlier.number) billed"
                : "counts the year to date that \(earlier.number) billed"
        }
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
                let (attributions, months) = try counting(of: invoice)
                let counted = earlier.first { earlier in
                    attributions.contains {
                        $0.year(of: earlier.period) == $0.year(of: invoice.period)
                    }
                }
                if let counted {
                    bills.append(Bill(invoice: invoice, earlier: counted))
                    continue
                }
                let first = invoice.period.lowerBound.addingMonths(-months)
                let seen = earlier.first { months > 0 && $0.period.upperBound > first }
                if let seen {
                    bills.append(Bill(invoice: invoice, earlier: seen, isDemand: true))
                }
            }
        }
        return bills
    }

    /// How the tariffs of an invoice count years, and how many months they look back; all ways where one
    /// can no longer be read.
    private mutating func counting(
        of invoice: UncreditedInvoice
    ) throws -> (years: Set<YearAttribution>, monthsBack: Int) {
        var found: Set<YearAttribution> = []
        var months = 0
        for part in try transaction.parts(ofInvoice: invoice.invoiceID) {
            guard let tariff = try tariffs.tariff(part.tariffSHA256, transaction) else {
                return (Set(YearAttribution.allCases), 0)
            }
            if let attribution = tariff.yearAttribution { found.insert(attribution) }
            if !tariff.yearlyMinimums.isEmpty, try closesYear(invoice) {
                found.formUnion(tariff.yearlyMinimums.map(\.kind.year))
            }
            months = max(months, tariff.demandMonthsBack)
        }
        return (found, months)
    }

    /// True for a bill that counts what others of its year came to.
    private func closesYear(_ invoice: UncreditedInvoice) throws -> Bool {
        try transaction.determinants(ofInvoice: invoice.invoiceID).contains {
            $0.quantity == Determinants.BilledToDate.quantity
        }
    }
}
