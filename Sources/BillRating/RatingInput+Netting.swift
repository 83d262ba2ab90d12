// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

extension RatingInput {
    /// Holds export against import as the tariff says, once, after losses and before anything is
    /// priced.
    ///
    /// - Parameter bank: What earlier bills kept; then what this one does. Nil where it is not known.
    /// - Throws: A hold where what was kept, or what is netted, is not known.
    public mutating func net(from bank: inout EnergyBank?) throws(RatingHold) {
        guard plan.nets, let kind = tariff.netMetering else { return }
        let (start, end) = (plan.start, plan.end)
        if kind.split == .hold, start != cycle.periodStart || end != cycle.periodEnd {
            throw RatingHold(
                code: .undecidedSplit, charge: nil,
                detail: "the period is split at \(start) or \(end), and is netted as one: write "
                    + "if_split: by_part, or let the change begin with a billing period")
        }
        guard let known = bank else {
            throw RatingHold(
                code: .missingBank, charge: nil,
                detail: "the energy kept by bills before \(start) is not known: give "
                    + tariff.bankAccounts.map { $0 == "all" ? "bank" : "bank.\($0)" }
                    .joined(separator: " and ") + ", and nothing else kept, in opening.csv")
        }
        let accounts = tariff.bankAccounts
        guard var kept = known.inAccounts(accounts) else {
            throw RatingHold(
                code: .undefinedAllocation, charge: nil,
                detail: "the energy kept before \(start) serves no single period of the tariff: "
                    + "bill it by hand")
        }
        let before = kept.lots
        var (added, used) = ([Determinants.PeriodAmount](), [Determinants.PeriodAmount]())
        var left = try differences(kind)
        for (place, item) in left.enumerated() where item.amount < .zero {
            kept.add(-item.amount, earned: end, for: kind.bank == .all ? "all" : item.period)
            added.append(.init(period: item.period, amount: -item.amount))
            left[place].amount = .zero
        }
        for name in kind.against.isEmpty ? left.map(\.period) : kind.against {
            guard let place = left.firstIndex(where: { $0.period == name }) else { continue }
            let taken = kept.take(
                left[place].amount, of: kind.bank == .all ? "all" : name, kind.order)
            if taken == .zero { continue }
            used.append(.init(period: name, amount: taken))
            left[place].amount -= taken
        }
        let gone = kept.remove { lot in isGone(lot, kind) }
        let expired = accounts.compactMap { account -> Determinants.PeriodAmount? in
            let own = gone.filter { $0.period == account }
            return own.isEmpty
                ? nil : .init(period: account, amount: own.reduce(Exact.zero) { $0 + $1.amount })
        }
        let after = kept.statement(accounts, end: end, byAge: kind.expiry != .never)
        if left.contains(where: \.amount.isOverflow) || after.contains(where: \.amount.isOverflow) {
            throw tooLarge(nil)
        }
        var found = determinants
        for item in left {
            found.energy.append(
                .init(quantity: .net, period: item.period, amount: item.amount))
        }
        if kind.expired == .billed {
            found.energy.append(
                .init(
                    quantity: .expired, period: "all",
                    amount: expired.reduce(Exact.zero) { $0 + $1.amount }))
        }
        found.bank = Determinants.BankStatement(
            before: before, added: added, used: used, expired: expired, after: after)
        determinants = found
        bank = EnergyBank(after)
    }

    /// Import less export, of all periods together or of each.
    private func differences(
        _ kind: NetMetering
    ) throws(RatingHold) -> [Determinants.PeriodAmount] {
        guard kind.netting == .byPeriod else {
            guard let imported = totals[.activeImport], let exported = totals[.activeExport] else {
                throw missing(totals[.activeImport] == nil ? .activeImport : .activeExport, nil)
            }
            let difference = imported - exported
            if difference.isOverflow { throw tooLarge(nil) }
            return [.init(period: "all", amount: difference)]
        }
        var found: [Determinants.PeriodAmount] = []
        for period in tariff.periods.names {
            let difference =
                try energy(.activeImport, in: period) - energy(.activeExport, in: period)
            if difference.isOverflow { throw tooLarge(nil) }
            found.append(.init(period: period, amount: difference))
        }
        return found
    }

    private func energy(
        _ quantity: UsageQuantity, in period: String
    ) throws(RatingHold) -> Exact {
        let own = determinants.energy.first { $0.quantity == quantity && $0.period == period }
        guard let own else { throw missing(quantity, period) }
        return own.amount
    }

    private func missing(_ quantity: UsageQuantity, _ period: String?) -> RatingHold {
        let place = period.map { " in the period '\($0)'" } ?? ""
        return RatingHold(
            code: .missingDeterminant, charge: nil,
            detail: "no \(quantity.rawValue)\(place) from \(plan.start) to \(plan.end): what is "
                + "netted needs it")
    }

    /// Whether kept energy expires with the end of the span.
    private func isGone(_ lot: Determinants.BankLot, _ kind: NetMetering) -> Bool {
        if kind.atEnd == .expires, plan.end == cycle.contractEnd { return true }
        switch kind.expiry {
        case .never: return false
        case .afterMonths(let months): return lot.earned.addingMonths(months) <= plan.end
        case .each(let expiry):
            guard lot.earned > cycle.periodStart else {
                return expiry.next(after: lot.earned) <= plan.end
            }
            return expiry.surplusOfBill == .expires
                && expiry.next(after: cycle.periodStart) <= plan.end
        }
    }
}

extension Tariff {
    /// What kept energy is told apart by: the periods, or `all`.
    public var bankAccounts: [String] { netMetering?.bank == .byPeriod ? periods.names : ["all"] }
}
