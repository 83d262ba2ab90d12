// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities

/// The tiers that a charge has on some days, with the forms of their lines.
///
/// An object: a charge by tiers is large to copy.
final class PlannedTiers: Sendable {
    /// One tier.
    struct Tier: Sendable {
        /// The limit, counted from zero; nil for the last tier.
        let limit: Exact?
        /// True where its price is by period.
        let isByPeriod: Bool
        /// The form of its line, or one for every period. Shape: `[period]` or one.
        let forms: [Result<LineForm, RatingHold>]
    }

    let kind: TierCharge
    /// The tiers; where periods have tiers of their own, those of each. Shape: `[period][tier]` or
    /// one list.
    let lists: [[Tier]]
    /// True where periods have tiers of their own.
    let hasListPerPeriod: Bool
    /// True where lines are per period.
    let isByPeriod: Bool
    /// The periods that it tells apart, or groups of them; `all` where it tells none.
    let periods: [String]

    init(_ kind: TierCharge, _ charge: Charge, _ prices: SpanPrices) {
        self.kind = kind
        let periods = kind.groups?.names ?? prices.tariff.periods.names
        self.periods = kind.isByPeriod ? periods : ["all"]
        func planned(_ tiers: [TierCharge.Tier], in period: String?) -> [Tier] {
            tiers.enumerated().map { index, tier in
                let isByPeriod = tier.price.isByPeriod
                let forms = (isByPeriod ? periods : ["all"]).map { name in
                    Result { () throws(RatingHold) in
                        guard let source = tier.price.source(of: name) else {
                            preconditionFailure("a price by period names every period")
                        }
                        return prices.form(
                            charge, unit: kind.quantity.unit,
                            price: try prices.price(source, charge),
                            period: isByPeriod ? name : period, tier: index + 1)
                    }
                }
                return Tier(limit: tier.limit, isByPeriod: isByPeriod, forms: forms)
            }
        }
        switch kind.schedule {
        case .single(let tiers):
            lists = [planned(tiers, in: nil)]
            hasListPerPeriod = false
        case .byPeriod(let found):
            lists = zip(found, periods).map { planned($0, in: $1) }
            hasListPerPeriod = true
        case .bySeason(let found):
            let season = prices.tariff.seasons.season(from: prices.start, to: prices.end)
            let place = prices.tariff.seasons.names.firstIndex { $0 == season } ?? 0
            lists = [planned(found[place], in: nil)]
            hasListPerPeriod = false
        }
        isByPeriod = kind.isByPeriod
    }
}
