// SPDX-License-Identifier: Apache-2.0

import Quantities
import Testing

@Suite struct YearDaysTests {
    private static func day(_ text: String) throws -> CivilDay {
        try #require(CivilDay(iso: text))
    }

    @Test func `months have all their days, in leap years too`() throws {
        let days = YearDays(months: [2, 12])
        for text in ["2026-02-01", "2026-02-28", "2028-02-29", "2026-12-01", "2026-12-31"] {
            #expect(days.contains(try Self.day(text)), "\(text)")
        }
        for text in ["2026-01-31", "2026-03-01", "2028-03-01", "2026-11-30", "2027-01-01"] {
            #expect(!days.contains(try Self.day(text)), "\(text)")
        }
    }

    @Test(arguments: [
        ((6, 15), (9, 16), ["2026-06-15", "2026-09-15"], ["2026-06-14", "2026-09-16"]),
        (
            (11, 1), (2, 1), ["2026-11-01", "2026-12-31", "2027-01-31"],
            ["2026-10-31", "2027-02-01"]
        ),
        ((2, 29), (3, 1), ["2028-02-29"], ["2026-02-28", "2026-03-01"]),
        ((5, 1), (5, 1), ["2026-05-01", "2026-04-30", "2026-01-01"], []),
    ])
    func `dates run up to an end that is not included, across New Year too`(
        from: (Int, Int), to: (Int, Int), inside: [String], outside: [String]
    ) throws {
        let days = try #require(
            YearDays(from: (month: from.0, day: from.1), to: (month: to.0, day: to.1)))
        for text in inside { #expect(days.contains(try Self.day(text)), "\(text)") }
        for text in outside { #expect(!days.contains(try Self.day(text)), "\(text)") }
    }

    @Test func `dates that no year has are refused`() {
        #expect(YearDays(from: (month: 2, day: 30), to: (month: 3, day: 1)) == nil)
        #expect(YearDays(from: (month: 1, day: 1), to: (month: 13, day: 1)) == nil)
    }

    @Test func `a part and its rest are the year, and share no day`() throws {
        let summer = try #require(YearDays(from: (month: 6, day: 1), to: (month: 10, day: 1)))
        #expect(summer.union(summer.inverted) == .all)
        #expect(summer.intersection(summer.inverted) == .none)
        #expect(YearDays.all.inverted == .none)
        #expect(YearDays(months: 1...12) == .all)
        let counted = (0..<366).filter { summer.contains(CivilDay.newYear(2028) + $0) }.count
        // June 30, July 31, August 31, September 30
        #expect(counted == 122)
    }
}
