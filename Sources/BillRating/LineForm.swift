// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities

/// What the lines of a charge for one component, period or tier share, whoever is billed.
///
/// An object, so that a line costs its numbers and no copies of texts.
public final class LineForm: Sendable {
    /// The charge of the tariff.
    public let chargeID: String
    /// The component of a split charge; nil where it is not split.
    public let component: String?
    /// The time-of-use period; nil where the line covers all.
    public let period: String?
    /// The tier, counted from 1; nil where the charge has none.
    public let tier: Int?
    /// What the customer reads, Chinese and English side by side where the tariff gives both.
    public let description: String
    /// The unit of the quantity.
    public let unit: String
    /// The price of a unit, or the rate of a percentage.
    public let price: Exact
    /// The price as a document shows it.
    public let priceText: String
    /// The formula before the quantity.
    private let beginning: [UInt8]
    /// The formula between the quantity and the exact amount.
    private let timesPrice: [UInt8]
    /// The formula after the exact amount.
    private let ending: [UInt8]

    /// A form from its parts.
    ///
    /// - Parameters:
    ///   - note: What is said before the formula; nil for nothing.
    ///   - currency: What the exact amount is in.
    public init(
        chargeID: String, component: String? = nil, period: String? = nil, tier: Int? = nil,
        description: String, note: String? = nil, unit: String, price: Exact, currency: Currency
    ) {
        self.chargeID = chargeID
        self.component = component
        self.period = period
        self.tier = tier
        self.description = description
        self.unit = unit
        self.price = price
        priceText = price.documentText
        beginning = note.map { Array("\($0): ".utf8) } ?? []
        let priceUnit = unit == currency.code ? "" : " \(currency.code)/\(unit)"
        timesPrice = Array(" \(unit) × \(price)\(priceUnit) = ".utf8)
        ending = Array(" \(currency.code)".utf8)
    }

    /// Appends how the amount of a line comes about, for people: `ChargeLine.formula`.
    public func appendFormula(
        of quantity: Exact, exactly amount: Exact, note: String?, to text: inout [UInt8]
    ) {
        if let note { text += "\(note): ".utf8 } else { text += beginning }
        quantity.append(to: &text)
        text += timesPrice
        amount.append(to: &text)
        text += ending
    }
}
