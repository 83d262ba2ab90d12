// SPDX-License-Identifier: Apache-2.0

import Quantities

extension TariffReader {
    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    /// The registers of 尖, 峰, 平, 谷 and 深谷.
    private static let registerCodes = (1...5).map { "1.8.\($0)" }
    /// Keys of a price, which neither a period nor a season may be called.
    static let reservedPeriods: Set<String> = [
        "all", "rest", "value", "series", "column", "at", "round", "mode",
    ]

    /// Reads `periods` and `day_kinds`.
    mutating func periodPlan(_ top: Fields) -> PeriodPlan {
        if let grid = top["period_grid"] { return periodGrid(top, grid) }
        let dayKinds = top["day_kinds"].flatMap { fields.text($0) }
        guard let tree = top["periods"], let entries = mapping(tree, "periods") else {
            return .none
        }
        var rules: [TimeOfUseCalendar.Rule] = []
        var positions: [SourcePosition] = []
        var rest: Int?
        for (period, entry) in entries.enumerated() {
            checkPeriodName(entry.key, at: entry.position, isTaken: false)
            if case .scalar("rest") = entry.value.content {
                if rest != nil {
                    fields.report(
                        entry.position, .badValue, "two periods take the rest",
                        "let one period be the rest and give the other its times")
                }
                rest = period
                continue
            }
            let items = fields.list(entry.value)
            if items.isEmpty {
                fields.report(
                    entry.position, .badValue, "the period '\(entry.key)' has no time",
                    "give it its times, or leave it out")
            }
            for item in items {
                let found = self.rules(item, period: period, knowsDayKinds: dayKinds != nil)
                rules += found
                positions += found.map { _ in item.position }
            }
        }
        guard let rest else {
            fields.report(
                tree.position, .undecided, "the periods leave open which one takes all other times",
                "write 'rest' after one of them, such as flat: rest")
            return .none
        }
        guard entries.count <= 250 else {
            fields.report(
                tree.position, .badValue, "there are \(entries.count) periods", "use 250 at most")
            return .none
        }
        return PeriodPlan(
            calendar: TimeOfUseCalendar(periods: entries.map(\.key), rules: rules, rest: rest),
            rulePositions: positions, dayKindSeries: dayKinds,
            dayKindPosition: top["day_kinds"]?.position,
            displayNames: displayNames(top, of: entries.map(\.key)))
    }

    mutating func checkPeriodName(_ name: String, at position: SourcePosition, isTaken: Bool) {
        guard
            isTaken || !FieldReader.isName(name) || TariffReader.reservedPeriods.contains(name)
                || seasons.names.contains(name)
        else { return }
        fields.report(
            position, .takenName, "'\(name)' cannot name a period",
            "use small letters, digits and '_', and no word of the language")
    }

    /// What people call the periods.
    mutating func displayNames(_ top: Fields, of names: [String]) -> [String: LocalizedText] {
        top["period_names"].map { self.names($0, of: names) } ?? [:]
    }

    /// What people call the things of `known`, by name.
    private mutating func names(_ tree: YamlTree, of known: [String]) -> [String: LocalizedText] {
        guard let entries = mapping(tree, "the names") else { return [:] }
        var found: [String: LocalizedText] = [:]
        for entry in entries {
            if !known.contains(entry.key) {
                fields.report(
                    entry.position, .unknownReference, "there is no period '\(entry.key)'",
                    "use one of " + known.joined(separator: ", "))
            }
            found[entry.key] = localized(entry.value)
        }
        return found
    }

    /// The rules of one item: one for each stretch of time.
    private mutating func rules(
        _ tree: YamlTree, period: Int, knowsDayKinds: Bool
    ) -> [TimeOfUseCalendar.Rule] {
        guard
            let item = fields.fields(
                tree, "a period's rule", allowed: ["months", "dates", "season", "days", "time"])
        else { return [] }
        let yearDays = yearDays(item)
        // Without `days` a rule holds on every day, the dated ones included.
        var (weekdays, kinds): (UInt8, Set<String>) = (0xFF, [])
        if let list = item["days"] {
            (weekdays, kinds) = days(list, knowsDayKinds: knowsDayKinds)
        }
        let times = item["time"].map { fields.list($0).compactMap { time($0) } } ?? [0..<1440]
        return times.map {
            TimeOfUseCalendar.Rule(
                yearDays: yearDays, weekdays: weekdays, dayKinds: kinds, minutes: $0, period: period
            )
        }
    }

    private mutating func days(
        _ list: YamlTree, knowsDayKinds: Bool
    ) -> (weekdays: UInt8, kinds: Set<String>) {
        var (weekdays, kinds): (UInt8, Set<String>) = (0, [])
        for tree in fields.list(list) {
            guard let word = fields.text(tree) else { continue }
            if word == "weekday" {
                weekdays |= 0b0011_1110
            } else if word == "weekend" {
                weekdays |= 0b1100_0000
            } else if let index = TariffReader.weekdays.firstIndex(of: word) {
                weekdays |= 1 << UInt8(index + 1)
            } else if FieldReader.isName(word), knowsDayKinds {
                kinds.insert(word)
            } else {
                fields.report(
                    tree.position, .unknownReference, "'\(word)' is not a kind of day",
                    "use weekday, weekend, Mon to Sun, or name the series of dated days with "
                        + "day_kinds")
            }
        }
        return (weekdays, kinds)
    }

    /// Minutes of the day from a text such as `08:00-11:30`.
    private mutating func time(_ tree: YamlTree) -> Range<Int>? {
        guard let text = fields.text(tree) else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        if parts.count == 2, let start = minute(parts[0]), let end = minute(parts[1]), start < end {
            return start..<end
        }
        fields.report(
            tree.position, .badValue, "'\(text)' is not a stretch of a day",
            "write it as 08:00-11:30; past midnight as 22:00-24:00 and 00:00-06:00")
        return nil
    }

    private func minute(_ text: Substring) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), let hour = Int(text.prefix(2)),
            let minute = Int(text.suffix(2)), (0...24).contains(hour), (0...59).contains(minute),
            hour < 24 || minute == 0, bytes[0] != UInt8(ascii: "+"), bytes[3] != UInt8(ascii: "+")
        else { return nil }
        return hour * 60 + minute
    }

    /// Reads `registers`: the register of each period.
    mutating func registers(_ top: Fields) -> [String: String] {
        guard let tree = top["registers"] else {
            return periods.hasTimeOfUse ? [:] : ["all": "1.8.0"]
        }
        guard periods.hasTimeOfUse else {
            fields.report(
                tree.position, .badValue, "registers are given but no periods",
                "leave them out: a tariff without periods bills the total")
            return [:]
        }
        guard let entries = mapping(tree, "registers") else { return [:] }
        var found: [String: String] = [:]
        for entry in entries {
            guard let code = fields.text(entry.value) else { continue }
            if !periods.names.contains(entry.key) {
                fields.report(
                    entry.position, .unknownReference, "there is no period '\(entry.key)'",
                    "use one of " + periods.names.joined(separator: ", "))
            } else if !TariffReader.registerCodes.contains(code) {
                fields.report(
                    entry.value.position, .badValue,
                    "'\(code)' is not a time-of-use register of active import",
                    "use one of " + TariffReader.registerCodes.joined(separator: ", "))
            } else if found.values.contains(code) {
                fields.report(
                    entry.value.position, .badValue, "the register \(code) measures two periods",
                    "give every period a register of its own")
            }
            found[entry.key] = code
        }
        for name in periods.names where found[name] == nil {
            fields.report(
                tree.position, .undecided, "the registers leave open which one measures '\(name)'",
                "add '\(name)' with the OBIS code of its register")
        }
        return found
    }
}
