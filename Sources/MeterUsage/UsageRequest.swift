// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// What a tariff asks of the meters of a service point, for one billing span.
public struct UsageRequest: Hashable, Sendable {
    /// How one quantity is wanted.
    public struct Item: Hashable, Sendable {
        /// The quantity.
        public var quantity: UsageQuantity
        /// True where it is wanted per time-of-use period, else one amount for `all`.
        public var byPeriod: Bool
        /// The register that counts each period, where registers are billed.
        public let registers: [String: ObisCode]
        /// The time-of-use registers of the quantity (尖 峰 平 谷 深谷) that no period is billed by.
        public let unmappedRegisters: [ObisCode]

        /// An item from its parts.
        public init(
            _ quantity: UsageQuantity, byPeriod: Bool, registers: [String: ObisCode] = [:]
        ) {
            self.quantity = quantity
            self.byPeriod = byPeriod
            self.registers = registers
            let obis = quantity.obis
            unmappedRegisters = (1...5).map { ObisCode(obis.c, obis.d, $0) }
                .filter { !registers.values.contains($0) }
        }
    }

    /// The first local day.
    public var start: CivilDay
    /// The local day at whose midnight it ends, not included.
    public var end: CivilDay
    /// From the first day's midnight to the end's, in seconds since 1970-01-01T00:00:00Z.
    public var span: Range<Int64>
    /// The tariff's periods, as in its calendar; `["all"]` where it has none.
    public let periods: [String]
    /// Those periods that have not one minute in the span: no register needs a value for them.
    public var idlePeriods: Set<String>
    /// The quantities, in the order wanted.
    public private(set) var items: [Item]
    /// The register that counts a period, where registers are billed; nil where the tariff names none.
    /// Shape: `[item][period]`.
    private(set) var registers: [[ObisCode?]]
    /// The measures of demand that the tariff needs peaks of.
    public var demand: [DemandMeasure]
    /// The quantities whose intervals demand is found in.
    public private(set) var demandQuantities: [UsageQuantity]
    /// True where the tariff needs demand peaks.
    public var needsDemand: Bool { !demand.isEmpty }

    /// A request from its parts.
    public init(
        start: CivilDay, end: CivilDay, span: Range<Int64>, periods: [String],
        idlePeriods: Set<String> = [], items: [Item], demand: [DemandMeasure] = []
    ) {
        self.start = start
        self.end = end
        self.span = span
        self.periods = periods
        self.idlePeriods = idlePeriods
        self.items = items
        registers = items.map { item in periods.map { item.registers[$0] } }
        self.demand = demand
        demandQuantities = UsageQuantity.allCases.filter { quantity in
            demand.contains { $0.quantities.contains(quantity) }
        }
    }

    /// What is asked of a service point that counts for a part of the span, or with one quantity only.
    ///
    /// - Parameter quantity: Its OBIS code; nil is every quantity.
    public func restricted(to quantity: ObisCode?, in span: Range<Int64>) -> UsageRequest {
        var request = self
        request.span = self.span.clamped(to: span)
        guard let quantity else { return request }
        let kept = items.indices.filter { items[$0].quantity.obis == quantity }
        request.items = kept.map { items[$0] }
        request.registers = kept.map { registers[$0] }
        request.demandQuantities = demandQuantities.filter { $0.obis == quantity }
        return request
    }
}

extension DemandMeasure {
    /// The quantities whose intervals it is found in, that of its power first.
    public var quantities: [UsageQuantity] { unit.quantities }
}

extension DemandMeasure.Unit {
    /// The quantities whose intervals it is found in, that of the power first.
    public var quantities: [UsageQuantity] {
        switch self {
        case .kilowatts: [.activeImport]
        case .kilovoltAmperes: [.activeImport, .reactiveImport]
        case .kilovars: [.reactiveImport]
        }
    }
}
