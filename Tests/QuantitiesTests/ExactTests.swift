// SPDX-License-Identifier: Apache-2.0

import Quantities
import Testing

@Suite struct ExactTests {
    @Test(arguments: [
        ("0.10", "0.1"), ("-12.340", "-12.34"), ("007", "7"), ("41/3", "41/3"), ("4/6", "2/3"),
        ("1/8", "0.125"), ("-0", "0"), ("0.000", "0"),
        ("123456789012345678901234567890.123456", "123456789012345678901234567890.123456"),
        // Eight digits, sixteen and one more, with a point at any place.
        ("99999999", "99999999"), ("100000000", "100000000"), ("-10000000", "-10000000"),
        ("9999999999999999", "9999999999999999"), ("10000000000000000", "10000000000000000"),
        // Nineteen digits and one more, and as many as fractions may have.
        ("9999999999999999999", "9999999999999999999"),
        ("-1.8446744073709551616", "-1.8446744073709551616"),
        ("18446744073709551617.5", "18446744073709551617.5"),
        ("170141183460469231731687303715884105727/2", "170141183460469231731687303715884105727/2"),
        ("1/170141183460469231731687303715884105727", "1/170141183460469231731687303715884105727"),
        ("0.0000001", "0.0000001"), ("-0.00000001", "-0.00000001"), ("9.9999999", "9.9999999"),
        ("1.00000001", "1.00000001"), ("12345678.1234567", "12345678.1234567"),
        ("12345678.12345678", "12345678.12345678"), ("0.000000000000001", "0.000000000000001"),
        ("1.000000000000001", "1.000000000000001"), ("0.1234567890123456", "0.1234567890123456"),
        ("0.0000000000000001", "0.0000000000000001"),
    ])
    func `a number reads and writes exactly`(text: String, written: String) throws {
        let value = try #require(Exact(text))
        #expect(value.description == written)
        #expect(Exact(value.description) == value)
    }

    @Test(arguments: [
        "", "-", ".", ".5", "5.", "1e3", " 1", "1 ", "+1", "1,5", "0x10", "1/0", "1/-2", "1/+2",
        "-170141183460469231731687303715884105728/1", "1/",
        "--1",
        "1.2.3", "٣", "1234567890123456789012345678901234567",
    ])
    func `anything but a plain decimal or fraction is refused`(text: String) {
        #expect(Exact(text) == nil)
    }

    @Test(arguments: [
        // a/b + c/d, a/b - c/d, a/b × c/d and a/b ÷ c/d, worked by hand
        ("1/3", "1/6", "0.5", "1/6", "1/18", "2"),
        ("350", "41/30", "10541/30", "10459/30", "1435/3", "10500/41"),
        ("-0.75", "0.25", "-0.5", "-1", "-0.1875", "-3"),
    ])
    func `arithmetic keeps thirds and thirty-firsts`(
        left: String, right: String, sum: String, difference: String, product: String,
        quotient: String
    ) throws {
        let (a, b) = (try #require(Exact(left)), try #require(Exact(right)))
        #expect((a + b).description == sum)
        #expect((a - b).description == difference)
        #expect((a * b).description == product)
        #expect((a / b).description == quotient)
    }

    @Test func `arithmetic obeys the laws of a field on seeded fractions`() {
        var random = SeededNumbers(seed: 7)
        func fraction() -> Exact {
            Exact(Int128(random.next(2001)) - 1000, over: Int128(random.next(99)) + 1)
        }
        for _ in 0..<500 {
            let (a, b, c) = (fraction(), fraction(), fraction())
            #expect(a + b == b + a)
            #expect((a + b) + c == a + (b + c))
            #expect(a * (b + c) == a * b + a * c)
            #expect(a - b + b == a)
            if b != .zero { #expect(a / b * b == a) }
            #expect((a < b) == ((a - b).isNegative))
        }
    }

    @Test func `numbers at the end of one word go on in two`() {
        let (least, most) = (Exact(Int64.min), Exact(Int64.max))
        #expect((most + Exact(1, over: 2)).description == "9223372036854775807.5")
        #expect((least + least).description == "-18446744073709551616")
        // 2^63 × (2^63 − 1) = 2^126 − 2^63
        #expect((least * most).description == "-85070591730234615856620279821087277056")
        #expect((least * least).description == "85070591730234615865843651857942052864")
        #expect(Exact(Int128(Int64.min), over: 6).description == "-4611686018427387904/3")
        #expect(Exact(Int128(Int64.max), over: Int128(Int64.max)) == .one)
        // 1/2^62 − 3/2^63 = −1/2^63
        let small = Exact(1, over: 1 << 62) - Exact(3, over: 1 << 63)
        #expect((small.numerator, small.denominator) == (-1, 1 << 63))
    }

    @Test func `what leaves the range is overflow and spreads`() {
        let large = Exact.powerOfTen(38)
        #expect((large * large).isOverflow)
        #expect((large + large).isOverflow)
        #expect((large * large + .one).isOverflow)
        #expect((large * large * .zero).isOverflow)
        #expect((-(large * large)).isOverflow)
        #expect((.one / (large * large)).isOverflow)
        #expect(Exact(Int128.min, over: 1).isOverflow)
        #expect(Exact(coefficient: 2, exponent: 38).isOverflow)
        #expect(Exact(coefficient: 0, exponent: 99) == .zero)
        #expect(Exact(coefficient: 25, exponent: -3).description == "0.025")
        #expect(Exact.overflow < -large)
        #expect(!(Exact.overflow < Exact.overflow))
    }

    @Test func `the smallest whole number is overflow however it is made`() {
        #expect(Exact(Int128.min).isOverflow)
        #expect((-Exact(Int128.min)).isOverflow)
        #expect((Exact(Int128.min + 1) - .one).isOverflow)
    }

    @Test func `numbers too large to subtract still compare`() {
        let large = Exact(Int128.max)
        #expect(-large < large)
        #expect(!(large < -large))
        #expect(Exact(Int128.max, over: 3) < Exact(Int128.max, over: 2))
        #expect(Exact(-Int128.max, over: 2) < Exact(-Int128.max, over: 3))
        #expect(Exact(-Int128.max, over: 7) < Exact(Int128.max, over: 5))
    }

    @Test func `decimals are shown only where they are exact`() throws {
        let value = try #require(Exact("12.5"))
        #expect(value.decimalText(decimals: 3) == "12.500")
        #expect(value.decimalText(decimals: 0) == nil)
        #expect(Exact(-5, over: 100).decimalText(decimals: 2) == "-0.05")
        #expect(Exact(1, over: 3).decimalText(decimals: 9) == nil)
    }

    @Test func `a decimal is written by its digits, as by long division`() {
        var random = SeededNumbers(seed: 5)
        for _ in 0..<2000 {
            var denominator: Int128 = 1
            for _ in 0..<random.next(12) { denominator *= 2 }
            for _ in 0..<random.next(9) { denominator *= 5 }
            let numerator = Int128(random.next(.max)) >> Int128(random.next(60))
            var (text, rest) = ("\(numerator / denominator)", numerator % denominator)
            if rest != 0 { text += "." }
            while rest != 0 {
                text += "\(rest * 10 / denominator)"
                rest = rest * 10 % denominator
            }
            let number = Exact(numerator, over: denominator)
            #expect(number.description == text)
            #expect(number.documentText == text)
            if numerator != 0 { #expect((-number).description == "-" + text) }
        }
    }

    @Test(
        arguments: [
            (500, 31, "16.129032258065"), (-2, 3, "-0.666666666667"), (1, 3, "0.333333333333"),
            (1, 8, "0.125"), (1, 1_048_576, "0.00000095367431640625"), (7, 1, "7"),
            (1, 3_000_000_000_000_000, "0.000000000000"),
        ] as [(Int, Int, String)])
    func `a document shows decimals only`(numerator: Int, denominator: Int, text: String) {
        #expect(Exact(Int128(numerator), over: Int128(denominator)).documentText == text)
    }
}

/// Numbers that are the same in every run. Source: SplitMix64, Steele, Lea and Flood 2014.
struct SeededNumbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// A number from 0 up to, not including, `limit`.
    mutating func next(_ limit: UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return (z ^ (z >> 31)) % limit
    }
}
