// SPDX-License-Identifier: Apache-2.0

import Quantities
import TestSupport
import Testing

@Suite struct DayPiecesTests {
    /// A day of one meter: what each slot holds, and its row.
    private struct Day {
        var meter: String
        var rows: [Int: String] = [:]
        /// `meter slot value quality` of slots with a value.
        var cells: [String] = []

        init(_ meter: String, _ random: inout SeededGenerator) {
            self.meter = meter
            for slot in 0..<96 where Int.random(in: 0..<10, using: &random) > 0 {
                let thousandths = Int.random(in: 1...9999, using: &random)
                // The same amount may be written with more or fewer decimals.
                let value = Exact(coefficient: Int128(thousandths), exponent: -3)
                let quality = ["A", "A", "A", "E", "N"].randomElement(using: &random) ?? "A"
                let time = "2026-03-10T\(TwoFeeders.clock(slot))"
                let text = quality == "N" ? "" : "\(value)"
                rows[slot] = TwoFeeders.row(meter, time, text, quality)
                if quality != "N" { cells.append("\(meter) \(time):00+08:00 \(value) \(quality)") }
            }
        }
    }

    /// Cuts the slots of a day at some places, or deals them out one by one.
    private func pieces(_ random: inout SeededGenerator) -> [[Int]] {
        let count = Int.random(in: 1...7, using: &random)
        if Bool.random(using: &random) {
            let dealt = (0..<96).map { ($0, Int.random(in: 0..<count, using: &random)) }
            return (0..<count).map { piece in dealt.filter { $0.1 == piece }.map(\.0) }
        }
        let cuts = [0, 96] + (1..<count).map { _ in Int.random(in: 0...96, using: &random) }
        return zip(cuts.sorted(), cuts.sorted().dropFirst()).map { Array($0..<$1) }
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>, [1, 3])
    func `a day that comes in pieces is the day, in any order and on any night`(
        seed: UInt64, nights: Int
    ) throws {
        var random = SeededGenerator(seed: seed)
        let days = ["M1", "M2", "M3"].map { Day($0, &random) }
        var files: [(night: Int, text: String)] = []
        for day in days {
            for piece in pieces(&random) {
                // Some pieces come again among other rows: all of that is duplicate.
                for _ in 0..<(Int.random(in: 0..<4, using: &random) == 0 ? 2 : 1) {
                    let rows = piece.compactMap { day.rows[$0] }
                    if rows.isEmpty { continue }
                    // Another file each time, by a line that is not read.
                    let text = rows.joined() + String(repeating: "\n", count: files.count)
                    files.append((Int.random(in: 0..<nights, using: &random), text))
                }
            }
        }
        files.shuffle(using: &random)
        let branch = try TwoFeeders.branch()
        for night in 0..<nights {
            for (place, file) in files.enumerated() where file.night == night {
                try branch.deliver("\(place).csv", TwoFeeders.header + file.text)
            }
            try branch.run(asOf: "2026-03-11", threads: 1 + night)
        }
        try expectBalance(of: branch)
        let found = try branch.current().map { "\($0.meter) \($0.at) \($0.value) \($0.quality)" }
        #expect(found.sorted() == days.flatMap(\.cells).sorted())
        let suspects = try branch.current().filter(\.isSuspect)
        #expect(suspects.isEmpty)
        let problems = try branch.problems()
        #expect(problems.isEmpty)
    }
}
