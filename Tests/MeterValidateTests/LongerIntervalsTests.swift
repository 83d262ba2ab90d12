// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Testing

@Suite struct LongerIntervalsTests {
    /// What is left of slots given as runs: `first, first + step, … < end`.
    private func left(_ runs: [StrideTo<Int>], days: Int = 3) -> [Int] {
        var series = IntervalSeries(
            start: 0, slotMinutes: 15, step: ValueStep(exponent: -3),
            values: [Int64](repeating: 1, count: days * 96),
            qualities: [UInt32](repeating: 0, count: days * 96))
        for slot in runs.joined() { series.qualities[slot] = Quality.actual.packed }
        series.withdrawLongerIntervals()
        return series.qualities.indices.filter { series.qualities[$0] != 0 }
    }

    private func quarters(_ slots: Range<Int>) -> StrideTo<Int> {
        stride(from: slots.lowerBound, to: slots.upperBound, by: 1)
    }

    @Test func `hours between days of quarters go, with the quarter after them`() {
        // A day of hours that begins four slots late, as a civil day in summer does.
        let hours = stride(from: 100, to: 196, by: 4)
        #expect(
            left([quarters(0..<100), hours, quarters(196..<288)])
                == Array(0..<100) + Array(197..<288))
        // Labelled by their ends they are at the last quarter of each: the one before goes with them.
        let ends = stride(from: 103, to: 199, by: 4)
        #expect(
            left([quarters(0..<100), ends, quarters(196..<288)])
                == Array(0..<99) + Array(196..<288))
    }

    @Test func `a quarter among hours leaves hours on both sides of it`() {
        let hours = stride(from: 96, to: 192, by: 4)
        #expect(
            left([quarters(0..<96), hours, quarters(137..<138), quarters(192..<288)])
                == Array(0..<96) + [137] + Array(193..<288))
    }

    @Test func `hours that come with others missing are told by the most frequent distance`() {
        // 23:30 is a quarter; then hours from 01:00, of which two are missing.
        let slots = [[94], stride(from: 100, to: 192, by: 4).filter { $0 != 120 && $0 != 160 }]
        let runs = slots.joined().map { quarters($0..<$0 + 1) }
        #expect(left(runs) == [94])
    }

    @Test(arguments: [(1, 2), (2, 10), (3, 6), (4, 4), (8, 4)])
    func `a stretch is told by four values and nine slots between`(length: Int, fewest: Int) {
        let end = { (count: Int) in 20 + count * length }
        let few = stride(from: 20, to: end(fewest - 1), by: length)
        #expect(left([few]) == Array(few))
        let enough = stride(from: 20, to: end(fewest), by: length)
        #expect(left([enough]) == (length == 1 ? Array(enough) : []))
    }

    @Test func `values with half of their neighbours missing by chance stay`() {
        // Distances 2, 3, 1, 2, 5, 2, 3: no length is common to them.
        let slots = [10, 12, 15, 16, 18, 23, 25, 28]
        #expect(left(slots.map { quarters($0..<$0 + 1) }) == slots)
    }

    @Test func `hours after days of which nothing came are hours`() {
        // Two days, a multiple of an hour, without a value.
        let hours = stride(from: 292, to: 384, by: 4)
        let slots = Array(0..<97) + Array(hours) + Array(384..<480)
        let expected = Array(0..<97) + Array(385..<480)
        #expect(left(slots.map { quarters($0..<$0 + 1) }, days: 5) == expected)
    }

    @Test func `the values around a gap are no stretch`() {
        #expect(left([quarters(0..<10), quarters(90..<288)]) == Array(0..<10) + Array(90..<288))
    }

    @Test func `where most of them are missing nothing tells their length`() {
        let slots = [0, 4, 8, 40, 44, 80]
        #expect(left(slots.map { quarters($0..<$0 + 1) }) == slots)
    }
}
