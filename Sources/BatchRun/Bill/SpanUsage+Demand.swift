// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterModel
import MeterUsage
import Quantities

/// One quantity of a meter's day, its channels summed slot by slot.
struct QuantityDay {
    let quantity: UsageQuantity
    let sum: StripSum
    let plan: SlotPlan
}

extension SpanUsage {
    /// Adds a meter's day to the demand by each measure that the tariff asks for.
    func addDemand(_ days: [QuantityDay]) {
        if point != nil {
            pointSlots += days.map {
                PointSlots(quantity: $0.quantity, sum: $0.sum, plan: $0.plan)
            }
            return
        }
        if demand.isEmpty {
            let periodCount = request.periods.count
            demand = request.demand.map {
                DemandUsage(periodCount: periodCount, measure: $0)
            }
        }
        for index in demand.indices {
            let quantities = demand[index].measure.quantities
            guard let first = days.first(where: { $0.quantity == quantities[0] }) else { continue }
            guard quantities.count > 1 else {
                demand[index].add(first.sum, plan: first.plan)
                continue
            }
            guard let second = days.first(where: { $0.quantity == quantities[1] }) else { continue }
            demand[index].add(first.sum, reactive: second.sum, plan: first.plan)
        }
    }

    /// What the slots of a meter are multiplied by where a demand is found in them, with sign and share
    /// of the point.
    func demandMultiplier(_ terms: MeterTerms, isPrimary: Bool) -> Exact {
        let multiplier = isPrimary ? .one : terms.multiplier
        return point.map { multiplier * $0.factor } ?? multiplier
    }

    /// True where intervals of a meter that is billed by registers tell the demand.
    func tellsDemand(_ obis: ObisCode, _ terms: MeterTerms) -> Bool {
        terms.tellsDemand(obis) && request.demandQuantities.contains { $0.obis == obis }
    }

    /// True where each meter that is billed by registers has intervals of all that demand is found in.
    var hasDemandThroughout: Bool {
        meterSpans.indices.allSatisfy { index in
            meterSpans[index].terms.basis == .interval
                || request.demandQuantities.allSatisfy { quantity in
                    intervals.keys.contains {
                        $0.meterSpan == index && $0.channel.obis == quantity.obis
                    }
                }
        }
    }
}

extension MeterTerms {
    /// True for intervals that a demand can be found in, though registers tell the energy of the meter.
    func tellsDemand(_ obis: ObisCode) -> Bool {
        intervalMinutes != nil && (obis == .activeImport || obis == .reactiveImport)
    }
}
