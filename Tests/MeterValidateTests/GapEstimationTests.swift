// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities
import Testing

@Suite struct GapEstimationTests {
    /// Monday 2026-01-05 at midnight, UTC.
    let monday: Int64 = 1_767_571_200

    /// A series in which nil stands for a slot that was not delivered.
    private func series(
        _ values: [Int64?], start: Int64 = 1_767_571_200, minutes: Int = 15
    ) -> IntervalSeries {
        IntervalSeries(
            start: start, slotMinutes: minutes, step: ValueStep(exponent: -3),
            values: values.map { $0 ?? 0 },
            qualities: values.map { $0 == nil ? 0 : Quality.actual.packed })
    }

    @Test(
        arguments: [
            // from, to, slots missing, estimates
            (10, 20, 4, [12, 14, 16, 18]),
            (20, 10, 4, [18, 16, 14, 12]),
            (0, 1, 1, [0]),  // 0.5
            (1, 2, 1, [2]),  // 1.5
            (1, 4, 1, [2]),  // 2.5
            (-1, 0, 1, [0]),  // -0.5
            (-3, 0, 1, [-2]),  // -1.5
            (7, 7, 8, [7, 7, 7, 7, 7, 7, 7, 7]),
            (0, 9, 8, [1, 2, 3, 4, 5, 6, 7, 8]),
            (0, 2, 2, [1, 1]),  // 2/3 and 4/3
            (.min, .max, 1, [0]),  // -0.5
        ] as [(Int64, Int64, Int, [Int64])])
    func `a gap of two hours at most lies on a line, a half going to even`(
        left: Int64, right: Int64, count: Int, expected: [Int64]
    ) {
        var given = series([left] + [Int64?](repeating: nil, count: count) + [right])
        let estimate = estimateGaps(in: &given, target: 0..<(count + 2), storageOffset: 0)
        #expect(given.values == [left] + expected + [right])
        #expect(
            estimate.filled == [.init(slots: 1..<(count + 1), method: .linearInterpolation)])
        #expect(estimate.unfilled.isEmpty)
        #expect(Quality(packed: given.qualities[1]).description == "E17")
        #expect(given.qualities[0] == Quality.actual.packed)
    }

    @Test(arguments: [(15, 8, true), (15, 9, false), (30, 4, true), (30, 5, false), (5, 25, false)])
    func `only runs of two hours or less are interpolated`(minutes: Int, count: Int, fills: Bool) {
        var given = series(
            [4] + [Int64?](repeating: nil, count: count) + [6], minutes: minutes)
        let before = given
        let estimate = estimateGaps(in: &given, target: 0..<(count + 2), storageOffset: 0)
        #expect(estimate.filledCount == (fills ? count : 0))
        #expect(estimate.unfilled == (fills ? [] : [1..<(count + 1)]))
        if !fills { #expect(given == before) }
    }

    @Test func `a line crosses midnight, and only the target is written`() {
        var values = [Int64?](repeating: 50, count: 192)
        // Four slots around midnight between 50 and 100: 60, 70, 80, 90.
        for slot in 94..<98 { values[slot] = nil }
        for slot in 98..<192 { values[slot] = 100 }
        var given = series(values)
        let estimate = estimateGaps(in: &given, target: 96..<192, storageOffset: 0)
        #expect(Array(given.values[93...98]) == [50, 0, 0, 80, 90, 100])
        #expect(given.qualities[95] == 0)
        #expect(estimate.filled == [.init(slots: 96..<98, method: .linearInterpolation)])
    }

    @Test func `a run longer than two hours is not interpolated by its part in the target`() {
        var values = [Int64?](repeating: 50, count: 192)
        for slot in 88..<98 { values[slot] = nil }
        var given = series(values)
        let estimate = estimateGaps(in: &given, target: 96..<192, storageOffset: 0)
        #expect(estimate.unfilled == [96..<98])
    }

    @Test func `a gap at the border of what is known has no line`() {
        var given = series([nil, 5, nil])
        let estimate = estimateGaps(in: &given, target: 0..<3, storageOffset: 0)
        #expect(estimate.unfilled == [0..<1, 2..<3])
        #expect(given.values == [0, 5, 0])
    }

    @Test func `a suspect value is estimated and serves nobody`() {
        var given = series([10, 999, nil, 16])
        let estimate = estimateGaps(
            in: &given, target: 0..<4, suspects: [1], storageOffset: 0)
        #expect(given.values == [10, 12, 14, 16])
        #expect(estimate.filledCount == 2)
    }

    @Test func `a suspect value without an estimate is reported`() {
        var given = series([999, 10])
        let estimate = estimateGaps(in: &given, target: 0..<2, suspects: [0], storageOffset: 0)
        #expect(estimate.unfilled == [0..<1])
    }

    @Test func `an estimated value delivered by the sender is a good neighbour`() {
        var given = series([10, nil, 20])
        given.qualities[0] = Quality.estimated.packed
        _ = estimateGaps(in: &given, target: 0..<3, storageOffset: 0)
        #expect(given.values[1] == 15)
    }

    /// Five weeks of hours from a Monday; day d, hour h holds `100 × d + h`, but the days of `gaps`
    /// hold nothing from hour 6 to 17.
    private func weeks(gaps: Set<Int>, start: Int64? = nil) -> IntervalSeries {
        let values = (0..<(35 * 24)).map { slot -> Int64? in
            let (day, hour) = (slot / 24, slot % 24)
            return gaps.contains(day) && (6..<18).contains(hour) ? nil : Int64(100 * day + hour)
        }
        return series(values, start: start ?? monday, minutes: 60)
    }

    @Test(
        arguments: [
            // day of the series to fill, other days with the same gap, day copied
            (30, [], 23),  // Wednesday: a week before
            (30, [23], 16),
            (30, [23, 16, 9, 2], 29),  // then the Tuesday before
            (30, [23, 16, 9, 2, 29], 24),  // then the Thursday before that
            (28, [21], 14),  // Monday
            (28, [21, 14, 7, 0], nil),  // no other day is like a Monday
            (32, [25, 18, 11, 4], nil),  // nor like a Friday
            (29, [22, 15, 8, 1], 24),  // Tuesday: the Thursday before
            (34, [], 27),  // Sunday
            (5, [], nil),  // nothing known before
        ] as [(Int, [Int], Int?)])
    func `a longer gap is copied from the nearest like day`(
        day: Int, otherGaps: [Int], source: Int?
    ) {
        var given = weeks(gaps: Set(otherGaps + [day]))
        let slots = (day * 24 + 6)..<(day * 24 + 18)
        let estimate = estimateGaps(
            in: &given, target: (day * 24)..<(day * 24 + 24), storageOffset: 0)
        guard let source else {
            #expect(estimate.unfilled == [slots])
            #expect(given.qualities[slots.lowerBound] == 0)
            return
        }
        #expect(Array(given.values[slots]) == (6..<18).map { Int64(100 * source + $0) })
        #expect(slots.allSatisfy { Quality(packed: given.qualities[$0]).description == "E14" })
        #expect(
            estimate.filled == [.init(slots: slots, method: .likeDay, source: source * 24 + 6)])
    }

    @Test func `a day with one estimated or suspect slot is not copied`() {
        var given = weeks(gaps: [30])
        given.qualities[23 * 24 + 9] = Quality.estimated.packed
        let estimate = estimateGaps(
            in: &given, target: (30 * 24)..<(31 * 24), suspects: [16 * 24 + 9], storageOffset: 0)
        #expect(estimate.filled.first?.source == 9 * 24 + 6)
    }

    @Test func `the weekday is that of the storage clock`() {
        // The series begins at 16:00 UTC on Sunday: midnight of Monday at +08:00.
        var given = weeks(gaps: [28, 21, 14, 7, 0], start: monday - 28_800)
        let day = (28 * 24)..<(29 * 24)
        #expect(estimateGaps(in: &given, target: day, storageOffset: 28_800).filled.isEmpty)
        // By the clock of UTC the gap lies in two days of which neither is a midweek day.
        #expect(estimateGaps(in: &given, target: day, storageOffset: 0).unfilledCount == 12)
    }

    @Test func `each day of a long gap finds its own like day`() {
        // Tuesday and Wednesday wholly missing; the Tuesday before as well.
        var values = (0..<(35 * 24)).map { Optional(Int64($0)) }
        for slot in (29 * 24)..<(31 * 24) { values[slot] = nil }
        for slot in (22 * 24)..<(23 * 24) { values[slot] = nil }
        var given = series(values, minutes: 60)
        let estimate = estimateGaps(
            in: &given, target: (29 * 24)..<(31 * 24), storageOffset: 0)
        #expect(
            estimate.filled == [
                .init(slots: (29 * 24)..<(30 * 24), method: .likeDay, source: 15 * 24),
                .init(slots: (30 * 24)..<(31 * 24), method: .likeDay, source: 23 * 24),
            ])
    }

    @Test func `every slot of the target ends with a value or in the list of unfilled`() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<100 {
            let values = (0..<(15 * 24)).map { _ in
                Int.random(in: 0..<4, using: &random) == 0
                    ? nil : Int64.random(in: 0...100, using: &random)
            }
            var given = series(values, minutes: 60)
            let target = (14 * 24)..<(15 * 24)
            let estimate = estimateGaps(in: &given, target: target, storageOffset: 0)
            let unfilled = Set(estimate.unfilled.flatMap { Array($0) })
            let missing = target.filter { values[$0] == nil }
            #expect(estimate.filledCount + estimate.unfilledCount == missing.count)
            for slot in given.values.indices {
                let hasValue = Quality(packed: given.qualities[slot]).hasValue
                if target.contains(slot) {
                    #expect(hasValue != unfilled.contains(slot))
                }
                if let value = values[slot] { #expect(given.values[slot] == value) }
            }
            for filled in estimate.filled where filled.method == .linearInterpolation {
                // The run may begin before the target, and cannot end after it: nothing follows.
                let left = values[..<filled.slots.lowerBound].last { $0 != nil } ?? nil
                let right = values[filled.slots.upperBound...].first { $0 != nil } ?? nil
                let ends = [left, right].compactMap(\.self).sorted()
                #expect(ends.count == 2)
                for slot in filled.slots {
                    #expect(given.values[slot] >= ends[0] && given.values[slot] <= ends[1])
                }
            }
        }
    }
}
