// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterUsage
import Quantities
import Testing

@Suite struct TimeRatingTests {
    @Test(arguments: [
        // from, to, per and proration, quantity, amount of 9.75
        ("2026-01-15", "2026-02-01", "month, prorate: days", "17/31", "5.35"),
        ("2026-01-01", "2026-02-01", "month, prorate: days", "1", "9.75"),
        ("2026-01-15", "2026-02-01", "month, prorate: none", "1", "9.75"),
        ("2026-01-15", "2026-02-01", "billing_period, prorate: none", "1", "9.75"),
        ("2026-01-15", "2026-02-01", "billing_period, prorate: days", "17/31", "5.35"),
        ("2026-02-01", "2026-03-01", "year, prorate: none", "1/12", "0.81"),
        // 28/365 × 9.75 = 0.7479
        ("2026-02-01", "2026-03-01", "year, prorate: days", "28/365", "0.75"),
        ("2026-01-15", "2026-02-01", "day", "17", "165.75"),
    ])
    func `a fixed price covers its stretch of time`(
        from: String, to: String, per: String, quantity: String, amount: String
    ) throws {
        let tariff = try Given.tariff(
            "charges: [{ id: a, kind: fixed, price: 9.75, per: \(per) }]")
        let bill = try rate(Given.input(tariff, from: from, to: to))
        #expect(bill.lines.map(\.quantity.description) == [try Given.exact(quantity).description])
        #expect(Given.amounts(bill) == [amount])
    }

    @Test func `a leap year has 366 days`() throws {
        let tariff = try Given.tariff(
            "charges: [{ id: a, kind: fixed, price: 366, per: year, prorate: days }]")
        var input = try Given.input(tariff, from: "2027-12-30", to: "2028-01-03")
        input.cycle.fullEnd = try Given.day("2028-01-30")
        // 2 days of 365 and 2 of 366
        #expect(try rate(input).lines[0].quantity == Exact(2, over: 365) + Exact(2, over: 366))
    }

    @Test func `a period split by a new price bills each part at its own`() throws {
        func tariff(_ price: String) throws -> Tariff {
            try Given.tariff(
                """
                charges:
                  - { id: a, kind: energy, on: import.kwh, price: \(price) }
                  - { id: b, kind: fixed, price: 5, per: month, prorate: none }
                """)
        }
        // 310 kWh over 31 days by days: 120 × .5 + 190 × .6 = 174.00; the fixed price once
        var spans = [
            try Given.input(tariff("0.50"), to: "2026-01-13", kwh: ["all": "120"]),
            try Given.input(tariff("0.60"), from: "2026-01-13", kwh: ["all": "190"]),
        ]
        for index in spans.indices {
            spans[index].cycle.periodStart = try Given.day("2026-01-01")
            spans[index].cycle.periodEnd = try Given.day("2026-02-01")
        }
        let bill = try rate(spans)
        #expect(Given.amounts(bill) == ["60.00", "5.00", "114.00"])
        #expect(bill.lines.map(\.span) == [0, 0, 1])
        #expect(bill.total.minorUnits == 17_900)
    }

    private static let twoPart = """
        needs: { kva: number, contract_kw: number }
        charges:
          - id: basic
            kind: contract_demand
            of: contract_kw
            floor: { of: kva, share: 0.40 }
            price: 33
            over_from: 1.05
            over_times: 2
            window: 15min
            type: block
            per: month
            prorate: none
        """

    @Test(arguments: [
        ("1250", "1300", ["41250.00"]), ("1250", "1312.5", ["41250.00"]),
        // 1 400 - 1 312.5 = 87.5 kW at 66
        ("1250", "1400", ["41250.00", "5775.00"]),
        // 40 % of 1 600 kVA is 640 kW; 700 - 672 = 28 kW at 66
        ("500", "700", ["21120.00", "1848.00"]),
    ])
    func `contract demand is charged, and twice the price for what is well above it`(
        contract: String, peak: String, lines: [String]
    ) throws {
        let bill = try rate(
            Given.input(
                Given.tariff(Self.twoPart), demand: ["all": peak],
                parameters: ["kva": "1600", "contract_kw": contract]))
        #expect(Given.amounts(bill) == lines)
    }

    @Test func `demand by period charges each period's own peak`() throws {
        let tariff = try Given.tariff(
            """
            periods: { peak: { time: 08:00-20:00 }, off: rest }
            charges:
              - id: a
                kind: demand
                by: period
                window: 15min
                type: block
                price: { peak: 10, off: 2.5 }
                per: month
                prorate: none
                round_quantity: { to: 0.1, mode: half_even }
            """)
        let bill = try rate(
            Given.input(tariff, demand: ["all": "12.35", "peak": "12.35", "off": "9.25"]))
        #expect(bill.lines.map(\.quantity.description) == ["12.4", "9.2"])
        #expect(Given.amounts(bill) == ["124.00", "23.00"])
        let offOnly = try rate(Given.input(tariff, demand: ["all": "9.25", "off": "9.25"]))
        #expect(Given.amounts(offOnly) == ["23.00"])
    }

    @Test func `demand that is not prorated holds a period that is split`() throws {
        var input = try Given.input(
            Given.tariff(Self.twoPart), to: "2026-01-13", demand: ["all": "1"],
            parameters: ["kva": "1600", "contract_kw": "1"])
        input.cycle.periodEnd = try Given.day("2026-02-01")
        let hold = #expect(throws: RatingHold.self) { try rate(input) }
        #expect(hold?.code == .undecidedSplit)
    }
}
