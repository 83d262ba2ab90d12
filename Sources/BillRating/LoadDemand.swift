// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

/// The demand of a load, found by looking at every window.
struct LoadDemand {
    let load: LoadProfile
    /// Where its intervals lie.
    let places: LoadPlaces
    let calendar: TimeOfUseCalendar
    /// What is measured.
    let measures: [DemandMeasure]

    /// The peaks of some of the load's intervals, measure by measure; of one whose quantities the load
    /// does not have there are none.
    func peaks(of intervals: Range<Int>) -> [Determinants.DemandPeak] {
        measures.flatMap { measure in
            let columns = measure.quantities.compactMap { quantity in
                load.quantities.firstIndex { $0.usage == quantity }.map { load.columns[$0] }
            }
            let windows = windows(of: intervals, measure)
            guard columns.count == measure.quantities.count, !windows.isEmpty else {
                return [Determinants.DemandPeak]()
            }
            if let ranks = wholeRanks(of: windows, columns, measure) {
                return peaks(windows, rankedBy: ranks, columns, measure)
            }
            let ranks = windows.map { first in
                let means = means(first, columns, measure)
                return means.count == 1 ? means[0] : means[0] * means[0] + means[1] * means[1]
            }
            return peaks(windows, rankedBy: ranks, columns, measure)
        }
    }

    /// What orders windows as their powers do, in whole steps: the energy, of apparent power its square.
    /// Nil where it does not fit.
    private func wholeRanks(
        of windows: [Int], _ columns: [LoadColumn], _ measure: DemandMeasure
    ) -> [Int128]? {
        var (counts, decimals): ([[Int64]], [Int]) = ([], [])
        for column in columns {
            guard case .steps(let steps, let places) = column.amounts else { return nil }
            counts.append(steps)
            decimals.append(places)
        }
        let finest = decimals.max() ?? 0
        let isApparent = columns.count > 1
        // Squares of the powers stay within the range of fractions too, up to here and to the size below.
        if isApparent, finest > 15 { return nil }
        let length = measure.windowMinutes / load.minutes
        var ranks: [Int128] = []
        ranks.reserveCapacity(windows.count)
        for first in windows {
            var rank: Int128 = 0
            for column in counts.indices {
                var sum: Int128 = 0
                for interval in first..<first + length { sum += Int128(counts[column][interval]) }
                if isApparent {
                    guard let small = Int64(exactly: sum),
                        let scaled = LoadColumn.scaled(small, by: finest - decimals[column]),
                        scaled.magnitude < 1 << 56
                    else { return nil }
                    sum = Int128(scaled) * Int128(scaled)
                }
                rank += sum
            }
            ranks.append(rank)
        }
        return ranks
    }

    /// The peaks of each period and of all.
    ///
    /// - Parameters:
    ///   - windows: The first interval of each, in order of time. Shape: `[window]`.
    ///   - ranks: What they are ordered by: the power, of apparent power its square. Shape: `[window]`.
    private func peaks(
        _ windows: [Int], rankedBy ranks: [some Comparable], _ columns: [LoadColumn],
        _ measure: DemandMeasure
    ) -> [Determinants.DemandPeak] {
        var found: [Determinants.DemandPeak] = []
        func add(_ period: String, _ highest: [Int]) {
            if highest.isEmpty { return }
            found.append(
                Determinants.DemandPeak(
                    measure, period: period,
                    windows: highest.map { power(windows[$0], columns, measure) }))
        }
        for (period, name) in calendar.periods.enumerated() where name != "all" {
            let inPeriod = windows.indices.filter { places.periods[windows[$0]] == period }
            add(name, highest(inPeriod, of: windows, ranks, measure))
        }
        add("all", highest(windows.indices, of: windows, ranks, measure))
        return found
    }

    /// The highest of some windows that are in order of time, the highest first; of equal ones the first.
    private func highest(
        _ chosen: some Sequence<Int>, of windows: [Int], _ ranks: [some Comparable],
        _ measure: DemandMeasure
    ) -> [Int] {
        var highest: [Int] = []
        for window in chosen {
            if highest.count == measure.count, let last = highest.last,
                ranks[window] <= ranks[last]
            {
                continue
            }
            if measure.days == .different,
                let same = highest.firstIndex(where: {
                    places.days[windows[$0]] == places.days[windows[window]]
                })
            {
                if ranks[window] <= ranks[highest[same]] { continue }
                highest.remove(at: same)
            }
            let place = highest.firstIndex { ranks[$0] < ranks[window] } ?? highest.endIndex
            highest.insert(window, at: place)
            if highest.count > measure.count { highest.removeLast() }
        }
        return highest
    }

    /// The first intervals of the windows that some of the load's intervals make, in order.
    private func windows(of intervals: Range<Int>, _ measure: DemandMeasure) -> [Int] {
        let count = measure.windowMinutes / load.minutes
        guard intervals.count >= count, measure.isMadeOf(intervalMinutes: load.minutes) else {
            return []
        }
        let firsts = intervals.lowerBound...intervals.upperBound - count
        return firsts.filter { first in
            measure.sequence == .sliding || isBlock(first..<first + count, measure)
        }
    }

    /// Whether intervals are a block: one begins with the first, and no clock change parts it.
    private func isBlock(_ intervals: Range<Int>, _ measure: DemandMeasure) -> Bool {
        intervals.allSatisfy { interval in
            places.minutes[interval] % measure.windowMinutes
                == (interval - intervals.lowerBound) * load.minutes
        }
    }

    /// The mean power of a window, quantity by quantity.
    private func means(
        _ first: Int, _ columns: [LoadColumn], _ measure: DemandMeasure
    ) -> [Exact] {
        let window = first..<first + measure.windowMinutes / load.minutes
        let perHour = Exact(60, over: Int128(measure.windowMinutes))
        return columns.map { $0.sum(window) * perHour }
    }

    private func power(
        _ first: Int, _ columns: [LoadColumn], _ measure: DemandMeasure
    ) -> Determinants.DemandPeak.Window {
        let means = means(first, columns, measure)
        let isApparent = measure.unit == .kilovoltAmperes
        return Determinants.DemandPeak.Window(
            power: means[0], reactive: isApparent ? means[1] : nil, at: load.starts[first])
    }
}
