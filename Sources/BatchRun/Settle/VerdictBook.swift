// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities
import Store

/// What settling moves in the books of files: from accepted, where ingest put every value.
struct VerdictBook: Sendable {
    /// Changes of counts by file number; each sums to zero readings.
    private(set) var counts: [UInt32: VerdictCounts] = [:]
    /// Changes of energy by file number.
    private(set) var energy: [UInt32: [EnergyKey: Exact]] = [:]
    /// Values of earlier deliveries that are current no more.
    var displaced = 0

    /// Books the final verdict of a value that is not accepted.
    ///
    /// - Parameter amount: The interval energy in the unit as delivered; nil for a register.
    mutating func move(
        to verdict: SlotVerdict, file: UInt32, channel: UInt64, unit: UInt8, amount: Exact?
    ) {
        guard verdict == .duplicate || verdict == .superseded else { return }
        var change = VerdictCounts()
        change.accepted = -1
        if verdict == .duplicate { change.duplicate = 1 } else { change.superseded = 1 }
        counts[file, default: VerdictCounts()] += change
        guard let amount else { return }
        let channel = Channel(packed: channel).description
        let unit = MeasuredUnit(rawValue: unit)?.name ?? ""
        let from = EnergyKey(channel: channel, unit: unit, verdict: SlotVerdict.accepted.rawValue)
        let to = EnergyKey(channel: channel, unit: unit, verdict: verdict.rawValue)
        energy[file, default: [:]][from, default: .zero] -= amount
        energy[file, default: [:]][to, default: .zero] += amount
    }

    /// Adds changes by file number.
    mutating func merge(
        counts others: [UInt32: VerdictCounts], energy otherEnergy: [UInt32: [EnergyKey: Exact]]
    ) {
        for (file, change) in others { counts[file, default: VerdictCounts()] += change }
        for (file, sums) in otherEnergy {
            energy[file, default: [:]].merge(sums, uniquingKeysWith: +)
        }
    }

    /// The changes of all files together, for the feeder.
    var total: VerdictCounts {
        var total = VerdictCounts()
        for change in counts.values { total += change }
        total.displaced = displaced
        return total
    }
}
