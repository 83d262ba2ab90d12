// SPDX-License-Identifier: Apache-2.0

import Quantities
import Testing

@Suite struct RoundingModeTests {
    @Test(arguments: [
        // numerator over 10: half up, half even, down, up
        (25, 3, 2, 2, 3), (15, 2, 2, 1, 2), (24, 2, 2, 2, 3), (26, 3, 3, 2, 3), (20, 2, 2, 2, 2),
        (-25, -3, -2, -2, -3), (-15, -2, -2, -1, -2), (-24, -2, -2, -2, -3), (-26, -3, -3, -2, -3),
        (5, 1, 0, 0, 1), (-5, -1, 0, 0, -1), (0, 0, 0, 0, 0),
    ])
    func `a remainder goes where the mode says`(
        numerator: Int, halfUp: Int, halfEven: Int, down: Int, up: Int
    ) {
        let value = Int128(numerator)
        #expect(RoundingMode.halfUp.divide(value, by: 10) == Int128(halfUp))
        #expect(RoundingMode.halfEven.divide(value, by: 10) == Int128(halfEven))
        #expect(RoundingMode.down.divide(value, by: 10) == Int128(down))
        #expect(RoundingMode.up.divide(value, by: 10) == Int128(up))
    }

    @Test func `rounding the largest numbers does not overflow`() {
        #expect(RoundingMode.halfUp.divide(.max, by: .max) == 1)
        #expect(RoundingMode.halfUp.divide(.max - 1, by: .max) == 1)
        #expect(RoundingMode.halfUp.divide(.min, by: 1) == .min)
        #expect(RoundingMode.halfEven.divide(1, by: .max) == 0)
    }

    @Test(arguments: [
        ("1.005", "0.01", "1.01"), ("0.876149", "0.01", "0.88"), ("1.03", "0.05", "1.05"),
        ("-1.005", "0.01", "-1.01"), ("1/3", "0.0001", "0.3333"), ("7", "2", "8"),
    ])
    func `a number rounds to a multiple of its step`(
        text: String, step: String, rounded: String
    ) throws {
        let value = try #require(Exact(text)).rounded(to: try #require(Exact(step)), .halfUp)
        #expect(value.description == rounded)
    }
}

@Suite struct MoneyTests {
    @Test(arguments: [
        ("CNY", "12.345", 1235, "12.35"), ("JPY", "12.5", 13, "13"), ("KWD", "0.0005", 1, "0.001"),
        ("EUR", "-0.005", -1, "-0.01"), ("GBP", "0", 0, "0.00"),
    ])
    func `an amount has the decimals of its currency`(
        code: String, exact: String, minor: Int64, text: String
    ) throws {
        let currency = try #require(Currency(code: code))
        let exact = try #require(Exact(exact))
        let money = try #require(Money(exact: exact, currency: currency, rounding: .halfUp))
        #expect(money.minorUnits == minor)
        #expect(money.text(in: currency) == text)
    }

    @Test func `an amount that is too large is no money`() throws {
        let currency = try #require(Currency(code: "CNY"))
        let limit = try #require(Exact("92233720368547758.07"))
        #expect(Money(exact: limit, currency: currency, rounding: .down)?.minorUnits == .max)
        #expect(Money(exact: limit + .one, currency: currency, rounding: .down) == nil)
        #expect(Money(exact: .overflow, currency: currency, rounding: .down) == nil)
    }

    @Test(arguments: ["", "CN", "cny", "CNYX", "C1Y", "人民币"])
    func `a currency is three capital letters`(code: String) {
        #expect(Currency(code: code) == nil)
    }
}
