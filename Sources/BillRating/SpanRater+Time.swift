// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

extension SpanRater {
    mutating func fixed(_ kind: FixedCharge, _ planned: PlannedCharge) throws(RatingHold) {
        guard let units = units(of: kind.basis) else { return }
        try add(try planned.form(), quantity: units)
    }

    mutating func capacity(_ kind: CapacityCharge, _ planned: PlannedCharge) throws(RatingHold) {
        guard let units = units(of: kind.basis) else { return }
        let capacity = try input.number(kind.parameter, planned.charge)
        try add(
            try planned.form(), quantity: capacity * units,
            note: told(
                units == .one
                    ? nil : "\(capacity) \(kind.unit) × \(units) \(kind.basis.per.rawValue)"))
    }

    /// The units of a basis for what a period has once, such as a demand: a split leaves it open unless
    /// it is prorated.
    func unitsOfWhole(_ basis: TimeBasis, _ charge: Charge) throws(RatingHold) -> Exact {
        let isWhole = start == input.cycle.periodStart && end == input.cycle.periodEnd
        guard isWhole || basis.proration == .days, let units = units(of: basis) else {
            throw RatingHold(
                code: .undecidedSplit, charge: charge.id,
                detail: "the period is split at \(start) or \(end), and the tariff does not "
                    + "prorate it: let the change begin with a billing period")
        }
        return units
    }

    /// How many units of time the span has; nil where another span of the period pays them all.
    func units(of basis: TimeBasis) -> Exact? {
        let cycle = input.cycle
        let months = Exact(cycle.months)
        if basis.per == .day { return days }
        guard basis.proration == .days else {
            guard start == cycle.periodStart else { return nil }
            switch basis.per {
            case .year: return months / Exact(12)
            case .billingPeriod: return .one
            case .month, .day: return months
            }
        }
        let part = days / Exact(cycle.fullEnd - cycle.fullStart)
        switch basis.per {
        case .year: return yearParts()
        case .billingPeriod: return part
        case .month, .day: return months * part
        }
    }

    /// The span in years: its days in each calendar year over the days of that year.
    private func yearParts() -> Exact {
        var sum = Exact.zero
        var day = start
        while day < end {
            let year = day.components.year
            let next = CivilDay.newYear(year + 1)
            sum += Exact(min(next, end) - day) / Exact(next - CivilDay.newYear(year))
            day = next
        }
        return sum
    }
}
