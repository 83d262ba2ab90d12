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

    private struct Entry {
        var row: RegisterRow
        var isNew: Bool
        var place: Int

        func isOfSameMoment(as other: Entry) -> Bool {
            row.isOfSameRegister(as: other.row) && row.instant == other.row.instant
        }

        /// By what values of a moment share, what is new last.
        func isBefore(_ other: Entry) -> Bool {
            if !isOfSameMoment(as: other) { return row.isBefore(other.row) }
            if isNew != other.isNew { return other.isNew }
            return place < other.place
        }
    }

    init(delivery: Int, fileRank: [UInt32: Int]) {
        self.delivery = delivery
        self.fileRank = fileRank
    }

    /// Merges all rows, which stand in the order of their parts.
    mutating func merge(_ readings: StoredRegisters) {
        var entries = readings.origins.indices.map { place in
            Entry(
                row: readings.rows[place],
                isNew: Int(readings.origins[place].delivery) == delivery, place: place)
        }
        entries.sort { $0.isBefore($1) }
        var start = 0
        while start < entries.count {
            var end = start + 1
            while end < entries.count, entries[end].isOfSameMoment(as: entries[start]) { end += 1 }
            settle(entries[start..<end], readings)
            start = end
        }
    }

    private mutating func settle(_ entries: ArraySlice<Entry>, _ readings: StoredRegisters) {
        let new = entries.filter(\.isNew)
        let standing = entries.first { !$0.isNew }
        guard !new.isEmpty else {
            if let standing { keep(standing, readings) }
            return
        }
        let current = standing.map { entry in
            SlotCurrent(value(entry.row), of: readings.origins[entry.place])
        }
        let candidates = new.enumerated().map { position, entry in
            let rank = fileRank[readings.origins[entry.place].file] ?? 0
            return SlotCandidate(value: value(entry.row), order: rank << 32 | position)
        }
        var verdicts: [SlotVerdict] = []
        let decision = SlotOrder.settle(
            current: current, candidates: candidates, delivery: Int64(delivery),
            verdicts: &verdicts)
        if decision.displaced { book.displaced += 1 }
        for (entry, verdict) in zip(new, verdicts) {
            book.move(
                to: verdict, file: readings.origins[entry.place].file, channel: entry.row.channel,
                unit: entry.row.unit, amount: nil)
        }
        var chosen = standing
        if decision.current.delivery == Int64(delivery) {
            let wanted: SlotVerdict =
                decision.current.value.quality.hasValue ? .accepted : .absent
            chosen = new.indices.filter { verdicts[$0] == wanted }
                .min { candidates[$0].order < candidates[$1].order }.map { new[$0] }
        }
        guard let chosen else { return }
        keep(chosen, readings)
        let last = result.rows.count - 1
        result.rows[last].version = decision.current.newestVersion
        result.origins[last].flags.mark(decision.current)
    }

    private func value(_ row: RegisterRow) -> SlotValue {
        SlotValue(
            amount: ScaledValue(row.value, step: row.step), quality: Quality(packed: row.quality),
            version: row.version)
    }

    private mutating func keep(_ entry: Entry, _ readings: StoredRegisters) {
        result.rows.append(entry.row)
        result.origins.append(readings.origins[entry.place])
    }
}
