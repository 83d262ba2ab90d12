// SPDX-License-Identifier: Apache-2.0

import Quantities
import Testing

@Suite struct ShortTextTests {
    private func text(_ short: ShortText?) -> String? {
        short.map { short in
            let bytes = (0..<short.count).map { UInt8(truncatingIfNeeded: short.bytes >> (8 * $0)) }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    @Test(arguments: [
        "0", "7", "-7", "0.5", "-0.0000001", "1234567.8", "99999999", "100000000", "-12345678.9",
        "12345678.90625", "0.0000000000001", "-9.9999999999999", "99999999999999",
        "-9999999999999.9",
    ])
    func `a number of at most fourteen digits has a short text`(written: String) throws {
        let number = try #require(Exact(written))
        #expect(text(number.shortText) == written)
    }

    @Test(arguments: [
        "100000000000000", "1000000000000.25", "0.00000000000001", "1/3", "-2/7",
    ])
    func `a longer number has none, nor has one that no decimal writes`(written: String) throws {
        let number = try #require(Exact(written))
        #expect(number.shortText == nil)
        #expect(Exact.overflow.shortText == nil)
    }

    @Test func `behind the text are zeros`() throws {
        for written in ["0", "-1.5", "12345678.75"] {
            let short = try #require(Exact(written)?.shortText)
            #expect(short.bytes >> (8 * short.count) == 0)
        }
    }

    @Test func `a day of a year of four digits has a short text`() {
        #expect(text(CivilDay(iso: "2026-02-08")?.shortText) == "2026-02-08")
        #expect(text(CivilDay.newYear(7).shortText) == "0007-01-01")
        #expect(text((CivilDay.newYear(10_000) - 1).shortText) == "9999-12-31")
        #expect(CivilDay.newYear(10_000).shortText == nil)
        #expect((CivilDay.newYear(0) - 1).shortText == nil)
    }
}
