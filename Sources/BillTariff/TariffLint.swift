// SPDX-License-Identifier: Apache-2.0

import Quantities

extension Tariff {
    /// What a valid file leaves suspicious or unable to bill: rules that never apply, series that
    /// are not there or have gaps.
    ///
    /// - Parameters:
    ///   - file: What problems call the file.
    ///   - series: The loaded series.
    public func lint(file: String, series: SeriesSet) -> [TariffProblem] {
        var found: [TariffProblem] = []
        func report(
            _ position: SourcePosition, _ code: TariffProblem.Code, _ what: String, _ mend: String
        ) {
            found.append(
                TariffProblem(file: file, position: position, code: code, what: what, mend: mend))
        }
        for position in periods.unreachableRules {
            report(
                position, .unreachable, "earlier rules take every minute of this one",
                "put it above them, or leave it out")
        }
        for charge in charges {
            for look in Set(charge.kind.seriesPrices).sorted(by: { $0.column < $1.column }) {
                guard let prices = series[look.series] else {
                    report(
                        charge.position, .missingSeries,
                        "charge '\(charge.id)' uses the series '\(look.series)', which is not there",
                        "add series/\(look.series).csv")
                    continue
                }
                if prices.intervals != nil {
                    report(
                        charge.position, .wrongSeries,
                        "charge '\(charge.id)' looks up days in the series '\(look.series)', which has "
                            + "instants",
                        "use kind: interval_price, or a series of days")
                    continue
                }
                if !prices.columns.contains(look.column) {
                    report(
                        charge.position, .missingColumn,
                        "the series '\(look.series)' has no column '\(look.column)'",
                        "use one of " + prices.columns.joined(separator: ", "))
                }
            }
        }
        found += unitSlips(file: file, series: series)
        found += intervalPriceFindings(file: file, series: series)
        if let id = periods.dayKindSeries, let position = periods.dayKindPosition {
            if let days = series[id]?.datedDays {
                for kind in periods.dayKinds.subtracting(days.values).sorted() {
                    report(
                        position, .missingColumn, "the series '\(id)' has no day of kind '\(kind)'",
                        "add such days to it, or leave the kind out of the periods")
                }
            } else {
                report(
                    position, .missingSeries, "the series '\(id)' of dated days is not there",
                    "add series/\(id).csv with the columns date,kind")
            }
        }
        return found
    }
}

extension PeriodPlan {
    /// The places of rules that never decide a minute of any day.
    var unreachableRules: [SourcePosition] {
        var deciding = Set<Int>()
        // Every kind of day there can be: seven weekdays, and each kind of dated day, at any date.
        let dayClasses: [(weekday: Int?, kind: String?)] =
            (1...7).map { ($0, nil) } + dayKinds.map { (nil, $0) }
        var seen: Set<[Bool]> = []
        for offset in 0..<366 {
            let date = CivilDay.newYear(2000) + offset
            for day in dayClasses {
                let applies = calendar.rules.map {
                    $0.applies(on: date, weekday: day.weekday, kind: day.kind)
                }
                guard seen.insert(applies).inserted else { continue }
                var isTaken = [Bool](repeating: false, count: 1440)
                for (index, rule) in calendar.rules.enumerated() where applies[index] {
                    for minute in rule.minutes where !isTaken[minute] {
                        isTaken[minute] = true
                        deciding.insert(index)
                    }
                }
            }
        }
        return calendar.rules.indices.filter { !deciding.contains($0) }.map { rulePositions[$0] }
    }
}

extension TimeOfUseCalendar.Rule {
    /// Whether it applies at a date, on a day of this weekday, or of this kind where it is dated.
    fileprivate func applies(on date: CivilDay, weekday: Int?, kind: String?) -> Bool {
        guard yearDays.contains(date) else { return false }
        if let weekday { return weekdays >> UInt8(weekday) & 1 == 1 }
        return weekdays & 1 == 1 || kind.map { dayKinds.contains($0) } ?? false
    }
}

extension Series {
    /// Days between its first and last row for which it has no row.
    public func lint() -> [TariffProblem] {
        zip(rows, rows.dropFirst()).compactMap { row, next in
            guard let end = row.to, end < next.from else { return nil }
            return TariffProblem(
                file: file, position: SourcePosition(line: next.line, column: 1), code: .seriesGap,
                what: "there is no row from \(end) to \(next.from)",
                mend: "add one; bills that need it are held until then")
        }
    }
}
