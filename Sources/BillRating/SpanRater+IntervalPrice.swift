// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

extension SpanRater {
    /// A line of what energy costs at the price of each interval; its price is their mean.
    mutating func intervalPrice(
        _ kind: IntervalPriceCharge, _ planned: PlannedCharge
    ) throws(RatingHold) {
        let charge = planned.charge
        guard let found = input.determinants.priced.first(where: { $0.charge == charge.id }) else {
            throw RatingHold(
                code: .missingDeterminant, charge: charge.id,
                detail:
                    "no \(kind.quantity.rawValue) by intervals from \(start) to \(end): a price "
                    + "per interval needs interval readings")
        }
        let sums: Determinants.PricedEnergy.Sums
        do throws(PricingGap) { sums = try found.outcome.get() } catch {
            throw RatingHold(error, of: charge.id)
        }
        let mean = sums.energy == .zero ? .zero : sums.amount / sums.energy
        if mean.isOverflow { throw tooLarge(charge.id) }
        let form = prices.form(
            charge, unit: kind.quantity.unit, price: mean,
            note:
                "sum over \(sums.readings) intervals of energy × (\(kind.formula)); their mean price"
        )
        try add(form, quantity: sums.energy, exactly: sums.amount)
    }
}

extension RatingHold {
    /// The hold of energy that cannot be priced interval by interval.
    fileprivate init(_ gap: PricingGap, of charge: String) {
        switch gap {
        case .missingPrice(let detail):
            self.init(code: .missingPrice, charge: charge, detail: detail)
        case .changesWithin(let at):
            self.init(
                code: .priceWithinInterval, charge: charge,
                detail:
                    "the price changes within the interval that begins at \(at.iso(offset: 0)): "
                    + "readings must be of intervals that lie within one price each")
        case .outOfRange: self = tooLarge(charge)
        }
    }
}
