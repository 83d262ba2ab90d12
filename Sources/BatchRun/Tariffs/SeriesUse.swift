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

    /// The invoices that looked up a day of a row, or of the one that it takes the place of.
    ///
    /// - Parameter hasEnds: False where a row is one day.
    mutating func invoices(
        restingOn row: SeriesTextRow, or old: SeriesTextRow?, hasEnds: Bool
    ) throws -> [UncreditedInvoice] {
        guard let first = CivilDay(iso: row.startsAt) else { return [] }
        let rows = [row, old].compactMap(\.self)
        let ends = rows.map { CivilDay(iso: $0.endsAt) }
        let end: CivilDay? =
            hasEnds ? (ends.contains(nil) ? nil : ends.compactMap(\.self).max()) : first + 1
        let kinds = hasEnds ? [] : rows.compactMap { $0.text.split(separator: ",").last }
        let dayKinds = Set(kinds.map(String.init))
        return try transaction.uncreditedInvoices(
            from: row.startsAt, to: end?.description ?? ""
        ).filter { invoice in
            try transaction.parts(ofInvoice: invoice.invoiceID).contains { part in
                guard let tariff = try tariffs.tariff(part.tariffSHA256, transaction) else {
                    return true
                }
                return tariff.days(lookedUpIn: series, for: part.days, dayKinds).contains { days in
                    days.upperBound > first && end.map { days.lowerBound < $0 } ?? true
                }
            }
        }
    }
}

extension Tariff {
    /// The days that it looks up in a series for a part of a billing period.
    ///
    /// - Parameter dayKinds: The kinds of a dated day; one that no rule names is ordinary.
    fileprivate func days(
        lookedUpIn id: String, for period: Range<CivilDay>, _ dayKinds: Set<String>
    ) -> [Range<CivilDay>] {
        var days = charges.flatMap(\.kind.seriesPrices).filter { $0.series == id }.map { price in
            switch price.moment {
            case .periodStart: period.lowerBound..<period.lowerBound + 1
            case .periodEnd: period.upperBound - 1..<period.upperBound
            case .byDays: period
            }
        }
        if periods.dayKindSeries == id, !periods.dayKinds.isDisjoint(with: dayKinds) {
            days.append(period)
        }
        return days
    }
}
