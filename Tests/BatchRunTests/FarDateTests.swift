// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Quantities
import TestSupport
import Testing

/// A slip in the date bills nothing.
@Suite struct FarDateTests {
    private func refused(_ asOf: String, by branch: TrialBranch) throws -> Bool {
        do { try branch.bill(asOf: asOf) } catch is FarDate { return true }
        return false
    }

    @Test func `a date far after all readings bills nothing, and the next night as ever`() throws {
        let branch = try MonthlyBranch.branch()
        let january = MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01")
        try branch.deliver("a.csv", january)
        #expect(try refused("2062-02-05", by: branch))
        #expect(try branch.rows(MonthlyBranch.invoices).isEmpty)
        #expect(try branch.rows(MonthlyBranch.holds).isEmpty)
        // 31 January and 400 days are 7 March of the next year.
        #expect(try refused("2027-03-08", by: branch))
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "74400"]])
        #expect(try !refused("2027-03-07", by: branch))
    }

    @Test func `readings that come with the date are counted`() throws {
        let branch = try MonthlyBranch.branch()
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01"))
        try branch.bill(asOf: "2026-02-05")
        try branch.deliver("b.csv", MonthlyBranch.hours(from: "2028-01-01", to: "2028-02-01"))
        #expect(try !refused("2028-02-05", by: branch))
    }

    @Test func `without readings any date will do`() throws {
        let branch = try MonthlyBranch.branch()
        #expect(try !refused("2028-02-05", by: branch))
    }
}
