// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterUsage
import MeterValidate
import Quantities

extension RegisterLookup {
    /// Tells what registers counted on each local day, where the tariff asks that and nothing finer.
    ///
    /// Daily freezes tell it where each day was read at both its ends, as it is where the midnights of
    /// the place are those of the storage clock; a freeze that is missing tells two days together only.
    mutating func readDailyEnergy(into usage: SpanUsage) throws {
        guard let request = usage.due.shared.detail, let plan = request.stretches,
            plan.periods.allSatisfy({ $0 == nil }),
            plan.starts.count == usage.due.days.upperBound - usage.due.days.lowerBound,
            usage.meterSpans.allSatisfy({ $0.terms.basis == .register })
        else { return }
        let span = usage.request.span
        let midnights = plan.starts + [span.upperBound]
        // Where registers of periods are billed the total one is not, and nobody looks after its days.
        let byTotal = request.stretchQuantities.filter { quantity in
            usage.request.periods.count == 1
                || usage.request.items.contains { $0.quantity == quantity && !$0.byPeriod }
        }
        for quantity in byTotal {
            let obis = quantity.obis
            var segments: [RegisterSegment] = []
            for meterSpan in usage.meterSpans {
                var readings = network.siteReadings(of: meterSpan, obis)
                let clipped = usage.clipped(meterSpan)
                for at in midnights where clipped.lowerBound <= at && at <= clipped.upperBound {
                    let channel = Channel(obis, .register)
                    if let known = try days.end(meterSpan.meter, channel, at: at) {
                        readings.append(known)
                    }
                }
                segments.append(RegisterSegment(meterSpan, readings))
            }
            let amounts = zip(midnights, midnights.dropFirst()).compactMap { start, end in
                try? RegisterUsage.between(start..<end, of: obis, segments: segments).get().amount
            }
            if amounts.count == plan.starts.count { usage.dailyEnergy[quantity] = amounts }
        }
    }
}
