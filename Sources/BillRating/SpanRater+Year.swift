// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

extension SpanRater {
    /// What the bills of the year lack to the least amount, on the one that closes it; else no line.
    mutating func yearlyMinimum(
        _ kind: YearlyMinimumCharge, _ planned: PlannedCharge
    ) throws(RatingHold) {
        let charge = planned.charge
        let cycle = input.cycle
        guard cycle.closesYear(kind.year) else { return }
        try requireWholePeriod(charge, "its year is closed once")
        guard let before = input.determinants.billedToDate.first(where: { $0.charge == charge.id })
        else {
            throw RatingHold(
                code: .missingYearToDate, charge: charge.id,
                detail:
                    "what the year's earlier bills came to is not known, or another tariff billed "
                    + "them: give year_to_date.billed.\(charge.id) in opening.csv, or bill it by hand"
            )
        }
        let year = kind.year.year(from: cycle.periodStart, to: cycle.periodEnd)
        var least = try prices.price(kind.price, charge)
        if kind.proration == .days { least = least * cycle.servedPart(ofYear: year) }
        let own = sum(kind.of)
        let lacking = least - before.amount - own
        if lacking.isOverflow { throw tooLarge(charge.id) }
        guard lacking > .zero else { return }
        let currency = tariff.currency.code
        try add(
            planned, quantity: lacking, unit: currency, price: .one,
            note: told(
                "at least \(least) \(currency) in \(year), of which \(kind.of) give \(own) and gave "
                    + "\(before.amount) before"))
    }
}

extension CyclePlace {
    /// True for the last billing period of a contract, or of those that count in its calendar year.
    public func closesYear(_ attribution: YearAttribution) -> Bool {
        if let contractEnd, contractEnd <= periodEnd { return true }
        let next = max(fullEnd, periodEnd).addingMonths(months)
        let nextEnd = contractEnd.map { min(next, $0) } ?? next
        return attribution.year(from: periodEnd, to: nextEnd)
            != attribution.year(from: periodStart, to: periodEnd)
    }

    /// The days of a calendar year that the contract has, as a part of it.
    func servedPart(ofYear year: Int) -> Exact {
        let (first, next) = (CivilDay.newYear(year), CivilDay.newYear(year + 1))
        let served = min(contractEnd ?? next, next) - max(contractStart, first)
        return Exact(served) / Exact(next - first)
    }
}

/// What one contract's bills came to so far, for charges that bring a year up to a least amount.
struct BilledYears {
    private struct Key: Hashable {
        let year: Int
        let charge: String
    }

    private var sums: [Key: Exact] = [:]

    /// What the bills of its year came to before a bill.
    func toDate(
        _ tariff: Tariff, _ cycle: CyclePlace
    ) -> [Determinants.BilledToDate] {
        tariff.yearlyMinimums.filter { cycle.closesYear($0.kind.year) }.map { id, kind in
            Determinants.BilledToDate(
                charge: id, unit: tariff.currency.code,
                amount: sums[key(id, kind, cycle)] ?? .zero)
        }
    }

    /// Adds a bill.
    mutating func add(_ bill: RatedBill, _ tariff: Tariff, _ cycle: CyclePlace) {
        for (id, kind) in tariff.yearlyMinimums {
            for line in bill.lines where line.counts(in: kind.of) {
                sums[key(id, kind, cycle), default: .zero] +=
                    line.amount.exact(in: tariff.currency)
            }
        }
    }

    private func key(_ id: String, _ kind: YearlyMinimumCharge, _ cycle: CyclePlace) -> Key {
        Key(year: kind.year.year(from: cycle.periodStart, to: cycle.periodEnd), charge: id)
    }
}
