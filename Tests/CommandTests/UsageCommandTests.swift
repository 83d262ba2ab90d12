// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct UsageCommandTests {
    @Test(arguments: [("1900-01-01", "9999-12-31"), ("2026-01-01", "9999-12-31")])
    func `days without end are refused at once`(from: String, to: String) throws {
        let branch = try SmallBranch.billed()
        let outcome = try branch.tallywatt(
            "usage", "show", "--contract", "K1", "--from", from, "--to", to)
        #expect(outcome.status == 1)
        #expect(outcome.err.contains("correct --from or --to"))
    }

    /// Values of M3 behind its multiplier of 80, as NEM12 gives them.
    static let nem12 = """
        100,NEM12,202602030000,MDP,RET
        200,M3,E1Q1,,E1,N1,,kWh,30,
        300,20260202,\(Array(repeating: "8.0", count: 48).joined(separator: ",")),A,,,20260203000000,
        200,M3,E1Q1,,Q1,N1,,kvarh,30,
        300,20260202,\(Array(repeating: "2.4", count: 48).joined(separator: ",")),A,,,20260203000000,
        900

        """

    /// Values of M1 of every quality and step.
    static let february = """
        meter_id,timestamp,kwh,quality
        M1,2026-02-02T00:00:00+10:00,1.250,A
        M1,2026-02-02T01:00:00+10:00,2.5,E
        M1,2026-02-02T02:00:00+10:00,,N
        M1,2026-02-02T03:00:00+10:00,-0.001,A

        """

    @Test func `usage is what billing would use`() throws {
        let branch = try SmallBranch.billed()
        // Ten days of K1: 240 hours × 0.5 kWh.
        let outcome = try branch.tallywatt(
            "usage", "show", "--contract", "K1", "--from", "2026-01-11", "--to", "2026-01-21",
            "--json")
        #expect(outcome.status == 0)
        let usage = try #require(outcome.list("usage").first)
        #expect(usage["from"] as? String == "2026-01-11")
        #expect(usage["estimated_values"] as? Int == 0)
        let amounts = try #require(usage["determinants"] as? [[String: Any]])
        #expect(amounts.map { $0["quantity"] as? String } == ["import.kwh"])
        #expect(amounts.map { $0["value"] as? String } == ["120"])
        #expect(amounts.map { $0["unit"] as? String } == ["kWh"])

        // Before the contract begins there is nothing; February was not delivered.
        let long = try branch.tallywatt(
            "usage", "show", "--feeder", "F1", "--from", "2025-12-01", "--to", "2026-02-02",
            "--as-of", "2026-02-02", "--json")
        let held = try #require(long.list("usage").first)
        #expect(held["from"] as? String == "2026-01-01")
        #expect((held["hold"] as? [String: Any])?["code"] as? String == "missing-intervals")
        let unknown = try branch.tallywatt(
            "usage", "show", "--feeder", "F9", "--from", "2026-01-01", "--to", "2026-02-01")
        #expect(unknown.status == 1)
        #expect(unknown.err.contains("feeder 'F9' is not on record"))
    }

    @Test func `an export holds every slot delivered, exactly`() throws {
        let branch = try SmallBranch.billed()
        try branch.write("february.csv", UsageCommandTests.february)
        try branch.write("m3.csv", UsageCommandTests.nem12)
        _ = try branch.tallywatt("ingest", "february.csv", "m3.csv", "--as-of", "2026-02-05")
        let outcome = try branch.tallywatt(
            "usage", "export", "--format", "interval-long", "--out", "f1.csv", "--feeder", "F1",
            "--from", "2026-02-02", "--to", "2026-02-03")
        #expect(outcome.status == 0)
        #expect(
            try branch.read("f1.csv") == """
                meter_id,timestamp,kwh,quality,channel
                M1,2026-02-02T00:00:00+10:00,1.250,A,1.8.0
                M1,2026-02-02T01:00:00+10:00,2.500,E,1.8.0
                M1,2026-02-02T02:00:00+10:00,,N,1.8.0
                M1,2026-02-02T03:00:00+10:00,-0.001,A,1.8.0

                """)

        let both = try branch.tallywatt(
            "usage", "export", "--format", "interval-long", "--out", "all.csv", "--json")
        // 744 + 4 of M1 and 48 of M3; its 48 kvarh beside them.
        #expect(both.list("files").map { $0["rows"] as? Int } == [796, 48])
        #expect(both.list("files").map { $0["path"] as? String } == ["all.csv", "all-kvarh.csv"])
        #expect(both.json?["missing"] as? Int == 1)
        // 8.0 kWh and 2.4 kvarh were delivered after the multiplier of 80; the format is before it.
        let active = try branch.read("all.csv").split(separator: "\n")
        #expect(active.contains("M3,2026-02-02T23:30:00+10:00,0.1,A,1.8.0:E1"))
        let reactive = try branch.read("all-kvarh.csv").split(separator: "\n")
        try #require(reactive.count == 49)
        #expect(reactive[0] == "meter_id,timestamp,kvarh,quality,channel")
        #expect(reactive[1] == "M3,2026-02-02T00:00:00+10:00,0.03,A,3.8.0:Q1")
    }

    @Test func `a file exported and read again gives the same readings and sums`() throws {
        let branch = try SmallBranch.billed()
        try branch.write("february.csv", UsageCommandTests.february)
        try branch.write("m3.csv", UsageCommandTests.nem12)
        _ = try branch.tallywatt("ingest", "february.csv", "m3.csv", "--as-of", "2026-02-05")
        let export = ["usage", "export", "--format", "interval-long", "--out"]
        _ = try branch.call(export + ["once.csv.gz"])
        let other = ["--database", "other.sqlite"]
        _ = try branch.call(["init", "--network", "network"] + other)
        let read = try branch.call(
            ["ingest", "once.csv.gz", "once-kvarh.csv.gz", "--as-of", "2026-02-05", "--json"]
                + other)
        #expect(read.json?["readings"] as? Int == 844)
        #expect(read.json?["accepted"] as? Int == 843)
        #expect(read.json?["absent"] as? Int == 1)
        #expect(read.json?["rejected"] as? Int == 0)

        _ = try branch.call(export + ["twice.csv"] + other)
        let sums = try branch.sums(of: "twice.csv", "twice-kvarh.csv")
        // M1: 372 + 1.25 + 2.5 − 0.001; M3: 48 × 0.1 kWh and 48 × 0.03 kvarh.
        #expect(sums == ["M1 1.8.0 375.749", "M3 1.8.0 4.8", "M3 3.8.0 1.44"])
        #expect(try branch.sums(of: "once.csv.gz", "once-kvarh.csv.gz") == sums)
    }
}

extension SmallBranch {
    /// The sums of files as `inspect` adds them: meter, OBIS code, sum.
    fileprivate func sums(of files: String...) throws -> [String] {
        let outcome = try call(["inspect", "--json"] + files)
        let number = /"meter": "(\w+)".*"obis": "([\d.]+)".*"sum": ([\d.]+)/
        return outcome.out.split(separator: "\n").compactMap { line in
            line.firstMatch(of: number).map { "\($0.1) \($0.2) \($0.3)" }
        }
    }
}
