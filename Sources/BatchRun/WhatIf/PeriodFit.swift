// SPDX-License-Identifier: Apache-2.0

import MeterUsage
import Quantities

/// Which period of one calendar each period of another lies in, on some days.
///
/// Energy that was summed by the periods of a calendar can be told by those of another only where each
/// lies in one of the other's as a whole; names do not matter, minutes do.
struct PeriodFit: Sendable {
    private let names: [String]
    private let otherNames: [String]
    /// The other's period; nil for one without a minute in the days. Shape: `[period]`.
    private let places: [Int?]

    /// Nil where a period lies in several of the other calendar.
    init?(
        of calendar: TimeOfUseCalendar, to other: TimeOfUseCalendar, days: Range<CivilDay>
    ) {
        names = calendar.periods
        otherNames = other.periods
        let first: Int? = other.periods.count == 1 ? 0 : nil
        var places = [Int?](repeating: first, count: calendar.periods.count)
        var day = days.lowerBound
        while day < days.upperBound {
            for (period, otherPeriod) in zip(calendar.periods(of: day), other.periods(of: day)) {
                let place = places[Int(period)] ?? Int(otherPeriod)
                if place != Int(otherPeriod) { return nil }
                places[Int(period)] = place
            }
            day = day + 1
        }
        self.places = places
    }

    /// What was measured by the other's periods, without losses; nil where a period without a minute in the days has
    /// energy.
    func determinants(_ given: Determinants) -> Determinants? {
        var fitted = Determinants(start: given.start, end: given.end, energy: [])
        var imported: [Exact]?
        for item in given.measuredEnergy {
            guard item.quantity == .activeImport else {
                fitted.energy.append(item)
                continue
            }
            guard let period = names.firstIndex(of: item.period) else { return nil }
            var sums = imported ?? [Exact](repeating: .zero, count: otherNames.count)
            if let place = places[period] {
                sums[place] += item.amount
            } else if item.amount != .zero {
                return nil
            }
            imported = sums
        }
        for (name, amount) in zip(otherNames, imported ?? []) {
            fitted.energy.append(
                Determinants.EnergyAmount(quantity: .activeImport, period: name, amount: amount))
        }
        fitted.demand = demand(given.demand)
        return fitted
    }

    /// A window is in the period of one of its minutes, and so in the one that has that period.
    private func demand(_ given: [Determinants.DemandPeak]) -> [Determinants.DemandPeak] {
        var fitted: [Determinants.DemandPeak] = []
        for peak in given {
            if peak.period == "all", otherNames != ["all"] { fitted.append(peak) }
            guard let place = names.firstIndex(of: peak.period).flatMap({ places[$0] }) else {
                if peak.period == "all", otherNames == ["all"] { fitted.raise(to: peak) }
                continue
            }
            var moved = peak
            moved.period = otherNames[place]
            fitted.raise(to: moved)
        }
        return fitted
    }
}

extension [Determinants.DemandPeak] {
    /// Takes a peak where none of its period is higher.
    mutating func raise(to peak: Determinants.DemandPeak) {
        guard
            let place = firstIndex(where: { $0.period == peak.period && $0.measure == peak.measure }
            )
        else {
            append(peak)
            return
        }
        // Peaks of several windows are not read back.
        if let known = self[place].power, let power = peak.power, known < power {
            self[place] = peak
        }
    }
}

extension Determinants {
    /// Adds what was measured on the days that follow; both must have the same periods.
    mutating func append(_ next: Determinants) {
        precondition(end == next.start, "the days follow each other")
        end = next.end
        // What one of them lacks is known of neither.
        energy = energy.compactMap { item in
            next.energy.first { $0.quantity == item.quantity && $0.period == item.period }.map {
                var sum = item
                sum.amount += $0.amount
                return sum
            }
        }
        func measures(_ peaks: [DemandPeak]) -> Set<DemandMeasure> {
            Set(peaks.filter { $0.period == "all" }.map(\.measure))
        }
        let known = measures(demand).intersection(measures(next.demand))
        demand = demand.filter { known.contains($0.measure) }
        for peak in next.demand where known.contains(peak.measure) { demand.raise(to: peak) }
    }
}
