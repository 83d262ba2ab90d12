// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Where a price comes from, before any factor.
public struct PriceSource: Hashable, Sendable {
    /// The number itself or where it is looked up.
    public enum Base: Hashable, Sendable {
        /// Written in the tariff.
        case number(Exact)
        /// Looked up in a series.
        case series(SeriesPrice)
        /// A number for every season of the tariff.
        case seasons([String: Exact])
    }

    /// The number itself or where it is looked up.
    public let base: Base
    /// How the price is rounded after any factor; nil where it stays exact.
    public let rounding: StepRounding?

    /// The same source, looked up in another column of its series.
    public func column(_ name: String) -> PriceSource {
        guard case .series(let look) = base else { return self }
        let moved = SeriesPrice(series: look.series, column: name, moment: look.moment)
        return PriceSource(base: .series(moved), rounding: rounding)
    }
}

/// A price that is looked up in a series.
public struct SeriesPrice: Hashable, Sendable {
    /// The series.
    public let series: String
    /// Its column.
    public let column: String
    /// Which row counts where several apply to a span.
    public let moment: PriceMoment
}

/// Which row of a series counts where several apply to a span.
public enum PriceMoment: String, Hashable, Sendable, CaseIterable {
    /// The row of the first day.
    case periodStart = "period_start"
    /// The row of the last day.
    case periodEnd = "period_end"
    /// The mean of the rows, weighted by days.
    case byDays = "by_days"
}

/// A price that may differ by time-of-use period.
public enum Price: Hashable, Sendable {
    /// The same price all day.
    case single(PriceSource)
    /// A price for every period of the tariff.
    case byPeriod([String: PriceSource])

    /// True where periods have prices of their own.
    public var isByPeriod: Bool {
        if case .byPeriod = self { true } else { false }
    }

    /// Where its numbers come from.
    public var sources: [PriceSource] {
        switch self {
        case .single(let source): [source]
        case .byPeriod(let sources): Array(sources.values)
        }
    }

    /// The source of a period's price.
    public func source(of period: String) -> PriceSource? {
        switch self {
        case .single(let source): source
        case .byPeriod(let sources): sources[period]
        }
    }
}

/// How a quantity or a price is rounded.
public struct StepRounding: Hashable, Sendable {
    /// The step, positive.
    public let step: Exact
    /// How a remainder is treated.
    public let mode: RoundingMode
}
