// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterModel
import MeterUsage
import Quantities

/// What one contract was billed so far, for tiers that count over a calendar year.
struct YearToDate: Sendable {
    private struct Entry {
        var period: Range<CivilDay>
        var quantity: UsageQuantity
        var amount: Exact
    }

    private var entries: [Entry] = []
    private let opening: Contract.Opening?

    init(
        contract: Contract,
        billed: [(start: String, end: String, quantity: String, value: String)]
    ) {
        opening = contract.opening
        entries = billed.compactMap { row in
            guard let start = CivilDay(iso: row.start), let end = CivilDay(iso: row.end),
                let quantity = UsageQuantity(rawValue: row.quantity), let amount = Exact(row.value)
            else { return nil }
            return Entry(period: start..<end, quantity: quantity, amount: amount)
        }
    }

    /// Adds a period that was billed just now.
    mutating func add(_ period: Range<CivilDay>, _ determinants: [Determinants]) {
        for part in determinants {
            entries.reserveCapacity(entries.count + part.energy.count)
            for item in part.energy {
                entries.append(Entry(period: period, quantity: item.quantity, amount: item.amount))
            }
        }
    }

    /// True where something was billed in the calendar year that a billing period counts in.
    func hasBills(before period: Range<CivilDay>, _ attribution: YearAttribution) -> Bool {
        let year = attribution.year(of: period)
        return entries.contains { attribution.year(of: $0.period) == year }
    }

    /// The energy of the calendar year of a span, before it; what is not known has no entry.
    ///
    /// - Parameter periodToDate: Energy of earlier spans of the same period, which counts too.
    func before(_ due: DueSpan, periodToDate: UsageSums) -> UsageSums {
        before(
            due.period, due.shared.yearAttribution, netted: due.shared.plan.nets,
            periodToDate: periodToDate)
    }

    /// The energy of the calendar year that a billing period counts in, before a span of it.
    ///
    /// - Parameter netted: True where netted energy counts too.
    func before(
        _ period: Range<CivilDay>, _ attribution: YearAttribution, netted: Bool,
        periodToDate: UsageSums
    ) -> UsageSums {
        let year = attribution.year(of: period)
        var sums = UsageSums()
        for quantity in UsageQuantity.allCases where netted || quantity.isMeasured {
            var sum = periodToDate[quantity] ?? .zero
            for entry in entries
            where entry.quantity == quantity && attribution.year(of: entry.period) == year {
                sum += entry.amount
            }
            if let opening, opening.billedThrough.components.year == year,
                (opening.billedThrough - 1).components.year == year
            {
                guard let known = opening.values["year_to_date.\(quantity.rawValue)"] else {
                    continue
                }
                sum += known
            }
            sums[quantity] = sum
        }
        return sums
    }
}

extension YearAttribution {
    /// The calendar year that a billing period counts in.
    func year(of period: Range<CivilDay>) -> Int {
        year(from: period.lowerBound, to: period.upperBound)
    }
}
