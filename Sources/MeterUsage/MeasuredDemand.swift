// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// One quantity of a meter's storage day, its channels summed slot by slot.
public struct QuantityDay: Hashable, Sendable {
    /// What was measured.
    public var quantity: UsageQuantity
    /// Its slots, after multiplier; of one of several service points also after sign and share.
    public var sum: StripSum
    /// The plan of the part of the day that the meter serves in.
    public var plan: SlotPlan

    /// A day from its parts.
    public init(quantity: UsageQuantity, sum: StripSum, plan: SlotPlan) {
        self.quantity = quantity
        self.sum = sum
        self.plan = plan
    }
}

/// The demand of a service point, what else is found slot by slot, and what these were found in beside
/// the intervals that are billed.
public struct MeasuredDemand: Hashable, Sendable {
    /// The demand by each measure of the request; empty where a meter has no intervals that it can be
    /// found in.
    public var usages: [DemandUsage]
    /// The demand in the dated windows of the request; empty as `usages`.
    public var events: [EventUsage]
    /// The reactive excess of the request; empty as `usages`.
    public var reactiveExcess: [ReactiveExcessUsage]
    /// The intervals of each quantity that demand is found in, of meters whose energy is billed by
    /// registers.
    public var besideRegisters: [UsageQuantity: [IntervalSegment]]

    /// A demand from its parts.
    public init(
        _ usages: [DemandUsage], events: [EventUsage] = [],
        reactiveExcess: [ReactiveExcessUsage] = [],
        besideRegisters: [UsageQuantity: [IntervalSegment]] = [:]
    ) {
        self.usages = usages
        self.events = events
        self.reactiveExcess = reactiveExcess
        self.besideRegisters = besideRegisters
    }

    /// Nothing measured yet of what a request asks.
    public init(for request: UsageRequest) {
        self.init(
            request.demand.map {
                DemandUsage(periodCount: request.periods.count, measure: $0)
            }, events: request.events.map { EventUsage($0) },
            reactiveExcess: request.reactiveExcess.map { ReactiveExcessUsage($0) })
    }

    /// Adds a storage day; of one quantity there is at most one.
    public mutating func add(_ days: [QuantityDay]) {
        for index in usages.indices {
            guard let (power, reactive) = power(usages[index].measure.unit, of: days) else {
                continue
            }
            usages[index].add(power.sum, reactive: reactive?.sum, plan: power.plan)
        }
        for index in events.indices {
            guard let (power, reactive) = power(events[index].request.unit, of: days) else {
                continue
            }
            events[index].add(power.sum, reactive: reactive?.sum, plan: power.plan)
        }
        if reactiveExcess.isEmpty { return }
        guard let active = day(.activeImport, of: days) else { return }
        for index in reactiveExcess.indices {
            guard let reactive = day(reactiveExcess[index].request.quantity, of: days) else {
                continue
            }
            reactiveExcess[index].add(reactive.sum, active: active.sum, plan: reactive.plan)
        }
    }

    private func day(_ quantity: UsageQuantity, of days: [QuantityDay]) -> QuantityDay? {
        days.first { $0.quantity == quantity }
    }

    /// What a power is found in, with the reactive energy where that is apparent; nil where a part is not
    /// known.
    private func power(
        _ unit: DemandMeasure.Unit, of days: [QuantityDay]
    ) -> (power: QuantityDay, reactive: QuantityDay?)? {
        let quantities = unit.quantities
        guard let power = day(quantities[0], of: days) else { return nil }
        guard quantities.count > 1 else { return (power, nil) }
        return day(quantities[1], of: days).map { (power, $0) }
    }
}
