// SPDX-License-Identifier: Apache-2.0

import Quantities

extension TariffReader {
    /// Reads `seasons` and `season_of`.
    mutating func seasonPlan(_ top: Fields) -> SeasonPlan {
        let moment = top["season_of"].flatMap { fields.word($0, PriceMoment.self) }
        guard let tree = top["seasons"], let entries = mapping(tree, "seasons") else {
            if let extra = top["season_of"] {
                fields.report(
                    extra.position, .badValue, "season_of is given, but there are no seasons",
                    "leave it out, or add seasons")
            }
            return .none
        }
        var days: [YearDays] = []
        var (given, rest): (YearDays, Int?) = (.none, nil)
        for (place, entry) in entries.enumerated() {
            checkSeasonName(entry)
            if case .scalar("rest") = entry.value.content {
                if rest != nil {
                    fields.report(
                        entry.position, .badValue, "two seasons take the rest",
                        "let one season be the rest and give the other its days")
                }
                rest = place
                days.append(.none)
                continue
            }
            let item = fields.fields(
                entry.value, "the season '\(entry.key)'", allowed: ["months", "dates"])
            let found = item.flatMap { yearDays($0) } ?? .none
            if found.intersection(given) != .none {
                fields.report(
                    entry.position, .badValue,
                    "the season '\(entry.key)' has days of a season above it",
                    "let each day belong to one season")
            }
            given = given.union(found)
            days.append(found)
        }
        if let rest {
            if given == .all {
                fields.report(
                    entries[rest].position, .unreachable, "the other seasons are the whole year",
                    "leave '\(entries[rest].key)' out")
            }
            days[rest] = given.inverted
        } else if given != .all {
            fields.report(
                tree.position, .undecided, "the seasons leave days of the year open",
                "write 'rest' after one of them, such as winter: rest")
            return .none
        }
        return SeasonPlan(names: entries.map(\.key), days: days, moment: moment)
    }

    private mutating func checkSeasonName(_ entry: YamlTree.Entry) {
        guard !FieldReader.isName(entry.key) || TariffReader.reservedPeriods.contains(entry.key)
        else { return }
        fields.report(
            entry.position, .takenName, "'\(entry.key)' cannot name a season",
            "use small letters, digits and '_', and no word of the language")
    }

    /// The days of the year that `months`, `dates` and `season` name, every one where none is given;
    /// what several of them name is what all of them do.
    mutating func yearDays(_ item: Fields) -> YearDays {
        var found = YearDays.all
        if let list = item["months"] {
            found = found.intersection(YearDays(months: fields.list(list).compactMap { month($0) }))
        }
        if let list = item["dates"] {
            let spans = fields.list(list).compactMap { dates($0) }
            found = found.intersection(spans.reduce(YearDays.none) { $0.union($1) })
        }
        if let list = item["season"] {
            let named = fields.list(list).compactMap { seasonDays($0) }
            found = found.intersection(named.reduce(YearDays.none) { $0.union($1) })
        }
        return found
    }

    /// A month from 1 to 12.
    private mutating func month(_ tree: YamlTree) -> Int? {
        guard let text = fields.text(tree) else { return nil }
        if let month = Int(text), (1...12).contains(month) { return month }
        fields.report(tree.position, .badValue, "'\(text)' is not a month", "write 1 to 12")
        return nil
    }

    /// Days of every year from a text such as `06-15..09-16`.
    private mutating func dates(_ tree: YamlTree) -> YearDays? {
        guard let text = fields.text(tree) else { return nil }
        let bytes = Array(text.utf8)
        if bytes.count == 12, bytes[5...6].elementsEqual("..".utf8),
            let start = date(bytes[0..<5]), let end = date(bytes[7..<12]), start != end,
            let days = YearDays(from: start, to: end)
        {
            return days
        }
        fields.report(
            tree.position, .badValue, "'\(text)' is not a part of a year",
            "write the first day and the day after the last as 06-15..09-16")
        return nil
    }

    /// A month and a day from a text such as `06-15`.
    private func date(_ bytes: ArraySlice<UInt8>) -> (month: Int, day: Int)? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard bytes.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }),
            text.dropFirst(2).first == "-", let month = Int(text.prefix(2)),
            let day = Int(text.suffix(2)), month > 0, day > 0
        else { return nil }
        return (month, day)
    }

    private mutating func seasonDays(_ tree: YamlTree) -> YearDays? {
        guard let name = fields.text(tree) else { return nil }
        if let days = seasons.days(of: name) { return days }
        fields.report(
            tree.position, .unknownReference, "there is no season '\(name)'",
            "name the tariff's seasons under 'seasons' and use those names")
        return nil
    }

    /// Values by season, where the keys of a mapping are names of seasons; nil where they are not.
    mutating func bySeason(_ tree: YamlTree) -> [String: YamlTree]? {
        guard case .mapping(let entries) = tree.content,
            entries.contains(where: { seasons.names.contains($0.key) })
        else { return nil }
        for entry in entries where !seasons.names.contains(entry.key) {
            fields.report(
                entry.position, .unknownReference, "there is no season '\(entry.key)'",
                "use " + seasons.names.joined(separator: ", "))
        }
        for name in seasons.names where !entries.contains(where: { $0.key == name }) {
            fields.report(
                tree.position, .undecided, "the values leave open that of the season '\(name)'",
                "add '\(name)' to them")
        }
        if seasons.moment == nil {
            fields.report(
                tree.position, .undecided,
                "the tariff leaves open which season a billing period across two belongs to",
                "add season_of: period_start, period_end or by_days to the tariff")
        }
        return Dictionary(entries.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    }
}
