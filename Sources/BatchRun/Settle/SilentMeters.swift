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

    /// The meters that a block should hold: in service under the feeder on the day, in order.
    func expected(_ key: BlockKey) -> [UInt32] {
        let day = CivilDay(number: key.day)
        guard key.kind == .interval, day < asOf else { return [] }
        return network.meters(
            onFeeder: FeederNumber(rawValue: UInt32(key.feeder)), storageDay: day, basis: .interval,
            group: key.group
        ).map(\.rawValue)
    }

    /// The keys of all groups that have such a meter on a day, in order.
    func keys(ofDay number: Int32) -> [BlockKey] {
        let day = CivilDay(number: number)
        guard day < asOf else { return [] }
        return (0..<network.feederIDs.count).flatMap { feeder in
            let meters = network.meters(
                onFeeder: FeederNumber(rawValue: UInt32(feeder)), storageDay: day, basis: .interval)
            var groups: [Int] = []
            for meter in meters where groups.last != Int(meter.groupNumber) {
                groups.append(Int(meter.groupNumber))
            }
            return groups.map {
                BlockKey(feeder: feeder, day: number, group: $0, kind: .interval)
            }
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
