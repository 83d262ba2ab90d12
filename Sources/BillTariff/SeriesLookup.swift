// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A look-up of a charge in a series, with what becomes of the value before it is a price.
public struct SeriesLookup: Hashable, Sendable {
    /// The look-up.
    public let look: SeriesPrice
    /// How the price is rounded; nil where it stays exact, or what is rounded depends on the bill.
    let rounding: StepRounding?
    /// What the value is multiplied by before that: the factors of periods.
    let factors: Set<Exact>

    /// The prices of a span of days that come of it, one per factor.
    ///
    /// - Throws: Where the series has no value.
    public func prices(
        in series: SeriesSet, _ days: Range<CivilDay>
    ) throws(PriceGap) -> [Exact: Exact] {
        let value = try series.value(of: look, from: days.lowerBound, to: days.upperBound)
        guard let rounding else { return [.one: value] }
        return Dictionary(
            uniqueKeysWithValues: factors.map { factor in
                (factor, (value * factor).rounded(to: rounding.step, rounding.mode))
            })
    }
}

extension Charge.Kind {
    /// Every look-up in a series that it makes, one per column and rounding.
    public var seriesLookups: [SeriesLookup] {
        var factors: Set<Exact> = [.one]
        if case .energy(let charge) = self { factors.formUnion(charge.floatFactors.values) }
        // What a high use takes off the price of a demand is known with the bill only.
        let isRounded = demand == nil
        return priceSources.compactMap { source in
            guard case .series(let look) = source.base else { return nil }
            return SeriesLookup(
                look: look, rounding: isRounded ? source.rounding : nil, factors: factors)
        }
    }
}
