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
        var meter: UInt32
        var isNew: Bool
        var channel: UInt64
        var instant: Int64
        var row: Int

        func isOfSameMoment(as other: Entry) -> Bool {
            meter == other.meter && channel == other.channel && instant == other.instant
        }

        /// By what values of a moment share, what is new last.
        func isBefore(_ other: Entry) -> Bool {
            if meter != other.meter { return meter < other.meter }
            if channel != other.channel { return channel < other.channel }
            if instant != other.instant { return instant < other.instant }
            if isNew != other.isNew { return other.isNew }
            return row < other.row
        }
    }

    init(delivery: Int, fileRank: [UInt32: Int]) {
        self.delivery = delivery
        self.fileRank = fileRank
    }

    /// Merges all rows, which stand in the order of their parts.
    mutating func merge(_ readings: StoredRegisters) {
        var entries = readings.origins.indices.map { row in
            Entry(
                meter: readings.rows.meters[row],
                isNew: Int(readings.origins[row].delivery) == delivery,
                channel: readings.rows.channels[row], instant: readings.rows.instants[row],
                row: row)
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
            SlotCurrent(value(entry, readings), of: readings.origins[entry.row])
        }
        let candidates = new.enumerated().map { position, entry in
            let rank = fileRank[readings.origins[entry.row].file] ?? 0
            return SlotCandidate(value: value(entry, readings), order: rank << 32 | position)
        }
        var verdicts: [SlotVerdict] = []
        let decision = SlotOrder.settle(
            current: current, candidates: candidates, delivery: Int64(delivery),
            verdicts: &verdicts)
        if decision.displaced { book.displaced += 1 }
        for (entry, verdict) in zip(new, verdicts) {
            book.move(
                to: verdict, file: readings.origins[entry.row].file, channel: entry.channel,
                unit: readings.rows.units[entry.row], amount: nil)
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
        result.rows.versions[last] = decision.current.newestVersion
        result.origins[last].flags.mark(decision.current)
    }

    private func value(_ entry: Entry, _ readings: StoredRegisters) -> SlotValue {
        let rows = readings.rows
        return SlotValue(
            amount: ScaledValue(rows.values[entry.row], step: rows.step(entry.row)),
            quality: Quality(packed: rows.qualities[entry.row]), version: rows.versions[entry.row])
    }

    private mutating func keep(_ entry: Entry, _ readings: StoredRegisters) {
        let rows = readings.rows
        result.rows.append(
            meter: rows.meters[entry.row], channel: rows.channels[entry.row],
            instant: rows.instants[entry.row], value: rows.values[entry.row],
            decimals: rows.decimals[entry.row], unit: rows.units[entry.row],
            quality: rows.qualities[entry.row], version: rows.versions[entry.row])
        result.origins.append(readings.origins[entry.row])
    }
}

extension RegisterReadings {
    /// The step of a row's value.
    func step(_ row: Int) -> ValueStep {
        ValueStep(unit: units[row], decimals: decimals[row])
    }
}
