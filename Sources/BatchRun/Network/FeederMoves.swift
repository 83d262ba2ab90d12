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
    let areThereChanges: Bool

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
        areThereChanges = !candidates.isEmpty
        var departures: [BlockKey: [UInt32: Int]] = [:]
        if areThereChanges {
            for key in try store.read({ try $0.settledKeys() }) {
                let day = CivilDay(number: key.day)
                for meter in candidates[key.group] ?? [] {
                    // Out of service on that day is no move: the readings stay, and are not billed.
                    // A later import may give them a feeder again, so what counts is the block's own.
                    guard let moved = after.feeder(of: meter, onStorageDay: day),
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
            let isLeft = try parts.contains { try moved.isLeft($0, by: feeders, in: store) }
            guard isLeft else { continue }
            split.insert(key)
            for part in parts { try moved.split(part, by: feeders, in: store) }
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

    /// True where a part holds readings of one of the meters that go elsewhere.
    fileprivate func isLeft(_ part: PartRow, by feeders: [UInt32: Int], in store: TallyStore) throws
        -> Bool
    {
        guard feeders.keys.contains(where: { (part.firstMeter...part.lastMeter).contains($0) })
        else {
            return false
        }
        let meters =
            switch part.key.kind {
            case .interval: try store.intervals(of: part).strips.meters
            case .register: try store.registers(of: part).rows.meters
            }
        return meters.contains { feeders[$0] != nil }
    }

    /// Splits a part by the feeders that its meters go to; one that nobody leaves stays as it is.
    fileprivate mutating func split(
        _ part: PartRow, by feeders: [UInt32: Int], in store: TallyStore
    ) throws {
        let pieces: [(feeder: Int, part: MergedPart)]
        switch part.key.kind {
        case .interval:
            let readings = try store.intervals(of: part)
            pieces = grouped(readings.strips.meters, by: feeders, else: part.key.feeder) { order in
                MergedPart(
                    meters: order.map { readings.strips.meters[$0] },
                    bytes: encodeIntervals(readings.strips, order: order) { readings.origins[$0] },
                    readings: order.reduce(0) { sum, strip in
                        sum
                            + readings.strips.qualities[readings.strips.slots(strip)]
                            .count { $0 != 0 }
                    }, isClean: part.isClean)
            }
        case .register:
            let readings = try store.registers(of: part)
            pieces = grouped(readings.rows.meters, by: feeders, else: part.key.feeder) { order in
                MergedPart(
                    meters: order.map { readings.rows.meters[$0] },
                    bytes: encodeRegisters(readings.rows, order: order) { readings.origins[$0] },
                    readings: order.count, isClean: part.isClean)
            }
        }
        if pieces.map(\.feeder) == [part.key.feeder] {
            states[part.key, default: []].append(part.partID)
            return
        }
        for (feeder, piece) in pieces { try take(piece, of: part, to: feeder, in: store) }
        for (meter, feeder) in feeders {
            var key = part.key
            key.feeder = feeder
            meters.append((meter, part.key, key))
        }
    }

    /// Rows by the feeder of their meter; the one that is left comes too, even where nobody stays.
    private func grouped(
        _ meters: [UInt32], by feeders: [UInt32: Int], else stay: Int,
        _ encode: ([Int]) -> MergedPart
    ) -> [(feeder: Int, part: MergedPart)] {
        var orders: [Int: [Int]] = [stay: []]
        for (row, meter) in meters.enumerated() {
            orders[feeders[meter] ?? stay, default: []].append(row)
        }
        return orders.sorted { $0.key < $1.key }.map { ($0.key, encode($0.value)) }
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
            // The checks of registers over days keep theirs by another name.
            for suffix in ["", " registers"] {
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
