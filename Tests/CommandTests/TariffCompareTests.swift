// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct TariffCompareTests {
    /// The tariff of the branch with 0.50 for a kilowatt-hour, in a folder of drafts.
    private static func branch() throws -> SmallBranch {
        let branch = try SmallBranch.billed()
        try FileManager.default.createDirectory(
            atPath: branch.path + "/drafts", withIntermediateDirectories: true)
        try branch.write(
            "drafts/flat.yaml", SmallBranch.tariff.replacing("price: 0.25", with: "price: 0.50"))
        return branch
    }

    @Test func `the base of a month is billed under a draft and stays as it is`() throws {
        let branch = try Self.branch()
        let digest = try branch.digest()
        let outcome = try branch.tallywatt(
            "tariff", "compare", "--with", "drafts/flat.yaml", "--period", "2026-01", "--json",
            "--svg", "changes.svg")
        #expect(outcome.status == 0)
        let tariff = try #require(outcome.list("tariffs").first)
        let total = try #require(tariff["total"] as? [String: Any])
        // 31 days at 1.20 are 37.20. K1: 372 kWh at 0.25 are 93.00, with GST 143.22; at 0.50 186.00,
        // 245.52. K2: 12.34 kWh are 3.085, 3.09: 40.29, GST 4.029, 44.32; 6.17: 43.37, 4.337, 47.71.
        #expect(total["contracts"] as? Int == 2)
        #expect(total["kwh"] as? String == "384.34")
        #expect(total["now"] as? String == "187.54")
        #expect(total["then"] as? String == "293.23")
        #expect(total["difference"] as? String == "105.69")
        #expect(total["losers"] as? Int == 2)
        let losers = try #require(tariff["losers"] as? [[String: Any]])
        #expect(losers.map { $0["difference"] as? String } == ["102.30", "3.39"])
        let drawn = try branch.read("changes.svg")
        #expect(drawn.hasPrefix("<svg ") && drawn.contains(">home</text>"))
        #expect(try branch.digest() == digest)
    }

    @Test func `readings are measured again where that is asked for`() throws {
        let branch = try Self.branch()
        let timed = SmallBranch.tariff.replacing(
            "charges:",
            with: """
                periods: { noon: { time: 11:00-13:00 }, other: rest }
                charges:
                """
        ).replacing("price: 0.25", with: "price: { noon: 0.50, other: 0.25 }")
        try branch.write("drafts/timed.yaml", timed)
        let stored = try branch.tallywatt(
            "tariff", "compare", "--with", "drafts/timed.yaml", "--period", "2026-01")
        #expect(stored.out.contains("not priced: 2: other-periods: K1"))
        #expect(stored.err.contains("--readings"))
        let again = try branch.tallywatt(
            "tariff", "compare", "--with", "drafts/timed.yaml", "--period", "2026-01", "--readings",
            "--json")
        let tariff = try #require(again.list("tariffs").first)
        let total = try #require(tariff["total"] as? [String: Any])
        // K1: 62 of 744 half kilowatt-hours at 0.50, 15.50, and 341 kWh at 0.25, 85.25; with 37.20 and GST
        // 13.795: 151.75. The registers of K2 tell no such periods.
        #expect(total["contracts"] as? Int == 1)
        #expect(total["then"] as? String == "151.75")
        let unpriced = try #require(tariff["unpriced"] as? [[String: Any]])
        #expect(unpriced.map { $0["code"] as? String } == ["unmapped-period"])
    }

    @Test func `a person reads a table, of one feeder where it is given`() throws {
        let branch = try Self.branch()
        let outcome = try branch.tallywatt(
            "tariff", "compare", "--with", "drafts/flat.yaml", "--period",
            "2026-01-01..2026-02-01", "--feeder", "F2")
        #expect(outcome.status == 0)
        #expect(
            outcome.out == """
                flat 2026-01 (drafts/flat.yaml), AUD
                class  tariff now  contracts    kWh    now   then  difference  pay less    by  pay more    by
                home   flat                1  12.34  44.32  47.71        3.39         0  0.00         1  3.39
                total                      1  12.34  44.32  47.71        3.39         0  0.00         1  3.39
                largest differences
                  K2  home  44.32  47.71  3.39

                """)
        // The last day of January's invoices is not in February.
        let none = try branch.tallywatt(
            "tariff", "compare", "--with", "drafts/flat.yaml", "--period", "2026-02", "--json")
        let tariff = try #require(none.list("tariffs").first)
        #expect((tariff["total"] as? [String: Any])?["contracts"] as? Int == 0)
    }

    @Test(arguments: [
        (["--period", "2026"], 64, "--period must be a month"),
        (["--period", "2026-02-01..2026-01-01"], 64, "--period must be a month"),
        (["--period", "2026-01", "--set", "kva"], 64, "--set takes key=value"),
        (["--period", "2026-01", "--feeder", "F9"], 1, "feeder 'F9' is not on record"),
    ])
    func `a slip is told`(arguments: [String], status: Int32, message: String) throws {
        let branch = try Self.branch()
        let outcome = try branch.call(
            ["tariff", "compare", "--with", "drafts/flat.yaml"] + arguments)
        #expect(outcome.status == status)
        #expect(outcome.err.contains(message))
    }

    @Test func `a draft whose examples fail is refused`() throws {
        let branch = try Self.branch()
        let example = """
            examples:
              - name: a month
                given: { from: 2026-01-01, kwh: 400 }
                expect: { usage: 100.01 }

            """
        try branch.write("drafts/flat.yaml", SmallBranch.tariff + example)
        let outcome = try branch.tallywatt(
            "tariff", "compare", "--with", "drafts/flat.yaml", "--period", "2026-01")
        #expect(outcome.status == 1)
        #expect(outcome.err.contains("example-failed"))
    }
}
