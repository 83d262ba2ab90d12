// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Foundation
import MeterModel
import Quantities
import Store
import Testing
import TestSupport

/// Law 2: which of two values of one slot stands.
@Suite struct VersionOrderTests {
    private static let slot = "2026-03-10T00:00"

    private func night(_ name: String, _ rows: [(kwh: String, quality: String)]) -> [(
        String, String
    )] {
        rows.enumerated().map { index, row in
            (
                "\(name)-\(index).csv",
                TwoFeeders.header
                    + TwoFeeders.row("M1", VersionOrderTests.slot, row.kwh, row.quality)
            )
        }
    }

    /// What stands in the slot as `value quality`, `?` where it is in doubt; empty where nothing is.
    private func standing(_ branch: TrialBranch) throws -> [String] {
        try branch.current().map { "\($0.value) \($0.quality)\($0.isSuspect ? "?" : "")" }
    }

    private func verdicts(_ branch: TrialBranch) throws -> [String] {
        try branch.column(
            """
            SELECT group_concat(accepted || ' ' || duplicate || ' ' || superseded || ' ' || absent,
                ', ') FROM source_file GROUP BY delivery ORDER BY delivery
            """)
    }

    @Test(arguments: [
        // first night, second night; what stands; accepted, duplicate, superseded, absent of the 2nd
        ("1 A", "2 A", "2 A", "1 0 0 0"),  // the later delivery
        ("1 E", "2 A", "2 A", "1 0 0 0"),  // actual above estimated
        ("1 A", "2 E", "1 A", "0 0 1 0"),
        ("1 A", "1 A", "1 A", "0 1 0 0"),  // equal value and quality
        ("1 E", "1 A", "1 A", "1 0 0 0"),
        ("1 A", " N", "1 A", "0 0 0 1"),  // missing displaces nothing
        (" N", "1 E", "1 E", "1 0 0 0"),
        ("1.0 A", "1.00 A", "1 A", "0 1 0 0"),  // equal, whatever the decimals
    ])
    func `a second night is settled against the first`(
        first: String, second: String, current: String, counts: String
    ) throws {
        let branch = try TwoFeeders.branch()
        for (number, cell) in [first, second].enumerated() {
            let parts = cell.split(separator: " ", omittingEmptySubsequences: false)
            // A second row, so that no night has the bytes of the other.
            let text =
                TwoFeeders.header
                + TwoFeeders.row("M1", VersionOrderTests.slot, "\(parts[0])", "\(parts[1])")
                + TwoFeeders.row("M3", "2026-03-10T0\(number):00", "", "N")
            try branch.deliver("night\(number).csv.gz", text)
            try branch.run(asOf: "2026-03-12")
        }
        #expect(try standing(branch) == [current])
        let fields = counts.split(separator: " ").compactMap { Int($0) }
        // The other row of the night is absent.
        let expected = "\(fields[0]) \(fields[1]) \(fields[2]) \(fields[3] + 1)"
        #expect(try verdicts(branch).last == expected)
        try expectBalance(of: branch)
    }

    @Test(arguments: [["1", "2"], ["2", "1"]])
    func `two values of equal standing in one delivery are a conflict that is not billed`(
        values: [String]
    ) throws {
        let branch = try TwoFeeders.branch()
        let rest = TwoFeeders.period("M1").split(separator: "\n").dropFirst().joined(
            separator: "\n")
        for (index, value) in values.enumerated() {
            let row = TwoFeeders.row("M1", VersionOrderTests.slot, value)
            let tail = index == 0 ? rest + "\n" : ""
            try branch.deliver("part-\(index).csv.gz", TwoFeeders.header + row + tail)
        }
        try branch.bill(asOf: "2026-03-12")
        let doubtful = try branch.current().filter { $0.at.hasPrefix(VersionOrderTests.slot) }
        #expect(doubtful.count == 1)
        #expect(doubtful.first?.isSuspect == true)
        let found = try branch.rows(
            "SELECT subject_id, channel, starts_at, ends_at FROM exception WHERE rule = 'conflicting-values'"
        )
        #expect(
            found == [["M1", "1.8.0", "2026-03-10T00:00:00+08:00", "2026-03-10T00:15:00+08:00"]])
        #expect(try branch.column("SELECT count(*) FROM invoice") == ["0"])
        let holds = try branch.rows(
            "SELECT code FROM hold WHERE contract_id = 'K1' AND released_seq IS NULL")
        #expect(holds == [["missing-intervals"]])
        try expectBalance(of: branch)
    }

    @Test func `which of two conflicting values counts as superseded does not depend on names`()
        throws
    {
        let files = night("a", [("1", "A"), ("2", "A")])
        var digests: Set<String> = []
        for names in [["a", "b"], ["b", "a"]] {
            let branch = try TwoFeeders.branch()
            for (name, file) in zip(names, files) { try branch.deliver(name, file.1) }
            try branch.run(asOf: "2026-03-12")
            digests.insert(try branch.digest())
            #expect(
                try branch.rows(
                    "SELECT sum(accepted), sum(superseded) FROM source_file") == [["1", "1"]])
            let rank = try branch.column("SELECT accepted FROM source_file ORDER BY sha256")
            #expect(rank == ["1", "0"], "the smaller SHA-256 is the accepted one")
        }
        #expect(digests.count == 1)
    }

    @Test func `a later delivery resolves a conflict`() throws {
        let branch = try TwoFeeders.branch()
        for (name, text) in night("first", [("1", "A"), ("2", "A")]) {
            try branch.deliver(name, text)
        }
        try branch.run(asOf: "2026-03-12")
        #expect(try standing(branch).first?.hasSuffix("?") == true)
        for (name, text) in night("second", [("3", "A")]) { try branch.deliver(name, text) }
        try branch.run(asOf: "2026-03-13")
        #expect(try standing(branch) == ["3 A"])
        let open = "SELECT status FROM exception WHERE rule = 'conflicting-values'"
        #expect(try branch.column(open) == ["closed"])
    }

    @Test(arguments: [["old", "new"], ["new", "old"]], [true, false])
    func `the sender's newer version stands, whatever the order of files`(
        names: [String], oneNight: Bool
    ) throws {
        let branch = try TwoFeeders.withHalfHours()
        let versions = ["20260312010000", "20260312020000"]
        for (index, version) in versions.enumerated() {
            let text = TwoFeeders.nem12("N1", day: "20260310", "\(index + 1)", version: version)
            try branch.deliver(names[index] + ".csv", text)
            if !oneNight && names[0] == "old" { try branch.run(asOf: "2026-03-12") }
        }
        try branch.run(asOf: "2026-03-12")
        #expect(Set(try standing(branch)) == ["2 A"])
        #expect(try branch.current().count == 48)
        let doubts = "SELECT count(*) FROM exception WHERE rule = 'conflicting-values'"
        #expect(try branch.column(doubts) == ["0"])
        try expectBalance(of: branch)
    }

    @Test func `an older version that comes late is superseded`() throws {
        let branch = try TwoFeeders.withHalfHours()
        for (value, version) in [("2", "20260312020000"), ("1", "20260312010000")] {
            let text = TwoFeeders.nem12("N1", day: "20260310", value, version: version)
            try branch.deliver("\(version).csv", text)
            try branch.run(asOf: "2026-03-12")
        }
        #expect(Set(try standing(branch)) == ["2 A"])
        #expect(try verdicts(branch) == ["48 0 0 0", "0 0 48 0"])
    }

    @Test func `a version older than one that came before never stands again`() throws {
        let branch = try TwoFeeders.withHalfHours()
        func deliver(_ value: String, version hour: String) throws {
            let version = hour.isEmpty ? "" : "20260312\(hour)0000"
            let text = TwoFeeders.nem12("N1", day: "20260310", value, version: version)
            try branch.deliver("\(value).csv", text)
            try branch.run(asOf: "2026-03-12")
        }
        try deliver("1", version: "02")
        try deliver("2", version: "")
        #expect(Set(try standing(branch)) == ["2 A"])
        try deliver("3", version: "01")
        #expect(Set(try standing(branch)) == ["2 A"])
        try deliver("4", version: "03")
        #expect(Set(try standing(branch)) == ["4 A"])
        #expect(try verdicts(branch) == ["48 0 0 0", "48 0 0 0", "0 0 48 0", "48 0 0 0"])
        try expectBalance(of: branch)
    }

    @Test func `an equal value of a newer version is a duplicate and keeps older ones out`() throws
    {
        let branch = try TwoFeeders.withHalfHours()
        for (value, hour) in [("1", "01"), ("1", "03"), ("2", "02")] {
            let text = TwoFeeders.nem12(
                "N1", day: "20260310", value, version: "20260312\(hour)0000")
            try branch.deliver("\(hour).csv", text)
            try branch.run(asOf: "2026-03-12")
        }
        #expect(Set(try standing(branch)) == ["1 A"])
        #expect(try verdicts(branch) == ["48 0 0 0", "0 48 0 0", "0 0 48 0"])
    }

    @Test func `a conflict is estimated once late readings are waited for no longer`() throws {
        let branch = try TwoFeeders.branch()
        let whole = TwoFeeders.period("M1")
        try branch.deliver("a.csv.gz", TwoFeeders.header + whole)
        try branch.deliver(
            "b.csv.gz", TwoFeeders.header + TwoFeeders.row("M1", "2026-03-10T12:00", "9"))
        try branch.bill(asOf: "2026-03-14")
        #expect(try branch.column("SELECT count(*) FROM invoice") == ["0"])
        try branch.bill(asOf: "2026-03-15")
        // A line between the neighbours of 0.25: 192 × 0.25 = 48 kWh at 0.50 yuan.
        #expect(
            try branch.rows("SELECT contract_id, total_minor, estimated_values FROM invoice")
                == [["K1", "2400", "1"]])
        #expect(
            try branch.rows("SELECT value, exponent, method FROM estimate") == [
                ["250", "-3", "E17"]
            ])
    }

    @Test func `a newer version without values cancels`() throws {
        let branch = try TwoFeeders.withHalfHours()
        try branch.deliver(
            "read.csv",
            TwoFeeders.nem12("N1", day: "20260310", "1", version: "20260312010000"))
        try branch.run(asOf: "2026-03-12")
        let cancelled = TwoFeeders.nem12("N1", day: "20260310", "0", version: "20260312020000")
            .replacingOccurrences(of: ",A,,,", with: ",N,,,")
        try branch.deliver("cancelled.csv", cancelled)
        try branch.run(asOf: "2026-03-12")
        #expect(try standing(branch).isEmpty)
        #expect(try verdicts(branch) == ["48 0 0 0", "0 0 0 48"])
        #expect(try branch.column("SELECT sum(displaced) FROM run") == ["48"])
    }
}
