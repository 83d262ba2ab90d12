// SPDX-License-Identifier: Apache-2.0

import Quantities
import Testing

@Suite struct InstantTests {
    @Test(arguments: [
        ("1970-01-01T00:00Z", 0), ("1970-01-01T08:00:05+08:00", 5), ("1969-12-31T23:59:59Z", -1),
        ("2026-03-29 01:00+0100", 1_774_742_400), ("1970-01-01T00:00-03", 10_800),
        ("1970-01-01T05:45:00+05:45", 0),
    ])
    func `a moment reads with its offset`(text: String, seconds: Int64) {
        #expect(Instant(iso: text)?.seconds == seconds)
    }

    @Test(arguments: [
        "2026-01-01", "2026-01-01T00:00", "2026-01-01T24:00Z", "2026-01-01T00:60Z",
        "2026-01-01T00:00:60Z", "2026-01-01t00:00Z", "2026-02-30T00:00Z", "2026-01-01T00:00+1",
        "2026-01-01T00:00+08:0", "2026-01-01T00:00+19:00", "2026-01-01T00:00:Z",
        "2026-01-01T00:00:00 Z", "2026-01-01T00:00z",
    ])
    func `any other form is refused`(text: String) {
        #expect(Instant(iso: text) == nil)
    }

    @Test(arguments: [
        (0, "1969-12-31T23:59:59Z"), (28_800, "1970-01-01T07:59:59+08:00"),
        (-12_600, "1969-12-31T20:29:59-03:30"),
    ])
    func `a moment is written by a clock`(offset: Int, text: String) {
        #expect(Instant(seconds: -1).iso(offset: offset) == text)
    }

    @Test func `clock and moment are inverse before and after 1970`() {
        var random = SeededNumbers(seed: 3)
        for _ in 0..<500 {
            let seconds = Int64(random.next(8_000_000_000)) - 4_000_000_000
            let offset = Int(random.next(113)) * 900 - 50_400
            let (day, second) = Instant(seconds: seconds).clock(offset: offset)
            #expect((0..<86_400).contains(second))
            #expect(Instant(day: day, offset: offset) + Int64(second) == Instant(seconds: seconds))
        }
    }
}
