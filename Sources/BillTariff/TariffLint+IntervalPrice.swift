// SPDX-License-Identifier: Apache-2.0

import Quantities

extension Tariff {
    /// What its charges by interval prices lack in the series, or have doubtful in them.
    func intervalPriceFindings(file: String, series: SeriesSet) -> [TariffProblem] {
        charges.flatMap { charge -> [TariffProblem] in
            guard let prices = charge.kind.intervalPrice else { return [] }
            let look = IntervalLook(charge: charge, series: prices.series, column: prices.column)
            let (known, column): (Series, Int)
            switch look.find(in: series, file: file) {
            case .success(let found): (known, column) = found
            case .failure(let problem): return [problem]
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

/// A charge that looks a column of instants up in a series.
struct IntervalLook {
    let charge: Charge
    let series: String
    let column: String

    /// The series and the place of the column, or why there is none.
    ///
    /// - Parameter file: What problems call the tariff's file.
    func find(
        in all: SeriesSet, file: String
    ) -> Result<(series: Series, column: Int), TariffProblem> {
        func failure(
            _ code: TariffProblem.Code, _ what: String, _ mend: String
        ) -> Result<(series: Series, column: Int), TariffProblem> {
            .failure(
                TariffProblem(
                    file: file, position: charge.position, code: code,
                    what: "charge '\(charge.id)' \(what)", mend: mend))
        }
        guard let known = all[series] else {
            return failure(
                .missingSeries, "uses the series '\(series)', which is not there",
                "add series/\(series).csv with the columns from,to,value")
        }
        guard known.intervals != nil else {
            return failure(
                .wrongSeries, "uses the series '\(series)', whose rows are of days",
                "write instants in its rows, as 2026-07-01T00:30Z")
        }
        guard let place = known.columns.firstIndex(of: column) else {
            return failure(
                .missingColumn, "uses the column '\(column)', which '\(series)' does not have",
                "use one of " + known.columns.joined(separator: ", "))
        }
        return .success((known, place))
    }
}
