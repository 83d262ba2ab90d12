// SPDX-License-Identifier: Apache-2.0

/// How the moments of a day's rows are written: all of the text but hour and minute is the same.
///
/// A file of readings or prices has a hundred rows of each day; only the first is read as text.
public struct WrittenDay: Sendable {
    /// The text of one of them. Hour and minute stand in bytes 11 to 15.
    @usableFromInline let text: [UInt8]
    /// When it would begin at 00:00.
    @usableFromInline let midnight: Instant

    /// The day of a moment that was read; nil where a clock change is so near that one text may be none of
    /// the day's moments, or two.
    ///
    /// - Parameters:
    ///   - bytes: Its text, `2026-01-31T08:15[:30]` with or without an offset.
    ///   - start: What it means.
    ///   - zone: The clock of a text without offset; nil where each has one.
    public init?(_ bytes: [UInt8], of start: Instant, zone: TimeZoneTable?) {
        guard let minute = WrittenDay.minute(at: 0, in: bytes.span) else { return nil }
        let midnight = start + Int64(-minute * 60)
        if let zone, !zone.isSteady(aroundDayFrom: midnight),
            Instant(iso: String(decoding: bytes, as: UTF8.self)) == nil
        {
            return nil
        }
        (text, self.midnight) = (bytes, midnight)
    }

    /// How many bytes a moment takes.
    public var width: Int { text.count }

    /// The moment whose text stands at a position; nil where it is not written like this day's.
    @inlinable
    public func moment(at position: Int, in bytes: Span<UInt8>) -> Instant? {
        guard position + text.count <= bytes.count,
            let minute = WrittenDay.minute(at: position, in: bytes)
        else { return nil }
        for place in text.indices where !(11..<16).contains(place) {
            if bytes[position + place] != text[place] { return nil }
        }
        return midnight + Int64(minute * 60)
    }

    /// The minute of the day of a moment at a position; nil where no `hh:mm` stands there.
    @usableFromInline
    static func minute(at position: Int, in bytes: Span<UInt8>) -> Int? {
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
