// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Store
import TestSupport
import Testing

@Suite struct SettledStreamsTests {
    @Test
    func
        `streams of parts add up by day, as they were known, and one that is not known hides them`()
        throws
    {
        let branch = try TrialBranch()
        let store = try branch.store()
        func key(_ day: Int32, feeder: Int = 1, group: Int = 0) -> BlockKey {
            BlockKey(feeder: feeder, day: day, group: group, kind: .register)
        }
        // The parts of each key, by their numbers and streams, and the change that settled them.
        let blocks: [(key: BlockKey, seq: Int, parts: [(id: Int64, streams: Int64)])] = [
            (key(10), 1, [(1, 5), (2, 7)]), (key(11), 1, [(3, 5), (4, 0), (5, 7)]),
            (key(12), 1, [(6, 9)]), (key(12), 3, [(6, 9), (7, 2)]), (key(14), 1, [(8, 1)]),
            (key(10, feeder: 2), 1, [(9, 100)]), (key(10, group: 1), 1, [(10, 100)]),
        ]
        try store.write { transaction in
            var listed: Set<Int64> = []
            for block in blocks {
                for part in block.parts where listed.insert(part.id).inserted {
                    let row = PartRow(
                        partID: part.id, month: 0, key: block.key, delivery: 1, file: nil,
                        readings: 1,
                        firstMeter: 0, lastMeter: 0, meters: 1, streams: part.streams,
                        isClean: true, bytes: 1)
                    try transaction.list([row], settled: true)
                }
                try transaction.settle(block.key, seq: block.seq, as: block.parts.map(\.id))
            }
        }
        func streams(knownSeq: Int) throws -> [Int32: Int64] {
            try store.read {
                try $0.settledStreams(like: key(0), within: 10...13, knownSeq: knownSeq)
            }
        }
        #expect(try streams(knownSeq: 3) == [10: 12, 11: 0, 12: 11])
        #expect(try streams(knownSeq: 2) == [10: 12, 11: 0, 12: 9])
        #expect(try streams(knownSeq: 0).isEmpty)
        func parts(knownSeq: Int) throws -> [Int64] {
            try store.read {
                try $0.settledParts(like: key(0), within: 11...14, knownSeq: knownSeq)
            }.map(\.partID)
        }
        #expect(try parts(knownSeq: 3) == [3, 4, 5, 6, 7, 8])
        #expect(try parts(knownSeq: 2) == [3, 4, 5, 6, 8])
        #expect(try parts(knownSeq: 0).isEmpty)
    }
}
