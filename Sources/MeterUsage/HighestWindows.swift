// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The energy of a window in steps of `UsageScale.step`, after multiplier.
struct WindowEnergy: Hashable {
    /// What is measured; active energy where that is apparent power.
    var energy: Int128 = 0
    /// The reactive energy beside it; 0 where none is asked for.
    var reactive: Int128 = 0

    /// The sum, and whether it left the range.
    func adding(_ other: WindowEnergy) -> (sum: WindowEnergy, isOver: Bool) {
        let (energy, over) = energy.addingReportingOverflow(other.energy)
        let (reactive, overReactive) = reactive.addingReportingOverflow(other.reactive)
        return (WindowEnergy(energy: energy, reactive: reactive), over || overReactive)
    }

    /// The difference; of sums of which the other is a part of this, it does not leave the range.
    func less(_ other: WindowEnergy) -> WindowEnergy {
        WindowEnergy(energy: energy &- other.energy, reactive: reactive &- other.reactive)
    }

    /// Whether its power is above that of another window of the same length.
    func isAbove(_ other: WindowEnergy, in unit: DemandMeasure.Unit) -> Bool {
        guard unit == .kilovoltAmperes else { return energy > other.energy }
        let (high, low) = square
        let (otherHigh, otherLow) = other.square
        return (high, low) > (otherHigh, otherLow)
    }

    /// The sum of both squares, which is below 2^255.
    private var square: (high: UInt128, low: UInt128) {
        let first = energy.magnitude.multipliedFullWidth(by: energy.magnitude)
        let second = reactive.magnitude.multipliedFullWidth(by: reactive.magnitude)
        let (low, carry) = first.low.addingReportingOverflow(second.low)
        return (first.high + second.high + (carry ? 1 : 0), low)
    }
}

/// The highest windows of a period by a measure: as many as it is the mean of.
struct HighestWindows: Hashable {
    /// A window.
    struct Window: Hashable {
        /// Its energy.
        var energy: WindowEnergy
        /// When it begins, in seconds since 1970-01-01T00:00:00Z.
        var at: Int64
        /// The local day of its start.
        var day: CivilDay
    }

    private let measure: DemandMeasure
    /// The highest first; of equal ones the earlier.
    private var windows: [Window] = []

    /// None yet.
    init(_ measure: DemandMeasure) {
        self.measure = measure
    }

    /// Keeps a window if it is among the highest.
    mutating func raise(to window: Window) {
        if windows.count == measure.count, let last = windows.last, !isAbove(window, last) {
            return
        }
        if measure.days == .different,
            let same = windows.firstIndex(where: { $0.day == window.day })
        {
            guard isAbove(window, windows[same]) else { return }
            windows.remove(at: same)
        }
        let place = windows.firstIndex { isAbove(window, $0) } ?? windows.count
        windows.insert(window, at: place)
        if windows.count > measure.count { windows.removeLast() }
    }

    /// Keeps the highest of both.
    mutating func merge(_ other: HighestWindows) {
        for window in other.windows { raise(to: window) }
    }

    /// Whether a window comes before another.
    private func isAbove(_ window: Window, _ other: Window) -> Bool {
        if window.energy.isAbove(other.energy, in: measure.unit) { return true }
        return window.at < other.at && !other.energy.isAbove(window.energy, in: measure.unit)
    }

    /// The peak that they are; nil for none.
    func demandPeak(named period: String) -> Determinants.DemandPeak? {
        if windows.isEmpty { return nil }
        let perHour = Exact(60, over: Int128(measure.windowMinutes))
        let isApparent = measure.unit == .kilovoltAmperes
        return Determinants.DemandPeak(
            measure, period: period,
            windows: windows.map { window in
                Determinants.DemandPeak.Window(
                    power: UsageScale.amount(of: window.energy.energy) * perHour,
                    reactive: isApparent
                        ? UsageScale.amount(of: window.energy.reactive) * perHour : nil,
                    at: Instant(seconds: window.at))
            })
    }
}
