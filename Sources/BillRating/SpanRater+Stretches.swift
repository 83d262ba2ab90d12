// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

extension SpanRater {
    /// A line per tier and, where its price is by period, per period, of energy that is counted day by
    /// day, or in the order in which it was used.
    mutating func rateByStretches(
        _ tiers: PlannedTiers, _ planned: PlannedCharge
    ) throws(RatingHold) {
        let (kind, charge) = (tiers.kind, planned.charge)
        let names = tiers.periods
        let days = try stretches(kind, charge)
        var used = [Exact](repeating: .zero, count: names.count)
        for item in days.joined() where item.amount != .zero { used[item.period] = .one }
        let before = try energyBefore(kind, charge)
        let fit = try limitFit(kind, charge, after: before)
        var bands: [TierBand] = []
        for (index, tier) in try limitsShared(by: used, tiers, charge).enumerated() {
            bands.append(
                TierBand(
                    lower: bands.last?.upper, upper: tier.limit.map { fit.limit($0, of: index) }))
        }
        // Shape: `[tier × period]`, as the forms.
        var portions = [Exact](repeating: .zero, count: bands.count * names.count)
        for amounts in days {
            var position = before
            if kind.allocation == .proportional {
                let byPeriod = names.indices.map { period in
                    amounts.reduce(Exact.zero) { $1.period == period ? $0 + $1.amount : $0 }
                }
                let total = byPeriod.reduce(.zero, +)
                if total == .zero, byPeriod.contains(where: { $0 != .zero }) {
                    throw undefinedAllocation(charge)
                }
                if total == .zero { continue }
                for (tier, band) in bands.enumerated() {
                    let portion = band.amount(upTo: position + total) - band.amount(upTo: position)
                    for (period, amount) in byPeriod.enumerated() {
                        portions[tier * names.count + period] += portion * amount / total
                    }
                }
                continue
            }
            for item in amounts {
                let next = position + item.amount
                for (tier, band) in bands.enumerated() {
                    portions[tier * names.count + item.period] +=
                        band.amount(upTo: next) - band.amount(upTo: position)
                }
                position = next
            }
        }
        try addTiers(
            tiers, planned, bands, portions, periodCount: names.count, limits: fit.note)
    }

    /// Adds the lines of tiers that have a part; the first tier where none has.
    private mutating func addTiers(
        _ tiers: PlannedTiers, _ planned: PlannedCharge, _ bands: [TierBand], _ portions: [Exact],
        periodCount: Int, limits: String?
    ) throws(RatingHold) {
        if portions.contains(where: \.isOverflow) { throw tooLarge(planned.charge.id) }
        let isIdle = portions.allSatisfy { $0 == .zero }
        let kind = tiers.kind
        for (index, band) in bands.enumerated() {
            var note = told(
                tierNote(index, from: band.lower ?? .zero, to: band.upper)
                    + (kind.cycle == .day ? " of each day" : "")
                    + (limits.map { ", \($0)" } ?? ""))
            let places = (index * periodCount)..<((index + 1) * periodCount)
            guard tiers.hasListPerPeriod || tiers.lists[0][index].isByPeriod else {
                let portion = portions[places].reduce(.zero, +)
                if portion != .zero || isIdle && index == 0 {
                    try add(
                        try tiers.lists[0][index].forms[0].get(), quantity: portion, note: note)
                }
                continue
            }
            if kind.allocation == .chronological {
                note = note.map { $0 + ", in the order of use" }
            }
            for (period, place) in places.enumerated() where portions[place] != .zero {
                let form =
                    tiers.hasListPerPeriod
                    ? tiers.lists[period][index].forms[0] : tiers.lists[0][index].forms[period]
                try add(try form.get(), quantity: portions[place], note: note)
            }
        }
    }

    /// Energy of a stretch, with the period's place among those that the charge tells apart.
    private struct Stretch {
        var period: Int
        var amount: Exact
    }

    /// The energy that tiers are filled with in order; of a cycle of days, day by day.
    private func stretches(
        _ kind: TierCharge, _ charge: Charge
    ) throws(RatingHold) -> [[Stretch]] {
        let names = tariff.periods.names
        var found: [[Stretch]] = []
        var day: CivilDay?
        for item in input.determinants.stretches where item.quantity == kind.quantity.usage {
            guard let own = kind.isByPeriod ? names.firstIndex(of: item.period) : 0 else {
                throw missingStretches(kind, charge, "by period")
            }
            let period = kind.isByPeriod ? kind.groups?.groupOfPeriod[own] ?? own : 0
            if found.isEmpty || kind.cycle == .day && item.day != day { found.append([]) }
            day = item.day
            found[found.count - 1].append(Stretch(period: period, amount: item.amount))
        }
        if found.isEmpty {
            throw missingStretches(
                kind, charge, kind.cycle == .day ? "of each day" : "in its order")
        }
        return found
    }

    private func missingStretches(
        _ kind: TierCharge, _ charge: Charge, _ what: String
    ) -> RatingHold {
        RatingHold(
            code: .missingDeterminant, charge: charge.id,
            detail:
                "no \(kind.quantity.rawValue) \(what) from \(start) to \(end): interval "
                + "readings tell it, and daily freezes of every midnight where tiers are by day alone"
        )
    }
}

/// The hold of tiers that cannot be shared out.
func undefinedAllocation(_ charge: Charge) -> RatingHold {
    RatingHold(
        code: .undefinedAllocation, charge: charge.id,
        detail: "energy of the periods cancels out: bill it by hand")
}

extension Tariff {
    /// The stretches of time that its tiers ask the energy of; nil for none.
    public var stretchCut: StretchCut? {
        var cut = StretchCut()
        for case .tiers(let kind) in charges.map(\.kind) where kind.needsStretches {
            cut.quantities.insert(kind.quantity.usage)
            if kind.cycle == .day { cut.byDay = true }
            if kind.isByPeriod { cut.byPeriod = true }
        }
        return cut.quantities.isEmpty ? nil : cut
    }
}

/// Where energy is cut into stretches.
public struct StretchCut: Hashable, Sendable {
    /// The quantities that are cut.
    public var quantities: Set<UsageQuantity> = []
    /// True where each local day is a stretch, or several, of its own.
    public var byDay = false
    /// True where each stretch is of one period.
    public var byPeriod = false
}
