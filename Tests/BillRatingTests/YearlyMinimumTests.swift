// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterUsage
import Quantities
import Testing

/// A least amount that the bills of a calendar year together come to.
@Suite struct YearlyMinimumTests {
    private func tariff(
        yearOf: String = "period_end", prorate: String = "days", more: String = ""
    ) throws -> Tariff {
        try Given.tariff(
            """
            charges:
              - { id: energy, kind: energy, on: import.kwh, price: 0.5 }
              - { id: fee, kind: fixed, price: 3, per: month, prorate: none }
              - { id: month, kind: minimum, of: [energy], base: as_billed, price: 20, per: month, prorate: none }
              - { id: year, kind: yearly_minimum, of: all, except: [fee, month], base: as_billed, price: 365, year_of: \(yearOf), prorate: \(prorate) }
            \(more)
            """)
    }

    @Test(arguments: [
        // Bills before their own least amounts: 3 × 15 + 9 × 30 = 315, up to 365: 50. Each of the three is
        // topped up by 5 as well, which does not count.
        ("from: 2026-01-01", "30, 30, 30, 60, 60, 60, 60, 60, 60, 60, 60, 60", "50.00", "15.00"),
        // above it, and just on it
        ("from: 2026-01-01", "90, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60", "0.00", "0.00"),
        ("from: 2026-01-01", "70, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60", "0.00", "0.00"),
        // eleven months do not close a year
        ("from: 2026-01-01", "30, 30, 30, 60, 60, 60, 60, 60, 60, 60, 60", "0.00", "15.00"),
        // From October on 92 days of 2026 at 1 a day: 92 - 3 × 25 = 17; January closes nothing.
        ("from: 2026-10-01", "50, 50, 50, 0", "17.00", "20.00"),
    ])
    func `the last bill of a year brings it up to the least amount`(
        from: String, kwh: String, year: String, month: String
    ) throws {
        let tariff = try tariff(
            more: """
                examples:
                  - given: { \(from), kwh_by_month: [\(kwh)] }
                    expect: { year: \(year), month: \(month) }
                """)
        let run = TariffExampleRun(tariff.examples[0], of: tariff, series: SeriesSet())
        #expect(run.passes, "\(run)")
    }

    @Test(arguments: [
        // Two bills of 25, from 15 November and 15 December. The second counts in 2026 and closes it:
        // 365 - 25 - 25; or it counts in 2027, and the first closes 2026: 365 - 25.
        ("period_start", "315.00"), ("period_end", "340.00"),
    ])
    func `which year a bill across New Year counts in is named`(yearOf: String, year: String) throws
    {
        let tariff = try tariff(
            yearOf: yearOf, prorate: "none",
            more: """
                examples:
                  - given: { from: 2026-11-15, kwh_by_month: [50, 50] }
                    expect: { year: \(year) }
                """)
        let run = TariffExampleRun(tariff.examples[0], of: tariff, series: SeriesSet())
        #expect(run.passes, "\(run)")
    }

    @Test func `a load of two years closes each`() throws {
        let tariff = try tariff(prorate: "none")
        var load = "start,kwh\n"
        for day in ["2026-12-30", "2026-12-31", "2027-01-01"] {
            for hour in 0..<24 { load += "\(day)T\(hour < 10 ? "0" : "")\(hour):00,1\n" }
        }
        let priced = try tariff.price(
            load: load, file: "l.csv", parameters: [:], series: SeriesSet())
        // 365 - 48 × 0.5
        #expect(
            priced.periods.map { period in
                period.bill.amount(of: ChargeReference(charge: "year")).minorUnits
            } == [34_100, 0])
        let line = try #require(priced.periods[0].bill.lines.last)
        #expect(
            line.formula
                == "at least 365 CNY in 2026, of which energy + fee + month, except fee, month give 24 and "
                + "gave 0 before: 341 CNY × 1 = 341 CNY")
    }

    /// A bill of January of a contract that ends with it or not.
    private func input(
        ends: String?, before: Exact? = Exact(10), prorate: String = "none"
    ) throws -> RatingInput {
        var input = try Given.input(try tariff(prorate: prorate), kwh: ["all": "50"])
        input.cycle.contractEnd = try ends.map { try Given.day($0) }
        if let before {
            input.determinants.billedToDate = [.init(charge: "year", unit: "CNY", amount: before)]
        }
        return input
    }

    @Test func `the end of a contract closes its year`() throws {
        func year(_ input: RatingInput) throws -> Exact {
            try rate(input).amount(of: ChargeReference(charge: "year")).exact(
                in: input.tariff.currency)
        }
        #expect(try year(try input(ends: nil)) == .zero)
        #expect(try year(try input(ends: "2026-02-02")) == .zero)
        // 365 - 10 - 25; by days 31 - 10 - 25 is below zero, and 31 - 0 - 25 is 6.
        #expect(try year(try input(ends: "2026-02-01")) == Exact(330))
        #expect(try year(try input(ends: "2026-02-01", prorate: "days")) == .zero)
        #expect(try year(try input(ends: "2026-02-01", before: .zero, prorate: "days")) == Exact(6))
    }

    @Test func `what is not known, and a part of a period, hold the bill that closes`() throws {
        func code(_ input: RatingInput) -> RatingHold.Code? {
            do throws(RatingHold) {
                _ = try rate(input)
                return nil
            } catch { return error.code }
        }
        #expect(code(try input(ends: "2026-02-01", before: nil)) == .missingYearToDate)
        #expect(code(try input(ends: nil, before: nil)) == nil)
        var part = try input(ends: "2026-02-01")
        part.cycle.periodStart = try Given.day("2025-12-20")
        #expect(code(part) == .undecidedSplit)
    }
}
