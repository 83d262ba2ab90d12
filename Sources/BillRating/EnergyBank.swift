// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

/// Energy that earlier bills of a contract kept for later ones.
public struct EnergyBank: Hashable, Sendable {
    /// What was kept, in the order in which it was earned; each above zero.
    public private(set) var lots: [Determinants.BankLot]

    /// A bank of lots; those of nothing are left out.
    public init(_ lots: [Determinants.BankLot] = []) {
        self.lots = lots.filter { $0.amount != .zero }
            .sorted { ($0.earned, $0.period) < ($1.earned, $1.period) }
    }

    /// The bank in the accounts of a tariff: one for each period, or one for all.
    ///
    /// Nil where energy that was kept for all periods, or for one that the tariff does not have, would
    /// have to be shared out over its periods.
    func inAccounts(_ accounts: [String]) -> EnergyBank? {
        if accounts == ["all"] {
            return EnergyBank(
                lots.map { .init(earned: $0.earned, period: "all", amount: $0.amount) })
        }
        return lots.allSatisfy { accounts.contains($0.period) } ? self : nil
    }

    /// Keeps energy.
    mutating func add(_ amount: Exact, earned: CivilDay, for account: String) {
        lots.append(.init(earned: earned, period: account, amount: amount))
    }

    /// Takes energy of an account, at most so much; gives what was there of it.
    mutating func take(
        _ most: Exact, of account: String, _ order: NetMetering.Order
    ) -> Exact {
        var taken = Exact.zero
        let places = order == .oldestFirst ? Array(lots.indices) : lots.indices.reversed()
        for place in places where lots[place].period == account && taken < most {
            let part = min(lots[place].amount, most - taken)
            lots[place].amount -= part
            taken += part
        }
        lots.removeAll { $0.amount == .zero }
        return taken
    }

    /// Takes all lots of which something holds, and gives what they are.
    mutating func remove(
        where isGone: (Determinants.BankLot) -> Bool
    ) -> [Determinants.BankLot] {
        let gone = lots.filter(isGone)
        lots.removeAll(where: isGone)
        return gone
    }

    /// What is kept, as it is written at the end of a span: at least one lot, and one of each account
    /// where its age does not matter.
    func statement(_ accounts: [String], end: CivilDay, byAge: Bool) -> [Determinants.BankLot] {
        accounts.flatMap { account in
            let own = lots.filter { $0.period == account }
            var sums: [Determinants.BankLot] = []
            for lot in own {
                let earned = byAge ? lot.earned : end
                if sums.last?.earned == earned {
                    sums[sums.count - 1].amount += lot.amount
                } else {
                    sums.append(.init(earned: earned, period: account, amount: lot.amount))
                }
            }
            return sums.isEmpty ? [.init(earned: end, period: account, amount: .zero)] : sums
        }
    }
}
