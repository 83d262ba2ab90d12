// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// A measured quantity that a tariff can name.
public enum UsageQuantity: String, Hashable, Sendable, CaseIterable {
    /// Active energy drawn by the customer.
    case activeImport = "import.kwh"
    /// Active energy fed in by the customer.
    case activeExport = "export.kwh"
    /// Reactive energy, import direction.
    case reactiveImport = "reactive_import.kvarh"
    /// Reactive energy, export direction.
    case reactiveExport = "reactive_export.kvarh"

    /// By the case: sums stand by quantity, and to hash its text costs ten times as much.
    public func hash(into hasher: inout Hasher) {
        let place: UInt8 =
            switch self {
            case .activeImport: 0
            case .activeExport: 1
            case .reactiveImport: 2
            case .reactiveExport: 3
            }
        hasher.combine(place)
    }

    /// The OBIS total that measures it.
    public var obis: ObisCode {
        switch self {
        case .activeImport: .activeImport
        case .activeExport: .activeExport
        case .reactiveImport: .reactiveImport
        case .reactiveExport: .reactiveExport
        }
    }
}

/// What a tariff multiplies: the energy and demand of one contract over one span of local days.
public struct Determinants: Hashable, Sendable {
    /// The energy of one quantity in one time-of-use period, after multiplier.
    public struct EnergyAmount: Hashable, Sendable {
        /// The quantity.
        public var quantity: UsageQuantity
        /// The time-of-use period; `all` where the tariff has none.
        public var period: String
        /// kWh or kvarh, exact.
        public var amount: Exact

        /// An amount from its parts.
        public init(quantity: UsageQuantity, period: String, amount: Exact) {
            self.quantity = quantity
            self.period = period
            self.amount = amount
        }
    }

    /// The highest mean power of a window, per time-of-use period and over all.
    public struct DemandPeak: Hashable, Sendable {
        /// The time-of-use period, or `all` for the highest of the whole span.
        public var period: String
        /// kW, after multiplier, exact.
        public var kilowatts: Exact
        /// When its window began; the first one where several are equal.
        public var at: Instant

        /// A peak from its parts.
        public init(period: String, kilowatts: Exact, at: Instant) {
            self.period = period
            self.kilowatts = kilowatts
            self.at = at
        }
    }

    /// The first local day.
    public var start: CivilDay
    /// The local day at whose midnight it ends, not included.
    public var end: CivilDay
    /// Energy per quantity and time-of-use period, in the order of the tariff's periods.
    public var energy: [EnergyAmount]
    /// Demand peaks; empty where the tariff needs none.
    public var demand: [DemandPeak]
    /// How many values behind it are estimates, the sender's or ours.
    public var estimatedValues: Int

    /// Determinants from their parts.
    public init(
        start: CivilDay, end: CivilDay, energy: [EnergyAmount], demand: [DemandPeak] = [],
        estimatedValues: Int = 0
    ) {
        self.start = start
        self.end = end
        self.energy = energy
        self.demand = demand
        self.estimatedValues = estimatedValues
    }

    /// The sum of a quantity over all time-of-use periods.
    public func total(_ quantity: UsageQuantity) -> Exact {
        energy.lazy.filter { $0.quantity == quantity }.reduce(.zero) { $0 + $1.amount }
    }
}
