// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

/// A demand as a number to be charged, and how it comes about.
struct BilledDemand {
    /// kW, kVA or kvar, rounded as the tariff says.
    var amount: Exact
    /// How it comes about, for people; empty where amounts alone are wanted.
    var note: String
}

extension SpanRater {
    /// What was measured in some periods, rounded; nil for periods without a peak.
    ///
    /// A span without the peak over `all` lacks its demand.
    func measured(
        _ quantity: DemandQuantity, _ periods: [String], _ charge: Charge, isRounded: Bool = true
    ) throws(RatingHold) -> BilledDemand? {
        let peaks = input.determinants.demand.filter { $0.measure == quantity.measure }
        guard peaks.contains(where: { $0.period == "all" }) else {
            throw RatingHold(
                code: .missingDeterminant, charge: charge.id,
                detail: "no demand from \(start) to \(end): it needs interval readings")
        }
        guard let peak = highest(peaks, periods, quantity) else { return nil }
        if peak.windows.count < quantity.measure.count, quantity.fewer == .hold {
            throw RatingHold(
                code: .missingDeterminant, charge: charge.id,
                detail: "\(peak.windows.count) windows from \(start) to \(end), and the demand is "
                    + "the mean of \(quantity.measure.count): bill it by hand, or write fewer: mean"
            )
        }
        var amount = amount(of: peak, quantity)
        if isRounded { amount = rounded(amount, quantity.rounding) }
        if amount.isOverflow { throw tooLarge(charge.id) }
        return BilledDemand(amount: amount, note: told(note(of: peak, quantity)) ?? "")
    }

    /// The highest peak of some periods, the first of equal ones.
    private func highest(
        _ peaks: [Determinants.DemandPeak], _ periods: [String], _ quantity: DemandQuantity
    ) -> Determinants.DemandPeak? {
        var found: Determinants.DemandPeak?
        for peak in peaks where periods.contains(peak.period) {
            if let known = found, amount(of: known, quantity) >= amount(of: peak, quantity) {
                continue
            }
            found = peak
        }
        return found
    }

    /// A peak as a number; only of kVA, which no decimal writes, rounded.
    private func amount(of peak: Determinants.DemandPeak, _ quantity: DemandQuantity) -> Exact {
        guard let power = peak.power else {
            // Of kVA there is one window.
            return amount(of: peak.windows[0], quantity.rounding)
        }
        return power
    }

    /// The power of a window as a number; only of kVA, which no decimal writes, rounded.
    func amount(
        of window: Determinants.DemandPeak.Window, _ rounding: StepRounding?
    ) -> Exact {
        guard let reactive = window.reactive else { return window.power }
        // There is always a rounding.
        guard let rounding else { return .overflow }
        let square = window.power * window.power + reactive * reactive
        return square.isOverflow ? .overflow : square.squareRoot(to: rounding.step, rounding.mode)
    }

    func rounded(_ value: Exact, _ rounding: StepRounding?) -> Exact {
        guard let rounding, !value.isOverflow else { return value }
        return value.rounded(to: rounding.step, rounding.mode)
    }

    private func note(of peak: Determinants.DemandPeak, _ quantity: DemandQuantity) -> String {
        let measure = quantity.measure
        let sliding = measure.sequence == .sliding ? " sliding" : ""
        guard let power = peak.power else {
            let window = peak.windows[0]
            return "highest \(measure.windowMinutes) min\(sliding) mean: root of "
                + "\(window.power)² kW² + \(window.reactive ?? .zero)² kvar²"
        }
        let symbol = measure.unit.symbol
        guard measure.count > 1 else {
            return "highest \(measure.windowMinutes) min\(sliding) mean \(power) \(symbol)"
        }
        let parts = peak.windows.map(\.power.description).joined(separator: ", ")
        let days = measure.days == .different ? " on different days" : ""
        return "mean of the highest \(measure.windowMinutes) min\(sliding) means\(days) "
            + "\(parts) \(symbol)"
    }

    /// What is charged for a measured demand, by what earlier bills and the least demand do to it.
    func billed(
        _ measured: BilledDemand, _ kind: DemandCharge, _ period: String, _ charge: Charge
    ) throws(RatingHold) -> BilledDemand {
        var billed = measured
        let unit = kind.demand.measure.unit.symbol
        var least = kind.least
        switch kind.history {
        case nil: break
        case .ratchet(let ratchet):
            let periods =
                ratchet.scope == .all
                ? ["all"] : kind.members(of: period, tariff.periods.names)
            let earlier = try earlierPeaks(kind, ratchet.months, ratchet.season, periods, charge)
            guard let highest = earlier.max(by: { ($0.amount, $1.start) < ($1.amount, $0.start) })
            else { break }
            let floor = highest.amount * ratchet.share
            if floor.isOverflow { throw tooLarge(charge.id) }
            if floor > billed.amount {
                billed.amount = floor
                billed.note +=
                    told(
                        ", raised to \(ratchet.share) × \(highest.amount) \(unit) from \(highest.start)"
                    ) ?? ""
            }
        case .mean(let mean):
            let earlier = try earlierPeaks(kind, mean.months - 1, nil, ["all"], charge)
            var peaks = earlier.map(\.amount) + [measured.amount]
            if mean.leastOf == .month, let floor = kind.least {
                peaks = peaks.map { max($0, floor) }
                least = nil
            }
            billed.amount = peaks.reduce(.zero, +) / Exact(peaks.count)
            guard explains else { break }
            let parts = peaks.map(\.description).joined(separator: ", ")
            let floor = mean.leastOf == .month ? kind.least.map { ", each at least \($0)" } : nil
            billed.note += ", mean of \(parts) \(unit)\(floor ?? "")"
        }
        if let least, least > billed.amount {
            billed.amount = least
            billed.note += told(", at least \(least) \(unit)") ?? ""
        }
        billed.amount = rounded(billed.amount, kind.demand.rounding)
        if billed.amount.isOverflow { throw tooLarge(charge.id) }
        return billed
    }

    /// The peaks of the bills before the billing period, as far as they count, in order of time.
    ///
    /// - Throws: A hold where those of a bill, or of days that the contract had then, are not known.
    private func earlierPeaks(
        _ kind: DemandCharge, _ months: Int, _ season: DemandRatchet.Season?, _ periods: [String],
        _ charge: Charge
    ) throws(RatingHold) -> [(start: CivilDay, amount: Exact)] {
        let periodStart = input.cycle.periodStart
        let first = max(periodStart.addingMonths(-months), input.cycle.contractStart)
        let bills = input.determinants.earlierDemand.filter {
            $0.end > first && $0.end <= periodStart
        }
        var covered = first
        var found: [(start: CivilDay, amount: Exact)] = []
        for bill in bills {
            if bill.start > covered { throw unknown(covered, bill.start, kind, charge) }
            covered = max(covered, bill.end)
            if let season, !season.counts(from: bill.start, to: bill.end) { continue }
            let peaks = bill.peaks.filter { $0.measure == kind.demand.measure }
            guard peaks.contains(where: { $0.period == "all" }) else {
                throw unknown(bill.start, bill.end, kind, charge)
            }
            guard let peak = highest(peaks, periods, kind.demand) else { continue }
            let amount = amount(of: peak, kind.demand)
            if amount.isOverflow { throw tooLarge(charge.id) }
            found.append((bill.start, amount))
        }
        if covered < periodStart { throw unknown(covered, periodStart, kind, charge) }
        return found
    }

    private func unknown(
        _ start: CivilDay, _ end: CivilDay, _ kind: DemandCharge, _ charge: Charge
    ) -> RatingHold {
        RatingHold(
            code: .missingEarlierPeaks, charge: charge.id,
            detail: "the demand billed from \(start) to \(end) is not known: give "
                + "\(kind.demand.measure.name).all.\(start) in opening.csv")
    }
}
