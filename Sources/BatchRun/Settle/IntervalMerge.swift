// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterValidate
import Quantities

/// Merges the interval strips of one block: what is current, and what one delivery brought (law 2).
///
/// Strips that are alone of their meter, channel and slot length pass through. Otherwise each slot
/// is decided by `SlotOrder`, and the day is written as one strip per origin.
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

    private struct Entry {
        var strips: Int
        var strip: Int
        var isNew: Bool
    }

    init(delivery: Int, fileRank: [UInt32: Int]) {
        self.delivery = delivery
        self.fileRank = fileRank
    }

    /// Merges all strips; sources stand in the order of their parts, the settled ones first.
    mutating func merge(_ sources: [StoredIntervals]) {
        var entries: [Entry] = []
        for (index, source) in sources.enumerated() {
            for strip in 0..<source.strips.count {
                let isNew = Int(source.origins[strip].delivery) == delivery
                entries.append(Entry(strips: index, strip: strip, isNew: isNew))
            }
        }
        func key(_ entry: Entry) -> (UInt32, UInt64, UInt16) {
            let strips = sources[entry.strips].strips
            return (
                strips.meters[entry.strip], strips.channels[entry.strip],
                strips.slotMinutes[entry.strip]
            )
        }
        entries.sort { left, right in
            let (a, b) = (key(left), key(right))
            if a != b { return a < b }
            return (left.isNew ? 1 : 0, left.strips, left.strip)
                < (right.isNew ? 1 : 0, right.strips, right.strip)
        }
        var start = 0
        while start < entries.count {
            var end = start + 1
            while end < entries.count, key(entries[end]) == key(entries[start]) { end += 1 }
            settle(Array(entries[start..<end]), sources)
            start = end
        }
    }

    private mutating func settle(_ entries: [Entry], _ sources: [StoredIntervals]) {
        let first = entries[0]
        if entries.count == 1 || !entries.contains(where: \.isNew) {
            for entry in entries { passThrough(entry, sources[entry.strips]) }
            if first.isNew { changes.add(sources[first.strips], strip: first.strip) }
            return
        }
        let strips = sources[first.strips].strips
        let count = 1440 / Int(strips.slotMinutes[first.strip])
        var winners = [Winner?](repeating: nil, count: count)
        for slot in 0..<count {
            winners[slot] = decide(slot, entries, sources)
        }
        write(winners, like: first, sources)
    }

    private mutating func passThrough(_ entry: Entry, _ source: StoredIntervals) {
        let strips = source.strips
        let strip = result.strips.appendStrip(
            meter: strips.meters[entry.strip], channel: strips.channels[entry.strip],
            day: strips.days[entry.strip], slotMinutes: strips.slotMinutes[entry.strip],
            firstSlot: strips.firstSlots[entry.strip], slotCount: strips.slotCounts[entry.strip],
            unit: strips.units[entry.strip], decimals: strips.decimals[entry.strip],
            version: strips.versions[entry.strip])
        result.origins.append(source.origins[entry.strip])
        for (offset, slot) in strips.slots(entry.strip).enumerated() {
            result.strips.values[result.strips.offsets[strip] + offset] = strips.values[slot]
            result.strips.qualities[result.strips.offsets[strip] + offset] = strips.qualities[slot]
        }
    }

    /// The cell that stands in a slot, with the version it is known under.
    private struct Winner {
        var value: Int64
        var quality: UInt32
        var attributes: Attributes

        init(_ cell: Cell) {
            value = cell.value
            quality = cell.quality
            attributes = cell.attributes
        }
    }

    /// What the slots of one written strip share.
    private struct Attributes: Hashable {
        var unit: UInt8
        var decimals: UInt8
        var version: Int64
        var origin: Origin
    }

    private struct Cell {
        var value: Int64
        var quality: UInt32
        var attributes: Attributes

        init?(_ source: StoredIntervals, _ strip: Int, slot: Int) {
            let strips = source.strips
            let place = slot - Int(strips.firstSlots[strip])
            guard place >= 0, place < Int(strips.slotCounts[strip]) else { return nil }
            value = strips.values[strips.offsets[strip] + place]
            quality = strips.qualities[strips.offsets[strip] + place]
            guard quality != 0 else { return nil }
            attributes = Attributes(
                unit: strips.units[strip], decimals: strips.decimals[strip],
                version: strips.versions[strip], origin: source.origins[strip])
        }

        var slotValue: SlotValue {
            let unit = MeasuredUnit(rawValue: attributes.unit)?.exponent ?? 0
            return SlotValue(
                amount: ScaledValue(value, exponent: unit - Int(attributes.decimals)),
                quality: Quality(packed: quality), version: attributes.version)
        }
    }

    private mutating func decide(_ slot: Int, _ entries: [Entry], _ sources: [StoredIntervals])
        -> Winner?
    {
        var standing: Cell?
        var cells: [Cell] = []
        var candidates: [SlotCandidate] = []
        for (position, entry) in entries.enumerated() {
            guard let cell = Cell(sources[entry.strips], entry.strip, slot: slot) else { continue }
            if entry.isNew {
                let rank = fileRank[cell.attributes.origin.file] ?? 0
                cells.append(cell)
                candidates.append(
                    SlotCandidate(value: cell.slotValue, order: rank << 32 | position))
            } else {
                standing = cell
            }
        }
        let current = standing.map { cell in
            SlotCurrent(
                value: cell.slotValue, delivery: Int64(cell.attributes.origin.delivery),
                isSuspect: cell.attributes.origin.flags.contains(.suspect))
        }
        guard !candidates.isEmpty else { return standing.map(Winner.init) }
        var verdicts: [SlotVerdict] = []
        let decision = SlotOrder.settle(
            current: current, candidates: candidates, delivery: Int64(delivery),
            verdicts: &verdicts)
        if decision.displaced { book.displaced += 1 }
        let meterChannel = sources[entries[0].strips].strips.channels[entries[0].strip]
        for (cell, verdict) in zip(cells, verdicts) {
            book.move(
                to: verdict, file: cell.attributes.origin.file, channel: meterChannel,
                unit: cell.attributes.unit,
                amount: Exact(
                    coefficient: Int128(cell.value), exponent: -Int(cell.attributes.decimals)))
        }
        if SlotCurrent.differs(current, decision.current) {
            let strips = sources[entries[0].strips].strips
            changes.add(
                strips.meters[entries[0].strip], slot: slot,
                slotMinutes: Int(strips.slotMinutes[entries[0].strip]))
        }
        return winner(decision, standing, cells, candidates, verdicts)
    }

    /// The cell that a decision names, with the decision's version and doubt.
    private func winner(
        _ decision: SlotDecision, _ standing: Cell?, _ cells: [Cell],
        _ candidates: [SlotCandidate], _ verdicts: [SlotVerdict]
    ) -> Winner? {
        let isNew = decision.current.delivery == Int64(delivery)
        var chosen = standing
        if isNew {
            let wanted: SlotVerdict =
                decision.current.value.quality.hasValue ? .accepted : .absent
            let index = cells.indices.filter { verdicts[$0] == wanted }
                .min { candidates[$0].order < candidates[$1].order }
            chosen = index.map { cells[$0] }
        }
        return chosen.map { cell in
            var winner = Winner(cell)
            winner.attributes.version = decision.current.value.version
            if decision.current.isSuspect {
                winner.attributes.origin.flags.insert(.suspect)
            } else {
                winner.attributes.origin.flags.remove(.suspect)
            }
            return winner
        }
    }

    /// Writes a day as one strip per set of attributes, in the order of their first slots.
    private mutating func write(
        _ winners: [Winner?], like entry: Entry, _ sources: [StoredIntervals]
    ) {
        let strips = sources[entry.strips].strips
        var spans: [Attributes: ClosedRange<Int>] = [:]
        for (slot, winner) in winners.enumerated() {
            guard let attributes = winner?.attributes else { continue }
            spans[attributes] = (spans[attributes]?.lowerBound ?? slot)...slot
        }
        for (attributes, span) in spans.sorted(by: { $0.value.lowerBound < $1.value.lowerBound }) {
            let strip = result.strips.appendStrip(
                meter: strips.meters[entry.strip], channel: strips.channels[entry.strip],
                day: strips.days[entry.strip], slotMinutes: strips.slotMinutes[entry.strip],
                firstSlot: UInt16(span.lowerBound), slotCount: UInt16(span.count),
                unit: attributes.unit, decimals: attributes.decimals,
                version: attributes.version)
            result.origins.append(attributes.origin)
            for slot in span {
                guard let winner = winners[slot], winner.attributes == attributes else { continue }
                let place = result.strips.offsets[strip] + slot - span.lowerBound
                result.strips.values[place] = winner.value
                result.strips.qualities[place] = winner.quality
            }
        }
    }
}
