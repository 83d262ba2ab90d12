// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterUsage
import Quantities
import Testing

/// What must hold of every tariff and load, tried on random ones.
@Suite struct RatingPropertyTests {
    /// The prices of the random tariff below. Shape: `[place in the text]`.
    private static func prices(_ generator: inout SeededGenerator) -> [Exact] {
        (0..<14).map { _ in Exact(Int.random(in: 0...2000, using: &generator)) / Exact(1000) }
    }

    /// A tariff of all kinds of charge without credit, at some prices.
    private static func tariff(_ prices: [Exact], place: String) throws -> Tariff {
        let p = prices.map(\.description)
        return try Given.tariff(
            """
            seasons: { warm: { dates: 01-20..09-16 }, cold: rest }
            season_of: by_days
            periods: { peak: { time: 08:00-20:00 }, off: rest }
            registers: { peak: 1.8.2, off: 1.8.3 }
            needs: { kva: number, contract_kw: number }
            charges:
              - { id: customer, kind: fixed, price: \(p[0]), per: month, prorate: days }
              - { id: flat, kind: energy, on: import.kwh, price: \(p[1]) }
              - { id: tou, kind: energy, on: import.kwh, price: { peak: \(p[2]), off: \(p[3]) } }
              - { id: season, kind: energy, on: import.kwh, price: { warm: \(p[4]), cold: \(p[5]) } }
              - id: tiered
                kind: tiers
                on: import.kwh
                cycle: month
                limits: by_days
                allocation: proportional
                tiers:
                  - { to: 100, price: { peak: \(p[6]), off: \(p[7]) } }
                  - { price: \(p[8]) }
              - { id: capacity, kind: capacity, of: kva, unit: kVA, price: \(p[9]), per: month, prorate: days }
              - id: contract
                kind: contract_demand
                of: contract_kw
                price: \(p[10])
                over_from: 1.05
                over_times: 2
                window: 15min
                type: block
                per: month
                prorate: days
              - { id: peak, kind: demand, by: all, window: 15min, type: block, price: \(p[11]), per: month, prorate: days }
              - { id: share, kind: percentage, of: [flat, tiered], base: exact, rate: \(p[12]) }
              - { id: least, kind: minimum, of: all, base: exact, price: \(p[13]), per: month, prorate: days }
              - { id: vat, kind: tax, category: VAT, of: all, base: as_billed, rate: 0.13 }
            """, place: place)
    }

    private static func input(_ tariff: Tariff, _ generator: inout SeededGenerator) throws
        -> RatingInput
    {
        func amount(_ most: Int) -> String {
            (Exact(Int.random(in: 1...most, using: &generator)) / Exact(1000)).description
        }
        return try Given.input(
            tariff, kwh: ["peak": amount(900_000), "off": amount(900_000)],
            demand: ["all": amount(90_000)],
            parameters: ["kva": amount(90_000), "contract_kw": amount(90_000)])
    }

    @Test(arguments: ["line", "invoice"])
    func `lines sum to the invoice, wherever money is rounded`(place: String) throws {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<200 {
            let tariff = try Self.tariff(Self.prices(&generator), place: place)
            let bill = try rate(Self.input(tariff, &generator))
            let sum = bill.lines.reduce(into: Money.zero) { $0 += $1.amount }
            let exact = bill.lines.reduce(Exact.zero) { $0 + $1.amountExact }
            #expect(bill.net == sum)
            #expect(bill.total == sum + bill.tax)
            #expect(bill.taxes.reduce(into: Money.zero) { $0 += $1.amount } == bill.tax)
            let difference = sum.exact(in: bill.currency) - exact
            let most = Exact(place == "invoice" ? 1 : bill.lines.count) / Exact(200)
            #expect(difference <= most && -difference <= most)
        }
    }

    @Test func `prices of zero everywhere bill zero`() throws {
        var generator = SeededGenerator(seed: 5)
        let tariff = try Self.tariff([Exact](repeating: .zero, count: 14), place: "line")
        for _ in 0..<100 {
            let bill = try rate(Self.input(tariff, &generator))
            #expect(bill.total == .zero)
            #expect(bill.lines.allSatisfy { $0.amountExact == .zero })
        }
    }

    @Test func `a higher price never lowers the bill`() throws {
        var generator = SeededGenerator(seed: 6)
        for round in 0..<300 {
            var prices = Self.prices(&generator)
            let tariff = try Self.tariff(prices, place: "line")
            let input = try Self.input(tariff, &generator)
            let before = try rate(input)
            prices[round % prices.count] =
                prices[round % prices.count]
                + Exact(Int.random(in: 1...500, using: &generator)) / Exact(1000)
            var raised = input
            raised.plan = RatingPlan(
                tariff: try Self.tariff(prices, place: "line"), start: input.plan.start,
                end: input.plan.end, series: SeriesSet())
            #expect(try rate(raised).total >= before.total)
        }
    }

    @Test func `energy that is split by time costs the same before rounding, without tiers`() throws
    {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            let p = Self.prices(&generator).map(\.description)
            let tariff = try Given.tariff(
                """
                periods: { peak: { time: 08:00-20:00 }, off: rest }
                registers: { peak: 1.8.2, off: 1.8.3 }
                charges:
                  - { id: flat, kind: energy, on: import.kwh, price: \(p[1]) }
                  - { id: tou, kind: energy, on: import.kwh, price: { peak: \(p[2]), off: \(p[3]) } }
                """)
            func part(_ from: String, _ to: String) throws -> RatingInput {
                let peak = Exact(Int.random(in: 0...900_000, using: &generator)) / Exact(1000)
                let off = Exact(Int.random(in: 0...900_000, using: &generator)) / Exact(1000)
                var input = try Given.input(
                    tariff, from: from, to: to,
                    kwh: ["peak": peak.description, "off": off.description])
                input.cycle = CyclePlace(
                    full: try Given.day("2026-01-01"), to: try Given.day("2026-02-01"))
                return input
            }
            let day = Int.random(in: 10...30, using: &generator)
            let parts = [
                try part("2026-01-01", "2026-01-\(day)"), try part("2026-01-\(day)", "2026-02-01"),
            ]
            var whole = try Given.input(tariff, kwh: [:])
            whole.determinants.energy = zip(
                parts[0].determinants.energy, parts[1].determinants.energy
            ).map {
                Determinants.EnergyAmount(
                    quantity: $0.quantity, period: $0.period, amount: $0.amount + $1.amount)
            }
            func exact(_ bill: RatedBill) -> Exact {
                bill.lines.reduce(Exact.zero) { $0 + $1.amountExact }
            }
            #expect(exact(try rate(parts)) == exact(try rate(whole)))
        }
    }
}
