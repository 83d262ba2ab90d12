// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// A quantity that a tariff can name: measured, or netted from what was.
public enum UsageQuantity: String, Hashable, Sendable, CaseIterable {
    /// Active energy drawn by the customer.
    case activeImport = "import.kwh"
    /// Active energy fed in by the customer.
    case activeExport = "export.kwh"
    /// Reactive energy, import direction.
    case reactiveImport = "reactive_import.kvarh"
    /// Reactive energy, export direction.
    case reactiveExport = "reactive_export.kvarh"
    /// What is left of import after export and what earlier bills kept.
    case net = "net.kwh"
    /// What earlier bills kept and expired.
    case expired = "expired.kwh"

    /// True where meters tell it.
    public var isMeasured: Bool { place < 4 }

    /// Its place among all cases.
    var place: Int {
        switch self {
        case .activeImport: 0
        case .activeExport: 1
        case .reactiveImport: 2
        case .reactiveExport: 3
        case .net: 4
        case .expired: 5
        }
    }

    /// By the case: to hash its text costs ten times as much.
    public func hash(into hasher: inout Hasher) { hasher.combine(UInt8(place)) }

    /// The OBIS total that measures it, or what is left of it where it is netted.
    public var obis: ObisCode {
        switch self {
        case .activeImport, .net: .activeImport
        case .activeExport, .expired: .activeExport
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

    /// The first local day.
    public var start: CivilDay
    /// The local day at whose midnight it ends, not included.
    public var end: CivilDay
    /// Energy per quantity and time-of-use period, in the order of the tariff's periods.
    public var energy: [EnergyAmount]
    /// Demand peaks, measure by measure; empty where the tariff needs none.
    public var demand: [DemandPeak]
    /// What few tariffs ask.
    var rare = Rare.Box.none
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

    /// The sums of the quantities over all time-of-use periods.
    public var totals: UsageSums {
        var sums = UsageSums()
        for item in energy { sums.add(item.amount, of: item.quantity) }
        return sums
    }

    /// The sum of a quantity over all time-of-use periods.
    public func total(_ quantity: UsageQuantity) -> Exact { totals[quantity] ?? .zero }

    /// What earlier bills of a calendar year came to.
    public struct BilledToDate: Hashable, Sendable {
        /// What determinants call it.
        public static let quantity = "year_to_date.billed"

        /// The charge that counts them.
        public var charge: String
        /// The currency, such as `EUR`.
        public var unit: String
        /// What the charges that it counts came to, in `unit`.
        public var amount: Exact

        /// An amount from its parts.
        public init(charge: String, unit: String, amount: Exact) {
            self.charge = charge
            self.unit = unit
            self.amount = amount
        }
    }

    /// A determinant as it is written.
    public struct Entry: Sendable {
        /// What was measured, such as `import.kwh` or `demand.kw`.
        public var quantity: String
        /// The time-of-use period, or `all`.
        public var period: String
        /// Its value.
        public var value: Exact
        /// kWh, kvarh, kW or kvar.
        public var unit: String
        /// When a demand peak was; nil for energy.
        public var at: Instant?
    }

    /// Gives each energy, then each peak, then what points brought, stretches, what is priced, demand in
    /// dated windows, reactive excess, what earlier bills came to, losses and what is kept, as it is
    /// written.
    public func forEachEntry<Failure: Error>(
        _ body: (Entry) throws(Failure) -> Void
    ) throws(Failure) {
        for item in energy {
            try body(
                Entry(
                    quantity: item.quantity.rawValue, period: item.period, value: item.amount,
                    unit: item.quantity.obis.baseUnit.rawValue, at: nil))
        }
        for peak in demand { try peak.forEachEntry(prefix: "", body) }
        for bill in earlierDemand {
            for peak in bill.peaks { try peak.forEachEntry(prefix: "earlier.\(bill.start).", body) }
        }
        if !points.isEmpty { try forEachPointEntry(body) }
        if !stretches.isEmpty || !priced.isEmpty { try forEachDetail(body) }
        if !events.isEmpty || !reactiveExcess.isEmpty { try forEachSlotWise(body) }
        for item in billedToDate {
            try body(
                Entry(
                    quantity: BilledToDate.quantity, period: item.charge, value: item.amount,
                    unit: item.unit, at: nil))
        }
        if !losses.isEmpty { try forEachLoss(body) }
        if bank != nil { try forEachBankEntry(body) }
    }
}
