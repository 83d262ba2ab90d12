// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MeterModel

/// Rejections that are tried again, against a plain list of them.
@Suite struct RetriedRejectionsTests {
    typealias Entry = RetriedRejections.Entry

    /// A list of rejections with gaps and repeats in lines and numbers; equal for equal seeds.
    private static func entries(_ count: Int, seed: UInt64) -> [Entry] {
        var (numbers, line, number) = (SeededGenerator(seed: seed), 0, 1_000_000 as Int64)
        func random(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &numbers) }
        return (0..<count).map { _ in
            line += [0, 1, 1, 1, 2, 90, 40_000][random(7)]
            if line == 0 { line = 1 }
            number += Int64([1, 1, 1, 5, -700][random(5)])
            let cell = [nil, nil, 3, 99][random(4)]
            return Entry(
                number: number, line: line, cell: cell, readings: 1 + random(200),
                code: RejectionCode.curable[random(RejectionCode.curable.count)])
        }
    }

    private static func list(_ entries: [Entry]) -> RetriedRejections {
        var list = RetriedRejections()
        for entry in entries { list.append(entry) }
        return list
    }

    @Test(arguments: [0, 1, 63, 64, 65, 1000])
    func `a line finds its rejections in any order of asking`(count: Int) {
        let entries = RetriedRejectionsTests.entries(count, seed: UInt64(count))
        let list = RetriedRejectionsTests.list(entries)
        let byLine = Dictionary(grouping: entries, by: \.line)
        let lines = Set(entries.flatMap { [$0.line - 1, $0.line, $0.line + 1] }.filter { $0 > 0 })
        // In order, against it, and in leaps.
        for order in [lines.sorted(), lines.sorted(by: >), Array(lines)] {
            var cursor = RetriedRejections.Cursor(list)
            for line in order {
                let (found, again) = (cursor.entries(ofLine: line), cursor.entries(ofLine: line))
                #expect(found == byLine[line] ?? [])
                #expect(again == found)
                #expect(list.entries(ofLine: line) == found)
            }
        }
    }

    @Test func `the rejections of kept lines are not closed`() {
        let entries = RetriedRejectionsTests.entries(500, seed: 7)
        var list = RetriedRejectionsTests.list(entries)
        let kept = Set(entries.map(\.line).filter { $0 % 3 == 0 })
        for line in kept { list.keep(line: line) }
        var closed: [Entry] = []
        list.forEachClosed { closed.append($0) }
        #expect(closed == entries.filter { !kept.contains($0.line) })
        var cursor = RetriedRejections.Cursor(list)
        for entry in entries {
            let isKept = cursor.isKept(line: entry.line)
            #expect(isKept == kept.contains(entry.line))
        }
    }

    @Test func `a line is wanted as a whole, or some of its cells`() {
        let list = RetriedRejectionsTests.list([
            Entry(number: 1, line: 2, cell: nil, readings: 48, code: .unknownMeter),
            Entry(number: 2, line: 4, cell: 3, readings: 2, code: .outsideInstallation),
            Entry(number: 3, line: 4, cell: 9, readings: 1, code: .futureTime),
        ])
        var cursor = RetriedRejections.Cursor(list)
        let cells = (1...5).map { cursor.cells(ofLine: $0) }
        #expect(cells == [nil, .all, nil, .some([2..<4, 8..<9]), nil])
        let wanted = LineCells.some([2..<4, 8..<9])
        #expect((0..<10).filter(wanted.contains) == [2, 3, 8])
        #expect(wanted.count(of: 3..<20) == 2)
        #expect(LineCells.all.count(of: 3..<20) == 17)
    }

    @Test func `a rejection takes some bytes`() {
        // One meter of five hundred, refused at each step of time.
        var list = RetriedRejections()
        for step in 0..<10_000 {
            list.append(
                Entry(
                    number: Int64(step) + 77, line: 2 + step * 500, cell: nil, readings: 1,
                    code: .unknownMeter))
        }
        #expect(list.bytes.count < 6 * 10_000)
    }
}
