// SPDX-License-Identifier: Apache-2.0

import Quantities

/// How a sender writes dates and times.
public enum TimeFormat: Hashable, Sendable {
    /// `2026-01-31` or `20260131`; `2026-01-31T08:15`, also with a blank for the `T`, with seconds
    /// and offset as they come.
    case iso
    /// Letters `yyyy MM dd HH mm ss` for digits; every other byte stands for itself.
    case pattern(String)

    /// True where a pattern gives each part once and at least a date.
    public var isUsable: Bool {
        guard case .pattern(let pattern) = self else { return true }
        let letters = pattern.utf8.filter(TimeFormat.isPart)
        let runs = ["y": 4, "M": 2, "d": 2, "H": 2, "m": 2, "s": 2].allSatisfy { letter, count in
            let byte = letter.utf8.first
            let found = letters.count { $0 == byte }
            return found == count && pattern.contains(String(repeating: letter, count: count))
                || found == 0 && "Hms".contains(letter)
        }
        return runs
    }

    static func isPart(_ byte: UInt8) -> Bool { "yMdHms".utf8.contains(byte) }

    /// The time of day and offset of a text, or nil where it is not in this format.
    func read(_ text: String) -> WrittenTime? {
        switch self {
        case .iso where text.utf8.count == 8: TimeFormat.pattern("yyyyMMdd").read(text)
        case .iso: WrittenTime(iso: Array(text.utf8))
        case .pattern(let pattern): WrittenTime(Array(text.utf8), pattern: Array(pattern.utf8))
        }
    }
}

/// A date and time as a sender wrote it, on a clock that may still be unknown.
struct WrittenTime: Hashable {
    /// The day.
    var day: CivilDay
    /// Seconds after the day's midnight; 86 400 for `24:00`.
    var second: Int?
    /// Seconds ahead of UTC, where the text says so.
    var offset: Int?

    init?(iso bytes: [UInt8]) {
        guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = WrittenTime.number(bytes[0..<4]),
            let month = WrittenTime.number(bytes[5..<7]),
            let day = WrittenTime.number(bytes[8..<10]),
            let civilDay = CivilDay(year: year, month: month, day: day)
        else { return nil }
        self.day = civilDay
        var rest = bytes[10...]
        guard let gap = rest.popFirst() else { return }
        guard gap == UInt8(ascii: "T") || gap == UInt8(ascii: " ") else { return nil }
        // Hours, minutes and seconds are pairs of digits with colons between them.
        var parts: [Int] = []
        repeat {
            guard rest.count >= 2, let pair = WrittenTime.number(rest.prefix(2)) else { return nil }
            parts.append(pair)
            rest = rest.dropFirst(2)
        } while parts.count < 3 && WrittenTime.pop(UInt8(ascii: ":"), from: &rest)
        guard parts.count >= 2,
            let second = WrittenTime.second(parts[0], parts[1], parts.count == 3 ? parts[2] : 0)
        else { return nil }
        self.second = second
        if rest.isEmpty { return }
        guard let ahead = WrittenTime.offset(rest) else { return nil }
        offset = ahead
    }

    /// Seconds ahead of UTC, from `Z`, `+08:00`, `+0800` or `-03`; nil for any other form.
    private static func offset(_ text: ArraySlice<UInt8>) -> Int? {
        if text.elementsEqual([UInt8(ascii: "Z")]) { return 0 }
        var rest = text
        let isBehind = pop(UInt8(ascii: "-"), from: &rest)
        guard isBehind || pop(UInt8(ascii: "+"), from: &rest), rest.count >= 2,
            let hours = number(rest.prefix(2)), hours <= 18
        else { return nil }
        rest = rest.dropFirst(2)
        var minutes = 0
        if !rest.isEmpty {
            _ = pop(UInt8(ascii: ":"), from: &rest)
            guard rest.count == 2, let written = number(rest), written < 60 else { return nil }
            minutes = written
        }
        let ahead = hours * 3600 + minutes * 60
        return isBehind ? -ahead : ahead
    }

    /// Takes a byte away where it stands first; true where it did.
    private static func pop(_ byte: UInt8, from text: inout ArraySlice<UInt8>) -> Bool {
        guard text.first == byte else { return false }
        text.removeFirst()
        return true
    }

    init?(_ bytes: [UInt8], pattern: [UInt8]) {
        guard bytes.count == pattern.count else { return nil }
        var parts: [UInt8: Int] = [:]
        for (byte, part) in zip(bytes, pattern) {
            if TimeFormat.isPart(part) {
                guard let digit = WrittenTime.number([byte]) else { return nil }
                parts[part, default: 0] = parts[part, default: 0] * 10 + digit
            } else if byte != part {
                return nil
            }
        }
        guard
            let day = CivilDay(
                year: parts[UInt8(ascii: "y")] ?? 0, month: parts[UInt8(ascii: "M")] ?? 0,
                day: parts[UInt8(ascii: "d")] ?? 0)
        else { return nil }
        self.day = day
        guard let hour = parts[UInt8(ascii: "H")] else { return }
        guard
            let second = WrittenTime.second(
                hour, parts[UInt8(ascii: "m")] ?? 0, parts[UInt8(ascii: "s")] ?? 0)
        else { return nil }
        self.second = second
    }

    /// Seconds after midnight; `24:00:00` is the next midnight.
    private static func second(_ hour: Int, _ minute: Int, _ second: Int) -> Int? {
        guard minute < 60, second < 60, hour < 24 || hour == 24 && minute == 0 && second == 0
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    private static func number(_ bytes: some Collection<UInt8>) -> Int? {
        var value = 0
        for byte in bytes {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }
}
