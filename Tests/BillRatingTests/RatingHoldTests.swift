// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterUsage
import Quantities
import Testing

@Suite struct RatingHoldTests {
    private func hold(_ body: @autoclosure () throws -> RatedBill) -> RatingHold.Code? {
        do {
            _ = try body()
            return nil
        } catch { return (error as? RatingHold)?.code }
    }

    private static let priced = """
        charges:
          - { id: a, kind: energy, on: import.kwh, price: { series: p, at: period_start } }
        """

    @Test func `a month without a price is held, and no other`() throws {
        let tariff = try Given.tariff(Self.priced)
        let series = SeriesSet([
            try Series.parse(
                "from,to,value\n2026-01-01,2026-02-01,0.5\n2026-02-01,2026-03-01,\n", id: "p",
                file: "p.csv")
        ])
        func input(_ from: String, _ to: String, _ set: SeriesSet) throws -> RatingInput {
            try Given.input(tariff, from: from, to: to, kwh: ["all": "10"], series: set)
        }
        #expect(hold(try rate(input("2026-01-01", "2026-02-01", series))) == nil)
        #expect(hold(try rate(input("2026-02-01", "2026-03-01", series))) == .missingPrice)
        #expect(hold(try rate(input("2026-03-01", "2026-04-01", series))) == .missingPrice)
        #expect(hold(try rate(input("2026-01-01", "2026-02-01", SeriesSet()))) == .missingPrice)
    }

    @Test(
        arguments: [
            ([:], RatingHold.Code.missingParameter), (["kva": "many"], .badParameter),
            (["kva": "1/3"], .badParameter), (["kva": "100"], nil),
        ] as [([String: String], RatingHold.Code?)])
    func `a parameter that is absent or wrong holds the bill`(
        parameters: [String: String], code: RatingHold.Code?
    ) throws {
        let tariff = try Given.tariff(
            """
            needs: { kva: number }
            charges:
              - { id: a, kind: capacity, of: kva, unit: kVA, price: 22, per: month, prorate: none }
            """)
        #expect(hold(try rate(Given.input(tariff, parameters: parameters))) == code)
    }

    @Test(arguments: [[:], ["all": "5"], ["peak": "5"], ["peak": "5", "off": "1", "night": "1"]])
    func `energy that is absent holds the bill and is not zero`(kwh: [String: String]) throws {
        let tariff = try Given.tariff(
            """
            periods: { peak: { time: 08:00-20:00 }, off: rest }
            charges:
              - { id: a, kind: energy, on: import.kwh, price: { peak: 1, off: 2 } }
            """)
        #expect(hold(try rate(Given.input(tariff, kwh: kwh))) == .missingDeterminant)
    }

    @Test func `demand that is absent holds the bill`() throws {
        let tariff = try Given.tariff(
            """
            charges:
              - { id: a, kind: demand, by: all, window: 15min, type: block, price: 3, per: day }
            """)
        #expect(hold(try rate(Given.input(tariff, demand: ["peak": "3"]))) == .missingDeterminant)
        #expect(hold(try rate(Given.input(tariff, demand: ["all": "3"]))) == nil)
    }

    @Test func `a year to date that is not known holds yearly tiers`() throws {
        let tariff = try Given.tariff(
            """
            charges:
              - id: a
                kind: tiers
                on: import.kwh
                cycle: calendar_year
                year_of: period_start
                limits: whole
                tiers: [{ price: 1 }]
            """)
        #expect(hold(try rate(Given.input(tariff, kwh: ["all": "5"]))) == .missingYearToDate)
    }

    @Test(arguments: ["99999999999999999999999999999999999", "1000000000000000"])
    func `an amount that leaves its range holds the bill`(kwh: String) throws {
        for place in ["line", "invoice"] {
            let tariff = try Given.tariff(
                "charges: [{ id: a, kind: energy, on: import.kwh, price: 99999.123456 }]",
                place: place)
            #expect(hold(try rate(Given.input(tariff, kwh: ["all": kwh]))) == .amountOverflow)
        }
    }

    @Test(arguments: [("VAT", true), ("levy", false)])
    func `a line is taxed once in a category`(category: String, holds: Bool) throws {
        let tariff = try Given.tariff(
            """
            charges:
              - { id: a, kind: fixed, price: 1, per: day }
              - { id: v, kind: tax, category: VAT, of: [a], base: exact, rate: 0.13 }
              - { id: w, kind: tax, category: \(category), of: [a], base: exact, rate: 0.01 }
            """, includesTax: false)
        #expect((hold(try rate(Given.input(tariff))) == .taxedTwice) == holds)
    }

    @Test func `a line whose price includes two taxes holds the bill`() throws {
        let tariff = try Given.tariff(
            """
            charges:
              - { id: a, kind: fixed, price: 1, per: day }
              - { id: v, kind: tax, category: VAT, of: [a], base: exact, rate: 0.13 }
              - { id: w, kind: tax, category: levy, of: [a], base: exact, rate: 0.01 }
            """, includesTax: true)
        #expect(hold(try rate(Given.input(tariff))) == .taxedTwice)
    }

    @Test func `tariffs that round differently do not share an invoice`() throws {
        let text = "charges: [{ id: a, kind: fixed, price: 1, per: day }]"
        let spans = [
            try Given.input(Given.tariff(text), to: "2026-01-13"),
            try Given.input(Given.tariff(text, place: "invoice"), from: "2026-01-13"),
        ]
        #expect(hold(try rate(spans)) == .mixedTariffs)
    }
}
