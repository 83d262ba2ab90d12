// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterScan
import Quantities
import Store

/// Checks the laws on a database, and words what does not hold.
public struct Verification {
    let store: TallyStore

    /// A check of an open database.
    public init(store: TallyStore) {
        self.store = store
    }

    /// What does not hold; empty where all is well.
    public func problems() throws -> [String] {
        try store.read { try $0.brokenLaws() } + damagedBlocks() + unbalancedEnergy()
            + changedTariffs()
    }

    /// Settled blocks whose bytes are not what was written.
    private func damagedBlocks() throws -> [String] {
        var problems: [String] = []
        for key in try store.read({ try $0.settledKeys() }) {
            for part in try store.read({ try $0.settledParts(of: key) }) {
                do {
                    switch key.kind {
                    case .interval: _ = try store.intervals(of: part)
                    case .register: _ = try store.registers(of: part)
                    }
                } catch {
                    problems.append("\(error)")
                }
            }
        }
        return problems
    }

    /// Law 1 for energy: what a file delivered and was not rejected is in its parts, whatever the
    /// verdicts are.
    private func unbalancedEnergy() throws -> [String] {
        var problems: [String] = []
        for file in try store.read({ try $0.bookedFiles() }) {
            let books = try store.read { try $0.books(of: file) }
            var sums: [EnergySumKey: Int128] = [:]
            do {
                for part in books.parts { try add(part, to: &sums) }
            } catch {
                problems.append("\(error)")
                continue
            }
            var delivered: [EnergyKey: Exact] = [:]
            for (key, sum) in sums {
                delivered[key.name(verdict: ""), default: .zero] += key.exact(sum)
            }
            var booked: [EnergyKey: Exact] = [:]
            for (key, sum) in books.energy where key.verdict != "rejected" {
                let key = EnergyKey(channel: key.channel, unit: key.unit, verdict: "")
                booked[key, default: .zero] += sum
            }
            for key in Set(delivered.keys).union(booked.keys)
            where delivered[key] ?? .zero != booked[key] ?? .zero {
                problems.append(
                    "law 1: a file's energy is the sum of its verdicts: \(file.sha256) "
                        + "\(key.channel) \(key.unit)")
            }
        }
        return problems.sorted()
    }

    private func add(_ part: PartRow, to sums: inout [EnergySumKey: Int128]) throws {
        guard part.key.kind == .interval else { return }
        let strips = try store.intervals(of: part).strips
        for strip in 0..<strips.count {
            let key = EnergySumKey(
                channel: strips.channels[strip], unit: strips.units[strip],
                decimals: strips.decimals[strip])
            sums[key, default: 0] += strips.slots(strip).reduce(0) {
                $0 + Int128(strips.values[$1])
            }
        }
    }

    /// Law 8: the tariff files behind invoices are kept as they were.
    private func changedTariffs() throws -> [String] {
        try store.read { try $0.keptTariffs() }.filter {
            sha256(of: Array($0.body.utf8)) != $0.sha256
        }
        .map { "law 8: a tariff is kept as it was used: \($0.id) \($0.version)" }
    }
}
