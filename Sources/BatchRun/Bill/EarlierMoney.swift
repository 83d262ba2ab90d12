// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterModel
import MeterUsage
import Quantities
import Store

/// What one contract was billed so far, for charges that bring a year up to a least amount.
struct EarlierMoney: Sendable {
    private let contract: Contract
    private var billed: [BilledMoney]

    init(contract: Contract, billed: [BilledMoney]) {
        self.contract = contract
        self.billed = billed
    }

    /// Adds a period that was billed just now.
    mutating func add(_ period: Range<CivilDay>, _ tariff: Tariff, _ bill: RatedBill) {
        // An invoice without lines is known as well.
        billed.append(
            BilledMoney(period: period, tariffID: tariff.id, charge: nil, amount: .zero))
        for line in bill.lines {
            billed.append(
                BilledMoney(
                    period: period, tariffID: tariff.id, charge: line.chargeID,
                    amount: line.amount.exact(in: bill.currency)))
        }
    }

    /// What the bills of its year came to before a span that closes it, by charge; one of which it is not
    /// known has none.
    func before(_ due: DueSpan) -> [Determinants.BilledToDate] {
        due.tariff.yearlyMinimums.compactMap { id, kind in
            guard due.cycle.closesYear(kind.year), let amount = sum(id, kind, due) else {
                return nil
            }
            return Determinants.BilledToDate(
                charge: id, unit: due.tariff.currency.code, amount: amount)
        }
    }

    private func sum(_ id: String, _ kind: YearlyMinimumCharge, _ due: DueSpan) -> Exact? {
        let year = kind.year.year(of: due.period)
        let periods = contract.billingPeriods(upTo: due.period.lowerBound)
            .filter { kind.year.year(of: $0) == year }
        var sum = Exact.zero
        let through = contract.opening?.billedThrough ?? contract.start
        if let first = periods.first, through > first.lowerBound {
            // An earlier system billed a part of the year.
            guard let known = contract.opening?.values["year_to_date.billed.\(id)"] else {
                return nil
            }
            sum += known
        }
        for period in periods where period.upperBound > through {
            let parts = billed.filter { $0.period.overlaps(period) }
            guard !parts.isEmpty, parts.allSatisfy({ $0.tariffID == due.tariff.id }) else {
                return nil
            }
            for part in parts {
                guard let charge = part.charge, kind.of.contains(charge: charge, component: nil)
                else { continue }
                sum += part.amount
            }
        }
        return sum
    }
}

extension FeederBilling {
    /// What contracts were billed before, whose due periods close a year with a least amount; the others
    /// have no entry.
    func earlierMoney(of periods: [DuePeriod]) throws -> [String: EarlierMoney] {
        var wanted: [(contract: Contract, year: CivilDay)] = []
        for period in periods where wanted.last?.contract.id != period.contract.id {
            let spans = (try? period.spans.get()) ?? []
            guard spans.contains(where: \.shared.hasYearlyMinimum) else { continue }
            // A period that begins in the year before may count in this one.
            let year = CivilDay.newYear(period.period.lowerBound.components.year - 1)
            wanted.append((period.contract, year))
        }
        if wanted.isEmpty { return [:] }
        return try store.read { transaction in
            var found: [String: EarlierMoney] = [:]
            for (contract, year) in wanted {
                found[contract.id] = EarlierMoney(
                    contract: contract,
                    billed: try transaction.billedMoney(contract: contract.id, after: year))
            }
            return found
        }
    }
}
