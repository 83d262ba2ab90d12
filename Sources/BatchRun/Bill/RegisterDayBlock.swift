// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterUsage
import MeterValidate
import Quantities

/// The register values of a block that nothing contradicts, by meter.
struct RegisterDayBlock {
    typealias Entry = (channel: UInt64, reading: RegisterReading)

    /// The meters that have a value, ascending.
    private(set) var meters: [UInt32] = []
    /// Where the entries of a meter begin; after the last meter, where they end. Shape: `[meter + 1]`.
    private var starts: [Int] = []
    private var entries: [Entry] = []

    /// The values of some parts, those of one meter part after part.
    init(_ parts: [StoredRegisters]) {
        var rows: [(meter: UInt32, part: Int, row: Int)] = []
        var isSorted = true
        for (part, stored) in parts.enumerated() {
            for row in stored.origins.indices where stored.isBillable(row) {
                let meter = stored.rows[row].meter
                if let last = rows.last, last.meter > meter { isSorted = false }
                rows.append((meter, part, row))
            }
        }
        if !isSorted {
            rows.sort { ($0.meter, $0.part, $0.row) < ($1.meter, $1.part, $1.row) }
        }
        entries.reserveCapacity(rows.count)
        for (meter, part, row) in rows {
            if meters.last != meter {
                meters.append(meter)
                starts.append(entries.count)
            }
            entries.append((parts[part].rows[row].channel, parts[part].reading(row)))
        }
        starts.append(entries.count)
    }

    /// The values of a meter; empty where it has none.
    subscript(meter: UInt32) -> ArraySlice<Entry> {
        var (low, high) = (0, meters.count)
        while low < high {
            let middle = (low + high) / 2
            if meters[middle] < meter { low = middle + 1 } else { high = middle }
        }
        guard low < meters.count, meters[low] == meter else { return [] }
        return entries[starts[low]..<starts[low + 1]]
    }
}

extension StoredRegisters {
    /// True for a row that has a value which nothing contradicts.
    fileprivate func isBillable(_ row: Int) -> Bool {
        !origins[row].flags.contains(.suspect) && Quality(packed: rows[row].quality).hasValue
    }
}
