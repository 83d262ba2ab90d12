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

    /// Writes determinants by the other's periods, energy as it was measured, without losses; false where a period without a minute in the days has
    /// energy.
    ///
    /// - Parameter fitted: Those that it wrote for an invoice before, which are written over; or none.
    func write(_ given: Determinants, into fitted: inout Determinants) -> Bool {
        (fitted.start, fitted.end) = (given.start, given.end)
        let energy = given.measuredEnergy
        let others = energy.count { $0.quantity != .activeImport }
        let isImported = others < energy.count
        if others == 0, isImported, fitted.energy.count == otherNames.count,
            fitted.energy.allSatisfy({ $0.quantity == .activeImport })
        {
            for place in fitted.energy.indices { fitted.energy[place].amount = .zero }
        } else {
            fitted.energy = energy.filter { $0.quantity != .activeImport }
            for name in isImported ? otherNames : [] {
                fitted.energy.append(
                    Determinants.EnergyAmount(
                        quantity: .activeImport, period: name, amount: .zero))
            }
        }
        for item in energy where item.quantity == .activeImport {
            guard let period = names.firstIndex(of: item.period) else { return false }
            if let place = places[period] {
                fitted.energy[others + place].amount += item.amount
            } else if item.amount != .zero {
                return false
            }
        }
        fitted.removeLosses()
        fitted.demand = given.demand.isEmpty ? [] : demand(given.demand)
        return true
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
