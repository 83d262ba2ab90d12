// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities
import Store

/// What settling moves in the books of files: from accepted, where ingest put every value.
struct VerdictBook: Sendable {
    /// Values of earlier deliveries that are current no more.
    var displaced = 0
    private var moves: [Move: Moved] = [:]

    /// What values that move alike share.
    private struct Move: Hashable {
        var file: UInt32
        var isDuplicate: Bool
        /// Nil for register values, whose energy is not summed.
        var sum: EnergySumKey?
    }

    private struct Moved {
        var values = 0
        var sum: Int128 = 0
    }

    /// Books the final verdict of a value that is not accepted.
    ///
    /// - Parameter amount: The interval energy as delivered, with its decimals; nil for a register.
    mutating func move(
        to verdict: SlotVerdict, file: UInt32, channel: UInt64, unit: UInt8,
        amount: (value: Int64, decimals: UInt8)?
    ) {
        guard verdict == .duplicate || verdict == .superseded else { return }
        let sum = amount.map { EnergySumKey(channel: channel, unit: unit, decimals: $0.decimals) }
        let move = Move(file: file, isDuplicate: verdict == .duplicate, sum: sum)
        moves[move, default: Moved()].values += 1
        if let amount { moves[move, default: Moved()].sum += Int128(amount.value) }
    }

    /// Adds what another merge moved.
    mutating func add(_ other: VerdictBook) {
        displaced += other.displaced
        for (move, moved) in other.moves {
            moves[move, default: Moved()].values += moved.values
            moves[move, default: Moved()].sum += moved.sum
        }
    }

    /// Changes of counts by file number; each sums to zero readings.
    var counts: [UInt32: VerdictCounts] {
        moves.reduce(into: [:]) { counts, entry in
            counts[entry.key.file, default: VerdictCounts()] += change(entry.key, entry.value)
        }
    }

    /// Changes of energy by file number.
    var energy: [UInt32: [EnergyKey: Exact]] {
        moves.reduce(into: [:]) { energy, entry in
            guard let key = entry.key.sum else { return }
            let verdict: SlotVerdict = entry.key.isDuplicate ? .duplicate : .superseded
            let amount = key.exact(entry.value.sum)
            let (from, to) = (SlotVerdict.accepted.rawValue, verdict.rawValue)
            energy[entry.key.file, default: [:]][key.name(verdict: from), default: .zero] -= amount
            energy[entry.key.file, default: [:]][key.name(verdict: to), default: .zero] += amount
        }
    }

    /// The changes of all files together, for the feeder.
    var total: VerdictCounts {
        var total = VerdictCounts()
        for (move, moved) in moves { total += change(move, moved) }
        total.displaced = displaced
        return total
    }

    private func change(_ move: Move, _ moved: Moved) -> VerdictCounts {
        var change = VerdictCounts()
        change.accepted = -moved.values
        if move.isDuplicate {
            change.duplicate = moved.values
        } else {
            change.superseded = moved.values
        }
        return change
    }
}
