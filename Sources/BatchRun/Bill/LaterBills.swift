// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillTariff
import MeterUsage
import Quantities
import Store

/// The bills that count energy or amounts of earlier bills of their calendar year, look back to their
/// demand, or use energy that they kept, by the tariffs that billed.
///
/// Where that of an earlier bill changes, these are wrong as well.
struct LaterBills {
    /// An invoice that no credit note takes back, and the first bill that it rests on.
    struct Bill {
        var invoice: UncreditedInvoice
        var earlier: UncreditedInvoice
        /// What it rests on.
        var reason: Reason

        /// What the list for correction says of it.
        var detail: String {
            switch reason {
            case .year: "counts the year to date that \(earlier.number) billed"
            case .demand: "looks back to the demand that \(earlier.number) billed"
            case .bank: "nets with the energy that \(earlier.number) kept"
            }
        }

        /// What of it is other by that.
        var changes: CorrectedInputs { reason == .bank ? .energy : .amounts }
    }

    /// What of an earlier bill a later one rests on.
    enum Reason {
        /// Its energy or its amounts, in the year to date.
        case year
        /// Its demand.
        case demand
        /// The energy that it kept for later ones.
        case bank
    }

    /// How the tariffs of an invoice count what earlier ones billed.
    private struct Counting {
        /// How they count the energy of years.
        var energy: Set<YearAttribution> = []
        /// How they count the amounts of years.
        var amounts: Set<YearAttribution> = []
        /// How many months they look back for demand.
        var monthsBack = 0
        /// True where they net export.
        var nets = false
    }

    private let transaction: StoreTransaction
    private var tariffs = KeptTariffs()

    init(_ transaction: StoreTransaction) {
        self.transaction = transaction
    }

    /// The invoices that rest on some that are wrong, or on one that does, without those; by contract, in
    /// the order in which they were issued.
    ///
    /// An invoice counts what stood when it was issued, whatever the order of the periods.
    ///
    /// - Parameter wrong: What of each is other.
    mutating func restingOn(_ wrong: [UncreditedInvoice: CorrectedInputs]) throws -> [Bill] {
        var bills: [Bill] = []
        let byContract = Dictionary(grouping: wrong.filter { !$0.value.isEmpty }) {
            $0.key.contractID
        }
        for (contract, wrong) in byContract.sorted(by: { $0.key < $1.key }) {
            var earlier: [(invoice: UncreditedInvoice, changes: CorrectedInputs)] = []
            let changes = Dictionary(uniqueKeysWithValues: wrong.map { ($0.key, $0.value) })
            for invoice in try transaction.uncreditedInvoices(contract: contract)
                .sorted(by: { $0.invoiceID < $1.invoiceID })
            {
                if let known = changes[invoice] {
                    earlier.append((invoice, known))
                } else if !earlier.isEmpty, let bill = try bill(invoice, after: earlier) {
                    bills.append(bill)
                    // What rests on this one is wrong in its turn.
                    earlier.append((invoice, bill.changes))
                }
            }
        }
        return bills
    }

    /// An invoice that rests on one of some wrong ones, issued before it; nil where it rests on none.
    private mutating func bill(
        _ invoice: UncreditedInvoice,
        after wrong: [(invoice: UncreditedInvoice, changes: CorrectedInputs)]
    ) throws -> Bill? {
        let counting = try counting(of: invoice)
        func isCounted(_ earlier: UncreditedInvoice, _ years: Set<YearAttribution>) -> Bool {
            years.contains { $0.year(of: earlier.period) == $0.year(of: invoice.period) }
        }
        let counted = wrong.first {
            $0.changes.contains(.energy) && isCounted($0.invoice, counting.energy)
                || $0.changes.contains(.amounts) && isCounted($0.invoice, counting.amounts)
        }
        if let counted { return Bill(invoice: invoice, earlier: counted.invoice, reason: .year) }
        let first = invoice.period.lowerBound.addingMonths(-counting.monthsBack)
        let seen = wrong.first {
            counting.monthsBack > 0 && $0.changes.contains(.demand)
                && $0.invoice.period.upperBound > first
        }
        if let seen { return Bill(invoice: invoice, earlier: seen.invoice, reason: .demand) }
        guard counting.nets else { return nil }
        let keeping = try wrong.first {
            try $0.changes.contains(.energy)
                && $0.invoice.period.lowerBound < invoice.period.lowerBound
                && self.counting(of: $0.invoice).nets
        }
        return keeping.map { Bill(invoice: invoice, earlier: $0.invoice, reason: .bank) }
    }

    /// How the tariffs of an invoice count; in all ways of counting years, and by netting, where one can no
    /// longer be read.
    private mutating func counting(of invoice: UncreditedInvoice) throws -> Counting {
        var found = Counting()
        for part in try transaction.parts(ofInvoice: invoice.invoiceID) {
            guard let tariff = try tariffs.tariff(part.tariffSHA256, transaction) else {
                let all = Set(YearAttribution.allCases)
                return Counting(energy: all, amounts: all, nets: true)
            }
            if let attribution = tariff.yearAttribution { found.energy.insert(attribution) }
            if !tariff.yearlyMinimums.isEmpty, try closesYear(invoice) {
                found.amounts.formUnion(tariff.yearlyMinimums.map(\.kind.year))
            }
            found.monthsBack = max(found.monthsBack, tariff.demandMonthsBack)
            if tariff.netMetering != nil { found.nets = true }
        }
        return found
    }

    /// True for a bill that counts what others of its year came to.
    private func closesYear(_ invoice: UncreditedInvoice) throws -> Bool {
        try transaction.determinants(ofInvoice: invoice.invoiceID).contains {
            $0.quantity == Determinants.BilledToDate.quantity
        }
    }
}
