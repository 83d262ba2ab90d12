// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import Quantities
import Testing

@Suite struct SeasonRatingTests {
    private static func text(_ seasonOf: String) -> String {
        """
        seasons:
          summer: { dates: 06-15..09-16 }
          winter: rest
        season_of: \(seasonOf)
        charges:
          - { id: energy, kind: energy, on: import.kwh, price: { summer: 0.60, winter: 0.50 } }
        """
    }

    @Test(arguments: [
        // 300 kWh from 1 June to 1 July: 14 days of winter, 16 of summer
        ("period_start", "150.00"), ("period_end", "180.00"),
        // 300 × (14 × 0.50 + 16 × 0.60) / 30 = 300 × 16.6 / 30
        ("by_days", "166.00"),
    ])
    func `a period across two seasons costs what the tariff names`(
        seasonOf: String, total: String
    ) throws {
        let bill = try rate(
            Given.input(
                Given.tariff(Self.text(seasonOf)), from: "2026-06-01", to: "2026-07-01",
                kwh: ["all": "300"]))
        #expect(Given.amounts(bill) == [total])
    }

    @Test func `the rules of periods may name seasons and dates`() throws {
        let tariff = try Given.tariff(
            """
            seasons: { summer: { dates: 06-15..09-16 }, winter: rest }
            periods:
              event: { dates: 07-04..07-05 }
              peak:
                - { season: summer, time: 12:00-20:00 }
                - { season: winter, days: weekday, time: 06:00-10:00 }
              off: rest
            charges:
              - { id: energy, kind: energy, on: import.kwh, price: { event: 3, peak: 2, off: 1 } }
            """)
        let calendar = tariff.periods.calendar(datedDays: [:])
        func period(_ day: String, _ hour: Int) throws -> String {
            calendar.periods[Int(calendar.periods(of: try Given.day(day))[hour * 60])]
        }
        #expect(try period("2026-06-14", 12) == "off")
        #expect(try period("2026-06-15", 12) == "peak")
        #expect(try period("2026-07-04", 12) == "event")
        #expect(try period("2026-07-05", 12) == "peak")
        #expect(try period("2026-09-15", 19) == "peak")
        // 16 September 2026 is a Wednesday, 19 September a Saturday
        #expect(try period("2026-09-16", 6) == "peak")
        #expect(try period("2026-09-16", 12) == "off")
        #expect(try period("2026-09-19", 6) == "off")
    }
}
