// SPDX-License-Identifier: Apache-2.0

import Quantities

/// How the starts of a day's rows are written: all of the text but hour and minute is the same.
struct LoadDay {
    /// The text of one of them. Hour and minute stand in bytes 11 to 15.
    private let text: [UInt8]
    /// When it would begin at 00:00.
    private let midnight: Instant

    /// The day of a start that was read; nil where a clock change is so near that one text may be none of
    /// the day's moments, or two.
    ///
    /// - Parameter start: What the text means, `2026-01-31T08:15[:30]` with or without an offset.
    init?(_ text: Substring.UTF8View, of start: Instant, zone: TimeZoneTable) {
        let bytes = Array(text)
        guard let minute = LoadDay.minute(at: 0, in: bytes.span) else { return nil }
        let midnight = start + Int64(-minute * 60)
        let hasOffset = Instant(iso: Substring(text)) != nil
        guard hasOffset || zone.isSteady(aroundDayFrom: midnight) else { return nil }
        (self.text, self.midnight) = (bytes, midnight)
    }

    /// How many bytes a start takes.
    var width: Int { text.count }

    /// When a row begins, whose text stands at a position; nil where it is not written like this day's.
    func start(at position: Int, in bytes: Span<UInt8>) -> Instant? {
        guard position + text.count <= bytes.count,
            let minute = LoadDay.minute(at: position, in: bytes)
        else { return nil }
        for place in text.indices where !(11..<16).contains(place) {
            if bytes[position + place] != text[place] { return nil }
        }
        return midnight + Int64(minute * 60)
    }

    /// The minute of the day of a start at a position; nil where no `hh:mm` stands there.
    private static func minute(at position: Int, in bytes: Span<UInt8>) -> Int? {
        guard position + 16 <= bytes.count, bytes[position + 13] == UInt8(ascii: ":") else {
            return nil
        }
        let hour = pair(at: position + 11, in: bytes)
        let minute = pair(at: position + 14, in: bytes)
        return hour < 24 && minute < 60 ? hour * 60 + minute : nil
    }

    /// The number that two digits write; 100 or more where they are none.
    private static func pair(at position: Int, in bytes: Span<UInt8>) -> Int {
        let tens = bytes[position] &- UInt8(ascii: "0")
        let ones = bytes[position + 1] &- UInt8(ascii: "0")
        return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : 100
    }
}

extension TimeZoneTable {
    /// Whether one offset holds for all moments that any clock can show as times of a day.
    fileprivate func isSteady(aroundDayFrom midnight: Instant) -> Bool {
        // Clocks are at most 26 hours apart.
        let (first, last) = (midnight.seconds - 93_600, midnight.seconds + 86_400 + 93_600)
        let next = transitions.indices.partition { transitions[$0] >= first }
        return next == transitions.count || transitions[next] > last
    }
}
