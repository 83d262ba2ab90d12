// SPDX-License-Identifier: Apache-2.0

/// A calendar day, without a zone.
///
/// Counted from 1970-01-01, so that days compare, subtract and index tables.
public struct CivilDay: Hashable, Sendable, Comparable {
    /// Days since 1970-01-01.
    public let number: Int32

    /// The day of this number.
    public init(number: Int32) {
        self.number = number
    }

    /// The day of this date, or nil where the calendar has no such day (years 1 to 9999).
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= CivilDay.daysInMonth(year: year, month: month)
        else { return nil }
        self.init(calendar: year, month, day)
    }

    /// The day of a date that the calendar has, also in years before 1 and after 9999.
    private init(calendar year: Int, _ month: Int, _ day: Int) {
        // Days of the Gregorian calendar, counting years from March.
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted >= 0 ? shifted / 400 : (shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        self.init(number: Int32(era * 146_097 + dayOfEra - 719_468))
    }

    /// The day written as `2026-01-31`; nil for any other form.
    public init?(iso text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = CivilDay.digits(bytes[0..<4]), let month = CivilDay.digits(bytes[5..<7]),
            let day = CivilDay.digits(bytes[8..<10])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    private static func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in bytes {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }

    /// Year, month (1 to 12) and day of the month.
    public var components: (year: Int, month: Int, day: Int) {
        let shifted = Int(number) + 719_468
        let era = shifted >= 0 ? shifted / 146_097 : (shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// 1 for Monday to 7 for Sunday (ISO 8601).
    public var weekday: Int { ((Int(number) + 3) % 7 + 7) % 7 + 1 }

    /// The first day of this day's month.
    public var startOfMonth: CivilDay { self - (components.day - 1) }

    /// The first day of a year of the calendar.
    public static func newYear(_ year: Int) -> CivilDay { CivilDay(calendar: year, 1, 1) }

    /// The last day of February, April and so on.
    public static func daysInMonth(year: Int, month: Int) -> Int {
        switch month {
        case 2:
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            return leap ? 29 : 28
        case 4, 6, 9, 11: return 30
        default: return 31
        }
    }

    /// The same day of the month, `count` months on, or that month's last day where it is shorter.
    ///
    /// What is counted from a written day may end before the year 1 or after 9999.
    ///
    /// - Parameter preferredDay: The day of the month to aim at, where this day was itself clamped.
    public func addingMonths(_ count: Int, preferredDay: Int? = nil) -> CivilDay {
        let (year, month, day) = components
        let months = year * 12 + (month - 1) + count
        let newYear = months >= 0 ? months / 12 : (months - 11) / 12
        let newMonth = months - newYear * 12 + 1
        let last = CivilDay.daysInMonth(year: newYear, month: newMonth)
        return CivilDay(calendar: newYear, newMonth, min(preferredDay ?? day, last))
    }

    /// The day `count` days later.
    public static func + (day: CivilDay, count: Int) -> CivilDay {
        CivilDay(number: day.number + Int32(count))
    }

    /// The day `count` days earlier.
    public static func - (day: CivilDay, count: Int) -> CivilDay { day + (-count) }

    /// How many days from `right` to `left`.
    public static func - (left: CivilDay, right: CivilDay) -> Int {
        Int(left.number - right.number)
    }

    /// The earlier day comes first.
    public static func < (left: CivilDay, right: CivilDay) -> Bool { left.number < right.number }
}

extension CivilDay: CustomStringConvertible {
    /// The day as `2026-01-31`.
    public var description: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends what `description` says.
    public func append(to text: inout [UInt8]) {
        if let short = shortText { return text.append(short) }
        let (year, month, day) = components
        text += "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))".utf8
    }
}

/// A number with leading zeros up to `width` digits.
func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
