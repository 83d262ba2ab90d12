// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillTariff
import Quantities
import Store

/// Which issued invoices a change of a series makes wrong: those that looked up another value.
struct SeriesUse {
    let before: Series
    let after: Series
    let transaction: StoreTransaction
    private var tariffs = KeptTariffs()
    /// What was found for the parts of earlier invoices.
    private var found: [Part: String?] = [:]

    struct Part: Hashable {
        let tariff: String
        let days: Range<CivilDay>
    }

    /// - Parameter before: The series as it was; of the same columns.
    init(from before: Series, to after: Series, transaction: StoreTransaction) {
        (self.before, self.after, self.transaction) = (before, after, transaction)
    }

    /// The invoices that look up another value now, each with the day, or the instant, of the first that
    /// differs, as rows are kept under.
    mutating func wrongInvoices() throws -> [(invoice: UncreditedInvoice, at: String)] {
        let changed =
            after.intervals == nil && before.intervals == nil
            ? firstChange(in: CivilDay(number: .min / 2)..<CivilDay(number: .max / 2))
            : firstChangedDay
        guard let changed else { return [] }
        var wrong: [(invoice: UncreditedInvoice, at: String)] = []
        for invoice in try transaction.uncreditedInvoices(from: changed.description, to: "") {
            let moments = try transaction.parts(ofInvoice: invoice.invoiceID).compactMap {
                try firstMoment(ofPart: Part(tariff: $0.tariffSHA256, days: $0.days))
            }
            if let at = moments.min() { wrong.append((invoice, at)) }
        }
        return wrong
    }

    /// The first day or instant of which a part of an invoice looks up something else; nil for none.
    private mutating func firstMoment(ofPart part: Part) throws -> String? {
        if let known = found[part] { return known }
        let tariff = try tariffs.tariff(part.tariff, transaction)
        var first: String?
        if after.intervals != nil || before.intervals != nil {
            first = firstInstant(tariff, part.days)?.iso(offset: 0)
        } else if tariff.map({ isOther($0, part.days) }) ?? true {
            // A tariff that can no longer be read may look up anything.
            first = firstChange(in: part.days)?.description
        }
        found[part] = .some(first)
        return first
    }

    /// True where a tariff looks up something else for some days.
    private func isOther(_ tariff: Tariff, _ days: Range<CivilDay>) -> Bool {
        let prices = tariff.charges.flatMap(\.kind.seriesPrices).filter { $0.series == after.id }
        let (old, new) = (SeriesSet([before]), SeriesSet([after]))
        let hasOtherPrice = prices.contains { price in
            func value(_ series: SeriesSet) -> Exact? {
                try? series.value(of: price, from: days.lowerBound, to: days.upperBound)
            }
            // A price that was missing has held its bills.
            return value(old).map { $0 != value(new) } ?? false
        }
        guard !hasOtherPrice, tariff.periods.dayKindSeries == after.id else { return hasOtherPrice }
        // A day of a kind that no rule names is an ordinary one.
        let kinds = tariff.periods.dayKinds
        return changedDays(in: days).contains { day in
            [before, after].contains { $0.datedDays?[day].map(kinds.contains) ?? false }
        }
    }

    /// The first of some days on which anything differs.
    private func firstChange(in days: Range<CivilDay>) -> CivilDay? {
        changedDays(in: days).first
    }

    /// The days on which a kind differs, or on which other values begin, and the first of all.
    private func changedDays(in days: Range<CivilDay>) -> [CivilDay] {
        guard after.datedDays == nil else {
            let (old, new) = (before.datedDays ?? [:], after.datedDays ?? [:])
            return Set(old.keys).union(new.keys)
                .filter { days.contains($0) && old[$0] != new[$0] }.sorted()
        }
        let bounds = [before, after].flatMap(\.rows).flatMap {
            [$0.from, $0.to].compactMap(\.self)
        }
        return Set(bounds.map { max($0, days.lowerBound) }).union([days.lowerBound])
            .filter { days.contains($0) && values(of: before, on: $0) != values(of: after, on: $0) }
            .sorted()
    }

    private func values(of series: Series, on day: CivilDay) -> [Exact?] {
        series.columns.map { try? series.value(column: $0, on: day) }
    }
}
