// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

extension SpanRater {
    /// A line per component and, where the price is by period, per period that has energy.
    mutating func energy(
        _ kind: EnergyCharge, _ charge: Charge, _ forms: [Result<LineForm, RatingHold>]
    ) throws(RatingHold) {
        let amounts = try energyByPeriod(kind.quantity, charge, timed: kind.isByPeriod)
        for place in kind.components.indices {
            for (offset, (_, amount)) in amounts.enumerated()
            where !kind.isByPeriod || amount != .zero {
                try add(try forms[place * amounts.count + offset].get(), quantity: amount)
            }
        }
    }

    /// A line per tier and, where its price is by period, per period.
    mutating func tiers(
        _ kind: TierCharge, _ charge: Charge, _ forms: [Result<LineForm, RatingHold>]
    ) throws(RatingHold) {
        let timed = kind.isByPeriod
        let amounts = try energyByPeriod(kind.quantity, charge, timed: timed)
        let total = amounts.reduce(Exact.zero) { $0 + $1.amount }
        if timed, total == .zero, amounts.contains(where: { $0.amount != .zero }) {
            throw RatingHold(
                code: .undefinedAllocation, charge: charge.id,
                detail: "energy of the periods cancels out: bill it by hand")
        }
        let before = try energyBefore(kind, charge)
        let scale = limitScale(kind)
        var lower: Exact?
        for (index, tier) in kind.tiers.enumerated() {
            let upper = tier.limit.map { $0 * scale }
            let band = TierBand(lower: lower, upper: upper)
            let portion = band.amount(upTo: before + total) - band.amount(upTo: before)
            if portion.isOverflow { throw tooLarge(charge.id) }
            let from = lower ?? .zero
            lower = upper
            let isShown = portion != .zero || (total == .zero && index == 0)
            guard isShown else { continue }
            let note = tierNote(index, from: from, to: upper)
            for (offset, (period, amount)) in amounts.enumerated() {
                let isByPeriod = tier.price.isByPeriod
                if isByPeriod ? amount == .zero : offset > 0 { continue }
                try add(
                    try forms[index * amounts.count + offset].get(),
                    quantity: isByPeriod ? portion * amount / total : portion,
                    note: isByPeriod ? note + ", share of \(period)" : note)
            }
        }
    }

    private func tierNote(_ index: Int, from lower: Exact, to upper: Exact?) -> String {
        var note = Array("tier ".utf8)
        Exact(index + 1).append(to: &note)
        note += " from ".utf8
        lower.append(to: &note)
        if let upper {
            note += " to ".utf8
            upper.append(to: &note)
        }
        return String(decoding: note, as: UTF8.self)
    }

    /// The energy of a quantity: per period of the tariff, or as one amount under `all`.
    private func energyByPeriod(
        _ quantity: BilledQuantity, _ charge: Charge, timed: Bool
    ) throws(RatingHold) -> [(period: String, amount: Exact)] {
        let usage = quantity.usage
        let given = input.determinants.energy
        func missing(_ what: String) -> RatingHold {
            RatingHold(
                code: .missingDeterminant, charge: charge.id,
                detail: "no \(quantity.rawValue) \(what): check the meter's channels and registers")
        }
        guard input.totals[usage] != nil else {
            throw missing("from \(start) to \(end)")
        }
        guard timed else {
            let sum = input.totals[usage] ?? .zero
            if sum.isOverflow { throw tooLarge(charge.id) }
            return [("all", sum)]
        }
        let names = tariff.periods.names
        let other = given.first { $0.quantity == usage && !names.contains($0.period) }
        if let other { throw missing("by period, only for '\(other.period)'") }
        var found: [(period: String, amount: Exact)] = []
        found.reserveCapacity(names.count)
        for period in names {
            let place = given.firstIndex { $0.quantity == usage && $0.period == period }
            guard let place else { throw missing("in the period '\(period)'") }
            if given[place].amount.isOverflow { throw tooLarge(charge.id) }
            found.append((period, given[place].amount))
        }
        return found
    }

    /// The energy that filled tiers before the span.
    private func energyBefore(_ kind: TierCharge, _ charge: Charge) throws(RatingHold) -> Exact {
        switch kind.cycle {
        case .month, .billingPeriod:
            // By days, every span has limits of its own; else spans of a period share them.
            return kind.limits == .byDays ? .zero : input.periodToDate[kind.quantity.usage] ?? .zero
        case .calendarYear:
            guard let before = input.yearToDate[kind.quantity.usage] else {
                throw RatingHold(
                    code: .missingYearToDate, charge: charge.id,
                    detail: "what was billed earlier in the year is not known: give it as an "
                        + "opening value")
            }
            return before
        }
    }

    /// What limits are multiplied by.
    private func limitScale(_ kind: TierCharge) -> Exact {
        let cycle = input.cycle
        let part = days / Exact(cycle.fullEnd - cycle.fullStart)
        let byDays = kind.limits == .byDays
        switch kind.cycle {
        case .month: return Exact(cycle.months) * (byDays ? part : .one)
        case .billingPeriod: return byDays ? part : .one
        case .calendarYear(let attribution):
            guard byDays else { return .one }
            // A period counts in one year as a whole, however it is split.
            let year = attribution.year(from: cycle.periodStart, to: cycle.periodEnd)
            let (first, next) = (CivilDay.newYear(year), CivilDay.newYear(year + 1))
            let served = min(cycle.contractEnd ?? next, next) - max(cycle.contractStart, first)
            return Exact(served) / Exact(next - first)
        }
    }
}

/// The energy between two limits; open below for the first tier and above for the last.
private struct TierBand {
    let lower: Exact?
    let upper: Exact?

    /// How much of an amount counted from zero lies in the band.
    ///
    /// Below zero (more was credited than billed) all of it lies in the first tier.
    func amount(upTo position: Exact) -> Exact {
        if position.isOverflow { return .overflow }
        let capped = upper.map { min($0, position) } ?? position
        guard let lower else { return capped }
        return max(capped - lower, .zero)
    }
}
