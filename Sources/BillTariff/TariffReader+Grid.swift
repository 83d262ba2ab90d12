// SPDX-License-Identifier: Apache-2.0

import Quantities

extension TariffReader {
    /// Reads `period_grid`: the period of every hour of weekdays and of weekends, month by month.
    mutating func periodGrid(_ top: Fields, _ tree: YamlTree) -> PeriodPlan {
        for key in ["periods", "day_kinds"] {
            guard let extra = top[key] else { continue }
            fields.report(
                extra.position, .badValue, "there is both a period_grid and '\(key)'",
                "keep one of them: a grid has no holidays")
        }
        guard
            let grid = fields.fields(
                tree, "the period_grid", allowed: ["names", "weekday", "weekend"]),
            let nameTree = fields.required(grid, "names")
        else { return .none }
        let names = fields.texts(nameTree)
        for (index, name) in names.enumerated() {
            checkPeriodName(
                name, at: nameTree.position, isTaken: names[..<index].contains(name))
        }
        guard !names.isEmpty, names.count <= 250 else { return .none }
        var rules: [TimeOfUseCalendar.Rule] = []
        var positions: [SourcePosition] = []
        for (key, weekdays) in [("weekday", 0b0011_1110), ("weekend", 0b1100_0000)] {
            guard let tree = fields.required(grid, key) else { continue }
            let rows = fields.list(tree)
            if rows.count != 12 {
                fields.report(
                    tree.position, .badValue, "'\(key)' has \(rows.count) rows",
                    "write a row for every month, January first")
            }
            for (month, row) in rows.enumerated().prefix(12) {
                let found = hours(row, periodCount: names.count).map { period, hours in
                    TimeOfUseCalendar.Rule(
                        yearDays: YearDays(months: [month + 1]), weekdays: UInt8(weekdays),
                        dayKinds: [], minutes: hours.lowerBound * 60..<hours.upperBound * 60,
                        period: period)
                }
                rules += found
                positions += found.map { _ in row.position }
            }
        }
        return PeriodPlan(
            calendar: TimeOfUseCalendar(periods: names, rules: rules, rest: 0),
            rulePositions: positions, dayKindSeries: nil, dayKindPosition: nil,
            displayNames: displayNames(top, of: names))
    }

    /// The stretches of one period in a row of 24 hours.
    private mutating func hours(
        _ row: YamlTree, periodCount: Int
    ) -> [(period: Int, hours: Range<Int>)] {
        let cells = fields.texts(row)
        let periods = cells.compactMap { Int($0) }.filter { (0..<periodCount).contains($0) }
        guard cells.count == 24, periods.count == 24 else {
            fields.report(
                row.position, .badValue, "the row does not give 24 hours a period",
                "write 24 places in 'names', counted from 0")
            return []
        }
        var found: [(period: Int, hours: Range<Int>)] = []
        for (hour, period) in periods.enumerated() {
            if let last = found.last, last.period == period {
                found[found.count - 1].hours = last.hours.lowerBound..<(hour + 1)
            } else {
                found.append((period, hour..<(hour + 1)))
            }
        }
        return found
    }

    mutating func reportIdleGroups(_ tree: YamlTree) {
        fields.report(
            tree.position, .badValue, "groups of periods are named, but no price is by period",
            "leave them out")
    }

    /// Reads the `groups` of a charge: periods that it takes together.
    mutating func periodGroups(_ tree: YamlTree) -> PeriodGroups? {
        guard let entries = mapping(tree, "the groups of periods") else { return nil }
        var groupOfPeriod = [Int?](repeating: nil, count: periods.names.count)
        for (group, entry) in entries.enumerated() {
            checkPeriodName(entry.key, at: entry.position, isTaken: false)
            for item in fields.list(entry.value) {
                guard let name = fields.text(item) else { continue }
                guard let period = periods.names.firstIndex(of: name) else {
                    fields.report(
                        item.position, .unknownReference, "there is no period '\(name)'",
                        "use one of " + periods.names.joined(separator: ", "))
                    continue
                }
                if groupOfPeriod[period] != nil {
                    fields.report(
                        item.position, .badValue, "the period '\(name)' is in two groups",
                        "name it once")
                }
                groupOfPeriod[period] = group
            }
        }
        for (period, group) in groupOfPeriod.enumerated() where group == nil {
            fields.report(
                tree.position, .undecided,
                "the groups leave open that of the period '\(periods.names[period])'",
                "name it in one of them")
        }
        return PeriodGroups(
            names: entries.map(\.key), groupOfPeriod: groupOfPeriod.map { $0 ?? 0 })
    }
}
