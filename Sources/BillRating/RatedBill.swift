// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities

/// One line of a bill, with what it was computed from.
///
/// It keeps numbers; what lines of one charge, component, period or tier say alike is in their form.
public struct ChargeLine: Sendable {
    /// The span it belongs to: its index in the inputs.
    public var span: Int
    /// What it shares with the lines of other bills.
    public let form: LineForm
    /// What is multiplied: energy, demand, days, or money for a percentage.
    public var quantity: Exact
    /// The amount before rounding, in the major unit of the currency.
    public var amountExact: Exact
    /// The amount on the bill.
    public var amount: Money
    /// What is said before its formula, in place of the form's note; nil for that.
    public var note: String?

    /// A line from its parts.
    public init(
        span: Int, form: LineForm, quantity: Exact, amountExact: Exact, amount: Money,
        note: String? = nil
    ) {
        self.span = span
        self.form = form
        self.quantity = quantity
        self.amountExact = amountExact
        self.amount = amount
        self.note = note
    }

    /// The charge of the tariff.
    public var chargeID: String { form.chargeID }
    /// The time-of-use period; nil where the line covers all.
    public var period: String? { form.period }
    /// The tier, counted from 1; nil where the charge has none.
    public var tier: Int? { form.tier }
    /// What the customer reads.
    public var description: String { form.description }
    /// The unit of the quantity.
    public var unit: String { form.unit }
    /// The price of a unit, or the rate of a percentage.
    public var price: Exact { form.price }

    /// How the amount comes about, for people.
    public var formula: String {
        var text: [UInt8] = []
        text += note.map(LineFormula.note) ?? form.formula.note
        quantity.append(to: &text)
        text += form.formula.timesPrice
        amountExact.append(to: &text)
        text += form.formula.ending
        return String(decoding: text, as: UTF8.self)
    }
}

/// The tax of one category and rate; it stands beside the lines.
public struct TaxLine: Hashable, Sendable {
    /// What the tariff calls it, such as `VAT`.
    public var category: String
    /// The rate: 0.13 for thirteen per cent of the amount without tax.
    public var rate: Exact
    /// The amount without tax that it is taken of.
    public var base: Money
    /// The tax.
    public var amount: Money
    /// The tax before rounding.
    public var amountExact: Exact

    /// A tax from its parts.
    public init(category: String, rate: Exact, base: Money, amount: Money, amountExact: Exact) {
        self.category = category
        self.rate = rate
        self.base = base
        self.amount = amount
        self.amountExact = amountExact
    }
}

/// What a contract owes for one billing period; net plus tax is the total.
public struct RatedBill: Sendable {
    /// The currency of all amounts.
    public var currency: Currency
    /// True where prices include tax: lines sum to the total, else to the net.
    public var pricesIncludeTax: Bool
    /// Lines in the order of the spans and of the tariff's charges.
    public var lines: [ChargeLine]
    /// Taxes in the order in which the tariff names them.
    public var taxes: [TaxLine]
    /// What is owed without tax.
    public var net: Money
    /// The sum of the taxes.
    public var tax: Money
    /// What is owed.
    public var total: Money

    /// A bill from its parts; net plus tax must be the total.
    public init(
        currency: Currency, pricesIncludeTax: Bool, lines: [ChargeLine], taxes: [TaxLine],
        net: Money, tax: Money, total: Money
    ) {
        precondition(net + tax == total, "net and tax make the total")
        self.currency = currency
        self.pricesIncludeTax = pricesIncludeTax
        self.lines = lines
        self.taxes = taxes
        self.net = net
        self.tax = tax
        self.total = total
    }

    /// The billed sum of a charge, or of one of its components.
    public func amount(of charge: ChargeReference) -> Money {
        lines.reduce(into: .zero) { sum, line in
            if line.belongs(to: charge) { sum += line.amount }
        }
    }
}

extension ChargeLine {
    /// Whether it is a line of this charge, or of this component of it.
    func belongs(to charge: ChargeReference) -> Bool {
        charge.covers(charge: form.chargeID, component: form.component)
    }

    /// Whether it counts among some charges.
    func counts(in selection: ChargeSelection) -> Bool {
        selection.contains(charge: form.chargeID, component: form.component)
    }
}
