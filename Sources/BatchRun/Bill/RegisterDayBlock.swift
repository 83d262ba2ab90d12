// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterUsage
import MeterValidate
import Quantities

/// The register values of a block that nothing contradicts, by meter.
struct RegisterDayBlock {
    typealias Entry = (channel: UInt64, reading: RegisterReading)

    /// Each with its rows by meter, as they are stored.
    private let parts: [StoredRegisters]
    /// The channels that any meter sent, also where the value is missing or in doubt.
    let sentChannels: [UInt64]

    /// The values of some parts, those of one meter part after part.
    init(_ parts: [StoredRegisters]) {
        self.parts = parts
        var channels: [UInt64] = []
        for part in parts {
            for row in part.rows where !channels.contains(row.channel) {
                channels.append(row.channel)
            }
        }
        sentChannels = channels
    }

    /// The meters that have a value, ascending.
    var meters: [UInt32] {
        var found: Set<UInt32> = []
        for part in parts {
            for row in part.origins.indices where part.isBillable(row) {
                found.insert(part.rows[row].meter)
            }
        }
        return found.sorted()
    }

    /// True where a meter sent a register, also where the value is missing or in doubt.
    func isSent(_ channel: Channel, by meter: UInt32) -> Bool {
        parts.contains { part in
            part.rows(of: meter).contains { part.rows[$0].channel == channel.packed }
        }
    }

    /// The values of a meter; empty where it has none.
    subscript(meter: UInt32) -> [Entry] {
        var found: [Entry] = []
        for part in parts {
            for row in part.rows(of: meter) where part.isBillable(row) {
                found.append((part.rows[row].channel, part.reading(row)))
            }
        }
        return found
    }

    /// The value of a register of a meter at a moment; nil where it has none.
    func reading(of meter: UInt32, _ channel: Channel, at instant: Int64) -> RegisterReading? {
        for part in parts {
            for row in part.rows(of: meter)
            where part.rows[row].channel == channel.packed && part.rows[row].instant == instant
                && part.isBillable(row)
            {
                return part.reading(row)
            }
        }
        return nil
    }
}

extension StoredRegisters {
    /// The rows of a meter.
    fileprivate func rows(of meter: UInt32) -> Range<Int> {
        let first = rows.indices.partition { rows[$0].meter >= meter }
        var end = first
        while end < rows.count, rows[end].meter == meter { end += 1 }
        return first..<end
    }

    /// True for a row that has a value which nothing contradicts.
    fileprivate func isBillable(_ row: Int) -> Bool {
        !origins[row].flags.contains(.suspect) && Quality(packed: rows[row].quality).hasValue
    }
}
