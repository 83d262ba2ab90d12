// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

extension SpanRater {
    /// A line per tier and, where its price is by period, per period.
    mutating func rate(
        _ tiers: PlannedTiers, _ planned: PlannedCharge
    ) throws(RatingHold) {
        let (kind, charge) = (tiers.kind, planned.charge)
        if kind.needsStretches { return try rateByStretches(tiers, planned) }
        let amounts =
            tiers.isByPeriod
            ? try energyByPeriod(kind.quantity, kind.groups, planned)
            : [try total(kind.quantity, planned)]
        let before = try energyBefore(kind, charge)
        let fit = try limitFit(kind, charge, after: before)
        if kind.allocation == .perPeriod {
            guard before == .zero else {
                throw RatingHold(
                    code: .undecidedSplit, charge: charge.id,
                    detail: "the period is split at \(start), and what filled the tiers of each "
                        + "period before is not known: write limits: by_days")
            }
            for (place, amount) in amounts.enumerated() where amount != .zero {
                let bands = self.bands(of: tiers.lists[place], fit, before: .zero, total: amount)
                for band in bands where band.portion != .zero {
                    try add(band, of: tiers.lists[place], quantity: band.portion, charge)
                }
            }
            return
        }
        let total = amounts.reduce(Exact.zero, +)
        if tiers.isByPeriod, total == .zero, amounts.contains(where: { $0 != .zero }) {
            throw undefinedAllocation(charge)
        }
        let limits = try limitsShared(by: amounts, tiers, charge)
        for band in bands(of: limits, fit, before: before, total: total) {
            let isShown = band.portion != .zero || (total == .zero && band.tier == 0)
            guard isShown else { continue }
            let share = total == .zero ? .zero : band.portion / total
            for (place, amount) in amounts.enumerated() {
                let list = tiers.hasListPerPeriod ? tiers.lists[place] : tiers.lists[0]
                let isByPeriod = tiers.hasListPerPeriod || list[band.tier].isByPeriod
                if isByPeriod ? amount == .zero : place > 0 { continue }
                try add(
                    band, of: list, form: list[band.tier].isByPeriod ? place : 0,
                    quantity: isByPeriod ? share * amount : band.portion,
                    shareOf: isByPeriod ? tiers.periods[place] : nil, charge)
            }
        }
    }

    private mutating func add(
        _ band: FilledBand, of list: [PlannedTiers.Tier], form: Int = 0, quantity: Exact,
        shareOf period: String? = nil, _ charge: Charge
    ) throws(RatingHold) {
        if quantity.isOverflow { throw tooLarge(charge.id) }
        let note = told(
            originNote(charge) + tierNote(band.tier, from: band.from, to: band.to)
                + (band.note.map { ", \($0)" } ?? "") + (period.map { ", share of \($0)" } ?? ""))
        try add(try list[band.tier].forms[form].get(), quantity: quantity, note: note)
    }

    /// What is said first of energy that is not what was measured.
    private func originNote(_ charge: Charge) -> String {
        guard !isAsMeasured, case .tiers(let kind) = charge.kind else { return "" }
        return origin(of: kind.quantity, nil).map { "\($0); " } ?? ""
    }

    /// What an amount fills of each tier, after what filled them before.
    private func bands(
        of tiers: [PlannedTiers.Tier], _ fit: LimitFit, before: Exact, total: Exact
    ) -> [FilledBand] {
        var bands: [FilledBand] = []
        bands.reserveCapacity(tiers.count)
        var lower: Exact?
        for (index, tier) in tiers.enumerated() {
            let upper = tier.limit.map { fit.limit($0, of: index) }
            let band = TierBand(lower: lower, upper: upper)
            bands.append(
                FilledBand(
                    note: fit.note, tier: index, from: lower ?? .zero, to: upper,
                    portion: band.amount(upTo: before + total) - band.amount(upTo: before)))
            lower = upper
        }
        return bands
    }

    /// The tiers whose limits all periods with energy have.
    func limitsShared(
        by amounts: [Exact], _ tiers: PlannedTiers, _ charge: Charge
    ) throws(RatingHold) -> [PlannedTiers.Tier] {
        guard tiers.hasListPerPeriod else { return tiers.lists[0] }
        let used = zip(tiers.lists, amounts).filter { $0.1 != .zero }.map(\.0)
        guard let first = used.first else { return [] }
        guard used.allSatisfy({ $0.map(\.limit) == first.map(\.limit) }) else {
            throw RatingHold(
                code: .undefinedAllocation, charge: charge.id,
                detail: "periods with energy from \(start) to \(end) have different limits: write "
                    + "allocation: per_period, or the same limits")
        }
        return first
    }

    func tierNote(_ index: Int, from lower: Exact, to upper: Exact?) -> String {
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

    /// What the limits of the file become for the span.
    ///
    /// - Parameter before: The energy that filled them before it.
    func limitFit(
        _ kind: TierCharge, _ charge: Charge, after before: Exact
    ) throws(RatingHold) -> LimitFit {
        var fit = try limitFit(kind, charge)
        guard before != .zero, explains else { return fit }
        var of = "period"
        if case .calendarYear = kind.cycle { of = "year" }
        let filled = "after \(before) \(kind.quantity.unit) of the \(of)"
        fit.note = fit.note.map { "\(filled), \($0)" } ?? filled
        return fit
    }

    private func limitFit(_ kind: TierCharge, _ charge: Charge) throws(RatingHold) -> LimitFit {
        let raised = try raisedLimits(kind, charge)
        if case .perDemand(let limits) = kind.limitUnit {
            let demand = try demand(limits, kind, charge)
            return LimitFit(
                scale: cycleScale(kind) * demand.amount, raised: raised, note: demand.note)
        }
        return LimitFit(scale: try limitScale(kind, charge), raised: raised)
    }

    /// The demand of the span that limits are counted by, and how it comes about.
    private func demand(
        _ limits: DemandLimits, _ kind: TierCharge, _ charge: Charge
    ) throws(RatingHold) -> BilledDemand {
        let isWhole = start == input.cycle.periodStart && end == input.cycle.periodEnd
        guard isWhole || kind.limits == .byDays else {
            throw RatingHold(
                code: .undecidedSplit, charge: charge.id,
                detail:
                    "the period is split at \(start) or \(end), and its parts have demands of their "
                    + "own: let the change begin with a billing period, or write limits: by_days")
        }
        guard let other = tariff.charges.first(where: { $0.id == limits.charge }),
            case .demand(let demand) = other.kind
        else { preconditionFailure("limits name an earlier charge for demand") }
        let isRounded = limits.taken == .measured
        guard var found = try measured(demand.demand, ["all"], charge, isRounded: isRounded) else {
            preconditionFailure("a span without a peak over all has been held")
        }
        if limits.taken == .billed { found = try billed(found, demand, "all", charge) }
        guard found.amount >= .zero else {
            throw RatingHold(
                code: .missingDeterminant, charge: charge.id,
                detail:
                    "the demand of '\(other.id)' is \(found.amount): limits cannot be below zero")
        }
        found.note =
            "limits for \(found.amount) \(demand.demand.measure.unit.symbol) (\(found.note))"
        return found
    }

    /// How much each limit is raised for the contract; empty for not at all.
    private func raisedLimits(_ kind: TierCharge, _ charge: Charge) throws(RatingHold) -> [Exact] {
        guard let raise = kind.raise, try input.holds(raise.conditions, of: charge.id) else {
            return []
        }
        return raise.by
    }

    /// The energy that filled tiers before the span.
    func energyBefore(_ kind: TierCharge, _ charge: Charge) throws(RatingHold) -> Exact {
        switch kind.cycle {
        case .day: return .zero
        case .month, .billingPeriod:
            // By days, every span has limits of its own; else spans of a period share them.
            return kind.limits == .byDays ? .zero : input.periodToDate[kind.quantity.usage] ?? .zero
        case .calendarYear:
            guard let before = input.yearToDate[kind.quantity.usage] else {
                throw RatingHold(
                    code: .missingYearToDate, charge: charge.id,
                    detail: "what was billed earlier in the year is not known: give "
                        + "year_to_date.\(kind.quantity.rawValue) in opening.csv")
            }
            return before
        }
    }

    /// What limits are multiplied by.
    private func limitScale(_ kind: TierCharge, _ charge: Charge) throws(RatingHold) -> Exact {
        switch kind.limitUnit {
        case .energy: return cycleScale(kind)
        case .perDay: return days
        case .perDemand: preconditionFailure("limits by a demand have a fit of their own")
        case .perParameter(let name):
            let units = try input.number(name, charge)
            guard units >= .zero else {
                throw RatingHold(
                    code: .badParameter, charge: charge.id,
                    detail: "'\(name)' is \(units): limits cannot be below zero")
            }
            return cycleScale(kind) * units
        }
    }

    /// How many times the limits of its cycle a span has.
    private func cycleScale(_ kind: TierCharge) -> Exact {
        let cycle = input.cycle
        let part = days / Exact(cycle.fullEnd - cycle.fullStart)
        let byDays = kind.limits == .byDays
        switch kind.cycle {
        case .day: return .one
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

/// What the limits of a file become for one span of one contract.
struct LimitFit {
    /// What limits are multiplied by.
    let scale: Exact
    /// What is added to each before; empty for nothing. Shape: `[limited tier]`.
    let raised: [Exact]
    /// What lines say of them; nil for nothing.
    var note: String? = nil

    func limit(_ written: Exact, of tier: Int) -> Exact {
        (raised.isEmpty ? written : written + raised[tier]) * scale
    }
}

/// A tier and what a span fills of it.
private struct FilledBand {
    /// What its line says of the limits; nil for nothing.
    let note: String?
    /// Its place in its list.
    let tier: Int
    let from: Exact
    let to: Exact?
    let portion: Exact
}

/// The energy between two limits; open below for the first tier and above for the last.
struct TierBand {
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
