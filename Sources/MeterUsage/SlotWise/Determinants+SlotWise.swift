// SPDX-License-Identifier: Apache-2.0

import Quantities

extension Determinants {
    /// The demand of a charge in dated windows.
    public struct EventDemand: Hashable, Sendable {
        /// The charge.
        public var charge: String
        /// What is measured.
        public var unit: DemandMeasure.Unit
        /// The windows of the span in order, each with its power; or why they are not known.
        public var outcome: Result<[DemandPeak.Window], EventGap>

        /// A demand from its parts.
        public init(
            charge: String, unit: DemandMeasure.Unit,
            outcome: Result<[DemandPeak.Window], EventGap>
        ) {
            self.charge = charge
            self.unit = unit
            self.outcome = outcome
        }
    }

    /// Reactive energy beyond a share of the active energy, summed over intervals.
    public struct ReactiveExcess: Hashable, Sendable {
        /// The charge that it is of.
        public var charge: String
        /// kvarh, exact.
        public var amount: Exact

        /// An excess from its parts.
        public init(charge: String, amount: Exact) {
            self.charge = charge
            self.amount = amount
        }
    }

    /// Gives the demand of each dated window, then each excess, as it is written.
    func forEachSlotWise<Failure: Error>(
        _ body: (Entry) throws(Failure) -> Void
    ) throws(Failure) {
        for item in events {
            guard case .success(let windows) = item.outcome else { continue }
            let name = "event_demand.\(item.unit.rawValue)"
            try body(
                Entry(
                    quantity: name + ".events", period: item.charge, value: Exact(windows.count),
                    unit: "1", at: nil))
            let isReactive = item.unit == .kilovars
            for window in windows {
                let period = "\(item.charge) \(window.at.iso(offset: 0))"
                try body(
                    Entry(
                        quantity: window.reactive == nil ? name : name + ".kw", period: period,
                        value: window.power, unit: isReactive ? "kvar" : "kW", at: window.at))
                guard let reactive = window.reactive else { continue }
                try body(
                    Entry(
                        quantity: name + ".kvar", period: period, value: reactive, unit: "kvar",
                        at: window.at))
            }
        }
        for item in reactiveExcess {
            try body(
                Entry(
                    quantity: "reactive_excess", period: item.charge, value: item.amount,
                    unit: "kvarh", at: nil))
        }
    }
}
