// SPDX-License-Identifier: Apache-2.0

import Quantities

extension Determinants {
    /// The highest mean power, per time-of-use period and over all, by one measure.
    public struct DemandPeak: Hashable, Sendable {
        /// One window of those that it is the mean of.
        public struct Window: Hashable, Sendable {
            /// The mean power after multiplier, exact: kW or kvar; kW where apparent power is measured.
            public var power: Exact
            /// The reactive power beside it, in kvar, where apparent power is measured; else nil.
            public var reactive: Exact?
            /// When it began; of equal windows the first.
            public var at: Instant

            /// A window from its parts.
            public init(power: Exact, reactive: Exact? = nil, at: Instant) {
                self.power = power
                self.reactive = reactive
                self.at = at
            }
        }

        /// What is measured.
        public var measure: DemandMeasure
        /// The time-of-use period, or `all` for the highest of the whole span.
        public var period: String
        /// The highest windows, the highest first: as many as the measure counts, or as there were.
        public var windows: [Window]

        /// A peak from its parts; it has a window.
        public init(_ measure: DemandMeasure, period: String, windows: [Window]) {
            precondition(!windows.isEmpty, "a peak is of a window")
            self.measure = measure
            self.period = period
            self.windows = windows
        }

        /// A peak of one window.
        public init(_ measure: DemandMeasure, period: String, power: Exact, at: Instant) {
            self.init(measure, period: period, windows: [Window(power: power, at: at)])
        }

        /// The mean power of its windows, exact; nil of apparent power, which has to be rounded.
        public var power: Exact? {
            if measure.unit == .kilovoltAmperes { return nil }
            let sum = windows.reduce(Exact.zero) { $0 + $1.power }
            return windows.count == 1 ? sum : sum / Exact(windows.count)
        }

        /// True where a number left its range.
        var isOverflow: Bool {
            windows.contains { $0.power.isOverflow || $0.reactive?.isOverflow ?? false }
        }

        /// Gives what is kept of it: the mean, and where there are several windows each of them by its
        /// rank; of apparent power its two parts.
        func forEachEntry<Failure: Error>(
            prefix: String, _ body: (Entry) throws(Failure) -> Void
        ) throws(Failure) {
            let name = prefix + measure.name
            if let power {
                try body(
                    Entry(
                        quantity: name, period: period, value: power, unit: measure.unit.symbol,
                        at: windows[0].at))
            }
            if measure.count == 1, measure.unit != .kilovoltAmperes { return }
            for (rank, window) in windows.enumerated() {
                let ranked = measure.count == 1 ? name : "\(name).\(rank + 1)"
                let isReactive = measure.unit == .kilovars
                try body(
                    Entry(
                        quantity: window.reactive == nil ? ranked : ranked + ".kw", period: period,
                        value: window.power, unit: isReactive ? "kvar" : "kW", at: window.at))
                guard let reactive = window.reactive else { continue }
                try body(
                    Entry(
                        quantity: ranked + ".kvar", period: period, value: reactive, unit: "kvar",
                        at: window.at))
            }
        }

        /// The peak that was kept, by the text of what was measured; nil where there is none.
        ///
        /// - Parameter value: The value of an entry of the period, and when it was.
        public init?(
            _ measure: DemandMeasure, period: String,
            kept value: (_ quantity: String) -> (value: Exact, at: Instant)?
        ) {
            var windows: [Window] = []
            for rank in 1...measure.count {
                let name = measure.count == 1 ? measure.name : "\(measure.name).\(rank)"
                if measure.unit == .kilovoltAmperes {
                    guard let active = value(name + ".kw"), let reactive = value(name + ".kvar")
                    else { break }
                    windows.append(
                        Window(power: active.value, reactive: reactive.value, at: active.at))
                } else {
                    guard let found = value(name) else { break }
                    windows.append(Window(power: found.value, at: found.at))
                }
            }
            if windows.isEmpty { return nil }
            self.init(measure, period: period, windows: windows)
        }
    }

    /// What an earlier bill of the contract measured.
    public struct EarlierDemand: Hashable, Sendable {
        /// The first day of its billing period.
        public var start: CivilDay
        /// The day on which that ended, not included.
        public var end: CivilDay
        /// Its peaks; without one over `all` of a measure, that demand is not known.
        public var peaks: [DemandPeak]

        /// An earlier bill from its parts.
        public init(start: CivilDay, end: CivilDay, peaks: [DemandPeak]) {
            self.start = start
            self.end = end
            self.peaks = peaks
        }
    }
}
