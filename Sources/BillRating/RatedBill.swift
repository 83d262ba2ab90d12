// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities

/// One line of a bill, with what it was computed from.
public struct ChargeLine: Hashable, Sendable {
    /// The span it belongs to: its index in the inputs.
    public var span: Int
    /// The charge of the tariff.
    public var chargeID: String
    /// Where the charge stands in the tariff's file.
    public var position: SourcePosition
    /// What the customer reads, Chinese and English side by side where the tariff gives both.
    public var description: String
    /// The component of a split charge; nil where it is not split.
    public var component: String?
    /// The time-of-use period; nil where the line covers all.
    public var period: String?
    /// The tier, counted from 1; nil where the charge has none.
    public var tier: Int?
    /// What is multiplied: energy, demand, days, or money for a percentage.
    public var quantity: Exact?
    /// The unit of the quantity.
    public var unit: String
    /// The price of a unit, or the rate of a percentage.
    public var price: Exact?
    /// The amount before rounding, in the major unit of the currency.
    public var amountExact: Exact
    /// The amount on the bill.
    public var amount: Money
    /// How the amount comes about, for people.
    public var formula: String
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
}

/// What a contract owes for one billing period; net plus tax is the total.
public struct RatedBill: Hashable, Sendable {
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
        chargeID == charge.charge && (charge.component == nil || component == charge.component)
    }
}
