// SPDX-License-Identifier: Apache-2.0

/// The hours of a record's periods of energy and of demand, as one grid of the tariff file.
///
/// Where both have periods, each pair of them that occurs is a period of the tariff, and the charges take
/// pairs together.
struct UrdbGrid {
    /// A period of energy and one of demand, by their places in the record.
    struct Pair: Hashable {
        let energy: Int
        let demand: Int
    }

    /// The pairs that have hours, in order; at least one.
    let pairs: [Pair]
    /// The pair of every hour. Shape: `[weekday, weekend][month][hour]`, as places in `pairs`.
    let hours: [[[Int]]]

    /// The places of the periods of energy that have hours, in order.
    var energy: [Int] { Set(pairs.map(\.energy)).sorted() }

    /// The places of the periods of demand that have hours, in order.
    var demand: [Int] { Set(pairs.map(\.demand)).sorted() }

    /// The tariff file's `period_grid`; nil where one period has all hours.
    var text: String? {
        guard pairs.count > 1 else { return nil }
        var lines = ["period_grid:", "  names: " + YamlText.list(pairs.map(name))]
        for (key, rows) in zip(["weekday", "weekend"], hours) {
            lines.append("  \(key):")
            lines += rows.map { "    - " + YamlText.list($0.map(String.init)) }
        }
        return lines.joined(separator: "\n")
    }

    /// What the tariff file calls a pair.
    private func name(_ pair: Pair) -> String {
        demand.count == 1
            ? "p\(pair.energy)"
            : energy.count == 1 ? "d\(pair.demand)" : "p\(pair.energy)d\(pair.demand)"
    }

    /// The `groups` of a charge for energy; empty where its periods are those of the tariff.
    var energyGroups: [(String, String)] {
        guard energy.count > 1, demand.count > 1 else { return [] }
        return groups(energy.map { ("p\($0)", $0) }) { $0.energy }
    }

    /// The `groups` of a charge for demand; empty where its periods are those of the tariff.
    var demandGroups: [(String, String)] {
        guard energy.count > 1, demand.count > 1 else { return [] }
        return groups(demand.map { ("d\($0)", $0) }) { $0.demand }
    }

    private func groups(_ named: [(String, Int)], of place: (Pair) -> Int) -> [(String, String)] {
        let entries = named.map { group, wanted in
            (group, YamlText.list(pairs.filter { place($0) == wanted }.map(name)))
        }
        return [("groups", YamlText.mapping(entries))]
    }
}

extension UrdbConversion {
    /// The hours of the periods of energy and of demand.
    mutating func periodGrid() -> UrdbGrid {
        let energy = schedules(
            "energyweekdayschedule", "energyweekendschedule", "energyratestructure")
        let demand = schedules(
            "demandweekdayschedule", "demandweekendschedule", "demandratestructure")
        var cells: [[[UrdbGrid.Pair]]] = []
        for days in 0..<2 {
            cells.append(
                (0..<12).map { month in
                    (0..<24).map { hour in
                        UrdbGrid.Pair(
                            energy: energy?[days][month][hour] ?? 0,
                            demand: demand?[days][month][hour] ?? 0)
                    }
                })
        }
        let pairs = Set(cells.joined().joined()).sorted {
            ($0.energy, $0.demand) < ($1.energy, $1.demand)
        }
        let hours = cells.map { rows in
            rows.map { row in row.compactMap { pairs.firstIndex(of: $0) } }
        }
        return UrdbGrid(pairs: pairs, hours: hours)
    }

    /// The periods of weekdays and weekends; nil where the record has one period, or they cannot be read.
    private mutating func schedules(
        _ weekday: String, _ weekend: String, _ structure: String
    ) -> [[[Int]]]? {
        let count = record[structure].map { fields.list($0).count } ?? 0
        guard count > 0, count > 1 || record[weekday] != nil else { return nil }
        let rows = [weekday, weekend].map { schedule($0, periodCount: count) }
        return rows.contains(where: \.isEmpty) ? nil : rows
    }

    /// The periods of 24 hours of each month. Shape: `[12][24]`; empty where it cannot be read.
    private mutating func schedule(_ key: String, periodCount: Int) -> [[Int]] {
        guard let tree = record[key] else {
            if periodCount > 1 {
                fields.report(
                    record.position, .missingKey, "the record has no '\(key)'", "add it to it")
            }
            return []
        }
        let rows = fields.list(tree).map { row in
            fields.list(row).compactMap { fields.jsonIndex($0) }
        }
        if rows.count == 12,
            rows.allSatisfy({ $0.count == 24 && $0.allSatisfy { $0 < periodCount } })
        {
            return rows
        }
        fields.report(
            tree.position, .badValue,
            "'\(key)' is not 12 rows of 24 periods from 0 to \(periodCount - 1)",
            "correct the record")
        return []
    }
}
