// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A time as it stood in a cell: by the local clock, with its offset where it carries one.
struct TimeLabel: Equatable {
    /// Seconds since 1970-01-01T00:00 by the label's own clock, as if that were UTC.
    var naive: Int64
    /// Seconds ahead of UTC, or nil where the label does not say.
    var offset: Int?

    /// Reads `2026-01-31T08:15[:30][Z|+08:00|+0800|+08]`, with `T` or a space; nil for other forms.
    ///
    /// `24:00` is the midnight that ends the day. Source: ISO 8601.
    static func read(_ lines: RawSpan, _ from: Int, _ to: Int) -> TimeLabel? {
        guard to - from >= 16, let day = day(lines, from, from + 10),
            lines.byte(from + 10) == UInt8(ascii: "T")
                || lines.byte(from + 10) == UInt8(ascii: " "),
            let hour = number(lines, from + 11, 2), hour <= 24,
            lines.byte(from + 13) == UInt8(ascii: ":"),
            let minute = number(lines, from + 14, 2), minute < 60
        else { return nil }
        var (place, second) = (from + 16, 0)
        if place < to, lines.byte(place) == UInt8(ascii: ":") {
            guard place + 3 <= to, let value = number(lines, place + 1, 2), value < 60
            else { return nil }
            (place, second) = (place + 3, value)
        }
        guard hour < 24 || minute + second == 0 else { return nil }
        let naive = Int64(day) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        if place == to { return TimeLabel(naive: naive, offset: nil) }
        guard let offset = offset(lines, place, to) else { return nil }
        return TimeLabel(naive: naive, offset: offset)
    }

    /// The number of the day written `2026-01-31` or `20260131`; nil for other forms.
    static func day(_ lines: RawSpan, _ from: Int, _ to: Int) -> Int32? {
        let dash = to - from == 10 ? 1 : 0
        guard to - from == 8 + 2 * dash,
            dash == 0
                || lines.byte(from + 4) == UInt8(ascii: "-")
                    && lines.byte(from + 7) == UInt8(ascii: "-"),
            let year = number(lines, from, 4), let month = number(lines, from + 4 + dash, 2),
            let day = number(lines, from + 6 + 2 * dash, 2)
        else { return nil }
        return CivilDay(year: year, month: month, day: day)?.number
    }

    /// Seconds since 1970 of `20260131081500` by its own clock; nil for other forms.
    static func moment(_ lines: RawSpan, _ cell: Range<Int>) -> Int64? {
        let from = cell.lowerBound
        guard cell.count == 14, let day = day(lines, from, from + 8),
            let hour = number(lines, from + 8, 2), hour < 24,
            let minute = number(lines, from + 10, 2), minute < 60,
            let second = number(lines, from + 12, 2), second < 60
        else { return nil }
        return Int64(day) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    }

    /// A number of so many digits; nil where there are others.
    static func number(_ lines: RawSpan, _ from: Int, _ digits: Int) -> Int? {
        var value = 0
        for place in from..<(from + digits) {
            let digit = Int(lines.byte(place)) - 0x30
            guard (0...9).contains(digit) else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    private static func offset(_ lines: RawSpan, _ from: Int, _ to: Int) -> Int? {
        let sign = lines.byte(from)
        if sign == UInt8(ascii: "Z") { return to - from == 1 ? 0 : nil }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), to - from >= 3,
            let hours = number(lines, from + 1, 2), hours <= 18
        else { return nil }
        var minutes = 0
        switch to - from {
        case 3: break
        case 5:
            guard let value = number(lines, from + 3, 2), value < 60 else { return nil }
            minutes = value
        case 6 where lines.byte(from + 3) == UInt8(ascii: ":"):
            guard let value = number(lines, from + 4, 2), value < 60 else { return nil }
            minutes = value
        default: return nil
        }
        let ahead = hours * 3600 + minutes * 60
        return sign == UInt8(ascii: "-") ? -ahead : ahead
    }
}

/// The bytes of a label that was read, kept without memory of their own: it has 25 at most.
struct LabelText {
    private var bytes: SIMD32<UInt8>
    private let count: Int

    init(_ lines: RawSpan, _ from: Int, _ to: Int) {
        count = min(to - from, 32)
        if from + 32 <= lines.byteCount {
            // SAFETY: 32 bytes from here on are inside, and any bits are bytes.
            bytes = unsafe lines.unsafeLoadUnaligned(
                fromUncheckedByteOffset: from, as: SIMD32<UInt8>.self)
        } else {
            bytes = SIMD32()
            for place in 0..<count { bytes[place] = lines.byte(from + place) }
        }
    }

    /// The label as people read it.
    var text: String { String(decoding: (0..<count).map { bytes[$0] }, as: UTF8.self) }
}
