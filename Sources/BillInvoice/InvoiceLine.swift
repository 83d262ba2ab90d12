// SPDX-License-Identifier: Apache-2.0

import Quantities

/// One line of an invoice as issued: a charge, or a tier, time-of-use period or component of one.
public struct InvoiceLine: Hashable, Sendable {
    /// The part of the period that it charges for, from 0.
    public var part: Int
    /// The charge of the tariff.
    public var chargeID: String
    /// What the customer reads.
    public var description: String
    /// How much is charged for, as exact decimal text; nil for a lump sum.
    public var quantity: String?
    /// The unit of the quantity.
    public var unit: String
    /// The price per unit, as exact decimal text; nil for a lump sum.
    public var price: String?
    /// The amount billed.
    public var amount: Money
    /// The amount before rounding, as exact decimal text.
    public var amountExact: String
    /// How the amount was computed, with its numbers.
    public var formula: String

    /// A line from its parts.
    public init(
        part: Int, chargeID: String, description: String, quantity: String?, unit: String,
        price: String?, amount: Money, amountExact: String, formula: String
    ) {
        self.part = part
        self.chargeID = chargeID
        self.description = description
        self.quantity = quantity
        self.unit = unit
        self.price = price
        self.amount = amount
        self.amountExact = amountExact
        self.formula = formula
    }
}
