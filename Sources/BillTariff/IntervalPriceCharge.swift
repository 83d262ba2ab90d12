// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A price per unit of energy that changes from interval to interval, as markets set it.
///
/// The price of an interval is `(value in its unit, between floor and cap, + plus) × times`, rounded
/// where the tariff says so.
public struct IntervalPriceCharge: Hashable, Sendable {
    /// What is done where the series has no price for a time.
    public enum Missing: String, Hashable, Sendable, CaseIterable {
        /// The bill waits for it.
        case hold
        /// The price of the same clock time of the day before counts.
        case previousDay = "previous_day"
    }

    /// The unit that the series has its prices in.
    public struct Unit: Hashable, Sendable {
        /// As the file writes it, such as `EUR/MWh`.
        public let text: String
        /// What its numbers are multiplied by to be major units of the currency per kWh or kvarh.
        public let factor: Exact
    }

    /// The energy.
    public let quantity: BilledQuantity
    /// The series of intervals.
    public let series: String
    /// Its column.
    public let column: String
    /// The unit of its values.
    public let unit: Unit
    /// What is done where it has none.
    public let missing: Missing
    /// The lowest value that counts, in the series' unit; nil for none.
    public let floor: Exact?
    /// The highest value that counts, in the series' unit; nil for none.
    public let cap: Exact?
    /// What is added to the price, in the currency per kWh or kvarh.
    public let plus: Exact
    /// What the sum is multiplied by, such as 1.25 for a tax inside the price, or -1 for a credit.
    public let times: Exact
    /// How the price of an interval is rounded; nil where it stays exact.
    public let rounding: StepRounding?

    /// The price of a value of the series, per kWh or kvarh.
    public func price(of value: Exact) -> Exact {
        var bounded = value
        if let floor { bounded = max(bounded, floor) }
        if let cap { bounded = min(bounded, cap) }
        let price = (bounded * unit.factor + plus) * times
        guard let rounding, !price.isOverflow else { return price }
        return price.rounded(to: rounding.step, rounding.mode)
    }

    /// How a price comes about, for people: `(agile in p/kWh × 0.01 + 0.015) × 1.25`.
    public var formula: String {
        var text = "\(series)\(column == "value" ? "" : ".\(column)") in \(unit.text)"
        if let floor { text += ", at least \(floor)" }
        if let cap { text += ", at most \(cap)" }
        if unit.factor != .one { text += " × \(unit.factor)" }
        if plus != .zero { text += plus.isNegative ? " - \(-plus)" : " + \(plus)" }
        if times != .one { text = "(\(text)) × \(times)" }
        if let rounding { text += ", rounded to \(rounding.step)" }
        return text
    }
}

extension IntervalPriceCharge.Unit {
    /// Hundredths of a currency by the names that price lists give them.
    private static let hundredths: [String: Set<String>] = [
        "p": ["GBP"], "c": ["AUD", "CAD", "EUR", "NZD", "USD"], "ct": ["EUR"],
        "öre": ["SEK"], "øre": ["DKK", "NOK"], "ore": ["DKK", "NOK", "SEK"], "分": ["CNY"],
    ]
    /// How many base units an energy has, by its name.
    private static let energies: [String: [String: Exact]] = [
        "kWh": ["kWh": .one, "MWh": Exact(1, over: 1000)],
        "kvarh": ["kvarh": .one, "Mvarh": Exact(1, over: 1000)],
    ]

    /// A unit as `p/kWh` or `EUR/MWh`; nil where it is none of the currency and the energy.
    init?(_ text: String, currency: Currency, energy: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let size = Self.energies[energy]?[parts[1]] else { return nil }
        if parts[0] == currency.code {
            factor = size
        } else if Self.hundredths[parts[0]]?.contains(currency.code) ?? false {
            factor = size * Exact(1, over: 100)
        } else {
            return nil
        }
        self.text = text
    }
}
