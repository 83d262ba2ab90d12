// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities
import Store

/// Finds meters that should have sent something for a day, and did not (rules I-2 and R-19).
struct SilentMeters {
    let network: Network
    /// Days on and after it are still being delivered: nobody is silent on them yet.
    let asOf: CivilDay

    /// The meters that a block should hold: in service under the feeder, and billed by its kind.
    func expected(_ key: BlockKey) -> [UInt32] {
        let day = CivilDay(number: key.day)
        guard day < asOf else { return [] }
        let feeder = FeederNumber(rawValue: UInt32(key.feeder))
        let basis: BillingBasis = key.kind == .interval ? .interval : .register
        // Wide enough for any storage offset; each meter is then asked for its own day.
        let around = Instant(day: day - 1, offset: 0)..<Instant(day: day + 2, offset: 0)
        var meters: Set<UInt32> = []
        for span in network.meterSpans(onFeeder: feeder, within: around)
        where Int(span.meter.groupNumber) == key.group && span.terms.basis == basis {
            let start = Instant(day: day, offset: network.storageOffset(of: span.meter))
            // A freeze is of the end of the day; a meter removed before it sends none.
            let last = start + 86_399
            let isThere =
                key.kind == .register
                ? span.span.contains(last) : span.span.overlaps(start..<(last + 1))
            if isThere { meters.insert(span.meter.rawValue) }
        }
        return meters.sorted()
    }

    /// The silence of some meters as work items.
    func exceptions(_ key: BlockKey, _ meters: [UInt32]) -> [ExceptionRow] {
        let checks = BlockChecks(network: network, asOf: asOf)
        return meters.map { number in
            let meter = MeterNumber(rawValue: number)
            let offset = network.storageOffset(of: meter)
            let start = Instant(day: CivilDay(number: key.day), offset: offset)
            let slots = network.spans(of: meter).last?.terms.intervalMinutes.map { 1440 / $0 }
            let finding =
                key.kind == .interval
                ? ValidationFinding(
                    .missingIntervals, from: start, to: start + 86_400, count: slots ?? 0)
                : ValidationFinding(
                    .missingFreeze, from: start + 86_400, to: start + 86_400, count: 1)
            return checks.row(
                finding, meter: meter, channel: Channel(.activeImport, .interval), offset: offset)
        }
    }
}
