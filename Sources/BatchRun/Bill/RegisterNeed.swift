// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterUsage

/// What a register is looked up for.
enum RegisterNeed {
    /// It is billed.
    case billed
    /// It is billed, by a period that has not one minute in the span.
    case idle
    /// No period is billed by it.
    case unmapped
}

extension UsageRequest {
    /// The registers that the tariff bills: its time-of-use registers, else the totals; then those
    /// that it leaves out, and that therefore must not have counted.
    var registerNeeds: [(ObisCode, RegisterNeed)] {
        items.flatMap { item -> [(ObisCode, RegisterNeed)] in
            guard item.byPeriod, periods.count > 1 else {
                return [(item.quantity.obis, .billed)]
            }
            let mapped = periods.compactMap { period in
                item.registers[period].map { obis -> (ObisCode, RegisterNeed) in
                    (obis, idlePeriods.contains(period) ? .idle : .billed)
                }
            }
            return mapped + item.unmappedRegisters.map { ($0, .unmapped) }
        }
    }
}

extension SpanUsage {
    /// The registers that are looked up; mostly those of all contracts billed alike.
    var registerNeeds: [(ObisCode, RegisterNeed)] {
        if point == nil, idlePeriods == request.idlePeriods { return due.shared.registerNeeds }
        var request = request
        request.idlePeriods = idlePeriods
        return request.registerNeeds
    }
}
