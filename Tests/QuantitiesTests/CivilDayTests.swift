// SPDX-License-Identifier: Apache-2.0

import Foundation
import Quantities
import Testing

@Suite struct CivilDayTests {
    @Test func `every day of four centuries agrees with Foundation's calendar`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        let first = try #require(CivilDay(year: 1800, month: 1, day: 1))
        for step in stride(from: 0, to: 146_097, by: 13) {
            let day = first + step
            let date = Date(timeIntervalSince1970: TimeInterval(day.number) * 86_400)
            let parts = calendar.dateComponents([.year, .month, .day, .weekday], from: date)
            let (year, month, number) = day.components
            try #require(parts.year == year && parts.month == month && parts.day == number)
            // Foundation counts from 1 for Sunday.
            try #require(parts.weekday == day.weekday % 7 + 1)
            try #require(CivilDay(year: year, month: month, day: number) == day)
            try #require(CivilDay(iso: day.description) == day)
        }
    }

    @Test(arguments: [
        "2026-02-29", "2100-02-29", "2026-00-10", "2026-13-01", "2026-04-31", "2026-1-01",
        "0000-01-01", "2026-01-00", "2026/01/01", "2026-01-01 ", "+026-01-01", "",
    ])
    func `a day that is not in the calendar is refused`(text: String) {
        #expect(CivilDay(iso: text) == nil)
    }

    @Test(
        arguments: [
            ("2026-01-31", 1, nil, "2026-02-28"), ("2028-01-31", 1, nil, "2028-02-29"),
            ("2026-02-28", 1, 31, "2026-03-31"), ("2026-12-15", 1, nil, "2027-01-15"),
            ("2026-01-15", -1, nil, "2025-12-15"), ("2026-03-31", -13, nil, "2025-02-28"),
            ("2026-05-05", 0, nil, "2026-05-05"), ("2026-01-31", 24, nil, "2028-01-31"),
            ("9999-12-31", 2, nil, "10000-02-29"), ("0001-01-31", -2, nil, "0000-11-30"),
        ] as [(String, Int, Int?, String)])
    func `months are added with the day clamped`(
        from: String, months: Int, preferred: Int?, to: String
    ) throws {
        let day = try #require(CivilDay(iso: from))
        #expect(day.addingMonths(months, preferredDay: preferred).description == to)
    }

    @Test func `days subtract, compare and know their month's start`() throws {
        let new = try #require(CivilDay(iso: "2026-03-01"))
        let old = try #require(CivilDay(iso: "2026-01-25"))
        #expect(new - old == 35)
        #expect(old < new)
        #expect(old.startOfMonth.description == "2026-01-01")
        #expect(CivilDay.newYear(10_000) - 1 == CivilDay(iso: "9999-12-31"))
        #expect(CivilDay(number: 0).description == "1970-01-01")
        #expect((CivilDay(number: 0) - 1).description == "1969-12-31")
    }
}
