// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterValidate
import Quantities

/// Merges the register rows of one block: what is current, and what one delivery brought (law 2).
struct RegisterMerge {
    /// The delivery being settled.
    let delivery: Int
    /// The place of each file in the order of SHA-256.
    let fileRank: [UInt32: Int]
    /// What the merge found out.
    private(set) var result = StoredRegisters()
    private(set) var book = VerdictBook()
    /// Register values that are current now and were not before.
    private(set) var changes = BlockChanges()

    private struct Entry {
        var source: Int
        var row: Int
        var isNew: Bool
    }

    init(delivery: Int, fileRank: [UInt32: Int]) {
        self.delivery = delivery
        self.fileRank = fileRank
    }

    /// Merges all rows; sources stand in the order of their parts, the settled ones first.
    mutating func merge(_ sources: [StoredRegisters]) {
        var entries: [Entry] = []
        for (index, source) in sources.enumerated() {
            for row in 0..<source.rows.count {
                let isNew = Int(source.origins[row].delivery) == delivery
                entries.append(Entry(source: index, row: row, isNew: isNew))
            }
        }
        func key(_ entry: Entry) -> (UInt32, UInt64, Int64) {
            let rows = sources[entry.source].rows
            return (rows.meters[entry.row], rows.channels[entry.row], rows.instants[entry.row])
        }
        entries.sort { left, right in
            let (a, b) = (key(left), key(right))
            if a != b { return a < b }
            return (left.isNew ? 1 : 0, left.source, left.row)
                < (right.isNew ? 1 : 0, right.source, right.row)
        }
        var start = 0
        while start < entries.count {
            var end = start + 1
            while end < entries.count, key(entries[end]) == key(entries[start]) { end += 1 }
            settle(entries[start..<end], sources)
            start = end
        }
    }

    private mutating func settle(_ entries: ArraySlice<Entry>, _ sources: [StoredRegisters]) {
        let new = entries.filter(\.isNew)
        let standing = entries.first { !$0.isNew }
        guard let first = new.first else {
            if let standing { keep(standing, sources) }
            return
        }
        let current = standing.map { entry in
            let origin = sources[entry.source].origins[entry.row]
            return SlotCurrent(
                value: value(entry, sources), delivery: Int64(origin.delivery),
                isSuspect: origin.flags.contains(.suspect))
        }
        let candidates = new.enumerated().map { position, entry in
            let rank = fileRank[sources[entry.source].origins[entry.row].file] ?? 0
            return SlotCandidate(value: value(entry, sources), order: rank << 32 | position)
        }
        var verdicts: [SlotVerdict] = []
        let decision = SlotOrder.settle(
            current: current, candidates: candidates, delivery: Int64(delivery),
            verdicts: &verdicts)
        if decision.displaced { book.displaced += 1 }
        if SlotCurrent.differs(current, decision.current) {
            let rows = sources[first.source].rows
            changes.add(rows.meters[first.row], instant: rows.instants[first.row])
        }
        for (entry, verdict) in zip(new, verdicts) {
            let source = sources[entry.source]
            book.move(
                to: verdict, file: source.origins[entry.row].file,
                channel: source.rows.channels[entry.row], unit: source.rows.units[entry.row],
                amount: nil)
        }
        var chosen = standing
        if decision.current.delivery == Int64(delivery) {
            let wanted: SlotVerdict =
                decision.current.value.quality.hasValue ? .accepted : .absent
            chosen = new.indices.filter { verdicts[$0] == wanted }
                .min { candidates[$0].order < candidates[$1].order }.map { new[$0] }
        }
        guard let chosen else { return }
        keep(chosen, sources)
        let last = result.rows.count - 1
        result.rows.versions[last] = decision.current.value.version
        if decision.current.isSuspect {
            result.origins[last].flags.insert(.suspect)
        } else {
            result.origins[last].flags.remove(.suspect)
        }
    }

    private func value(_ entry: Entry, _ sources: [StoredRegisters]) -> SlotValue {
        let rows = sources[entry.source].rows
        return SlotValue(
            amount: ScaledValue(rows.values[entry.row], exponent: rows.exponent(entry.row)),
            quality: Quality(packed: rows.qualities[entry.row]), version: rows.versions[entry.row])
    }

    private mutating func keep(_ entry: Entry, _ sources: [StoredRegisters]) {
        let rows = sources[entry.source].rows
        result.rows.append(
            meter: rows.meters[entry.row], channel: rows.channels[entry.row],
            instant: rows.instants[entry.row], value: rows.values[entry.row],
            decimals: rows.decimals[entry.row], unit: rows.units[entry.row],
            quality: rows.qualities[entry.row], version: rows.versions[entry.row])
        result.origins.append(sources[entry.source].origins[entry.row])
    }
}

extension RegisterReadings {
    /// The power of ten of a row's step, relative to the base unit.
    func exponent(_ row: Int) -> Int {
        (MeasuredUnit(rawValue: units[row])?.exponent ?? 0) - Int(decimals[row])
    }
}
