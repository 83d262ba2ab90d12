// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterUsage
import Quantities
import Testing

@Suite struct RoundingAndTaxTests {
    private static let three = """
        charges:
          - { id: a, kind: fixed, price: 0.335, per: billing_period, prorate: none }
          - { id: b, kind: fixed, price: 0.335, per: billing_period, prorate: none }
          - { id: c, kind: fixed, price: 0.335, per: billing_period, prorate: none }
        """

    @Test(arguments: [
        // three times .335: .34 each at the line; 1.005 → 1.01 at the invoice
        ("line", ["0.34", "0.34", "0.34"], 102), ("invoice", ["0.34", "0.34", "0.33"], 101),
    ])
    func `money is rounded where the tariff says`(place: String, lines: [String], total: Int64)
        throws
    {
        let bill = try rate(Given.input(Given.tariff(Self.three, place: place)))
        #expect(Given.amounts(bill) == lines)
        #expect(bill.total.minorUnits == total)
    }

    @Test func `money is rounded to the step of the tariff`() throws {
        let coarse = try Tariff.parse(
            """
            { format: 1, id: t, version: 1, valid_from: 2026-01-01, currency: CHF, timezone: UTC,
              rounding: { money: 0.05, mode: half_even, at: invoice }, prices_include_tax: false,
              true_up: next_bill,
              charges: [
                { id: a, kind: fixed, price: 0.01, per: day },
                { id: b, kind: fixed, price: 0.02, per: day } ] }
            """, file: "t.yaml", sha256: "")
        // 0.31 + 0.62 = 0.93 → 0.95; 0.30 and 0.60 rounded down, the larger remainder takes 0.05
        let bill = try rate(Given.input(coarse))
        #expect(Given.amounts(bill) == ["0.30", "0.65"])
    }

    @Test func `lines sum to the invoice, however money is rounded`() throws {
        var random = SeededNumbers(state: 11)
        for mode in ["half_up", "half_even", "down", "up"] {
            for _ in 0..<40 {
                let charges = (0..<Int(random.next(9) + 1)).map { index in
                    let price =
                        "\(random.next(2) == 0 ? "-" : "")\(random.next(30)).\(100_000 + random.next(900_000))"
                    return "  - { id: c\(index), kind: energy, on: import.kwh, price: \(price) }\n"
                }
                let kwh = "\(random.next(1000)).\(100 + random.next(900))"
                let rest = "charges:\n" + charges.joined()
                let text = """
                    format: 1
                    id: t
                    version: 1
                    valid_from: 2026-01-01
                    currency: CNY
                    timezone: UTC
                    rounding: { money: 0.01, mode: \(mode), at: invoice }
                    prices_include_tax: false
                    true_up: next_bill

                    """
                let tariff = try Tariff.parse(text + rest, file: "t", sha256: "")
                let bill = try rate(Given.input(tariff, kwh: ["all": kwh]))
                let exact = bill.lines.reduce(Exact.zero) { $0 + $1.amountExact }
                let expected = Money(
                    exact: exact, currency: bill.currency, rounding: tariff.rounding.mode)
                #expect(bill.total == expected)
                #expect(bill.lines.reduce(into: Money.zero) { $0 += $1.amount } == bill.total)
                for line in bill.lines {
                    let off = line.amount.exact(in: bill.currency) - line.amountExact
                    #expect(off < Exact(1, over: 100) && off > Exact(-1, over: 100))
                }
            }
        }
    }

    @Test func `zero prices bill zero`() throws {
        let tariff = try Given.tariff(
            """
            charges:
              - { id: a, kind: energy, on: import.kwh, price: 0 }
              - { id: b, kind: fixed, price: 0.00, per: day }
              - { id: c, kind: percentage, of: all, base: exact, rate: 0.1 }
              - { id: d, kind: tax, category: VAT, of: all, base: as_billed, rate: 0.13 }
            """)
        let bill = try rate(Given.input(tariff, kwh: ["all": "123456.789"]))
        #expect(bill.total == .zero && bill.tax == .zero)
        #expect(Given.amounts(bill) == ["0.00", "0.00", "0.00"])
    }

    @Test func `splitting a load by time keeps an untiered energy charge`() throws {
        let flat = try Given.tariff(
            "charges: [{ id: a, kind: energy, on: import.kwh, price: 0.3127 }]")
        var random = SeededNumbers(state: 5)
        for _ in 0..<100 {
            let parts = (0..<3).map { _ in Int128(random.next(10_000_000)) }
            let names = ["all", "peak", "off"]
            var input = try Given.input(flat)
            input.determinants.energy = zip(names, parts).map {
                .init(
                    quantity: .activeImport, period: $0,
                    amount: Exact(coefficient: $1, exponent: -3))
            }
            let whole = try rate(
                Given.input(
                    flat,
                    kwh: ["all": Exact(coefficient: parts.reduce(0, +), exponent: -3).description]))
            #expect(try rate(input).total == whole.total)
        }
    }

    @Test(arguments: [("exact", "5.03"), ("as_billed", "5.05")])
    func `a percentage names which amount counts`(base: String, amount: String) throws {
        // 1.005 is billed as 1.01: five times the one is 5.025 → 5.03, of the other 5.05
        let tariff = try Given.tariff(
            """
            charges:
              - { id: a, kind: fixed, price: 1.005, per: billing_period, prorate: none }
              - { id: b, kind: percentage, of: [a], base: \(base), rate: 5 }
            """)
        #expect(Given.amounts(try rate(Given.input(tariff))) == ["1.01", amount])
    }

    @Test func `tax on top is taken of billed lines, once per rate`() throws {
        let tariff = try Given.tariff(
            """
            charges:
              - { id: a, kind: fixed, price: 33.335, per: billing_period, prorate: none }
              - { id: b, kind: fixed, price: 66.665, per: billing_period, prorate: none }
              - { id: v1, kind: tax, category: VAT, of: [a], base: as_billed, rate: 0.05 }
              - { id: v2, kind: tax, category: VAT, of: [b], base: as_billed, rate: 0.05 }
              - { id: levy, kind: tax, category: levy, of: [b], base: exact, rate: 0.1 }
            """)
        let bill = try rate(Given.input(tariff))
        // 33.34 + 66.67 = 100.01 × .05 = 5.0005; 66.665 × .1 = 6.6665
        #expect(bill.taxes.map(\.amount.minorUnits) == [500, 667])
        #expect(bill.taxes[0].base.minorUnits == 10_001)
        #expect(bill.net.minorUnits == 10_001)
        #expect(bill.total.minorUnits == 11_168)
    }

    @Test func `tax that prices include is taken out of them`() throws {
        let tariff = try Given.tariff(
            """
            charges:
              - { id: a, kind: fixed, price: 113, per: billing_period, prorate: none }
              - { id: funds, kind: fixed, price: 4, per: billing_period, prorate: none }
              - { id: vat, kind: tax, category: VAT, of: [a], base: as_billed, rate: 0.13 }
            """, includesTax: true)
        let bill = try rate(Given.input(tariff))
        #expect(bill.taxes.map(\.base.minorUnits) == [10_000])
        #expect(bill.taxes.map(\.amount.minorUnits) == [1300])
        #expect(bill.total.minorUnits == 11_700)
        #expect(bill.net.minorUnits == 10_400)
    }
}

/// Numbers that are the same in every run: a linear congruential generator (Knuth, MMIX).
struct SeededNumbers {
    var state: UInt64

    /// A number from 0 up to, not including, `limit`.
    mutating func next(_ limit: UInt64) -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) % limit
    }
}
