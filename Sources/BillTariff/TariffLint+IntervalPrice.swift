// SPDX-License-Identifier: Apache-2.0

import Quantities

extension Tariff {
    /// What its charges by interval prices lack in the series, or have doubtful in them.
    func intervalPriceFindings(file: String, series: SeriesSet) -> [TariffProblem] {
        charges.flatMap { charge -> [TariffProblem] in
            guard let prices = charge.kind.intervalPrice else { return [] }
            func problem(
                _ code: TariffProblem.Code, _ what: String, _ mend: String
            ) -> [TariffProblem] {
                [
                    TariffProblem(
                        file: file, position: charge.position, code: code,
                        what: "charge '\(charge.id)' \(what)", mend: mend)
                ]
            }
            guard let known = series[prices.series] else {
                return problem(
                    .missingSeries, "uses the series '\(prices.series)', which is not there",
                    "add series/\(prices.series).csv with the columns from,to,value")
            }
            guard known.intervals != nil else {
                return problem(
                    .wrongSeries, "uses the series '\(prices.series)', whose rows are of days",
                    "write instants in its rows, as 2026-07-01T00:30Z, or use kind: energy")
            }
            guard let column = known.columns.firstIndex(of: prices.column) else {
                return problem(
                    .missingColumn,
                    "uses the column '\(prices.column)', which '\(prices.series)' does not have",
                    "use one of " + known.columns.joined(separator: ", "))
            }
            guard prices.missing == .hold else { return [] }
            return known.gaps(inColumn: column).map { gap in
                TariffProblem(
                    file: known.file, position: SourcePosition(line: gap.line, column: 1),
                    code: .seriesGap,
                    what: "there is no '\(prices.column)' from "
                        + Instant(seconds: gap.time.lowerBound).iso(offset: 0) + " to "
                        + Instant(seconds: gap.time.upperBound).iso(offset: 0),
                    mend: "add it; bills that need it are held until then")
            }
        }
    }
}
