// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillTariff
import MeterModel
import MeterUsage
import Quantities
import Store

/// The demand that one contract was billed by so far, for charges that look back.
struct EarlierPeaks: Sendable {
    private let contract: Contract
    /// What invoices that stand keep, in order.
    private var kept: [BilledPeak]
    /// The peaks of parts of periods that were billed just now.
    private var added: [(period: Range<CivilDay>, peaks: [Determinants.DemandPeak])] = []

    init(contract: Contract, billed: [BilledPeak]) {
        self.contract = contract
        kept = billed
    }

    /// Adds a period that was billed just now.
    mutating func add(_ period: Range<CivilDay>, _ determinants: [Determinants]) {
        for part in determinants { added.append((period, part.demand)) }
    }

    /// The bills that the charges of a span look back to; a bill of which nothing is known has no peaks.
    func before(_ due: DueSpan) -> [Determinants.EarlierDemand] {
        before(due.period, months: due.shared.demandMonthsBack, due.request.demand)
    }

    /// What some measures were in the bills of so many months before a period.
    func before(
        _ period: Range<CivilDay>, months: Int, _ measures: [DemandMeasure]
    ) -> [Determinants.EarlierDemand] {
        let start = period.lowerBound
        let first = max(contract.start, start.addingMonths(-months))
        return contract.billingPeriods(upTo: start).filter { $0.upperBound > first }.map { period in
            Determinants.EarlierDemand(
                start: period.lowerBound, end: period.upperBound,
                peaks: measures.flatMap { peaks(of: period, $0) })
        }
    }

    /// The peaks of a period over all of its parts; none where a part is not known.
    private func peaks(
        of period: Range<CivilDay>, _ measure: DemandMeasure
    ) -> [Determinants.DemandPeak] {
        let opening = openingPeaks(of: period, measure)
        let billed = billedPeaks(of: period, measure)
        let through = contract.opening?.billedThrough ?? contract.start
        // An earlier system billed a part of it, or all.
        if through > period.lowerBound, opening.isEmpty { return [] }
        if through < period.upperBound, billed.isEmpty { return opening }
        var found: [Determinants.DemandPeak] = []
        for peak in opening + billed {
            if let known = found.firstIndex(where: { $0.period == peak.period }) {
                found[known].merge(peak)
            } else {
                found.append(peak)
            }
        }
        return found
    }

    private func billedPeaks(
        of period: Range<CivilDay>, _ measure: DemandMeasure
    ) -> [Determinants.DemandPeak] {
        var found = added.filter { $0.period.overlaps(period) }.flatMap(\.peaks)
            .filter { $0.measure == measure }
        struct Part: Hashable {
            var start: String
            var period: String
        }
        var parts: [Part: [String: (value: Exact, at: Instant)]] = [:]
        var order: [Part] = []
        for row in kept where row.period.overlaps(period) && row.quantity.hasPrefix(measure.name) {
            let part = Part(start: row.partStart, period: row.timeOfUse)
            if parts[part] == nil { order.append(part) }
            parts[part, default: [:]][row.quantity] = (row.value, row.at)
        }
        for part in order {
            let peak = Determinants.DemandPeak(measure, period: part.period) { parts[part]?[$0] }
            if let peak { found.append(peak) }
        }
        return found
    }

    /// The peaks that an earlier system billed a period by: keys such as `demand.kw.all.2026-07-01`.
    private func openingPeaks(
        of period: Range<CivilDay>, _ measure: DemandMeasure
    ) -> [Determinants.DemandPeak] {
        guard let opening = contract.opening else { return [] }
        let (prefix, suffix) = ("\(measure.name).", ".\(period.lowerBound)")
        return opening.values.sorted { $0.key < $1.key }.compactMap { key, value in
            guard key.hasPrefix(prefix), key.hasSuffix(suffix) else { return nil }
            let name = String(key.dropFirst(prefix.count).dropLast(suffix.count))
            // A longer name is that of another measure.
            if name.contains(".") || name.isEmpty { return nil }
            let window = Determinants.DemandPeak.Window(
                power: value, reactive: measure.unit == .kilovoltAmperes ? .zero : nil,
                at: Instant(day: period.lowerBound, offset: 0))
            return Determinants.DemandPeak(
                measure, period: name,
                windows: [Determinants.DemandPeak.Window](repeating: window, count: measure.count))
        }
    }
}

extension Determinants.DemandPeak {
    /// Takes the highest windows of both; they are of the same measure, and of other days.
    fileprivate mutating func merge(_ other: Determinants.DemandPeak) {
        func rank(_ window: Window) -> Exact {
            guard let reactive = window.reactive else { return window.power }
            return window.power * window.power + reactive * reactive
        }
        let highest = (windows + other.windows).sorted {
            (rank($0), $1.at) > (rank($1), $0.at)
        }
        windows = Array(highest.prefix(measure.count))
    }
}

extension FeederBilling {
    /// What contracts were billed by, whose charges look back; the others have no entry.
    func earlierPeaks(
        of periods: [DuePeriod]
    ) throws -> [String: EarlierPeaks] {
        var wanted: [(contract: Contract, from: CivilDay)] = []
        for period in periods where wanted.last?.contract.id != period.contract.id {
            let spans = (try? period.spans.get()) ?? []
            let months = spans.map(\.shared.demandMonthsBack).max() ?? 0
            if months > 0 {
                wanted.append((period.contract, period.period.lowerBound.addingMonths(-months)))
            }
        }
        if wanted.isEmpty { return [:] }
        return try store.read { transaction in
            var found: [String: EarlierPeaks] = [:]
            for (contract, from) in wanted {
                found[contract.id] = EarlierPeaks(
                    contract: contract,
                    billed: try transaction.billedPeaks(contract: contract.id, after: from))
            }
            return found
        }
    }
}
