// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterValidate
import Quantities

/// Merges the interval strips of one block: what is current, and what one delivery brought (law 2).
///
/// Strips that are alone of their meter, channel and slot length pass through. Those of one day are
/// laid over each other: a slot that one of them fills is as it says, any other is decided by
/// `SlotOrder`. The day is written as one strip per origin.
struct IntervalMerge {
    /// The delivery being settled.
    let delivery: Int
    /// The place of each file in the order of SHA-256.
    let fileRank: [UInt32: Int]
    /// What the merge found out.
    private(set) var result = StoredIntervals()
    private(set) var book = VerdictBook()
    /// Slots whose current values changed.
    private(set) var changes = BlockChanges()

    /// The day being merged; kept for its memory.
    private var day = MergedDay()
    private var cells: [Cell] = []
    private var candidates: [SlotCandidate] = []
    private var verdicts: [SlotVerdict] = []

    private struct Entry {
        var meter: UInt32
        var slotMinutes: UInt16
        var isNew: Bool
        var channel: UInt64
        var strip: Int

        func isOfSameDay(as other: Entry) -> Bool {
            meter == other.meter && channel == other.channel && slotMinutes == other.slotMinutes
        }

        /// By what strips of a day share, what is new last.
        func isBefore(_ other: Entry) -> Bool {
            if meter != other.meter { return meter < other.meter }
            if channel != other.channel { return channel < other.channel }
            if slotMinutes != other.slotMinutes { return slotMinutes < other.slotMinutes }
            if isNew != other.isNew { return other.isNew }
            return strip < other.strip
        }
    }

    init(delivery: Int, fileRank: [UInt32: Int]) {
        self.delivery = delivery
        self.fileRank = fileRank
    }

    /// Merges all strips, which stand in the order of their parts.
    mutating func merge(_ readings: StoredIntervals) {
        var entries = readings.origins.indices.map { strip in
            Entry(
                meter: readings.strips.meters[strip],
                slotMinutes: readings.strips.slotMinutes[strip],
                isNew: Int(readings.origins[strip].delivery) == delivery,
                channel: readings.strips.channels[strip], strip: strip)
        }
        entries.sort { $0.isBefore($1) }
        var start = 0
        while start < entries.count {
            var end = start + 1
            while end < entries.count, entries[end].isOfSameDay(as: entries[start]) { end += 1 }
            settle(entries[start..<end], readings)
            start = end
        }
    }

    private mutating func settle(_ entries: ArraySlice<Entry>, _ readings: StoredIntervals) {
        guard let first = entries.first, let last = entries.last else { return }
        if entries.count == 1 || !last.isNew {
            for entry in entries { passThrough(entry.strip, readings) }
            if first.isNew { changes.add(readings, strip: first.strip) }
            return
        }
        day.begin(slots: 1440 / Int(first.slotMinutes))
        for entry in entries { day.lay(entry.strip, of: readings) }
        var changed: ClosedRange<Int>?
        for slot in day.owners.indices where day.owners[slot] != freeSlot {
            let isChanged =
                day.owners[slot] == contestedSlot
                ? decide(slot, entries, readings)
                : Int(day.attributes(ofSlot: slot).origin.delivery) == delivery
                    && Quality(packed: day.qualities[slot]).hasValue
            if isChanged { changed = (changed?.lowerBound ?? slot)...slot }
        }
        if let changed {
            changes.add(
                first.meter, first.channel, slots: changed.lowerBound..<(changed.upperBound + 1),
                slotMinutes: Int(first.slotMinutes))
        }
        day.write(like: first.strip, of: readings, to: &result)
    }

    private mutating func passThrough(_ strip: Int, _ readings: StoredIntervals) {
        result.strips.append(strip, of: readings.strips)
        result.origins.append(readings.origins[strip])
    }

    private struct Cell {
        var strip: Int
        var value: Int64
        var quality: UInt32

        init?(_ readings: StoredIntervals, _ strip: Int, slot: Int) {
            let place = slot - Int(readings.strips.firstSlots[strip])
            guard place >= 0, place < Int(readings.strips.slotCounts[strip]) else { return nil }
            self.strip = strip
            value = readings.strips.values[readings.strips.offsets[strip] + place]
            quality = readings.strips.qualities[readings.strips.offsets[strip] + place]
            if quality == 0 { return nil }
        }

        func slotValue(_ readings: StoredIntervals) -> SlotValue {
            SlotValue(
                amount: ScaledValue(value, step: readings.strips.step(strip)),
                quality: Quality(packed: quality), version: readings.strips.versions[strip])
        }

        func current(_ readings: StoredIntervals) -> SlotCurrent {
            SlotCurrent(slotValue(readings), of: readings.origins[strip])
        }
    }

    /// Decides a slot that several strips fill; true where what is current changes.
    private mutating func decide(
        _ slot: Int, _ entries: ArraySlice<Entry>, _ readings: StoredIntervals
    ) -> Bool {
        var standing: Cell?
        cells.removeAll(keepingCapacity: true)
        candidates.removeAll(keepingCapacity: true)
        for (position, entry) in entries.enumerated() {
            guard let cell = Cell(readings, entry.strip, slot: slot) else { continue }
            if entry.isNew {
                let rank = fileRank[readings.origins[entry.strip].file] ?? 0
                cells.append(cell)
                candidates.append(
                    SlotCandidate(value: cell.slotValue(readings), order: rank << 32 | position))
            } else {
                standing = cell
            }
        }
        let current = standing?.current(readings)
        guard !candidates.isEmpty else {
            if let standing, let current { keep(standing, as: current, at: slot, readings) }
            return false
        }
        let decision = SlotOrder.settle(
            current: current, candidates: candidates, delivery: Int64(delivery),
            verdicts: &verdicts)
        if decision.displaced { book.displaced += 1 }
        for (cell, verdict) in zip(cells, verdicts) {
            book.move(
                to: verdict, file: readings.origins[cell.strip].file,
                channel: readings.strips.channels[cell.strip],
                unit: readings.strips.units[cell.strip],
                amount: (cell.value, readings.strips.decimals[cell.strip]))
        }
        if let cell = winner(decision, standing) {
            keep(cell, as: decision.current, at: slot, readings)
        }
        return SlotCurrent.differs(current, decision.current)
    }

    private mutating func keep(
        _ cell: Cell, as current: SlotCurrent, at slot: Int, _ readings: StoredIntervals
    ) {
        day.put(
            cell.value, cell.quality, at: slot,
            MergedDay.Attributes(cell.strip, of: readings, as: current))
    }

    /// The cell that a decision names.
    private func winner(_ decision: SlotDecision, _ standing: Cell?) -> Cell? {
        guard decision.current.delivery == Int64(delivery) else { return standing }
        let wanted: SlotVerdict = decision.current.value.quality.hasValue ? .accepted : .absent
        return cells.indices.filter { verdicts[$0] == wanted }
            .min { candidates[$0].order < candidates[$1].order }.map { cells[$0] }
    }
}
