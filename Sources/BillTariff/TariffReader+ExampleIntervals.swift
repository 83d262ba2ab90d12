// SPDX-License-Identifier: Apache-2.0

import Quantities

extension TariffReader {
    /// Energy by intervals: `interval: 30min`, and a mapping from the start of each to its kWh.
    ///
    /// - Parameter days: The first day of the bill, and the day after its last.
    mutating func exampleIntervals(
        _ given: Fields, days: (first: CivilDay, end: CivilDay)?
    ) -> TariffExample.Intervals? {
        let columns: [(key: String, quantity: BilledQuantity)] = [
            ("kwh_by_interval", .activeImport), ("export_kwh_by_interval", .activeExport),
        ]
        let keys = columns.filter { given[$0.key] != nil }
        guard !keys.isEmpty else {
            if let tree = given["interval"] {
                fields.report(
                    tree.position, .badValue, "an interval is given, but no energy by intervals",
                    "add kwh_by_interval, or leave it out")
            }
            return nil
        }
        for key in ["export_kwh", "kvarh", "demand"] {
            if let tree = given[key] {
                fields.report(
                    tree.position, .badValue, "the intervals tell all usage of the example",
                    "leave '\(key)' out")
            }
        }
        guard let tree = fields.required(given, "interval"), let text = fields.text(tree) else {
            return nil
        }
        guard text.hasSuffix("min"), let minutes = Int(text.dropLast(3)), minutes > 0,
            1440 % minutes == 0
        else {
            fields.report(
                tree.position, .badValue, "'\(text)' is not the length of an interval",
                "write minutes that divide a day, such as 30min")
            return nil
        }
        var amounts: [Instant: [Exact]] = [:]
        for (column, key) in keys.enumerated() {
            for (start, amount) in intervalAmounts(given, key.key) {
                amounts[start, default: keys.map { _ in .zero }][column] = amount
            }
        }
        let starts = amounts.keys.sorted()
        for (start, next) in zip(starts, starts.dropFirst() + [.distantFuture]) {
            let day = clock?.clock(at: start).day
            let isInside = days.flatMap { days in day.map { days.first <= $0 && $0 < days.end } }
            if isInside ?? true, next.seconds - Int64(minutes * 60) >= start.seconds { continue }
            fields.report(
                given[keys[0].key]?.position ?? given.position, .badValue,
                "the interval from \(start.iso(offset: 0)) is not one of the bill, or overlaps the next",
                "give intervals of \(text) between 'from' and 'to'")
        }
        return TariffExample.Intervals(
            minutes: minutes, quantities: keys.map(\.quantity),
            intervals: amounts.sorted { $0.key < $1.key }.map {
                TariffExample.Intervals.Interval(start: $0.key, amounts: $0.value)
            })
    }

    private mutating func intervalAmounts(_ given: Fields, _ key: String) -> [(Instant, Exact)] {
        guard let tree = given[key], let entries = mapping(tree, "the energy by intervals") else {
            return []
        }
        var found: [(Instant, Exact)] = []
        var starts: Set<Instant> = []
        for entry in entries {
            guard let start = Instant(iso: entry.key), start.seconds % 60 == 0 else {
                fields.report(
                    entry.position, .badValue, "'\(entry.key)' is not an instant",
                    "write a whole minute with its offset, as 2026-07-01T00:30Z")
                continue
            }
            if !starts.insert(start).inserted {
                fields.report(
                    entry.position, .badValue, "'\(entry.key)' is given twice",
                    "leave one of them out")
            }
            if let amount = fields.decimal(entry.value) { found.append((start, amount)) }
        }
        return found
    }
}
