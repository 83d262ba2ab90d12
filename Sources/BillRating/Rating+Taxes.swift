// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities

/// What one tax is taken of, gathered over the spans of a period.
private struct TaxBase {
    let category: String
    let rate: Exact
    /// The sum of the lines it applies to, with tax where prices include it.
    var sum: Exact
}

/// The taxes of a period, one per category and rate, each computed and rounded once.
func rateTaxes(_ spans: [RatingInput], _ lines: [ChargeLine]) throws(RatingHold) -> [TaxLine] {
    guard let plan = spans.last?.plan else { return [] }
    var bases: [TaxBase] = []
    // Which taxes are taken of each line already; one tax alone takes none of them twice.
    let mayTaxTwice = spans.contains { $0.plan.taxes.count > 1 }
    var taxed = [[String]](repeating: [], count: mayTaxTwice ? lines.count : 0)
    for index in spans.indices {
        for planned in spans[index].plan.taxes {
            guard let tax = planned.tax, try spans[index].applies(planned) else { continue }
            let kind = tax.kind
            let rate = try tax.rate.get()
            var (exact, billed) = (Exact.zero, Money.zero)
            for position in lines.indices
            where lines[position].span == index
                && lines[position].counts(in: kind.of)
            {
                if mayTaxTwice {
                    let others = taxed[position]
                    guard
                        plan.pricesIncludeTax
                            ? others.isEmpty : !others.contains(kind.category)
                    else {
                        throw RatingHold(
                            code: .taxedTwice, charge: planned.charge.id,
                            detail: plan.pricesIncludeTax
                                ? "the price of '\(lines[position].chargeID)' includes another "
                                    + "tax already"
                                : "'\(lines[position].chargeID)' is taxed as \(kind.category) "
                                    + "already")
                    }
                    taxed[position].append(kind.category)
                }
                if kind.of.base == .exact { exact += lines[position].amountExact }
                billed += lines[position].amount
            }
            let sum = kind.of.base == .exact ? exact : billed.exact(in: plan.currency)
            let known = bases.firstIndex { $0.category == kind.category && $0.rate == rate }
            if let known {
                bases[known].sum += sum
            } else {
                bases.append(TaxBase(category: kind.category, rate: rate, sum: sum))
            }
        }
    }
    var taxes: [TaxLine] = []
    for base in bases { taxes.append(try taxLine(base, plan)) }
    return taxes
}

private func taxLine(_ base: TaxBase, _ plan: RatingPlan) throws(RatingHold) -> TaxLine {
    let (rounding, currency) = (plan.rounding, plan.currency)
    let includesTax = plan.pricesIncludeTax
    let withTax = Exact.one + base.rate
    guard !withTax.isOverflow, withTax > .zero else {
        throw RatingHold(
            code: .badParameter, charge: nil,
            detail: "the rate of \(base.category), \(base.rate), is not above -1")
    }
    let exact =
        includesTax ? base.sum * base.rate / withTax : base.sum * base.rate
    guard let amount = rounding.money(exact, in: currency),
        let sum = rounding.money(base.sum, in: currency)
    else { throw tooLarge(nil) }
    return TaxLine(
        category: base.category, rate: base.rate,
        base: includesTax ? sum - amount : sum, amount: amount, amountExact: exact)
}
