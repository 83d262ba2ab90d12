// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Foundation
import MeterModel
import Quantities
import Store
import Synthesis
import Testing
import TestSupport

/// Laws 2 and 4: the same content whatever the threads, names and number of copies.
@Suite struct RepeatedDeliveryTests {
    private static func plan(_ format: GenerationPlan.Format) -> GenerationPlan {
        var plan = GenerationPlan(meters: 40, days: 3)
        plan.format = format
        plan.overlap = Exact(1, over: 2)
        plan.metersPerFile = 7
        return plan
    }

    @Test(arguments: GenerationPlan.Format.allCases)
    func `threads and names of files leave no trace`(format: GenerationPlan.Format) throws {
        let made = try GeneratedBranch(RepeatedDeliveryTests.plan(format))
        var digests: [String] = []
        for (threads, isShuffled) in [(1, false), (2, false), (2, true), (4, true)] {
            let branch = try made.branch()
            if isShuffled { try branch.shuffleNames(seed: UInt64(threads)) }
            try branch.run(asOf: "2026-02-01", threads: threads)
            digests.append(try branch.digest())
        }
        #expect(Set(digests).count == 1)
    }

    @Test func `the same bytes under other names change nothing`() throws {
        let once = try TwoFeeders.branch()
        let copied = try TwoFeeders.branch()
        for meter in ["M1", "M2", "M3"] {
            for kwh in 1...12 {
                let text =
                    TwoFeeders.header
                    + TwoFeeders.rows(meter, day: "2026-03-10", "\(kwh)", slots: kwh..<kwh + 1)
                try once.deliver("\(meter)-\(kwh).csv.gz", text)
                // Side by side, so that two threads read both at one time.
                try copied.deliver("\(meter)-\(kwh).csv.gz", text)
                try copied.deliver("\(meter)-\(kwh)-copy.csv.gz", text)
            }
        }
        try once.run(asOf: "2026-03-12")
        let summary = try copied.run(asOf: "2026-03-12", threads: 4)
        #expect(summary.counts.files == 36)
        #expect(summary.counts.filesRepeated == 36)
        #expect(try copied.digest() == once.digest())
    }

    @Test func `the same bytes in a later run make no delivery`() throws {
        let branch = try TwoFeeders.branch()
        let text = TwoFeeders.header + TwoFeeders.period("M1")
        try branch.deliver("night.csv.gz", text)
        try branch.run(asOf: "2026-03-12")
        let before = try branch.digest()
        try branch.deliver("again.csv.gz", text)
        let summary = try branch.run(asOf: "2026-03-13")
        #expect(summary.counts.files == 0)
        #expect(summary.counts.filesRepeated == 1)
        #expect(summary.deliveries.isEmpty)
        #expect(try branch.digest() == before)
        #expect(try branch.column("SELECT count(*) FROM delivery") == ["1"])
    }

    @Test func `a run that finds nothing new makes no delivery`() throws {
        let branch = try TwoFeeders.branch()
        try branch.deliver("night.csv.gz", TwoFeeders.header + TwoFeeders.period("M1"))
        try branch.bill(asOf: "2026-03-12")
        let before = try branch.digest()
        let summary = try branch.bill(asOf: "2026-03-12")
        #expect(summary.counts.files == 0)
        #expect(summary.counts.filesRepeated == 0)
        #expect(summary.deliveries.isEmpty)
        #expect(try branch.digest() == before)
    }

    @Test func `a file replaced by another of its name, size and time is read`() throws {
        let branch = try TwoFeeders.branch()
        let time = Date(timeIntervalSince1970: 1_767_225_600)
        for (slot, kwh) in [("00:00", "1.0"), ("00:15", "9.0")] {
            try branch.deliver(
                "night.csv", TwoFeeders.header + TwoFeeders.row("M1", "2026-03-10T" + slot, kwh))
            try FileManager.default.setAttributes(
                [.modificationDate: time], ofItemAtPath: branch.inbox + "/night.csv")
            #expect(try branch.run(asOf: "2026-03-12").counts.files == 1)
            #expect(try branch.run(asOf: "2026-03-12").counts.files == 0)
        }
        #expect(try branch.currentTotals() == ["M1 1.8.0": Exact(10)])
    }

    @Test func `uploads that are not finished wait`() throws {
        let branch = try TwoFeeders.branch()
        let text = TwoFeeders.header + TwoFeeders.period("M1")
        for name in [".night.csv", "night.csv.tmp", "night.csv.part"] {
            try branch.deliver(name, text)
        }
        #expect(try branch.run(asOf: "2026-03-12").counts.files == 0)
        try FileManager.default.moveItem(
            atPath: branch.inbox + "/night.csv.part", toPath: branch.inbox + "/night.csv")
        #expect(try branch.run(asOf: "2026-03-12").counts.files == 1)
    }

    @Test func `the date given stands for the clock`() throws {
        // An interval is in the future where it ends after the day after the date: 24:00 of the 12th.
        for (asOf, rejected) in [("2026-03-10", 4), ("2026-03-11", 0), ("2027-01-01", 0)] {
            let branch = try TwoFeeders.branch()
            try branch.deliver(
                "night.csv",
                TwoFeeders.header
                    + TwoFeeders.rows("M1", day: "2026-03-12", "1", slots: 92..<96))
            let verdicts = try branch.run(asOf: asOf).counts.verdicts
            #expect(verdicts.rejected == rejected, "as of \(asOf)")
        }
    }
}

extension TrialBranch {
    /// Gives every inbox file another name, in another order that the seed decides.
    func shuffleNames(seed: UInt64) throws {
        var numbers = SeededGenerator(seed: seed)
        let names = try FileManager.default.contentsOfDirectory(atPath: inbox).sorted()
        for (place, name) in names.shuffled(using: &numbers).enumerated() {
            try FileManager.default.moveItem(
                atPath: inbox + "/" + name, toPath: inbox + "/\(1000 + place)-file")
        }
    }
}

/// Random numbers that repeat (SplitMix64), so that a failing case can be run again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
