// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Store

extension Network {
    /// The blocks of a meter's storage days in a span of seconds.
    func blockKeys(of meter: MeterNumber, within span: Range<Int64>, kind: ReadingKind)
        -> [BlockKey]
    {
        let offset = storageOffset(of: meter)
        let first = Instant(seconds: span.lowerBound).clock(offset: offset).day
        let last = Instant(seconds: span.upperBound - 1).clock(offset: offset).day
        return (first.number...last.number).compactMap { day in
            feeder(of: meter, keepingDay: CivilDay(number: day)).map {
                BlockKey(
                    feeder: Int($0.rawValue), day: day, group: Int(meter.groupNumber), kind: kind)
            }
        }
    }

    /// The meters that may be in a block.
    func meters(of key: BlockKey) -> [MeterNumber] {
        meters(
            onFeeder: FeederNumber(rawValue: UInt32(key.feeder)),
            storageDay: CivilDay(number: key.day), group: key.group)
    }

    /// The blocks that a block's meters have some days later, or earlier: those of its feeder, and of
    /// the feeders that meters went to or came from.
    func blocks(of key: BlockKey, daysLater days: Int32) -> Set<BlockKey> {
        blocks(of: key, whenceMove: movers(among: meters(of: key)), daysLater: days)
    }

    /// Those of some meters that are not under one feeder all their life: few, and all that days of
    /// other blocks need a look for.
    func movers(among meters: [MeterNumber]) -> [MeterNumber] {
        meters.filter { onlyFeeder(of: $0) == nil }
    }

    /// As `blocks(of:daysLater:)`, where the block's `movers` are known.
    func blocks(
        of key: BlockKey, whenceMove movers: [MeterNumber], daysLater days: Int32
    ) -> Set<BlockKey> {
        var other = key
        other.day += days
        var blocks: Set = [other]
        for meter in movers {
            let day = CivilDay(number: other.day)
            guard let feeder = feeder(of: meter, onStorageDay: day) else { continue }
            other.feeder = Int(feeder.rawValue)
            blocks.insert(other)
        }
        return blocks
    }
}
