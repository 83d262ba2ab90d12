// SPDX-License-Identifier: Apache-2.0

/// A moment, in whole seconds since 1970-01-01T00:00:00Z.
public struct Instant: Hashable, Sendable, Comparable {
    /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    public let seconds: Int64

    /// Before every moment; an open start of a span.
    public static let distantPast = Instant(seconds: .min)
    /// After every moment; an open end of a span.
    public static let distantFuture = Instant(seconds: .max)

    /// The moment of this second.
    public init(seconds: Int64) {
        self.seconds = seconds
    }

    /// The start of `minute` of a day by a clock that is `offset` seconds ahead of UTC.
    public init(day: CivilDay, minute: Int = 0, offset: Int) {
        seconds = Int64(day.number) * 86_400 + Int64(minute) * 60 - Int64(offset)
    }

    /// The moment written as `2026-01-31T08:15[:30]` with `Z` or `+08:00`; nil for any other form.
    public init?(iso text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 17, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "),
            let day = CivilDay(iso: String(decoding: bytes[0..<10], as: UTF8.self)),
            let hour = Instant.twoDigits(bytes, 11, below: 24), bytes[13] == UInt8(ascii: ":"),
            let minute = Instant.twoDigits(bytes, 14, below: 60)
        else { return nil }
        var position = 16
        var second = 0
        if bytes[position] == UInt8(ascii: ":") {
            guard let value = Instant.twoDigits(bytes, 17, below: 60) else { return nil }
            (second, position) = (value, 19)
        }
        guard let offset = Instant.offset(bytes[position...]) else { return nil }
        let start = Instant(day: day, minute: hour * 60 + minute, offset: offset)
        self.init(seconds: start.seconds + Int64(second))
    }

    /// Seconds ahead of UTC, from `Z`, `+08:00`, `+0800` or `-03`; nil for any other form.
    static func offset(_ text: ArraySlice<UInt8>) -> Int? {
        let bytes = Array(text)
        if bytes == [UInt8(ascii: "Z")] { return 0 }
        guard let sign = bytes.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            let hours = twoDigits(bytes, 1, below: 19)
        else { return nil }
        var minutes = 0
        switch bytes.count {
        case 3: break
        case 5:
            guard let value = twoDigits(bytes, 3, below: 60) else { return nil }
            minutes = value
        case 6 where bytes[3] == UInt8(ascii: ":"):
            guard let value = twoDigits(bytes, 4, below: 60) else { return nil }
            minutes = value
        default: return nil
        }
        let ahead = hours * 3600 + minutes * 60
        return sign == UInt8(ascii: "-") ? -ahead : ahead
    }

    private static func twoDigits(_ bytes: [UInt8], _ position: Int, below limit: Int) -> Int? {
        guard position + 1 < bytes.count, (0x30...0x39).contains(bytes[position]),
            (0x30...0x39).contains(bytes[position + 1])
        else { return nil }
        let value = Int(bytes[position] - 0x30) * 10 + Int(bytes[position + 1] - 0x30)
        return value < limit ? value : nil
    }

    /// Day and second of the day by a clock that is `offset` seconds ahead of UTC.
    public func clock(offset: Int) -> (day: CivilDay, second: Int) {
        let local = seconds + Int64(offset)
        let day = (local >= 0 ? local : local - 86_399) / 86_400
        return (CivilDay(number: Int32(day)), Int(local - day * 86_400))
    }

    /// The moment as `2026-01-31T08:15:00+08:00` by a clock `offset` seconds ahead of UTC.
    public func iso(offset: Int) -> String {
        let (day, second) = clock(offset: offset)
        var text: [UInt8] = []
        text.reserveCapacity(25)
        day.append(to: &text)
        text.append(addingCapacity: 15) { output in
            output.append(UInt8(ascii: "T"))
            output.append(pair: second / 3600)
            for part in [second / 60 % 60, second % 60] {
                output.append(UInt8(ascii: ":"))
                output.append(pair: part)
            }
            if offset == 0 { return output.append(UInt8(ascii: "Z")) }
            let ahead = abs(offset) / 60
            output.append(offset < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
            output.append(pair: ahead / 60)
            output.append(UInt8(ascii: ":"))
            output.append(pair: ahead % 60)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The moment `count` seconds later.
    public static func + (instant: Instant, count: Int64) -> Instant {
        Instant(seconds: instant.seconds + count)
    }

    /// The earlier moment comes first.
    public static func < (left: Instant, right: Instant) -> Bool { left.seconds < right.seconds }
}

extension OutputSpan<UInt8> {
    /// Appends a number below 100 as two digits.
    fileprivate mutating func append(pair: Int) {
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: pair / 10))
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: pair % 10))
    }
}
