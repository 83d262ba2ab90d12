// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillTariff
import Quantities
import Store

/// Which issued invoices rest on rows of a series.
struct SeriesUse {
    let series: String
    let transaction: StoreTransaction
    private var tariffs = KeptTariffs()

    init(series: String, transaction: StoreTransaction) {
        self.series = series
        self.transaction = transaction
    }

    /// The invoices that looked up a day of two rows that stand for one another.
    ///
    /// - Parameter hasEnds: False where a row is one day.
    mutating func invoices(
        restingOn row: SeriesTextRow, or old: SeriesTextRow, hasEnds: Bool
    ) throws -> [UncreditedInvoice] {
        guard let first = CivilDay(iso: row.startsAt) else { return [] }
        let ends = [row.endsAt, old.endsAt].map { CivilDay(iso: $0) }
        let end: CivilDay? =
            hasEnds ? (ends.contains(nil) ? nil : ends.compactMap(\.self).max()) : first + 1
        return try transaction.uncreditedInvoices(
            from: row.startsAt, to: end?.description ?? ""
        ).filter { invoice in
            try transaction.parts(ofInvoice: invoice.invoiceID).contains { part in
                guard let tariff = try tariffs.tariff(part.tariffSHA256, transaction) else {
                    return true
                }
                return tariff.days(lookedUpIn: series, for: part.days).contains { days in
                    days.upperBound > first && end.map { days.lowerBound < $0 } ?? true
                }
            }
        }
    }
}

extension Tariff {
    /// The days that it looks up in a series for a part of a billing period.
    fileprivate func days(lookedUpIn id: String, for period: Range<CivilDay>) -> [Range<CivilDay>] {
        var days = charges.flatMap(\.kind.seriesPrices).filter { $0.series == id }.map { price in
            switch price.moment {
            case .periodStart: period.lowerBound..<period.lowerBound + 1
            case .periodEnd: period.upperBound - 1..<period.upperBound
            case .byDays: period
            }
        }
        if periods.dayKindSeries == id { days.append(period) }
        return days
    }
}
