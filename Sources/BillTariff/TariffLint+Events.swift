// SPDX-License-Identifier: Apache-2.0

import Quantities

extension Tariff {
    /// What the lists of events lack that its charges by dated windows need, or have doubtful in them.
    func eventFindings(file: String, series: SeriesSet) -> [TariffProblem] {
        charges.flatMap { charge -> [TariffProblem] in
            guard let kind = charge.kind.coincidentDemand else { return [] }
            let look = IntervalLook(charge: charge, series: kind.series, column: kind.column)
            let (known, column): (Series, Int)
            switch look.find(in: series, file: file) {
            case .success(let found): (known, column) = found
            case .failure(let problem): return [problem]
            }
            func at(_ line: Int, _ code: TariffProblem.Code, _ what: String, _ mend: String)
                -> TariffProblem
            {
                TariffProblem(
                    file: known.file, position: SourcePosition(line: line, column: 1), code: code,
                    what: what, mend: mend)
            }
            let rowProblems = (known.intervals ?? []).compactMap { row -> TariffProblem? in
                guard let value = row.values[column], value != .zero else { return nil }
                if value != .one {
                    return at(
                        row.line, .badValue,
                        "'\(value)' tells neither an event nor that there is none",
                        "write 1 for an event, 0 for none")
                }
                let minutes = (row.to.seconds - row.from.seconds) / 60
                if minutes == Int64(kind.windowMinutes) { return nil }
                return at(
                    row.line, .badValue,
                    "the event is of \(minutes) minutes, and those of '\(charge.id)' of "
                        + "\(kind.windowMinutes)",
                    "correct the row, or the window")
            }
            let gaps = known.gaps(inColumn: column).map { gap in
                at(
                    gap.line, .seriesGap,
                    "it does not tell whether there was an event from "
                        + Instant(seconds: gap.time.lowerBound).iso(offset: 0) + " to "
                        + Instant(seconds: gap.time.upperBound).iso(offset: 0),
                    "add a row that covers it; bills that need it are held until then")
            }
            return rowProblems + gaps
        }
    }
}
