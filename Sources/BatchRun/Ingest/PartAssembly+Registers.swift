// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import Quantities
import Store

extension PartAssembly {
    /// Rows of a batch that follow each other and are of one part.
    private struct Stretch {
        var key: BlockKey
        var rows: Range<Int>
    }

    /// Cuts register readings into parts, in the order of their keys.
    func registerParts(_ rows: [RegisterRow], from origin: Origin) -> [AssembledPart] {
        var stretches = stretches(of: rows)
        // A file of a day has its parts one after the other; of a month, each meter has its days.
        let isOrdered = zip(stretches, stretches.dropFirst()).allSatisfy { $0.key < $1.key }
        if !isOrdered {
            stretches.sort { ($0.key, $0.rows.lowerBound) < ($1.key, $1.rows.lowerBound) }
        }
        var parts: [AssembledPart] = []
        var first = 0
        while first < stretches.count {
            let key = stretches[first].key
            let next = stretches[first...].firstIndex { $0.key != key } ?? stretches.count
            let members =
                next == first + 1
                ? rows[stretches[first].rows]
                : stretches[first..<next].flatMap { rows[$0.rows] }[...]
            parts.append(part(key, ordered(members), origin))
            first = next
        }
        return parts
    }

    /// The rows as they stand; the key is looked up once for what a meter showed at a moment.
    private func stretches(of rows: [RegisterRow]) -> [Stretch] {
        var stretches: [Stretch] = []
        var start = 0
        while start < rows.count {
            let (meter, instant) = (rows[start].meter, rows[start].instant)
            var end = start + 1
            while end < rows.count, rows[end].meter == meter, rows[end].instant == instant {
                end += 1
            }
            // A freeze at 24:00 belongs to the day that it ends.
            let offset = network.storageOffset(of: MeterNumber(rawValue: meter))
            let day = Instant(seconds: instant - 1).clock(offset: offset).day
            let key = key(meter: meter, day: day.number, kind: .register)
            if let last = stretches.indices.last, stretches[last].key == key {
                stretches[last].rows = stretches[last].rows.lowerBound..<end
            } else {
                stretches.append(Stretch(key: key, rows: start..<end))
            }
            start = end
        }
        return stretches
    }

    /// Rows by meter, channel and time; of one moment, as they came.
    private func ordered(_ rows: ArraySlice<RegisterRow>) -> ArraySlice<RegisterRow> {
        let isOrdered = rows.indices.dropFirst().allSatisfy { !rows[$0].isBefore(rows[$0 - 1]) }
        if isOrdered { return rows }
        let order = rows.indices.sorted {
            if rows[$0].isBefore(rows[$1]) { return true }
            return !rows[$1].isBefore(rows[$0]) && $0 < $1
        }
        return order.map { rows[$0] }[...]
    }

    /// A part of rows that are in order.
    private func part(_ key: BlockKey, _ rows: ArraySlice<RegisterRow>, _ origin: Origin)
        -> AssembledPart
    {
        let (first, last) = (rows.startIndex, rows.endIndex - 1)
        var part = AssembledPart(
            key: key, counts: VerdictCounts(), firstMeter: rows[first].meter,
            lastMeter: rows[last].meter, meters: 0, isClean: true, body: .held([]))
        for place in rows.indices {
            let row = rows[place]
            if place == first || row.meter != rows[place - 1].meter { part.meters += 1 }
            let isRepeated = place > first && !rows[place - 1].isBefore(row)
            if row.value < 0 || isRepeated { part.isClean = false }
            if Quality(packed: row.quality).hasValue { part.counts.accepted += 1 }
        }
        part.counts.readings = rows.count
        part.counts.absent = rows.count - part.counts.accepted
        part.streams = rows.span.streamDigest
        let bytes = encodeRegisters(rows.span) { _ in origin }
        part.body = .held(bytes)
        return part
    }
}
