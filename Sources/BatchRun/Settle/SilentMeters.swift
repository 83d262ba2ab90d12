// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities
import Store

/// Finds meters billed by intervals that sent nothing at all for a day (rule I-2).
///
/// Registers are another matter: many are read once a month only (`RegisterChecks`).
struct SilentMeters {
    let network: Network
    /// Days on and after it are still being delivered: nobody is silent on them yet.
    let asOf: CivilDay

    /// The meters that a block should hold: in service under the feeder on the day.
    func expected(_ key: BlockKey) -> [UInt32] {
        guard key.kind == .interval else { return [] }
        let spans = spans(onFeeder: FeederNumber(rawValue: UInt32(key.feeder)), day: key.day)
        return Set(spans.map(\.meter).filter { Int($0.groupNumber) == key.group }.map(\.rawValue))
            .sorted()
    }

    /// The keys of all groups that have such a meter on a day, in order.
    func keys(ofDay day: Int32) -> [BlockKey] {
        var keys: Set<BlockKey> = []
        for feeder in 0..<network.feederIDs.count {
            for span in spans(onFeeder: FeederNumber(rawValue: UInt32(feeder)), day: day) {
                keys.insert(
                    BlockKey(
                        feeder: feeder, day: day, group: Int(span.meter.groupNumber),
                        kind: .interval))
            }
        }
        return keys.sorted()
    }

    /// The meters billed by intervals that were in service under a feeder on their storage day.
    private func spans(onFeeder feeder: FeederNumber, day number: Int32) -> [MeterSpan] {
        let day = CivilDay(number: number)
        guard day < asOf else { return [] }
        // Wide enough for any storage offset; each meter is then asked for its own day.
        let around = Instant(day: day - 1, offset: 0)..<Instant(day: day + 2, offset: 0)
        return network.meterSpans(onFeeder: feeder, within: around).filter { span in
            span.terms.basis == .interval
                && span.span.overlaps(day.span(offset: network.storageOffset(of: span.meter)))
        }
    }

    /// The silence of some meters as work items.
    func exceptions(_ key: BlockKey, _ meters: [UInt32]) -> [ExceptionRow] {
        let checks = BlockChecks(network: network, asOf: asOf)
        return meters.flatMap { number in
            let meter = MeterNumber(rawValue: number)
            let offset = network.storageOffset(of: meter)
            let day = CivilDay(number: key.day)
            // A meter whose slots change their length within the day has gaps of each.
            let lengths = Set(
                network.spans(of: meter).filter { $0.span.overlaps(day.span(offset: offset)) }
                    .compactMap(\.terms.intervalMinutes))
            return lengths.sorted().flatMap { minutes in
                let grid = SlotGrid(day: day, storageOffset: offset, slotMinutes: minutes)
                return checks.gaps([UInt32](repeating: 0, count: 1440 / minutes), grid, meter)
            }.map {
                checks.row(
                    $0, meter: meter, channel: Channel(.activeImport, .interval), offset: offset)
            }
        }
    }
}

extension CivilDay {
    /// The storage day: 24 h of a clock so many seconds ahead of UTC.
    fileprivate func span(offset: Int) -> Range<Instant> {
        let start = Instant(day: self, offset: offset)
        return start..<(start + 86_400)
    }
}
