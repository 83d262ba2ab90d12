// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities
import Testing

/// Law 2 said as plainly as possible, one cell against each other, in exact numbers.
private struct PlainOrder {
    /// A cell with its delivery.
    struct Entry {
        var value: SlotValue
        var delivery: Int64
        var order: Int

        var standing: (UInt8, Int64) { (value.quality.qualityClass?.rawValue ?? 0, delivery) }

        func says(_ other: SlotValue) -> Bool {
            guard value.quality.hasValue else { return !other.quality.hasValue }
            return value.quality == other.quality && value.amount.exact == other.amount.exact
        }
    }

    var entries: [Entry]
    /// The newest version of earlier nights.
    var newestVersion: Int64

    func isBeatenByItsKind(_ entry: Entry) -> Bool {
        if entry.value.version != 0, entry.value.version < newestVersion { return true }
        return entries.contains { other in
            guard (entry.value.version == 0) == (other.value.version == 0) else { return false }
            if other.value.version != entry.value.version {
                return other.value.version > entry.value.version
            }
            return other.standing > entry.standing
        }
    }

    /// The cells that nothing beats.
    var unbeaten: [Entry] {
        let best = entries.filter { !isBeatenByItsKind($0) }
        return best.filter { entry in
            !best.contains {
                ($0.value.version == 0) != (entry.value.version == 0)
                    && $0.standing > entry.standing
            }
        }
    }
}

@Suite struct SlotOrderPropertyTests {
    private static let delivery: Int64 = 9

    private func randomValue(_ random: inout SeededGenerator) -> SlotValue {
        let amounts = [
            ScaledValue(10, exponent: 0), ScaledValue(100, exponent: -1),
            ScaledValue(11, exponent: 0), ScaledValue(11_000, exponent: -3),
        ]
        let qualities: [Quality] = [
            .actual, .actual, .actual, .estimated, .missing,
            Quality(letter: UInt8(ascii: "N"), reason: 32) ?? .missing,
            Quality(letter: UInt8(ascii: "S"), method: 14) ?? .estimated,
        ]
        return SlotValue(
            amount: amounts[Int.random(in: 0..<4, using: &random)],
            quality: qualities[Int.random(in: 0..<7, using: &random)],
            version: [0, 0, 3, 5, 7][Int.random(in: 0..<5, using: &random)])
    }

    /// All orders of the numbers below `count`.
    private func permutations(_ count: Int) -> [[Int]] {
        guard count > 0 else { return [[]] }
        return permutations(count - 1).flatMap { shorter in
            (0...shorter.count).map { place in
                var longer = shorter
                longer.insert(count - 1, at: place)
                return longer
            }
        }
    }

    @Test func `any order of a delivery's cells gives what the plain rule says`() {
        var random = SeededGenerator(seed: 2026)
        for _ in 0..<4000 {
            let count = Int.random(in: 1...4, using: &random)
            let before =
                Bool.random(using: &random)
                ? SlotCurrent(
                    value: randomValue(&random), delivery: 1,
                    isSuspect: Bool.random(using: &random),
                    newestVersion: Bool.random(using: &random) ? 0 : 5) : nil
            let cells = (0..<count).map {
                SlotCandidate(value: randomValue(&random), order: $0)
            }
            for order in permutations(count) {
                expectPlain(before, order.map { cells[$0] })
            }
        }
    }

    private func expectPlain(_ before: SlotCurrent?, _ cells: [SlotCandidate]) {
        var verdicts: [SlotVerdict] = []
        let decision = SlotOrder.settle(
            current: before, candidates: cells, delivery: Self.delivery, verdicts: &verdicts)
        var entries = cells.map {
            PlainOrder.Entry(value: $0.value, delivery: Self.delivery, order: $0.order)
        }
        if let before {
            entries.append(
                PlainOrder.Entry(value: before.value, delivery: before.delivery, order: -1))
        }
        let newest = before?.newestVersion ?? 0
        let best = PlainOrder(entries: entries, newestVersion: newest).unbeaten
            .sorted { $0.order < $1.order }
        guard let lead = best.first else {
            Issue.record("something is always unbeaten")
            return
        }
        let stays = before.map { lead.says($0.value) } ?? false
        let expected = cells.map { cell -> SlotVerdict in
            guard cell.value.quality.hasValue else { return .absent }
            let entry = PlainOrder.Entry(value: cell.value, delivery: 0, order: cell.order)
            if let before, entry.says(before.value) { return .duplicate }
            if cells.contains(where: { $0.order < cell.order && entry.says($0.value) }) {
                return .duplicate
            }
            return entry.says(lead.value) ? .accepted : .superseded
        }
        #expect(verdicts == expected)
        #expect(verdicts.count { $0 == .accepted } <= 1)
        #expect(lead.says(decision.current.value))
        let allVersions = entries.map(\.value.version).reduce(newest, max)
        let versions = entries.filter { $0.says(lead.value) }.map(\.value.version)
        #expect(decision.current.newestVersion == allVersions)
        #expect(
            decision.current.value.version == (versions.contains(allVersions) ? allVersions : 0))
        let conflict = Set(best.map(\.value.amount.exact)).count > 1
        let untouched = lead.order == -1
        #expect(
            decision.current.isSuspect
                == (untouched ? before?.isSuspect ?? false : conflict))
        #expect(decision.displaced == (!stays && before?.value.quality.hasValue ?? false))
        #expect(
            decision.current.delivery == (stays ? before?.delivery : Self.delivery))
    }

    @Test func `ten thousand copies of one slot are decided in one pass`() {
        let cells = (0..<10_000).map {
            SlotCandidate(
                value: SlotValue(
                    amount: ScaledValue(Int64($0 % 5000), exponent: -3), quality: .actual,
                    version: 1), order: $0)
        }
        var verdicts: [SlotVerdict] = []
        let decision = SlotOrder.settle(
            current: nil, candidates: cells, delivery: 1, verdicts: &verdicts)
        #expect(decision.current.isSuspect)
        #expect(verdicts.count { $0 == .superseded } == 4999)
        #expect(verdicts.count { $0 == .duplicate } == 5000)
    }
}
