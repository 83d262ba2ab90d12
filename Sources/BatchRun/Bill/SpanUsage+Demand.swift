// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterModel
import MeterUsage
import Quantities

extension SpanUsage {
    /// Adds a meter's day to the demand by each measure that the tariff asks for, and to what else is
    /// found slot by slot.
    func addDemand(_ days: [QuantityDay]) {
        if point == nil {
            if demand == nil { demand = MeasuredDemand(for: request) }
            demand?.add(days)
        } else {
            pointDays += days
        }
    }

    /// The demand, and what else is found slot by slot; nothing where a meter does not tell it.
    func measuredDemand(
        besideRegisters: [UsageQuantity: [IntervalSegment]]
    ) -> MeasuredDemand {
        var measured = (hasDemandThroughout ? demand : nil) ?? MeasuredDemand([])
        measured.besideRegisters = besideRegisters
        return measured
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
