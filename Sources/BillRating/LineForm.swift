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
    /// How the amounts of its lines come about, but for their numbers.
    public let formula: LineFormula

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
        let priceUnit = unit == currency.code ? "" : " \(currency.code)/\(unit)"
        formula = LineFormula(
            note: LineFormula.note(note),
            timesPrice: Array(" \(unit) × \(price)\(priceUnit) = ".utf8),
            ending: Array(" \(currency.code)".utf8))
    }
}

/// How the amount of a line comes about, for people: a note, the quantity, the price and, exactly, the
/// amount; UTF-8.
public struct LineFormula: Sendable {
    /// What stands before the quantity.
    public let note: [UInt8]
    /// What stands between the quantity and the amount.
    public let timesPrice: [UInt8]
    /// What stands after the amount.
    public let ending: [UInt8]

    /// A note as it stands before the quantity; nothing for nil.
    public static func note(_ note: String?) -> [UInt8] { note.map { Array("\($0): ".utf8) } ?? [] }
}
