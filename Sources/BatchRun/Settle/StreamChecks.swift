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

    func run() throws {
        let touched = try store.read { try $0.keysSettled(bySeq: seq, kind: .interval) }
        guard let first = touched.map(\.day).min(), let last = touched.map(\.day).max() else {
            return
        }
        let (known, open) = try store.read {
            (
                Set(
                    try $0.settledKeys(days: first...last + StreamChecks.daysLookedBack)
                        .filter { $0.kind == .interval }),
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
        for key in keys.sorted() {
            let found = try silence(of: key)
            let block = "\(key) streams"
            guard !found.isEmpty || open.contains(block) else { continue }
            try store.write { try $0.reconcileExceptions(block: block, found: found, seq: seq) }
        }
    }

    /// The streams that are missing from a block, as work items.
    private func silence(of key: BlockKey) throws -> [ExceptionRow] {
        guard CivilDay(number: key.day) < asOf else { return [] }
        var before = key
        before.day -= 1
        func streams(_ parts: [PartRow]) -> Int64 { parts.reduce(0) { $0 + $1.streams } }
        let listed = try parts(of: [key])
        guard try streams(listed) != streams(parts(of: [before])) else { return [] }
        let past = try (1...StreamChecks.daysLookedBack).map { days in
            try parts(of: network.blocks(of: key, daysLater: -days))
        }
        guard past.contains(where: { !$0.isEmpty }) else { return [] }
        let unchanged = Set(past[0].map(\.streams))
        let today = try sent(in: listed.filter { !unchanged.contains($0.streams) })
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

    private func parts(of blocks: Set<BlockKey>) throws -> [PartRow] {
        try store.read { transaction in
            try blocks.flatMap { try transaction.settledParts(of: $0) }
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
