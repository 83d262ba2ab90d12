// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities

/// What one tax is taken of, gathered over the spans of a period.
private struct TaxBase {
    let category: String
    let rate: Exact
    /// What of an amount is tax.
    let share: Exact
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
            guard let tax = planned.tax,
                try planned.conditions.isEmpty ? true : spans[index].applies(planned)
            else { continue }
            let rate = try tax.rate.get()
            let (base, category) = (tax.kind.of.base, tax.kind.category)
            if mayTaxTwice { try take(tax, of: lines, inSpan: index, planned, plan, &taxed) }
            var (exact, billed) = (Exact.zero, Money.zero)
            for position in lines.indices
            where lines[position].span == index
                && (tax.isOfAll || lines[position].counts(in: tax.kind.of))
            {
                if base == .exact { exact += lines[position].amountExact }
                billed += lines[position].amount
            }
            let sum = base == .exact ? exact : billed.exact(in: plan.currency)
            let known = bases.firstIndex { $0.category == category && $0.rate == rate }
            if let known {
                bases[known].sum += sum
            } else {
                bases.append(
                    TaxBase(category: category, rate: rate, share: tax.share, sum: sum))
            }
        }
    }
    if bases.count == 1 { return [try taxLine(bases[0], plan)] }
    var taxes: [TaxLine] = []
    for base in bases { taxes.append(try taxLine(base, plan)) }
    return taxes
}

/// Notes of which lines a tax is taken, and holds where one has another tax in its price, or the category
/// already.
private func take(
    _ tax: PlannedTax, of lines: [ChargeLine], inSpan span: Int, _ planned: PlannedCharge,
    _ plan: RatingPlan, _ taxed: inout [[String]]
) throws(RatingHold) {
    let category = tax.kind.category
    for position in lines.indices
    where lines[position].span == span
        && (tax.isOfAll || lines[position].counts(in: tax.kind.of))
    {
        let isTaken =
            plan.pricesIncludeTax
            ? !taxed[position].isEmpty : taxed[position].contains(category)
        if isTaken {
            let line = lines[position].chargeID
            throw RatingHold(
                code: .taxedTwice, charge: planned.charge.id,
                detail: plan.pricesIncludeTax
                    ? "the price of '\(line)' includes another tax already"
                    : "'\(line)' is taxed as \(category) already")
        }
        taxed[position].append(category)
    }
}

private func taxLine(_ base: TaxBase, _ plan: RatingPlan) throws(RatingHold) -> TaxLine {
    let (rounding, currency) = (plan.rounding, plan.currency)
    let includesTax = plan.pricesIncludeTax
    guard !base.share.isOverflow else {
        throw RatingHold(
            code: .badParameter, charge: nil,
            detail: "the rate of \(base.category), \(base.rate), is not above -1")
    }
    let exact = base.sum * base.share
    guard let amount = rounding.money(exact, in: currency),
        let sum = rounding.money(base.sum, in: currency)
    else { throw tooLarge(nil) }
    return TaxLine(
        category: base.category, rate: base.rate,
        base: includesTax ? sum - amount : sum, amount: amount, amountExact: exact)
}
