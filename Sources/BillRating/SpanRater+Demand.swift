// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

extension SpanRater {
    /// A line per period and, where the price has several, per tier.
    mutating func demand(_ kind: DemandCharge, _ planned: PlannedCharge) throws(RatingHold) {
        let charge = planned.charge
        let units = try unitsOfWhole(kind.basis, charge)
        let highUse = try reduction(kind.highUse, kind.basis, charge)
        let names = kind.names(tariff.periods.names)
        for name in names {
            // A period that does not occur in the span has no peak, and nothing to pay.
            let periods = kind.members(of: name, tariff.periods.names)
            guard let measured = try measured(kind.demand, periods, charge, isRounded: false)
            else { continue }
            let billed = try billed(measured, kind, name, charge)
            let schedule: TierCharge.Schedule
            switch kind.pricing {
            case .tiers(let tiers): schedule = tiers
            case .steps(let steps):
                try add(
                    billed.amount, kind.demand.measure.unit.symbol, on: steps,
                    of: kind.basis, units, times: highUse.factor,
                    notes: [billed.note, highUse.note], planned)
                continue
            }
            let tiers = tiers(of: schedule, at: names.firstIndex(of: name) ?? 0)
            var lower: Exact?
            for (index, tier) in tiers.enumerated() {
                let band = TierBand(lower: lower, upper: tier.limit)
                let from = lower ?? .zero
                lower = tier.limit
                let portion = band.amount(upTo: billed.amount)
                if portion.isOverflow { throw tooLarge(charge.id) }
                guard index == 0 || portion != .zero, let source = tier.price.source(of: name)
                else { continue }
                let place =
                    tiers.count == 1
                    ? nil
                    : "tier \(index + 1) from \(from)" + (tier.limit.map { " to \($0)" } ?? "")
                try add(
                    planned, quantity: portion * units, unit: kind.demand.measure.unit.symbol,
                    price: try prices.price(source, times: highUse.factor, charge),
                    period: kind.scope == .all ? nil : name,
                    tier: tiers.count == 1 ? nil : index + 1,
                    note: told(
                        [billed.note, place, highUse.note].compactMap(\.self)
                            .joined(separator: "; ")))
            }
        }
    }

    /// The tiers of the period or group at a place, on the days of the span.
    private func tiers(
        of schedule: TierCharge.Schedule, at place: Int
    ) -> [TierCharge.Tier] {
        switch schedule {
        case .single(let tiers): return tiers
        case .byPeriod(let lists):
            return lists[place]
        case .bySeason(let lists):
            let season = tariff.seasons.season(from: start, to: end)
            return lists[tariff.seasons.names.firstIndex { $0 == season } ?? 0]
        }
    }

    mutating func contractDemand(
        _ kind: ContractDemandCharge, _ planned: PlannedCharge
    ) throws(RatingHold) {
        let charge = planned.charge
        let units = try unitsOfWhole(kind.basis, charge)
        let highUse = try reduction(kind.highUse, kind.basis, charge)
        var contract = try input.number(kind.parameter, charge)
        if let floor = kind.floor {
            contract = max(contract, try input.number(floor.parameter, charge) * floor.share)
        }
        let unit = kind.demand.measure.unit.symbol
        let unitPrice = try prices.price(kind.price, times: highUse.factor, charge)
        guard let measured = try measured(kind.demand, ["all"], charge) else { return }
        try add(
            planned, quantity: contract * units, unit: unit, price: unitPrice,
            component: "contract", note: highUse.note)
        let excess = measured.amount - contract * kind.overFrom
        guard excess.isOverflow || excess > .zero else { return }
        try add(
            planned, quantity: excess * units, unit: unit, price: unitPrice * kind.overTimes,
            component: "excess",
            note: told(
                "\(measured.amount) \(unit) above \(kind.overFrom) × \(contract) \(unit)"
                    + (highUse.note.map { "; \($0)" } ?? "")))
    }

    /// A line where demand is above a parameter.
    mutating func excessDemand(
        _ kind: ExcessDemandCharge, _ planned: PlannedCharge
    ) throws(RatingHold) {
        let charge = planned.charge
        let units = try unitsOfWhole(kind.basis, charge)
        let agreed = try input.number(kind.parameter, charge)
        guard let measured = try measured(kind.demand, ["all"], charge) else { return }
        let excess = measured.amount - agreed
        guard excess.isOverflow || excess > .zero else { return }
        let unit = kind.demand.measure.unit.symbol
        try add(
            planned, quantity: excess * units, unit: unit,
            price: try prices.price(kind.price, charge),
            note: told(
                "\(measured.note), above \(agreed) \(unit)"
                    + (units == .one
                        ? "" : ": \(excess) \(unit) × \(units) \(kind.basis.per.rawValue)")))
    }

    /// What a price is multiplied by where the energy is large beside a parameter, and why.
    private func reduction(
        _ kind: HighUse?, _ basis: TimeBasis, _ charge: Charge
    ) throws(RatingHold) -> (factor: Exact, note: String?) {
        guard let kind else { return (.one, nil) }
        let cycle = input.cycle
        let isFull = start == cycle.fullStart && end == cycle.fullEnd
        guard isFull || basis.proration == .days else {
            throw RatingHold(
                code: .undecidedSplit, charge: charge.id,
                detail: "from \(start) to \(end) is a part of a cycle, for which the tariff does "
                    + "not prorate the energy of high_use: write prorate: days")
        }
        let parameter = try input.number(kind.parameter, charge)
        guard parameter > .zero else {
            throw RatingHold(
                code: .badParameter, charge: charge.id,
                detail: "'\(kind.parameter)' is \(parameter), and energy is counted per unit of it")
        }
        guard let energy = input.totals[.activeImport] else {
            throw RatingHold(
                code: .missingDeterminant, charge: charge.id,
                detail: "no import.kwh from \(start) to \(end): check the meter's channels")
        }
        let part = days / Exact(cycle.fullEnd - cycle.fullStart) * Exact(cycle.months)
        let least = kind.least * parameter * part
        if energy.isOverflow || least.isOverflow { throw tooLarge(charge.id) }
        guard energy >= least else { return (.one, nil) }
        guard explains else { return (kind.times, nil) }
        let limit =
            part == .one
            ? "\(kind.least) × \(parameter)" : "\(kind.least) × \(parameter) × \(part)"
        return (kind.times, "\(energy) kWh are at least \(limit): price × \(kind.times)")
    }
}
