// SPDX-License-Identifier: Apache-2.0

import Quantities

/// How a sender writes dates and times.
public enum TimeFormat: Hashable, Sendable {
    /// `2026-01-31` or `20260131`; `2026-01-31T08:15`, with a blank for the `T`, seconds and offset as they come.
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
        guard bytes.count >= 10,
            let day = CivilDay(iso: String(decoding: bytes[..<10], as: UTF8.self))
        else { return nil }
        self.day = day
        var rest = bytes[10...]
        guard let gap = rest.popFirst() else { return }
        guard gap == UInt8(ascii: "T") || gap == UInt8(ascii: " ") else { return nil }
        // Hours, minutes and seconds are pairs of digits with colons between them.
        var parts: [Int] = []
        while parts.count < 3, rest.count >= 2, let pair = WrittenTime.number(rest.prefix(2)) {
            parts.append(pair)
            rest = rest.dropFirst(2)
            guard rest.first == UInt8(ascii: ":"), parts.count < 3 else { break }
            rest = rest.dropFirst()
            // A colon promises another pair.
            guard rest.count >= 2, WrittenTime.number(rest.prefix(2)) != nil else { return nil }
        }
        guard parts.count >= 2,
            let second = WrittenTime.second(parts[0], parts[1], parts.count == 3 ? parts[2] : 0)
        else { return nil }
        self.second = second
        if rest.isEmpty { return }
        // A fixed date lends the offset its reading, so that offsets are read in one place.
        guard
            let shifted = Instant(iso: "2000-01-01T00:00" + String(decoding: rest, as: UTF8.self)),
            let plain = Instant(iso: "2000-01-01T00:00Z")
        else { return nil }
        offset = Int(plain.seconds - shifted.seconds)
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
