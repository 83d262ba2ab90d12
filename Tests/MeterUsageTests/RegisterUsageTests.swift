// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterUsage
import MeterValidate
import Quantities
import Testing

/// A register reading at the start of a day counted from 0, in whole kWh.
func read(
    _ day: Int64, _ value: Int64, _ origin: RegisterReadOrigin = .delivered,
    quality: Quality = .actual, exponent: Int = 0
) -> RegisterReading {
    RegisterReading(
        instant: day * 86_400, value: ScaledValue(value, exponent: exponent), quality: quality,
        origin: origin)
}

/// A meter's stay from day to day, six digits.
func stay(
    _ meter: UInt32, _ days: Range<Int64>, multiplier: Exact = .one,
    _ readings: [RegisterReading]
) -> RegisterSegment {
    RegisterSegment(
        meter: meter, span: (days.lowerBound * 86_400)..<(days.upperBound * 86_400),
        dial: RegisterDial(digits: 6, multiplier: multiplier), readings: readings)
}

@Suite struct RegisterUsageTests {
    /// Thirty days from day 0.
    let month: Range<Int64> = 0..<(30 * 86_400)

    private func between(_ segments: [RegisterSegment]) -> Result<RegisterUsage, UsageGap> {
        RegisterUsage.between(month, of: .activeImport, segments: segments)
    }

    @Test func `a month is last less first, times the multiplier`() throws {
        let usage = try between([
            stay(1, -100..<100, multiplier: Exact(40), [read(0, 100), read(30, 130)])
        ]).get()
        #expect(usage.amount == Exact(1200))
        #expect(usage.estimatedValues == 0)
    }

    @Test func `an installation read of a later time does not begin the part before it`() throws {
        let usage = try between([
            stay(1, 0..<100, [read(0, 100), read(30, 130), read(58, 150, .install)])
        ]).get()
        #expect(usage.amount == Exact(30))
    }

    @Test func `the time of meters without registers is no gap`() throws {
        let day: Int64 = 86_400
        func codes(_ others: [Range<Int64>]) -> String {
            let segments = [
                stay(1, 0..<5, [read(0, 100), read(5, 110)]),
                stay(2, 10..<20, [read(10, 0), read(20, 7)]),
            ]
            switch RegisterUsage.between(
                month, of: .activeImport, segments: segments, others: others)
            {
            case .success(let usage): return usage.amount.description
            case .failure(let gap):
                return "\(gap.code.rawValue) day \((gap.at?.seconds ?? 0) / day)"
            }
        }
        #expect(codes([20 * day..<40 * day, 5 * day..<10 * day]) == "17")
        #expect(codes([5 * day..<7 * day, 7 * day..<10 * day]) == "no-meter day 20")
        #expect(codes([5 * day..<9 * day, 20 * day..<40 * day]) == "no-meter day 9")
    }

    @Test func `an exchange sums each meter's advance by its own multiplier`() throws {
        // (8120 − 8000) × 30 + (45 − 0) × 40 = 3600 + 1800
        let old = stay(
            1, -100..<12, multiplier: Exact(30), [read(0, 8000), read(12, 8120, .remove)])
        let new = stay(
            2, 12..<100, multiplier: Exact(40), [read(12, 0, .install), read(30, 45)])
        let usage = try between([new, old]).get()
        #expect(usage.amount == Exact(5400))
        #expect(usage.parts.map(\.meter) == [1, 2])
        #expect(usage.parts.map(\.amount) == [Exact(3600), Exact(1800)])
    }

    @Test func `the reading of the exchange counts before a freeze of that midnight`() throws {
        let old = stay(1, -100..<12, [read(0, 8000), read(12, 8119), read(12, 8120, .remove)])
        let new = stay(2, 12..<100, [read(12, 7), read(12, 5, .install), read(30, 45)])
        #expect(try between([old, new]).get().amount == Exact(160))
    }

    @Test func `an exchange read in the middle of its day counts`() throws {
        var removed = read(12, 8120, .remove)
        removed.instant += 37_800
        var installed = read(12, 3, .install)
        installed.instant += 37_800
        let old = stay(1, -100..<12, [read(0, 8000), removed])
        let new = stay(2, 12..<100, [installed, read(30, 45)])
        #expect(try between([old, new]).get().amount == Exact(162))
    }

    @Test func `a rollover counts on`() throws {
        // 999 950 → 999 990 → 20 → 25: 40, 30 and 5.
        let usage = try between([
            stay(1, -100..<100, [read(0, 999_950), read(10, 999_990), read(20, 20), read(30, 25)])
        ]).get()
        #expect(usage.amount == Exact(75))
        #expect(usage.parts[0].rolledOver)
    }

    @Test func `readings of different decimals add up exactly`() throws {
        let usage = try between([
            stay(
                1, -100..<100,
                [
                    read(0, 10_050, exponent: -2), read(9, 1010, exponent: -1),
                    read(30, 1_020_001, exponent: -4),
                ])
        ]).get()
        #expect(usage.amount == Exact("1.5001"))
    }

    @Test func `terms written in two rows without a change need no reading between`() throws {
        let usage = try between([
            stay(1, -100..<12, [read(0, 100)]), stay(1, 12..<100, [read(30, 130)]),
        ]).get()
        #expect(usage.amount == Exact(30))
    }

    @Test func `a multiplier that changes needs a reading at the change`() throws {
        let rows = [
            stay(1, -100..<12, multiplier: Exact(30), [read(0, 100)]),
            stay(1, 12..<100, multiplier: Exact(40), [read(30, 130)]),
        ]
        #expect(
            between(rows)
                == .failure(
                    UsageGap(
                        .missingEnd, obis: .activeImport, at: Instant(seconds: 12 * 86_400))))
        var read12 = rows
        read12[0].readings.append(read(12, 110))
        read12[1].readings.append(read(12, 110))
        #expect(try between(read12).get().amount == Exact(10 * 30 + 20 * 40))
    }

    @Test func `estimated readings at the ends are counted, those between are not`() throws {
        let usage = try between([
            stay(
                1, -100..<100,
                [
                    read(0, 100), read(15, 120, quality: .estimated),
                    read(30, 130, quality: .estimated),
                ])
        ]).get()
        #expect(usage.estimatedValues == 1)
    }

    @Test(
        arguments: [
            ([read(1, 100), read(30, 130)], UsageGap.Code.missingStart, 0),
            ([read(0, 100), read(29, 130)], .missingEnd, 30),
            ([read(0, 100), read(30, 0, quality: .missing)], .missingEnd, 30),
            ([read(0, 100), read(30, 99)], .registerDecrease, 30),
            // A fall on the way holds, though the ends look well.
            ([read(0, 100), read(7, 90), read(30, 130)], .registerDecrease, 7),
            ([], .missingStart, 0),
        ] as [([RegisterReading], UsageGap.Code, Int64)])
    func `what cannot be told is held with its reason and place`(
        readings: [RegisterReading], code: UsageGap.Code, day: Int64
    ) {
        #expect(
            between([stay(1, -100..<100, readings)])
                == .failure(
                    UsageGap(code, obis: .activeImport, at: Instant(seconds: day * 86_400))))
    }

    @Test(
        arguments: [
            ([], 0), ([stay(1, 5..<100, [])], 0),
            ([stay(1, -9..<12, [read(0, 1), read(12, 2, .remove)])], 12),
            (
                [
                    stay(1, -9..<12, [read(0, 1), read(12, 2, .remove)]),
                    stay(2, 13..<99, [read(13, 0, .install), read(30, 9)]),
                ], 12
            ),
        ] as [([RegisterSegment], Int64)])
    func `time without a meter is held`(segments: [RegisterSegment], day: Int64) {
        #expect(
            between(segments)
                == .failure(
                    UsageGap(.noMeter, obis: .activeImport, at: Instant(seconds: day * 86_400))))
    }

    @Test func `cutting a month at any freeze sums to the month`() throws {
        var random = SeededGenerator(seed: 8)
        for _ in 0..<50 {
            var value = Int64.random(in: 900_000...999_999, using: &random)
            let readings = (0...30).map { day -> RegisterReading in
                value = (value + Int64.random(in: 0...4000, using: &random)) % 1_000_000
                return read(Int64(day), value)
            }
            let segment = stay(1, -100..<100, multiplier: Exact(3, over: 2), readings)
            let whole = try between([segment]).get().amount
            let cut = Int64.random(in: 1...29, using: &random) * 86_400
            let parts = try [0..<cut, cut..<month.upperBound].map {
                try RegisterUsage.between($0, of: .activeImport, segments: [segment]).get().amount
            }
            #expect(parts[0] + parts[1] == whole)
        }
    }
}
