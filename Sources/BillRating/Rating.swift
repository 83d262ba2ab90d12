// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

/// Rates a billing period that is one span.
public func rate(_ input: RatingInput) throws(RatingHold) -> RatedBill {
    try rate([input])
}

/// Rates a billing period: charge lines, taxes and sums from determinants and tariffs.
///
/// - Parameter spans: The spans of the period in order, at least one; several where the tariff or
///   the contract's terms change inside the period. Money is rounded over all of them together.
/// - Throws: A hold where anything a charge needs is missing; nothing is assumed.
public func rate(_ spans: [RatingInput]) throws(RatingHold) -> RatedBill {
    try rate(spans, explains: true)
}

/// What is to pay for a billing period: the total of its bill, without what only people read of it.
///
/// - Parameter spans: As of a bill.
/// - Throws: The hold of the bill.
public func total(of spans: [RatingInput]) throws(RatingHold) -> Money {
    try rate(spans, explains: false).total
}

/// - Parameter explains: False where the lines need not say how they come about.
private func rate(_ spans: [RatingInput], explains: Bool) throws(RatingHold) -> RatedBill {
    guard let last = spans.last else { preconditionFailure("a billing period has a span") }
    // Through the plan: a tariff is large to copy.
    let plan = last.plan
    for index in spans.indices {
        let other = spans[index].plan
        let same =
            other === plan
            || other.currency == plan.currency && other.rounding == plan.rounding
                && other.pricesIncludeTax == plan.pricesIncludeTax
        guard same else {
            throw RatingHold(
                code: .mixedTariffs, charge: nil,
                detail: "\(other.tariff.id) \(other.tariff.version) and \(plan.tariff.id) "
                    + "\(plan.tariff.version) round or tax differently: bill up to the change first"
            )
        }
    }
    var lines: [ChargeLine] = []
    for index in spans.indices {
        var rater = SpanRater(spans: spans, span: index, explains: explains)
        try rater.rateCharges()
        if index == 0 { lines = rater.lines } else { lines += rater.lines }
    }
    let (rounding, currency) = (plan.rounding, plan.currency)
    if rounding.place == .invoice {
        let amounts = rounding.apportioned(lines.map(\.amountExact), in: currency)
        guard let amounts else { throw tooLarge(nil) }
        for (index, amount) in amounts.enumerated() { lines[index].amount = amount }
    }
    let taxes = try rateTaxes(spans, lines)
    let sum = lines.reduce(into: Money.zero) { $0 += $1.amount }
    let tax = taxes.reduce(into: Money.zero) { $0 += $1.amount }
    let includesTax = plan.pricesIncludeTax
    return RatedBill(
        currency: currency, pricesIncludeTax: includesTax, lines: lines, taxes: taxes,
        net: includesTax ? sum - tax : sum, tax: tax, total: includesTax ? sum : sum + tax)
}

/// The hold of a number that left its range.
func tooLarge(_ charge: String?) -> RatingHold {
    RatingHold(
        code: .amountOverflow, charge: charge,
        detail: "the amount is too large to be exact: check the readings and the multiplier")
}

/// Computes the lines of one span, charge by charge.
struct SpanRater {
    /// The spans of the period: an input is large to copy.
    let spans: [RatingInput]
    let span: Int
    /// False where only amounts are wanted: lines then have no notes, and may share forms that say less.
    let explains: Bool
    /// True where nothing was added to what was measured, or taken from it.
    let isAsMeasured: Bool
    var lines: [ChargeLine] = []

    var input: RatingInput { spans[span] }
    var tariff: Tariff { input.plan.tariff }
    var prices: SpanPrices { input.plan.prices }
    var start: CivilDay { input.plan.start }
    var end: CivilDay { input.plan.end }
    /// The days of the span.
    var days: Exact { Exact(end - start) }

    init(spans: [RatingInput], span: Int, explains: Bool) {
        self.spans = spans
        self.span = span
        self.explains = explains
        isAsMeasured = spans[span].determinants.isAsMeasured
    }

    /// What a line says of how it comes about, where that is wanted.
    func told(_ note: @autoclosure () -> String?) -> String? { explains ? note() : nil }

    mutating func rateCharges() throws(RatingHold) {
        lines.reserveCapacity(input.plan.lineCount)
        for planned in input.plan.charges {
            guard try planned.conditions.isEmpty ? true : input.applies(planned) else { continue }
            // Without a look at the charge, which is large to copy.
            if let energy = planned.energy {
                try rate(energy, planned)
                continue
            }
            if let tiers = planned.tiers {
                try rate(tiers, planned)
                continue
            }
            if planned.tax != nil { continue }
            switch planned.charge.kind {
            case .fixed(let kind): try fixed(kind, planned)
            case .intervalPrice(let kind): try intervalPrice(kind, planned)
            case .usageStep(let kind): try usageStep(kind, planned)
            case .demand(let kind): try demand(kind, planned)
            case .capacity(let kind): try capacity(kind, planned)
            case .contractDemand(let kind): try contractDemand(kind, planned)
            case .excessDemand(let kind): try excessDemand(kind, planned)
            case .coincidentDemand(let kind): try coincidentDemand(kind, planned)
            case .excessReactive(let kind): try excessReactive(kind, planned)
            case .percentage(let kind): try percentage(kind, planned)
            case .powerFactor(let kind): try powerFactor(kind, planned)
            case .freeQuota(let kind): try freeQuota(kind, planned)
            case .minimum(let kind): try minimum(kind, planned)
            case .yearlyMinimum(let kind): try yearlyMinimum(kind, planned)
            case .energy, .tiers, .tax: break
            }
        }
    }

    /// Adds a line: `quantity × price`, rounded where the tariff rounds lines.
    mutating func add(
        _ planned: PlannedCharge, quantity: Exact, unit: String, price: Exact,
        component: String? = nil, period: String? = nil, tier: Int? = nil, note: String? = nil
    ) throws(RatingHold) {
        guard explains else {
            let form = planned.namesAlone(component)
            return try add(form, quantity: quantity, exactly: quantity * price)
        }
        let form = prices.form(
            planned.charge, unit: unit, price: price, component: component, period: period,
            tier: tier, note: note)
        try add(form, quantity: quantity)
    }

    /// Adds a line of a form.
    ///
    /// - Parameter note: What is said before the formula; nil for what the form says.
    mutating func add(
        _ form: LineForm, quantity: Exact, note: String? = nil
    ) throws(RatingHold) {
        try add(form, quantity: quantity, exactly: quantity * form.price, note: note)
    }

    /// Adds a line of a form whose exact amount is known.
    mutating func add(
        _ form: LineForm, quantity: Exact, exactly exact: Exact, note: String? = nil
    ) throws(RatingHold) {
        guard let amount = input.plan.rounding.money(exact, in: input.plan.currency) else {
            throw tooLarge(form.chargeID)
        }
        lines.append(
            ChargeLine(
                span: span, form: form, quantity: quantity, amountExact: exact, amount: amount,
                note: note))
    }
}
