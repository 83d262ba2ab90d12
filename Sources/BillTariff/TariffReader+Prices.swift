// SPDX-License-Identifier: Apache-2.0

import Quantities

extension TariffReader {
    private static let sourceKeys = ["value", "series", "column", "at", "round", "mode"]

    /// A price that may differ by period, under a key that is always needed.
    ///
    /// - Parameter columnsFollow: True where a split names the columns, so that none stands here.
    mutating func price(
        _ charge: Fields, _ key: String, columnsFollow: Bool = false
    ) -> Price? {
        guard let tree = fields.required(charge, key) else { return nil }
        guard case .mapping(let entries) = tree.content,
            !entries.contains(where: {
                TariffReader.sourceKeys.contains($0.key) || seasons.names.contains($0.key)
            })
        else { return source(tree, columnsFollow: columnsFollow).map(Price.single) }
        guard let sources = byPeriod(tree, read: { $0.source($1) }) else { return nil }
        return .byPeriod(sources)
    }

    /// A price that is the same all day, under a key that is always needed.
    mutating func source(_ charge: Fields, _ key: String) -> PriceSource? {
        guard let tree = fields.required(charge, key) else { return nil }
        return source(tree)
    }

    /// A number, or where it is looked up, and how it is rounded.
    mutating func source(_ tree: YamlTree, columnsFollow: Bool = false) -> PriceSource? {
        if case .scalar = tree.content {
            return fields.decimal(tree).map { PriceSource(base: .number($0), rounding: nil) }
        }
        if let values = bySeason(tree) {
            let numbers = values.compactMapValues { fields.decimal($0) }
            return PriceSource(base: .seasons(numbers), rounding: nil)
        }
        guard let entries = fields.fields(tree, "the price", allowed: TariffReader.sourceKeys)
        else { return nil }
        let rounding = stepRounding(entries, step: "round")
        if let value = entries["value"] {
            for key in ["series", "column", "at"] {
                if let extra = entries[key] {
                    fields.report(
                        extra.position, .badValue, "the price has both a value and a '\(key)'",
                        "keep the value or the series")
                }
            }
            return fields.decimal(value).map { PriceSource(base: .number($0), rounding: rounding) }
        }
        guard let series = fields.text(entries, "series"),
            let moment = fields.decision(
                entries, "at", PriceMoment.self,
                question: "which row counts where the series changes inside a billing period")
        else { return nil }
        if columnsFollow, let column = entries["column"] {
            fields.report(
                column.position, .badValue, "the price names a column and the charge a split",
                "leave the column out: the split names the columns")
        }
        let column = entries["column"].flatMap { fields.text($0) } ?? "value"
        let look = SeriesPrice(series: series, column: column, moment: moment)
        return PriceSource(base: .series(look), rounding: rounding)
    }

    /// A step and mode, where the step is given.
    mutating func stepRounding(_ entries: Fields, step key: String) -> StepRounding? {
        guard let tree = entries[key] else {
            if let mode = entries["mode"] {
                fields.report(
                    mode.position, .badValue, "a mode is given but no step", "add '\(key):'")
            }
            return nil
        }
        let mode = fields.decision(
            entries, "mode", RoundingMode.self, question: "what happens to a remainder")
        guard let step = fields.positive(tree), let mode else { return nil }
        return StepRounding(step: step, mode: mode)
    }

    /// The periods that the charge being read tells apart, or groups of them.
    var periodNames: [String] { groups?.names ?? periods.names }

    /// A value for every period of the tariff, or every group of the charge.
    mutating func byPeriod<Value>(
        _ tree: YamlTree, read: (inout TariffReader, YamlTree) -> Value?
    ) -> [String: Value]? {
        guard let entries = mapping(tree, "the values by period") else { return nil }
        var found: [String: Value] = [:]
        for entry in entries {
            guard periods.hasTimeOfUse, periodNames.contains(entry.key) else {
                fields.report(
                    entry.position, .unknownReference, "there is no period '\(entry.key)'",
                    "name the tariff's periods under 'periods' and use those names")
                continue
            }
            if let value = read(&self, entry.value) { found[entry.key] = value }
        }
        let given = Set(entries.map(\.key))
        for name in periodNames where periods.hasTimeOfUse && !given.contains(name) {
            fields.report(
                tree.position, .undecided, "the values leave open that of the period '\(name)'",
                "add '\(name)' to them")
        }
        return found
    }

    /// What a price is per, and what a part of it does.
    mutating func timeBasis(_ charge: Fields) -> TimeBasis? {
        let per = fields.decision(
            charge, "per", PriceBasis.self, question: "what stretch of time the price is per")
        guard let per else { return nil }
        if per == .day {
            if let extra = charge["prorate"] {
                fields.report(
                    extra.position, .badValue, "a price per day has nothing to prorate",
                    "leave prorate out")
            }
            return TimeBasis(per: per, proration: .days)
        }
        let proration = fields.decision(
            charge, "prorate", Proration.self,
            question: "what a part of a billing period does to the price")
        return proration.map { TimeBasis(per: per, proration: $0) }
    }
}
