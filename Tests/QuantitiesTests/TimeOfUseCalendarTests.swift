// SPDX-License-Identifier: Apache-2.0

import Quantities
import Testing

@Suite struct TimeOfUseCalendarTests {
    /// Peak 08:00-11:30 on weekdays, event 10:00-12:00 on event days, night 23:00-24:00 in July.
    private let calendar = TimeOfUseCalendar(
        periods: ["off", "peak", "event", "night"],
        rules: [
            .init(
                weekdays: 0, dayKinds: ["event"], minutes: 600..<720,
                period: 2),
            .init(
                weekdays: 0b0011_1110, dayKinds: ["event"],
                minutes: 480..<690, period: 1),
            .init(
                yearDays: YearDays(months: [7]), weekdays: 0xFF, dayKinds: [], minutes: 1380..<1440,
                period: 3),
        ],
        rest: 0,
        datedDays: [CivilDay(number: 20_616): "event", CivilDay(number: 20_617): "holiday"])

    @Test(arguments: [
        // minutes of off, peak, event, night
        ("2026-06-11", [1230, 210, 0, 0]),  // a Thursday
        ("2026-06-13", [1440, 0, 0, 0]),  // a Saturday
        ("2026-06-12", [1200, 120, 120, 0]),  // an event day, though a Friday
        ("2026-07-02", [1170, 210, 0, 60]),
        ("2026-07-04", [1380, 0, 0, 60]),
    ])
    func `the first rule that matches decides`(day: String, minutes: [Int]) throws {
        let table = calendar.periods(of: try #require(CivilDay(iso: day)))
        #expect(table.count == 1440)
        let counts = (0..<4).map { period in table.count { $0 == UInt8(period) } }
        #expect(counts == minutes)
    }

    @Test func `a dated day is not its weekday unless a rule names its kind`() throws {
        // 2026-06-13 is dated a holiday here; the weekday after it is ordinary again.
        let holiday = TimeOfUseCalendar(
            periods: calendar.periods, rules: calendar.rules, rest: 0,
            datedDays: [try #require(CivilDay(iso: "2026-06-11")): "holiday"])
        let table = holiday.periods(of: try #require(CivilDay(iso: "2026-06-11")))
        #expect(table.allSatisfy { $0 == 0 })
    }

    @Test func `a rule for every day holds on dated days too`() throws {
        let dated = TimeOfUseCalendar(
            periods: calendar.periods, rules: calendar.rules, rest: 0,
            datedDays: [try #require(CivilDay(iso: "2026-07-02")): "holiday"])
        let table = dated.periods(of: try #require(CivilDay(iso: "2026-07-02")))
        #expect(table.count { $0 == 3 } == 60)
        #expect(table.count { $0 == 1 } == 0)
    }

    @Test func `edges belong to the period that begins there`() throws {
        let table = calendar.periods(of: try #require(CivilDay(iso: "2026-06-11")))
        #expect([table[479], table[480], table[689], table[690]] == [0, 1, 1, 0])
    }

    @Test func `without time of use one period is always on`() {
        #expect(TimeOfUseCalendar.always.periods(of: CivilDay(number: 0)).allSatisfy { $0 == 0 })
    }
}
