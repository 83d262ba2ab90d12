// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MeterModel

@Suite struct NumberColumnTests {
    @Test(
        arguments: [
            [], [7], [.max], [0, 0, 0], [5, 6, 7, 8], [9, 19, 29], [3, 2, 1, 0], [0, .max],
            [.max, 0, 1],
            [1, 2, 4], [0, 65_535, 1], [0, 65_536, 1], [65_536, 0, .max, 7], [8, 8, 8, 9],
            [2_147_483_648, 0, 2_147_483_648, 0],
        ] as [[UInt32]])
    func `a column gives back the numbers it was made of`(numbers: [UInt32]) {
        let column = NumberColumn(numbers)
        #expect(column.count == numbers.count)
        #expect(numbers.indices.map { column[$0] } == numbers)
        #expect(Array(column) == numbers)
        #expect(Array(column.dropFirst()) == Array(numbers.dropFirst()))
        #expect(column.isAscending == zip(numbers, numbers.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test(
        arguments: [(0, 0, 0), (7, 3, 1), (7, 3, 5), (0, .max, 3), (.max, 1, 4), (5, 0, 9)]
            as [(UInt32, UInt32, Int)])
    func `a column in equal steps is the column of its numbers`(
        first: UInt32, step: UInt32, count: Int
    ) {
        let numbers = (0..<UInt32(count)).map { first &+ step &* $0 }
        let isSame = NumberColumn(first: first, step: step, count: count) == NumberColumn(numbers)
        #expect(isSame)
    }

    @Test func `columns are equal where their numbers are`() {
        let columns: [[UInt32]] = [
            [], [1], [1, 2], [1, 2, 3], [1, 2, 4], [1, 2, 70_000], [1, 1],
        ]
        for (left, right) in columns.indices.flatMap({ left in columns.indices.map { (left, $0) } })
        {
            let isSame = NumberColumn(columns[left]) == NumberColumn(columns[right])
            #expect(isSame == (left == right))
        }
    }
}
