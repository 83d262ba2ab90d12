// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Foundation
import Quantities
import TestSupport
import Testing

/// Law 2 by its own words, slot by slot, for values without versions.
private struct NaiveSlots {
    struct Cell: Hashable {
        var slot: String
        /// nil where it is absent.
        var value: Int?
        /// 3 actual, 2 estimated, 1 missing.
        var rank: Int
    }

    struct Standing: Equatable {
        var values: Set<Int>
        var rank: Int
    }

    /// What stands; several values where they are in conflict.
    private(set) var slots: [String: Standing] = [:]

    /// Takes everything that one delivery brings.
    mutating func deliver(_ cells: [Cell]) {
        for (slot, cells) in Dictionary(grouping: cells, by: \.slot) {
            let best = cells.map(\.rank).max() ?? 0
            guard best > 1, best >= slots[slot]?.rank ?? 0 else { continue }
            let values = Set(cells.filter { $0.rank == best }.compactMap(\.value))
            slots[slot] = Standing(values: values, rank: best)
        }
    }
}

/// Nights of random files: few slots and few values, so that everything meets everything.
private struct RandomNights {
    private var numbers: SeededGenerator
    private let isRegister: Bool
    private var known: Set<String> = []

    init(seed: UInt64, isRegister: Bool) {
        numbers = SeededGenerator(seed: seed)
        self.isRegister = isRegister
    }

    private mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &numbers) }

    /// The files of one night, and the cells of those whose bytes are new.
    mutating func night() -> (files: [String], cells: [NaiveSlots.Cell]) {
        var files: [String] = []
        var cells: [NaiveSlots.Cell] = []
        for _ in 0...below(5) {
            if below(8) == 0, let copy = known.sorted().first {
                files.append(copy)
                continue
            }
            var text =
                isRegister ? "meter_id,date,total,sharp,peak,flat,valley\n" : TwoFeeders.header
            var found: [NaiveSlots.Cell] = []
            for _ in 0...below(10) {
                let (row, cell) = row()
                text += row
                found.append(cell)
            }
            files.append(text)
            if known.insert(text).inserted { cells += found }
        }
        return (files, cells)
    }

    private mutating func row() -> (String, NaiveSlots.Cell) {
        let meter = "M\(1 + below(3))"
        let value = 1 + below(3)
        if isRegister {
            let day = 10 + below(3)
            let isAbsent = below(4) == 0
            // A freeze at 24:00 is the next midnight.
            let slot = "\(meter) 2026-03-\(day + 1)T00:00:00+08:00"
            return (
                "\(meter),2026-03-\(day),\(isAbsent ? "" : "\(value)"),,,,\n",
                NaiveSlots.Cell(
                    slot: slot, value: isAbsent ? nil : value, rank: isAbsent ? 1 : 3)
            )
        }
        let time = "2026-03-1\(below(2))T\(TwoFeeders.clock(below(4)))"
        let (quality, rank) = [("A", 3), ("A", 3), ("E", 2), ("N", 1)][below(4)]
        let text = rank == 1 ? "" : "\(value)"
        return (
            TwoFeeders.row(meter, time, text, quality),
            NaiveSlots.Cell(
                slot: "\(meter) \(time):00+08:00", value: rank == 1 ? nil : value, rank: rank)
        )
    }
}

@Suite struct RandomNightsTests {
    @Test(arguments: 1...6 as ClosedRange<UInt64>, [false, true])
    func `whatever comes in whatever order, what stands is what law 2 says`(
        seed: UInt64, isRegister: Bool
    ) throws {
        var nights = RandomNights(seed: seed, isRegister: isRegister)
        var naive = NaiveSlots()
        let branches = [try TwoFeeders.branch(), try TwoFeeders.branch()]
        for night in 0..<4 {
            let (files, cells) = nights.night()
            naive.deliver(cells)
            for (index, branch) in branches.enumerated() {
                for (place, text) in files.enumerated() {
                    let order = index == 0 ? place : 9 - place
                    try branch.deliver("night-\(night)-\(order).csv", text)
                }
                try branch.run(asOf: "2026-03-13", threads: index == 0 ? 1 : 3)
            }
        }
        let digests = try branches.map { try $0.digest() }
        #expect(digests[0] == digests[1])
        try expectBalance(of: branches[1])

        let current = try branches[1].current()
        let standing = Dictionary(grouping: current) { "\($0.meter) \($0.at)" }
        #expect(Set(standing.keys) == Set(naive.slots.keys))
        for (slot, readings) in standing {
            let expected = try #require(naive.slots[slot])
            let reading = try #require(readings.first)
            #expect(readings.count == 1, "\(slot) stands once")
            #expect(expected.values.contains { reading.value == Exact($0) }, "\(slot)")
            #expect(reading.isSuspect == (expected.values.count > 1), "\(slot)")
            #expect((reading.quality == "A") == (expected.rank == 3), "\(slot)")
        }
    }
}
