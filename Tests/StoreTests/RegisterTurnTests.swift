// SPDX-License-Identifier: Apache-2.0

import Quantities
import Store
import TestSupport
import Testing

@Suite struct RegisterTurnTests {
    @Test func `turns are told from a day on, those of two rules, closed ones too`() throws {
        let branch = try TrialBranch()
        let store = try branch.store()
        func row(_ meter: String, _ rule: String, to end: String) -> ExceptionRow {
            ExceptionRow(
                subjectKind: "meter", subjectID: meter, channel: "1.8.0",
                startsAt: "2026-01-01T00:00:00+08:00", endsAt: end, rule: rule, severity: "warn",
                detail: "")
        }
        try store.write { transaction in
            try transaction.reconcileExceptions(
                block: "closed",
                found: [
                    row("A", "register-decrease", to: "2026-02-10T00:00:00+08:00")
                ], seq: 1)
            try transaction.reconcileExceptions(block: "closed", found: [], seq: 2)
            try transaction.reconcileExceptions(
                block: "open",
                found: [
                    row("B", "register-rollover", to: "2026-02-03T00:00:00Z"),
                    row("C", "above-capacity", to: "2026-02-10T00:00:00Z"),
                    row("D", "register-decrease", to: "2026-01-31T23:00:00-03:30"),
                ], seq: 1)
        }
        func meters(from day: String?) throws -> [String] {
            var found: [String] = []
            try store.read { transaction in
                try transaction.forEachRegisterTurn(from: day.flatMap { CivilDay(iso: $0) }) {
                    meter, channel, span in
                    #expect(channel == "1.8.0" && span.0 == "2026-01-01T00:00:00+08:00")
                    found.append(meter)
                }
            }
            return found
        }
        #expect(try meters(from: nil) == ["D", "B", "A"])
        // That of D ended on the first of February, 02:30 UTC.
        #expect(try meters(from: "2026-02-01") == ["D", "B", "A"])
        #expect(try meters(from: "2026-02-04") == ["B", "A"])
        #expect(try meters(from: "2026-03-01").isEmpty)
    }
}
