// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities
import Testing

/// One cell in short: `10A`, `11E`, `N`; `10A@5` with a version; `1.0A` at a finer step.
private func cell(_ text: String) -> SlotValue {
    let halves = text.split(separator: "@")
    let quality: Quality
    switch halves[0].last {
    case "A": quality = .actual
    case "E": quality = .estimated
    case "S": quality = Quality(letter: UInt8(ascii: "S"), method: 14) ?? .none
    default: quality = .missing
    }
    let number = halves[0].dropLast()
    let decimals = number.split(separator: ".").dropFirst().first?.count ?? 0
    let digits = Int64(number.filter { $0 != "." }) ?? 0
    return SlotValue(
        amount: ScaledValue(digits, exponent: -decimals), quality: quality,
        version: halves.count == 2 ? Int64(halves[1]) ?? 0 : 0)
}

/// The one-letter forms of verdicts: accepted, duplicate, superseded, absent (`-`).
private func letters(_ verdicts: [SlotVerdict]) -> String {
    verdicts.map { verdict in
        switch verdict {
        case .accepted: "A"
        case .duplicate: "D"
        case .superseded: "S"
        case .absent: "-"
        }
    }.joined()
}

@Suite struct SlotOrderTests {
    /// A case: what stood, the newest version that came by then, the cells by SHA-256, then what stands,
    /// verdicts, suspect, displaced.
    struct Case: CustomTestStringConvertible {
        var before: String
        var newest: Int64 = 0
        var cells: String
        var after: String
        var verdicts: String
        var suspect = false
        var displaced = false
        var testDescription: String { "\(before) + \(cells)" }
    }

    static let cases = [
        // Nothing stood.
        Case(before: "", cells: "10A", after: "10A", verdicts: "A"),
        Case(before: "", cells: "N", after: "N", verdicts: "-"),
        Case(before: "", cells: "10A 10A", after: "10A", verdicts: "AD"),
        Case(before: "", cells: "10A 10.0A", after: "10A", verdicts: "AD"),
        Case(before: "", cells: "10E 11A", after: "11A", verdicts: "SA"),
        Case(before: "", cells: "N 11E", after: "11E", verdicts: "-A"),
        Case(before: "", cells: "10A 11A", after: "10A", verdicts: "AS", suspect: true),
        Case(before: "", cells: "10A 10A 11A", after: "10A", verdicts: "ADS", suspect: true),
        Case(before: "", cells: "11A 10A 10A", after: "11A", verdicts: "ASD", suspect: true),
        Case(before: "", cells: "10E 10S", after: "10E", verdicts: "AS"),
        Case(before: "", cells: "10E 11E 12A", after: "12A", verdicts: "SSA"),
        // By version where both carry one.
        Case(before: "", cells: "10A@5 11A@7", after: "11A@7", verdicts: "SA"),
        Case(before: "", cells: "10A@5 11E@7", after: "11E@7", verdicts: "SA"),
        Case(before: "", cells: "10A@5 10A@7", after: "10A@7", verdicts: "AD"),
        Case(before: "", cells: "10A@5 11A@5", after: "10A@5", verdicts: "AS", suspect: true),
        Case(before: "", cells: "10E@5 11A@5", after: "11A@5", verdicts: "SA"),
        // A version against none: class, then delivery.
        Case(before: "", cells: "10E@9 11A", after: "11A", verdicts: "SA"),
        Case(before: "", cells: "10A@9 11A", after: "10A@9", verdicts: "AS", suspect: true),
        // A cancellation.
        Case(before: "", cells: "10A@5 N@7", after: "N@7", verdicts: "S-"),
        Case(before: "", cells: "10A@5 N", after: "10A@5", verdicts: "A-"),
        Case(before: "10A@5", cells: "N@7", after: "N@7", verdicts: "-", displaced: true),
        Case(before: "10A@5", cells: "N@3", after: "10A@5", verdicts: "-"),
        Case(before: "10A@5", cells: "N", after: "10A@5", verdicts: "-"),
        Case(before: "10A", cells: "N@7", after: "10A", verdicts: "-"),
        Case(before: "N@7", cells: "10A@5", after: "N@7", verdicts: "S"),
        Case(before: "N@7", cells: "10A@8", after: "10A@8", verdicts: "A"),
        Case(before: "N@7", cells: "10A", after: "10A", verdicts: "A"),
        Case(before: "N@7", cells: "N", after: "N@7", verdicts: "-"),
        Case(before: "10A@5", cells: "N@7 11A", after: "11A", verdicts: "-A", displaced: true),
        // None against a version, then a version older than that one, or newer.
        Case(before: "10A@9", cells: "11A", after: "11A", verdicts: "A", displaced: true),
        Case(before: "11A", newest: 9, cells: "12A@5", after: "11A", verdicts: "S"),
        Case(before: "11A", newest: 9, cells: "11A@5", after: "11A", verdicts: "D"),
        Case(
            before: "11A", newest: 9, cells: "12A@11", after: "12A@11", verdicts: "A",
            displaced: true),
        Case(before: "11A", newest: 9, cells: "12A@5 13A@5", after: "11A", verdicts: "SS"),
        Case(
            before: "11A", newest: 9, cells: "12A@5 13A", after: "13A", verdicts: "SA",
            displaced: true),
        // A later delivery.
        Case(before: "10A", cells: "10A", after: "10A", verdicts: "D"),
        Case(before: "10A", cells: "11A", after: "11A", verdicts: "A", displaced: true),
        Case(before: "10A", cells: "11E", after: "10A", verdicts: "S"),
        Case(before: "10E", cells: "11A", after: "11A", verdicts: "A", displaced: true),
        Case(before: "10E", cells: "10A", after: "10A", verdicts: "A", displaced: true),
        Case(before: "10A", cells: "10A@9", after: "10A@9", verdicts: "D"),
        Case(before: "10A@9", cells: "10A@5", after: "10A@9", verdicts: "D"),
        Case(before: "10A@9", cells: "11A@5", after: "10A@9", verdicts: "S"),
        Case(before: "10A@5", cells: "11A@5", after: "11A@5", verdicts: "A", displaced: true),
        Case(before: "N", cells: "10E", after: "10E", verdicts: "A"),
        Case(before: "10A", cells: "10A 11E", after: "10A", verdicts: "DS"),
        // The value on record, sent again beside another one of equal standing.
        Case(before: "10A", cells: "10A 11A", after: "10A", verdicts: "DS", suspect: true),
        Case(
            before: "10A", cells: "11A 10A", after: "11A", verdicts: "AD", suspect: true,
            displaced: true),
        // A suspect value, then a later delivery.
        Case(before: "10A!", cells: "10A", after: "10A", verdicts: "D"),
        Case(before: "10A!", cells: "11A", after: "11A", verdicts: "A", displaced: true),
        Case(before: "10A!", cells: "11E", after: "10A", verdicts: "S", suspect: true),
        Case(before: "10A!", cells: "N", after: "10A", verdicts: "-", suspect: true),
        Case(before: "10A@5!", cells: "10A@3", after: "10A@5", verdicts: "D", suspect: true),
        Case(before: "10A!", cells: "11E 12E", after: "10A", verdicts: "SS", suspect: true),
        Case(before: "10A!", cells: "10A 10A", after: "10A", verdicts: "DD"),
    ]

    @Test(arguments: cases)
    func `law 2 orders the values of a slot`(given: Case) {
        let before =
            given.before.isEmpty
            ? nil
            : SlotCurrent(
                value: cell(given.before.filter { $0 != "!" }), delivery: 1,
                isSuspect: given.before.hasSuffix("!"), newestVersion: given.newest)
        let candidates = given.cells.split(separator: " ").enumerated().map {
            SlotCandidate(value: cell(String($1)), order: $0)
        }
        var verdicts: [SlotVerdict] = []
        let decision = SlotOrder.settle(
            current: before, candidates: candidates, delivery: 2, verdicts: &verdicts)
        #expect(decision.current.value == cell(given.after))
        #expect(letters(verdicts) == given.verdicts)
        #expect(decision.current.isSuspect == given.suspect)
        #expect(decision.displaced == given.displaced)
    }
}
