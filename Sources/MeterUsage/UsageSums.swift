// SPDX-License-Identifier: Apache-2.0

import Quantities

/// An amount of each quantity; nil for one of which none is known.
public struct UsageSums: Sendable, ExpressibleByDictionaryLiteral {
    /// Shape: `[UsageQuantity.place]`.
    private var amounts: [6 of Exact?] = .init(repeating: nil)

    /// No amounts.
    public init() {}

    /// Nothing of each measured quantity: known, and zero.
    public static let zero: UsageSums = {
        var sums = UsageSums()
        for quantity in UsageQuantity.allCases where quantity.isMeasured { sums[quantity] = .zero }
        return sums
    }()

    /// The amounts of some quantities.
    public init(dictionaryLiteral elements: (UsageQuantity, Exact)...) {
        for (quantity, amount) in elements { self[quantity] = amount }
    }

    /// The amount of a quantity.
    public subscript(quantity: UsageQuantity) -> Exact? {
        get { amounts[quantity.place] }
        set { amounts[quantity.place] = newValue }
    }

    /// Adds to the amount of a quantity, of which nothing was before where none is known.
    public mutating func add(_ amount: Exact, of quantity: UsageQuantity) {
        let place = quantity.place
        amounts[place] = amounts[place].map { $0 + amount } ?? amount
    }

    /// Adds the amounts that another knows.
    public mutating func add(_ other: UsageSums) {
        for place in amounts.indices {
            guard let amount = other.amounts[place] else { continue }
            amounts[place] = amounts[place].map { $0 + amount } ?? amount
        }
    }
}
