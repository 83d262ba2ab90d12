// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The tax of one category and rate.
public struct InvoiceTax: Hashable, Sendable {
    /// The category, such as `VAT`.
    public var category: String
    /// The rate as exact decimal text, such as `0.13`.
    public var rate: String
    /// What it was taken of.
    public var base: Money
    /// The tax.
    public var amount: Money

    /// A tax from its parts.
    public init(category: String, rate: String, base: Money, amount: Money) {
        self.category = category
        self.rate = rate
        self.base = base
        self.amount = amount
    }
}
