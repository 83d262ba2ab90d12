// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import Quantities
import Store

/// Moves settled readings to the feeder that an import gives their meters on past days.
///
/// Readings are stored with the feeder of their day, so that a feeder can be billed and reprocessed
/// by itself. A move is a new state of both feeders' blocks under the import's `seq`; what was known
/// before stays readable.
struct FeederMoves {
    /// The blocks that meters leave, and where each of those goes: meter to feeder.
    let departures: [BlockKey: [UInt32: Int]]
    /// True where any meter's time at a feeder changes, whether it has settled readings or not.
    let changesFeeders: Bool

    /// Finds what moves between two states of the network.
    init(from before: Network, to after: Network, in store: TallyStore) throws {
        var candidates: [Int: [MeterNumber]] = [:]
        for index in 0..<before.meterIDs.count {
            let meter = MeterNumber(rawValue: UInt32(index))
            let (old, new) = (before.spans(of: meter), after.spans(of: meter))
            guard old.map(\.feeder) != new.map(\.feeder) || old.map(\.span) != new.map(\.span)
            else { continue }
            candidates[Int(meter.groupNumber), default: []].append(meter)
        }
        changesFeeders = !candidates.isEmpty
        var departures: [BlockKey: [UInt32: Int]] = [:]
        if changesFeeders {
            for key in try store.read({ try $0.settledKeys() }) {
                let day = CivilDay(number: key.day)
                for meter in candidates[key.group] ?? [] {
                    // What counts is the block's own feeder, not the one that was before the import.
                    guard let moved = after.feeder(of: meter, keepingDay: day),
                        Int(moved.rawValue) != key.feeder
                    else { continue }
                    departures[key, default: [:]][meter.rawValue] = Int(moved.rawValue)
                }
            }
        }
        self.departures = departures
    }

    /// Writes the new blocks; they count once `list` has listed them.
    func write(to store: TallyStore) throws -> MovedBlocks {
        var moved = MovedBlocks(nextPart: try store.sweepUnlistedParts())
        var split: Set<BlockKey> = []
        for (key, feeders) in departures.sorted(by: { $0.key < $1.key }) {
            let parts = try store.read { try $0.settledParts(of: key) }
            let pieces = try parts.map { try moved.pieces(of: $0, by: feeders, in: store) }
            guard pieces.contains(where: { $0 != nil }) else { continue }
            split.insert(key)
            for (part, pieces) in zip(parts, pieces) { try moved.take(pieces, of: part, in: store) }
            moved.note(feeders, leaving: key)
        }
        // What a feeder that takes meters had, it keeps, unless it was split itself.
        for key in moved.states.keys where !split.contains(key) {
            let standing = try store.read { try $0.settledParts(of: key) }
            moved.states[key]?.append(contentsOf: standing.map(\.partID))
        }
        return moved
    }
}

/// The blocks that a move leaves behind.
struct MovedBlocks {
    fileprivate var nextPart: Int64
    fileprivate var rows: [PartRow] = []
    /// The parts of each block that changed, from now on.
    fileprivate var states: [BlockKey: [Int64]] = [:]
    private var meters: [(meter: UInt32, from: BlockKey, to: BlockKey)] = []

    fileprivate init(nextPart: Int64) { self.nextPart = nextPart }

    /// A part's readings by the feeder that their meters go to; nil where none of them goes.
    ///
    /// The feeder that is left has a piece too, even where nobody stays.
    fileprivate func pieces(
        of part: PartRow, by feeders: [UInt32: Int], in store: TallyStore
    ) throws -> [(feeder: Int, part: MergedPart)]? {
        let range = part.firstMeter...part.lastMeter
        guard feeders.keys.contains(where: range.contains) else { return nil }
        let meters: [UInt32]
        let encode: ([Int]) -> MergedPart
        switch part.key.kind {
        case .interval:
            let readings = try store.intervals(of: part)
            let strips = readings.strips
            meters = strips.meters
            encode = { order in
                MergedPart(
                    meters: order.map { meters[$0] },
                    bytes: encodeIntervals(strips, order: order) { readings.origins[$0] },
                    readings: order.reduce(0) { sum, strip in
                        sum + strips.qualities[strips.slots(strip)].count { $0 != 0 }
                    }, streams: strips.streamDigest(of: order), isClean: part.isClean)
            }
        case .register:
            let readings = try store.registers(of: part)
            meters = readings.rows.map(\.meter)
            encode = { order in
                var piece = StoredRegisters()
                piece.rows = order.map { readings.rows[$0] }
                piece.origins = order.map { readings.origins[$0] }
                return MergedPart(piece, isClean: part.isClean)
            }
        }
        guard meters.contains(where: { feeders[$0] != nil }) else { return nil }
        var orders: [Int: [Int]] = [part.key.feeder: []]
        for (row, meter) in meters.enumerated() {
            orders[feeders[meter] ?? part.key.feeder, default: []].append(row)
        }
        return orders.sorted { $0.key < $1.key }.map { ($0.key, encode($0.value)) }
    }

    /// Takes the pieces of a part; one that nobody leaves stays as it is.
    fileprivate mutating func take(
        _ pieces: [(feeder: Int, part: MergedPart)]?, of part: PartRow, in store: TallyStore
    ) throws {
        guard let pieces else {
            states[part.key, default: []].append(part.partID)
            return
        }
        for (feeder, piece) in pieces { try take(piece, of: part, to: feeder, in: store) }
    }

    /// Takes note of the meters that leave a block.
    fileprivate mutating func note(_ feeders: [UInt32: Int], leaving key: BlockKey) {
        for (meter, feeder) in feeders {
            var other = key
            other.feeder = feeder
            meters.append((meter, key, other))
        }
    }

    private mutating func take(
        _ piece: MergedPart, of part: PartRow, to feeder: Int, in store: TallyStore
    ) throws {
        var row = part
        row.key.feeder = feeder
        row.partID = nextPart
        nextPart += 1
        row.file = nil
        (row.readings, row.meters, row.bytes) = (piece.readings, piece.meters, piece.bytes.count)
        row.streams = piece.streams
        (row.firstMeter, row.lastMeter) = (piece.firstMeter, piece.lastMeter)
        try store.append([
            StoredBody(partID: row.partID, month: row.month, body: .held(piece.bytes))
        ])
        rows.append(row)
        states[row.key, default: []].append(row.partID)
    }

    /// Lists the blocks: from the commit on they are what is settled.
    func list(in transaction: StoreTransaction, seq: Int, network: Network) throws {
        try transaction.list(rows, settled: true)
        for (key, parts) in states { try transaction.settle(key, seq: seq, as: parts) }
        for (meter, from, to) in meters {
            // The checks of registers and streams over days keep theirs by other names.
            for suffix in ["", " registers", " streams"] {
                try transaction.moveExceptions(
                    subject: network.id(of: MeterNumber(rawValue: meter)),
                    from: from.description + suffix, to: to.description + suffix)
            }
        }
    }
}

/// An import that moves readings while a delivery is not finished.
public struct UnfinishedDelivery: Error, Hashable, Sendable, CustomStringConvertible {
    /// Its number.
    public let delivery: Int

    /// What to do.
    public var description: String {
        "delivery \(delivery) is not finished, and the import moves readings to another feeder: "
            + "finish it with 'tallywatt run' first"
    }
}
