// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

extension Determinants {
    /// The energy of a stretch of time.
    public struct StretchEnergy: Hashable, Sendable {
        /// The quantity.
        public var quantity: UsageQuantity
        /// The local day on which the stretch begins.
        public var day: CivilDay
        /// The time-of-use period; `all` where the stretch is of all periods.
        public var period: String
        /// When it begins.
        public var from: Instant
        /// kWh or kvarh, exact.
        public var amount: Exact

        /// An amount from its parts.
        public init(
            quantity: UsageQuantity, day: CivilDay, period: String, from: Instant, amount: Exact
        ) {
            self.quantity = quantity
            self.day = day
            self.period = period
            self.from = from
            self.amount = amount
        }
    }

    /// What energy costs at the price of each interval.
    public struct PricedEnergy: Hashable, Sendable {
        /// The sums over the intervals of a span.
        public struct Sums: Hashable, Sendable {
            /// kWh or kvarh, exact.
            public var energy: Exact
            /// Energy times price, in `unit`.
            public var amount: Exact
            /// How many interval readings it is of.
            public var readings: Int

            /// Sums from their parts.
            public init(energy: Exact, amount: Exact, readings: Int) {
                self.energy = energy
                self.amount = amount
                self.readings = readings
            }
        }

        /// The charge whose prices they are.
        public var charge: String
        /// The quantity.
        public var quantity: UsageQuantity
        /// The unit of the amount, such as `EUR`.
        public var unit: String
        /// The sums, or why there are none.
        public var outcome: Result<Sums, PricingGap>

        /// Priced energy from its parts.
        public init(
            charge: String, quantity: UsageQuantity, unit: String,
            outcome: Result<Sums, PricingGap>
        ) {
            self.charge = charge
            self.quantity = quantity
            self.unit = unit
            self.outcome = outcome
        }
    }

    /// Gives the energy of each stretch, then what is priced, as it is written.
    func forEachDetail<Failure: Error>(
        _ body: (Entry) throws(Failure) -> Void
    ) throws(Failure) {
        for item in stretches {
            try body(
                Entry(
                    quantity: "stretch.\(item.quantity.rawValue)",
                    period: "\(item.from.iso(offset: 0)) \(item.period)", value: item.amount,
                    unit: item.quantity.obis.baseUnit.rawValue, at: item.from))
        }
        for item in priced {
            guard case .success(let sums) = item.outcome else { continue }
            let energy = item.quantity.obis.baseUnit.rawValue
            for (name, value, unit) in [
                ("energy", sums.energy, energy), ("amount", sums.amount, item.unit),
                ("readings", Exact(sums.readings), "1"),
            ] {
                try body(
                    Entry(
                        quantity: "interval_price.\(name)", period: item.charge, value: value,
                        unit: unit, at: nil))
            }
        }
    }
}
