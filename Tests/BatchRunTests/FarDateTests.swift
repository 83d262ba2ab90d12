// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Quantities
import TestSupport
import Testing

/// A slip in the date bills nothing.
@Suite struct FarDateTests {
    private func refused(_ asOf: String, today: String? = nil, by branch: TrialBranch) throws
        -> Bool
    {
        do { try branch.bill(asOf: asOf, today: today) } catch is FarDate { return true }
        return false
    }

    private let january = MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01")

    @Test func `a date far after all readings bills nothing, and the next night as ever`() throws {
        let branch = try MonthlyBranch.branch()
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

    @Test func `readings that come with a date that has come are counted`() throws {
        let branch = try MonthlyBranch.branch()
        try branch.deliver("a.csv", january)
        try branch.bill(asOf: "2026-02-05")
        try branch.deliver("b.csv", MonthlyBranch.hours(from: "2028-01-01", to: "2028-02-01"))
        #expect(try !refused("2028-02-05", by: branch))
    }

    @Test func `a date that has not come is refused before a bad clock can make it look right`()
        throws
    {
        let branch = try MonthlyBranch.branch()
        try branch.deliver("a.csv", january)
        try branch.bill(asOf: "2026-02-05")
        let digest = try branch.digest()
        try branch.deliver("b.csv", MonthlyBranch.hours(from: "2028-01-01", to: "2028-02-01"))
        #expect(try refused("2028-02-05", today: "2028-02-04", by: branch))
        #expect(try branch.digest() == digest)
        #expect(try branch.column("SELECT value FROM setting WHERE name = 'pending_bill'") == [""])
    }

    @Test func `without readings a date is measured by today and by when billing begins`() throws {
        let branch = try MonthlyBranch.branch()
        // 5 February and 400 days are 12 March of the next year; billing begins on 1 January 2026.
        #expect(try refused("2027-03-13", today: "2026-02-05", by: branch))
        #expect(try refused("9999-12-31", today: "2026-02-05", by: branch))
        #expect(try branch.rows(MonthlyBranch.holds).isEmpty)
        #expect(try !refused("2027-03-12", today: "2026-02-05", by: branch))
        // 1 January 2026 and 400 days are 5 February 2027, however long ago today is.
        let early = try MonthlyBranch.branch()
        #expect(try refused("2027-02-06", today: "1970-01-01", by: early))
        #expect(try !refused("2027-02-05", today: "1970-01-01", by: early))
        #expect(try !refused("2029-02-05", today: "2029-02-05", by: early))
    }

    @Test(arguments: ["9999-12-31", "2062-10-04"])
    func `a bill that a slip began is dropped by a night with the right date`(asOf: String) throws {
        let branch = try MonthlyBranch.branch()
        #expect(
            try branch.attempt(
                "INSERT OR REPLACE INTO setting VALUES ('pending_bill', '\(asOf)')") == nil)
        try branch.deliver("a.csv", january)
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "74400"]])
        #expect(try branch.rows(MonthlyBranch.holds).isEmpty)
        #expect(try branch.column("SELECT value FROM setting WHERE name = 'pending_bill'") == [""])
    }

    @Test func `readings at the end of the calendar stop no later night`() throws {
        let branch = try MonthlyBranch.branch()
        try branch.deliver(
            "z.csv", "meter_id,timestamp,kwh,quality\nM1,9999-12-30T23:00:00+08:00,1,A\n")
        try branch.run(asOf: "9999-12-31")
        #expect(try branch.currentTotals().isEmpty == false)
        try branch.deliver("a.csv", january)
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "74400"]])
    }
}
