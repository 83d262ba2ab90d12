// SPDX-License-Identifier: Apache-2.0

import BillRating
import MeterModel
import MeterUsage
import Quantities
import Store

/// The energy that one contract's bills kept for later ones, where its tariff nets export.
struct BankHistory: Sendable {
    private let contract: Contract
    /// What was kept at the end of bills that stand, and of those made just now; in order of time.
    private var states: [(end: CivilDay, bank: EnergyBank)]

    init(contract: Contract, billed: [BilledBank]) {
        self.contract = contract
        states = billed.map { ($0.end, EnergyBank($0.lots)) }
    }

    /// Adds what a period that was billed just now kept.
    mutating func add(_ period: Range<CivilDay>, _ bank: EnergyBank) {
        states.removeAll { $0.end == period.upperBound }
        states.append((period.upperBound, bank))
        states.sort { $0.end < $1.end }
    }

    /// What was kept before a period; nil where an earlier system billed and did not say.
    ///
    /// Bills by a tariff that does not net leave it as it was.
    ///
    /// - Parameter accounts: The periods that are kept apart; `all` where none are.
    func before(_ period: Range<CivilDay>, accounts: [String]) -> EnergyBank? {
        if let last = states.last(where: { $0.end <= period.lowerBound }) { return last.bank }
        guard let opening = contract.opening else { return EnergyBank() }
        var lots: [Determinants.BankLot] = []
        for (key, value) in opening.values {
            let words = key.split(separator: ".", omittingEmptySubsequences: false)
            guard words.first == "bank", words.count <= 3 else { continue }
            let earned = words.count == 3 ? CivilDay(iso: words[2]) : opening.billedThrough
            guard let earned, value >= .zero else { return nil }
            lots.append(
                .init(
                    earned: earned, period: words.count > 1 ? String(words[1]) : "all",
                    amount: value))
        }
        guard accounts.allSatisfy({ account in lots.contains { $0.period == account } }),
            lots.allSatisfy({ accounts.contains($0.period) })
        else { return nil }
        return EnergyBank(lots)
    }
}

extension FeederBilling {
    /// What contracts keep whose tariffs net export; the others have no entry.
    func bankHistories(of periods: [DuePeriod]) throws -> [String: BankHistory] {
        var wanted: [(contract: Contract, before: CivilDay)] = []
        for period in periods where wanted.last?.contract.id != period.contract.id {
            let spans = (try? period.spans.get()) ?? []
            guard spans.contains(where: { $0.shared.plan.nets }) else { continue }
            // The first due period that nets is the earliest that asks.
            wanted.append((period.contract, period.period.lowerBound))
        }
        if wanted.isEmpty { return [:] }
        return try store.read { transaction in
            var found: [String: BankHistory] = [:]
            for (contract, day) in wanted {
                found[contract.id] = BankHistory(
                    contract: contract,
                    billed: try transaction.billedBanks(contract: contract.id, before: day))
            }
            return found
        }
    }
}
