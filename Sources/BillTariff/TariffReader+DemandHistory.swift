// SPDX-License-Identifier: Apache-2.0

import Quantities

extension TariffReader {
    /// How far back a charge may look, in months.
    private static let longestLookBack = 60

    /// What earlier bills do to a demand: `ratchet`, `mean_of_months`, or nothing.
    mutating func demandHistory(_ charge: Fields, _ scope: DemandCharge.Scope?) -> DemandHistory? {
        if charge["ratchet"] != nil, let tree = charge["mean_of_months"] {
            fields.report(
                tree.position, .badValue, "the charge has both a ratchet and a mean of months",
                "keep one")
        }
        if charge["mean_of_months"] == nil, let tree = charge["least_of"] {
            fields.report(
                tree.position, .badValue, "least_of is given, but no mean_of_months",
                "leave it out")
        }
        if let tree = charge["ratchet"] { return ratchet(tree, scope).map(DemandHistory.ratchet) }
        if let tree = charge["mean_of_months"] {
            return meanOfMonths(tree, charge, scope).map(DemandHistory.mean)
        }
        return nil
    }

    private mutating func ratchet(
        _ tree: YamlTree, _ scope: DemandCharge.Scope?
    ) -> DemandRatchet? {
        guard
            let entries = fields.fields(
                tree, "the ratchet", allowed: ["share", "months", "of", "month_of", "scope"])
        else { return nil }
        let share = fields.required(entries, "share").flatMap { self.share($0) }
        let months = fields.required(entries, "months").flatMap {
            wholeNumber($0, 1...TariffReader.longestLookBack)
        }
        let peaks = fields.decision(
            entries, "scope", DemandCharge.Scope.self,
            question: "which peak of an earlier bill counts")
        if let tree = entries["scope"], peaks == .period, scope == .all {
            fields.report(
                tree.position, .badValue, "the ratchet is by period, but the demand is not",
                "write scope: all, or by: period")
        }
        var season: DemandRatchet.Season?
        if let tree = entries["of"] {
            let counted = fields.list(tree).compactMap { wholeNumber($0, 1...12) }
            if counted.isEmpty {
                fields.report(
                    tree.position, .badValue, "no month counts", "name months from 1 to 12")
            }
            let attribution = fields.decision(
                entries, "month_of", YearAttribution.self,
                question: "which month a billing period across two belongs to")
            season = attribution.map {
                DemandRatchet.Season(months: Set(counted), attribution: $0)
            }
        } else if let tree = entries["month_of"] {
            fields.report(
                tree.position, .badValue, "month_of is given, but all months count",
                "leave it out, or name months in 'of'")
        }
        guard let share, let months, let peaks else { return nil }
        return DemandRatchet(share: share, months: months, season: season, scope: peaks)
    }

    /// A share above nothing, at most the whole.
    mutating func share(_ tree: YamlTree) -> Exact? {
        guard let share = fields.positive(tree) else { return nil }
        if share <= .one { return share }
        fields.report(
            tree.position, .badValue, "\(share) is more than the whole",
            "write 0.80 for eighty per cent")
        return nil
    }

    private mutating func meanOfMonths(
        _ tree: YamlTree, _ charge: Fields, _ scope: DemandCharge.Scope?
    ) -> MonthlyPeakMean? {
        let months = wholeNumber(tree, 2...TariffReader.longestLookBack)
        if scope == .period {
            fields.report(
                tree.position, .badValue, "the mean of months is of the highest of all periods",
                "write by: all")
        }
        var leastOf = MonthlyPeakMean.LeastOf.mean
        if charge["at_least"] != nil {
            let found = fields.decision(
                charge, "least_of", MonthlyPeakMean.LeastOf.self,
                question: "whether the least is of each month or of the mean")
            guard let found else { return nil }
            leastOf = found
        } else if let tree = charge["least_of"] {
            fields.report(
                tree.position, .badValue, "least_of is given, but no at_least", "leave it out")
        }
        return months.map { MonthlyPeakMean(months: $0, leastOf: leastOf) }
    }
}
