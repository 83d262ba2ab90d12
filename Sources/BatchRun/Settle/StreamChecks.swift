// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterValidate
import Quantities
import Store

/// Finds streams of a meter that sent nothing for a day, though they did on the meter's day before and
/// others of it did on this one (rule I-23). Whole silent meters are found by `SilentMeters`.
///
/// A second pass, when all days are settled, so that what it finds does not depend on which day was
/// settled first. Blocks that have the streams of the day before, nearly all, are told by their parts'
/// listings and never decoded. A silence of several days is found on its first.
struct StreamChecks {
    let store: TallyStore
    let network: Network
    let seq: Int
    /// Days on and after it are still being delivered: nothing is missing from them yet.
    let asOf: CivilDay

    /// How far back the day before is sought, where the whole meter was silent.
    private static let daysLookedBack: Int32 = 7

    /// A stream that was delivered, and until when on its day.
    private struct Sent {
        var stream: Stream
        var end: Int64
    }

    /// A block whose streams are not those of the day before, and what was settled of its meters then:
    /// of the day before first.
    private struct Changed {
        var key: BlockKey
        var listed: [PartRow]
        var past: [[PartRow]]
    }

    func run() throws {
        let touched = try store.read { try $0.keysSettled(bySeq: seq, kind: .interval) }
        guard let first = touched.map(\.day).min(), let last = touched.map(\.day).max() else {
            return
        }
        let days = first - StreamChecks.daysLookedBack...last + StreamChecks.daysLookedBack
        let (known, open) = try store.read {
            (
                Set(try $0.settledKeys(days: days).filter { $0.kind == .interval }),
                try $0.blocksWithExceptions(endingWith: " streams")
            )
        }
        let lastKnown = known.map(\.day).max() ?? last
        var keys = Set(touched)
        // What comes late is the day before of days that are there.
        for key in touched where key.day < lastKnown {
            for days in 1...min(StreamChecks.daysLookedBack, lastKnown - key.day) {
                keys.formUnion(network.blocks(of: key, daysLater: days).intersection(known))
            }
        }
        let sorted = keys.sorted()
        let blocks = try store.read { try changed(among: sorted, known: known, in: $0) }
        var silent: [BlockKey: [ExceptionRow]] = [:]
        for block in blocks { silent[block.key] = try silence(of: block) }
        for key in sorted {
            let found = silent[key] ?? []
            let block = "\(key) streams"
            guard !found.isEmpty || open.contains(block) else { continue }
            try store.write { try $0.reconcileExceptions(block: block, found: found, seq: seq) }
        }
    }

    /// The blocks that hold other streams than the day before, where anything came before.
    private func changed(
        among keys: [BlockKey], known: Set<BlockKey>, in transaction: StoreTransaction
    ) throws -> [Changed] {
        func streams(_ parts: [PartRow]) -> Int64 { parts.reduce(0) { $0 + $1.streams } }
        // Of the groups that have nothing there, on no feeder, no parts are sought.
        let knownGroups = Set(known.map { GroupDay(day: $0.day, group: $0.group) })
        return try keys.compactMap { key in
            guard CivilDay(number: key.day) < asOf else { return nil }
            let listed = try transaction.settledParts(of: key)
            var before = key
            before.day -= 1
            let isSame =
                try known.contains(before)
                && streams(listed) == streams(transaction.settledParts(of: before))
            if isSame { return nil }
            let past = try (1...StreamChecks.daysLookedBack).map { days -> [PartRow] in
                let day = GroupDay(day: key.day - days, group: key.group)
                guard knownGroups.contains(day) else { return [] }
                return try network.blocks(of: key, daysLater: -days).flatMap {
                    try transaction.settledParts(of: $0)
                }
            }
            guard past.contains(where: { !$0.isEmpty }) else { return nil }
            return Changed(key: key, listed: listed, past: past)
        }
    }

    /// A day of a group of meters, whatever their feeders are.
    private struct GroupDay: Hashable {
        var day: Int32
        var group: Int
    }

    /// The streams that are missing from a block, as work items.
    private func silence(of changed: Changed) throws -> [ExceptionRow] {
        let (key, past) = (changed.key, changed.past)
        let unchanged = Set(past[0].map(\.streams))
        let today = try sent(in: changed.listed.filter { !unchanged.contains($0.streams) })
        var sought = Set(network.meters(of: key).map(\.rawValue)).intersection(today.keys)
        var found: [ExceptionRow] = []
        for parts in past where !sought.isEmpty {
            let holding = parts.filter { part in
                sought.contains { part.firstMeter <= $0 && $0 <= part.lastMeter }
            }
            for (meter, sent) in try sent(in: holding) where sought.remove(meter) != nil {
                let there = Set(today[meter, default: []].map(\.stream.channel))
                found += exceptions(
                    key, MeterNumber(rawValue: meter),
                    sent.filter { !there.contains($0.stream.channel) })
            }
        }
        return found.sorted {
            ($0.subjectID, $0.channel, $0.startsAt, $0.detail)
                < ($1.subjectID, $1.channel, $1.startsAt, $1.detail)
        }
    }

    /// The streams of all meters in some parts.
    private func sent(in parts: [PartRow]) throws -> [UInt32: [Sent]] {
        var found: [UInt32: [Sent]] = [:]
        for part in parts {
            let strips = try store.intervals(of: part).strips
            for strip in 0..<strips.count {
                let meter = MeterNumber(rawValue: strips.meters[strip])
                let day = CivilDay(number: strips.days[strip])
                let start = Instant(day: day, offset: network.storageOffset(of: meter))
                let minutes = Int(strips.slotMinutes[strip])
                let slots = Int(strips.firstSlots[strip]) + Int(strips.slotCounts[strip])
                let stream = Stream(
                    channel: Channel(packed: strips.channels[strip]), slotMinutes: minutes)
                found[meter.rawValue, default: []].append(
                    Sent(stream: stream, end: start.seconds + Int64(slots * minutes * 60)))
            }
        }
        return found
    }

    /// The silence of some streams of a meter that is billed by intervals, where it was set up then as
    /// it is on the day.
    private func exceptions(_ key: BlockKey, _ meter: MeterNumber, _ gone: [Sent]) -> [ExceptionRow]
    {
        let offset = network.storageOffset(of: meter)
        let day = CivilDay(number: key.day)
        guard let span = network.span(of: meter, at: Instant(day: day, offset: offset)),
            span.terms.basis == .interval
        else { return [] }
        let since = network.setup(around: span, of: .interval).lowerBound.seconds
        let checks = BlockChecks(network: network, asOf: asOf)
        return Set(gone.filter { since < $0.end }.map(\.stream)).flatMap { stream in
            let grid = SlotGrid(
                day: day, storageOffset: offset, slotMinutes: stream.slotMinutes)
            let nothing = [UInt32](repeating: 0, count: 1440 / stream.slotMinutes)
            return checks.gaps(nothing, grid, meter).map {
                checks.row($0, meter: meter, channel: stream.channel, offset: offset)
            }
        }
    }
}
