// SPDX-License-Identifier: Apache-2.0

import Quantities

extension TariffReader {
    /// The keys of a charge by interval prices.
    static let intervalPriceKeys = [
        "on", "series", "column", "unit", "missing", "floor", "cap", "plus", "times", "round",
        "mode",
    ]

    mutating func intervalPrice(_ charge: Fields) -> IntervalPriceCharge? {
        let quantity = quantity(charge)
        let series = fields.text(charge, "series")
        let unit = priceUnit(charge, of: quantity)
        let missing = fields.decision(
            charge, "missing", IntervalPriceCharge.Missing.self,
            question: "what is done where the series has no price")
        let (floor, cap) = (number(charge, "floor"), number(charge, "cap"))
        if let floor, let cap, let tree = charge["cap"], cap <= floor {
            fields.report(
                tree.position, .badValue, "the cap is not above the floor",
                "write a cap above \(floor)")
        }
        let times = number(charge, "times") ?? .one
        if let tree = charge["times"], times == .zero {
            fields.report(
                tree.position, .badValue, "the prices are multiplied by zero",
                "write what they are multiplied by, such as 1.25")
        }
        let plus = number(charge, "plus") ?? .zero
        let rounding = stepRounding(charge, step: "round")
        let column = charge["column"].flatMap { fields.text($0) } ?? "value"
        guard let quantity, let series, let unit, let missing else { return nil }
        return IntervalPriceCharge(
            quantity: quantity, series: series, column: column, unit: unit, missing: missing,
            floor: floor, cap: cap, plus: plus, times: times, rounding: rounding)
    }

    private mutating func number(_ charge: Fields, _ key: String) -> Exact? {
        charge[key].flatMap { fields.decimal($0) }
    }

    private mutating func priceUnit(
        _ charge: Fields, of quantity: BilledQuantity?
    ) -> IntervalPriceCharge.Unit? {
        guard let tree = charge["unit"] else {
            fields.report(
                charge.position, .undecided, "\(charge.subject) leaves open the unit of the series",
                "add unit: EUR/MWh, unit: p/kWh or the like")
            return nil
        }
        guard let text = fields.text(tree), let currency, let quantity else { return nil }
        if let unit = IntervalPriceCharge.Unit(text, currency: currency, energy: quantity.unit) {
            return unit
        }
        fields.report(
            tree.position, .badValue,
            "'\(text)' is no unit of \(currency.code) per \(quantity.unit)",
            "write \(currency.code)/\(quantity.unit), \(currency.code)/M\(quantity.unit.dropFirst()), "
                + "or the currency's hundredth such as p/kWh, ct/kWh")
        return nil
    }
}
