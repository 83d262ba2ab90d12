// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillTariff
import MeterModel
import Quantities
import Store

/// Which issued invoices a change of a series makes wrong: those that looked up another value.
struct SeriesUse {
    let before: Series
    let after: Series
    let transaction: StoreTransaction
    /// Where registers were billed, whose periods no calendar tells; nil where it is not asked.
    private let network: Network?
    private var tariffs = KeptTariffs()
    /// What was found for the parts of earlier invoices.
    private var found: [Part: Finding?] = [:]

    struct Part: Hashable {
        let tariff: String
        let days: Range<CivilDay>
    }

    /// What a part of an invoice looks up otherwise.
    struct Finding {
        /// The first day or instant of it, as rows are kept under.
        var at: String
        /// What of the invoice is other by it.
        var changes: CorrectedInputs
        /// True where it is another for intervals only: registers of periods have counted by their meter.
        var isOfIntervals = false
    }

    /// - Parameter before: The series as it was; of the same columns.
    init(
        from before: Series, to after: Series, network: Network?, transaction: StoreTransaction
    ) {
        (self.before, self.after) = (before, after)
        (self.network, self.transaction) = (network, transaction)
    }

    /// The invoices that look up another value now, each with the first that differs.
    mutating func wrongInvoices() throws -> [(invoice: UncreditedInvoice, finding: Finding)] {
        let changed =
            after.intervals == nil && before.intervals == nil
            ? firstChange(in: CivilDay(number: .min / 2)..<CivilDay(number: .max / 2))
            : firstChangedDay
        guard let changed else { return [] }
        var wrong: [(invoice: UncreditedInvoice, finding: Finding)] = []
        for invoice in try transaction.uncreditedInvoices(from: changed.description, to: "") {
            var first: Finding?
            for part in try transaction.parts(ofInvoice: invoice.invoiceID) {
                guard
                    let found = try finding(Part(tariff: part.tariffSHA256, days: part.days)),
                    !found.isOfIntervals || readsIntervals(invoice, part.days)
                else { continue }
                let changes = found.changes.union(first?.changes ?? [])
                if first.map({ found.at < $0.at }) ?? true { first = found }
                first?.changes = changes
            }
            if let first { wrong.append((invoice, first)) }
        }
        return wrong
    }

    /// What a part of an invoice looks up otherwise; nil for nothing.
    private mutating func finding(_ part: Part) throws -> Finding? {
        if let known = found[part] { return known }
        let tariff = try tariffs.tariff(part.tariff, transaction)
        var finding: Finding?
        if after.intervals != nil || before.intervals != nil {
            finding = firstInstant(tariff, part.days).map {
                Finding(at: $0.iso(offset: 0), changes: tariff == nil ? .energy : .amounts)
            }
        } else if let tariff {
            finding = otherDays(tariff, part.days)
            if hasOtherPrice(tariff, part.days), let day = firstChange(in: part.days) {
                let changes = finding?.changes ?? []
                finding = Finding(at: day.description, changes: changes.union(.amounts))
            }
        } else if let day = firstChange(in: part.days) {
            // A tariff that can no longer be read may look up anything.
            finding = Finding(at: day.description, changes: .energy)
        }
        found[part] = .some(finding)
        return finding
    }

    /// True where a tariff looks up another price for some days.
    private func hasOtherPrice(_ tariff: Tariff, _ days: Range<CivilDay>) -> Bool {
        let (old, new) = (SeriesSet([before]), SeriesSet([after]))
        return tariff.charges.flatMap(\.kind.seriesLookups).contains { lookup in
            // A price that was missing has held its bills.
            guard lookup.look.series == after.id, let known = try? lookup.prices(in: old, days)
            else { return false }
            return known != (try? lookup.prices(in: new, days))
        }
    }

    /// What a tariff bills otherwise where days are in other periods than they were; nil where none is.
    private func otherDays(_ tariff: Tariff, _ days: Range<CivilDay>) -> Finding? {
        guard tariff.periods.dayKindSeries == after.id else { return nil }
        let (old, new) = (
            tariff.periods.calendar(datedDays: before.datedDays ?? [:]),
            tariff.periods.calendar(datedDays: after.datedDays ?? [:])
        )
        let day = changedDays(in: days).first { old.periods(of: $0) != new.periods(of: $0) }
        guard let day else { return nil }
        let nets = tariff.netMetering != nil || !tariff.losses.isEmpty
        let hasDemand = !tariff.demandMeasures.isEmpty
        return Finding(
            at: day.description, changes: nets ? .energy : hasDemand ? .demand : .amounts,
            // A demand is found in intervals; a register that no day asked for may be missing.
            isOfIntervals: !hasDemand && old.idlePeriods(in: days) == new.idlePeriods(in: days))
    }

    /// True where an invoice may have been billed by intervals on some days.
    private func readsIntervals(_ invoice: UncreditedInvoice, _ days: Range<CivilDay>) -> Bool {
        guard let network, let contract = network.contract(invoice.contractID) else { return true }
        let zone = network.zones[contract.zone]
        let span = zone.startOfDay(days.lowerBound)..<zone.startOfDay(days.upperBound)
        return contract.servicePoints.contains { point in
            network.meterSpans(atServicePoint: point, within: span).contains {
                $0.terms.use == .billing && $0.terms.basis == .interval
            }
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
