// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterUsage
import MeterValidate
import Quantities

/// The register values of a block that nothing contradicts, by meter.
struct RegisterDayBlock {
    typealias Entry = (channel: UInt64, reading: RegisterReading)

    /// The rows of all parts by meter, those of one meter part after part.
    private let stored: StoredRegisters
    /// The lowest meter that has rows.
    private let firstMeter: UInt32
    /// Where the rows of each meter begin, from the lowest to the one after the highest.
    private let starts: [Int]
    /// The channels that any meter sent, also where the value is missing or in doubt.
    let sentChannels: [UInt64]

    /// The values of some parts.
    init(_ parts: [StoredRegisters]) {
        stored = parts.count == 1 ? parts[0] : StoredRegisters(joining: parts)
        let rows = stored.rows
        firstMeter = rows.first?.meter ?? 0
        var starts: [Int] = []
        var channels: [UInt64] = []
        for place in rows.indices {
            // A meter without rows begins where the next one does.
            while starts.count <= Int(rows[place].meter - firstMeter) { starts.append(place) }
            if !channels.contains(rows[place].channel) { channels.append(rows[place].channel) }
        }
        self.starts = starts + [rows.count]
        sentChannels = channels
    }

    /// The meters that have a value, ascending.
    var meters: [UInt32] {
        (0..<UInt32(starts.count - 1)).map { firstMeter + $0 }
            .filter { rows(of: $0).contains(where: isBillable) }
    }

    /// True where a meter sent a register, also where the value is missing or in doubt.
    func isSent(_ channel: Channel, by meter: UInt32) -> Bool {
        rows(of: meter).contains { stored.rows[$0].channel == channel.packed }
    }

    /// The values of a meter; empty where it has none.
    subscript(meter: UInt32) -> [Entry] {
        rows(of: meter).filter(isBillable).map { (stored.rows[$0].channel, stored.reading($0)) }
    }

    /// The value of a register of a meter at a moment; nil where it has none.
    func reading(of meter: UInt32, _ channel: Channel, at instant: Int64) -> RegisterReading? {
        for row in rows(of: meter)
        where stored.rows[row].channel == channel.packed && stored.rows[row].instant == instant
            && isBillable(row)
        {
            return stored.reading(row)
        }
        return nil
    }

    private func rows(of meter: UInt32) -> Range<Int> {
        guard meter >= firstMeter else { return 0..<0 }
        let place = Int(meter - firstMeter)
        return place + 1 < starts.count ? starts[place]..<starts[place + 1] : 0..<0
    }

    /// True for a row that has a value which nothing contradicts.
    private func isBillable(_ row: Int) -> Bool {
        !stored.origins[row].flags.contains(.suspect)
            && Quality(packed: stored.rows[row].quality).hasValue
    }
}

extension StoredRegisters {
    /// The rows of parts that stand by meter each; those of one meter part after part.
    fileprivate init(joining parts: [StoredRegisters]) {
        self.init()
        let places = parts.indices.flatMap { part in parts[part].rows.indices.map { (part, $0) } }
        for (part, row) in places.sorted(by: { left, right in
            let meters = (parts[left.0].rows[left.1].meter, parts[right.0].rows[right.1].meter)
            return meters.0 != meters.1 ? meters.0 < meters.1 : left < right
        }) {
            rows.append(parts[part].rows[row])
            origins.append(parts[part].origins[row])
        }
    }
}
