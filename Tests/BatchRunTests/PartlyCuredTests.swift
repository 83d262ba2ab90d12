// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Foundation
import Quantities
import Testing
import TestSupport

/// Rows of many values, of which an import cures some, or some of them.
@Suite struct PartlyCuredTests {
    /// A network file with N1, of half hours on F2, in Beijing: its midnight is 02:00 of NEM12's clock,
    /// after four half hours.
    private static func n1(_ installed: String, _ removed: String = "") -> [String: String] {
        meter("N1", "Asia/Shanghai", installed, removed, minutes: 30)
    }

    private static func meter(
        _ id: String, _ zone: String, _ installed: String, _ removed: String = "", minutes: Int
    ) -> [String: String] {
        [
            "service_points.csv": "service_point_id,node_id,timezone\nS4,F2,\(zone)\n",
            "meters.csv": """
            meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes
            \(id),S4,T2,\(installed),\(removed),1,6,\(minutes)

            """,
        ]
    }

    /// An import that has nothing to do with what is refused.
    private static let unrelated = [
        "service_points.csv": "service_point_id,node_id,timezone\nS9,F2,Asia/Shanghai\n"
    ]

    /// `code cell readings delivery closed_by` of rejections.
    private func rejections(_ branch: TrialBranch) throws -> [String] {
        try branch.rows(
            "SELECT code, cell, readings, delivery, closed_by FROM rejection ORDER BY 4, line, cell"
        ).map { $0.joined(separator: " ") }
    }

    /// `delivery readings accepted rejected duplicate` of retries.
    private func retries(_ branch: TrialBranch) throws -> [String] {
        try branch.rows(
            """
            SELECT delivery, sum(readings), sum(accepted), sum(rejected), sum(duplicate)
            FROM retried_file GROUP BY 1 ORDER BY 1
            """
        ).map { $0.joined(separator: " ") }
    }

    /// Runs once more after an import that changes nothing here, and expects that nothing happens.
    private func expectQuiet(_ branch: TrialBranch, asOf: String) throws {
        try branch.importNetwork(PartlyCuredTests.unrelated)
        let before = try branch.digest()
        #expect(try branch.run(asOf: asOf).deliveries.isEmpty)
        #expect(try branch.digest() == before)
        #expect(try branch.problems().isEmpty)
        try expectBalance(of: branch)
    }

    @Test func `of a NEM12 row only the refused values are tried again, until all are cured`()
        throws
    {
        let branch = try TwoFeeders.branch()
        try branch.importNetwork(PartlyCuredTests.n1("2026-03-10"))
        try branch.deliver("night.csv", TwoFeeders.nem12("N1", day: "20260310", "0.5", version: ""))
        try branch.run(asOf: "2026-03-12")
        // The third cell of the line is the first value.
        #expect(try rejections(branch) == ["outside-installation 3 4 1 -"])
        try expectQuiet(branch, asOf: "2026-03-12")
        #expect(try retries(branch).isEmpty)

        // 01:00 of NEM12's clock: two of the four.
        try branch.importNetwork(PartlyCuredTests.n1("2026-03-09T23:00:00+08:00"))
        try branch.run(asOf: "2026-03-12")
        #expect(
            try rejections(branch) == [
                "outside-installation 3 4 1 2", "outside-installation 3 2 2 -",
            ])
        #expect(try retries(branch) == ["2 4 2 2 0"])
        #expect(
            try branch.rows("SELECT verdict, sum FROM retried_file_energy ORDER BY 1")
                == [["accepted", "1"], ["rejected", "1"]])
        #expect(
            try branch.rows(
                "SELECT feeder_id, readings, accepted FROM feeder_delivery WHERE delivery = 2")
                == [["F2", "2", "2"]])
        try expectQuiet(branch, asOf: "2026-03-12")

        try branch.importNetwork(PartlyCuredTests.n1("2026-01-01"))
        try branch.run(asOf: "2026-03-12")
        #expect(
            try rejections(branch) == [
                "outside-installation 3 4 1 2", "outside-installation 3 2 2 3",
            ])
        #expect(try retries(branch) == ["2 4 2 2 0", "3 2 2 0 0"])
        #expect(try branch.currentTotals() == ["N1 1.8.0:E1": Exact(24)])
        try expectQuiet(branch, asOf: "2026-03-12")
    }

    @Test func `where one end of a row is cured, the other is refused anew`() throws {
        let branch = try TwoFeeders.branch()
        // From 02:00 to 22:00 of NEM12's clock.
        try branch.importNetwork(PartlyCuredTests.n1("2026-03-10", "2026-03-10T20:00:00+08:00"))
        try branch.deliver("night.csv", TwoFeeders.nem12("N1", day: "20260310", "0.5", version: ""))
        try branch.run(asOf: "2026-03-12")
        try branch.importNetwork(PartlyCuredTests.n1("2026-03-10"))
        try branch.run(asOf: "2026-03-12")
        #expect(
            try rejections(branch) == [
                "outside-installation 3 4 1 2", "outside-installation 47 4 1 2",
                "outside-installation 3 4 2 -",
            ])
        #expect(try retries(branch) == ["2 8 4 4 0"])
        #expect(try branch.currentTotals() == ["N1 1.8.0:E1": Exact(22)])
        try expectQuiet(branch, asOf: "2026-03-12")
    }

    @Test func `values of a row whose day has not come are left out when others are cured`() throws
    {
        let branch = try TwoFeeders.branch()
        // Half the row is before the meter, the other half after the midnight at which the future
        // begins on the 10th: 02:00 of the 12th by NEM12's clock.
        try branch.importNetwork(PartlyCuredTests.n1("2026-03-11T23:00:00+08:00"))
        try branch.deliver("night.csv", TwoFeeders.nem12("N1", day: "20260312", "0.5", version: ""))
        try branch.run(asOf: "2026-03-10")
        #expect(
            try rejections(branch) == ["outside-installation 3 2 1 -", "future-time 7 44 1 -"])
        try branch.importNetwork(PartlyCuredTests.n1("2026-03-11"))
        try branch.run(asOf: "2026-03-10")
        #expect(
            try rejections(branch) == ["outside-installation 3 2 1 2", "future-time 7 44 1 -"])
        try expectQuiet(branch, asOf: "2026-03-10")
        try branch.run(asOf: "2026-03-11")
        #expect(
            try rejections(branch) == ["outside-installation 3 2 1 2", "future-time 7 44 1 3"])
        #expect(try retries(branch) == ["2 2 2 0 0", "3 44 44 0 0"])
        #expect(try branch.currentTotals() == ["N1 1.8.0:E1": Exact(24)])
        try expectQuiet(branch, asOf: "2026-03-11")
    }

    @Test func `a bad cell among cured ones of a wide row stays refused, and is not counted twice`()
        throws
    {
        let branch = try TwoFeeders.branch()
        try branch.addProfile(
            "curve.yaml",
            """
            name: curve
            shape: wide
            kind: interval_energy
            columns:
              meter: meter_id
              timestamp: date
              values: {prefix: P, count: 96}
            unit: kWh
            label: start
            multiplier: not_applied
            """)
        func network(_ installed: String) -> [String: String] {
            PartlyCuredTests.meter("M4", "Asia/Shanghai", installed, minutes: 15)
        }
        try branch.importNetwork(network("2026-03-10T06:00:00+08:00"))
        var cells = Array(repeating: "0.25", count: 96)
        cells[4] = "x"
        let header = "meter_id,date," + (1...96).map { "P\($0)" }.joined(separator: ",")
        let rows = [
            "M4,2026-03-10,\(cells.joined(separator: ","))",
            "M4,2026-03-09,\(cells.joined(separator: ","))",
        ]
        try branch.deliver("curves.csv", ([header] + rows).joined(separator: "\n") + "\n")
        try branch.run(asOf: "2026-03-12")
        let first = [
            "outside-installation 3 4", "bad-number 7 1", "outside-installation 8 19",
            "outside-installation 3 4", "bad-number 7 1", "outside-installation 8 91",
        ].map { $0 + " 1" }
        #expect(try rejections(branch) == first.map { $0 + " -" })
        try expectQuiet(branch, asOf: "2026-03-12")

        // All of the first row, and the last hour of the second.
        try branch.importNetwork(network("2026-03-09T23:00:00+08:00"))
        try branch.run(asOf: "2026-03-12")
        #expect(
            try rejections(branch)
                == zip(first, [2, nil, 2, 2, nil, 2]).map { "\($0) \($1.map(String.init) ?? "-")" }
                + ["outside-installation 3 4 2 -", "outside-installation 8 87 2 -"])
        // 23 of the first row and 95 of the second, of which 4 are good now.
        #expect(try retries(branch) == ["2 118 27 91 0"])
        #expect(
            try branch.rows("SELECT verdict, sum FROM retried_file_energy ORDER BY 1")
                == [["accepted", "6.75"], ["rejected", "22.75"]])
        // 95 and 4 quarter hours.
        #expect(try branch.currentTotals() == ["M4 1.8.0": Exact(2475, over: 100)])
        try expectQuiet(branch, asOf: "2026-03-12")
    }

    @Test func `cells of a row keep their places though the row is refused as a whole meanwhile`()
        throws
    {
        let branch = try TwoFeeders.branch()
        let profiles = branch.folder + "/profiles"
        try FileManager.default.createDirectory(
            atPath: profiles, withIntermediateDirectories: true)
        func writeProfile(meter: String) throws {
            try """
            name: curve
            shape: wide
            kind: interval_energy
            columns:
              meter: \(meter)
              timestamp: date
              values: {prefix: P, count: 96}
            unit: kWh
            label: start
            multiplier: not_applied
            """.write(toFile: profiles + "/curve.yaml", atomically: true, encoding: .utf8)
        }
        try writeProfile(meter: "meter_id")
        branch.configuration.profiles = profiles
        func network(_ installed: String) -> [String: String] {
            PartlyCuredTests.meter("M4", "Asia/Shanghai", installed, minutes: 15)
        }
        try branch.importNetwork(network("2026-03-10T06:00:00+08:00"))
        let header = "meter_id,alias,date," + (1...96).map { "P\($0)" }.joined(separator: ",")
        let cells = Array(repeating: "0.25", count: 96).joined(separator: ",")
        try branch.deliver("curves.csv", header + "\nM4,X4,2026-03-10,\(cells)\n")
        try branch.run(asOf: "2026-03-12")
        #expect(try rejections(branch) == ["outside-installation 4 24 1 -"])

        // The profile takes the ids from a column of names that nobody knows, then from the old one.
        try writeProfile(meter: "alias")
        try expectQuiet(branch, asOf: "2026-03-12")
        #expect(try rejections(branch) == ["outside-installation 4 24 1 -"])
        try writeProfile(meter: "meter_id")
        try branch.importNetwork(network("2026-03-10"))
        try branch.run(asOf: "2026-03-12")
        #expect(try rejections(branch) == ["outside-installation 4 24 1 2"])
        #expect(try retries(branch) == ["2 24 24 0 0"])
        #expect(try branch.currentTotals() == ["M4 1.8.0": Exact(24)])
        try expectQuiet(branch, asOf: "2026-03-12")
    }

    @Test func `lines of several members of an archive are tried again each by itself`() throws {
        let branch = try TwoFeeders.branch()
        let zip = storedZip([
            ("z.csv", TwoFeeders.header + TwoFeeders.rows("M1", day: "2026-03-10", "1")),
            ("b.csv", TwoFeeders.nem12("N1", day: "20260310", "0.5", version: "")),
            (
                "a.csv",
                TwoFeeders.header + TwoFeeders.row("M4", "2026-03-10T00:00", "1")
                    + TwoFeeders.row("M5", "2026-03-10T00:00", "1")
            ),
        ])
        try branch.deliver("night.zip", bytes: zip)
        try branch.importNetwork(PartlyCuredTests.n1("2026-03-10"))
        try branch.run(asOf: "2026-03-12")
        let open =
            "SELECT member, line, readings FROM rejection WHERE closed_by IS NULL ORDER BY 1, 2"
        #expect(
            try branch.rows(open) == [
                ["a.csv", "2", "1"], ["a.csv", "3", "1"], ["b.csv", "3", "4"],
            ])
        try branch.importNetwork(PartlyCuredTests.n1("2026-01-01"))
        try branch.run(asOf: "2026-03-12")
        #expect(try branch.rows(open) == [["a.csv", "2", "1"], ["a.csv", "3", "1"]])
        #expect(try retries(branch) == ["2 4 4 0 0"])
        try branch.importNetwork([
            "service_points.csv": "service_point_id,node_id,timezone\nS5,F2,Asia/Shanghai\n",
            "meters.csv": """
            meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes
            M5,S5,T2,2026-01-01,,1,6,15

            """,
        ])
        try branch.run(asOf: "2026-03-12")
        #expect(try branch.rows(open) == [["a.csv", "2", "1"]])
        #expect(try retries(branch) == ["2 4 4 0 0", "3 1 1 0 0"])
        try expectQuiet(branch, asOf: "2026-03-12")
    }

    @Test(arguments: ["INSERT ON retried_file", "UPDATE ON rejection", "INSERT ON rejection"])
    func `a retry that is stopped ends as one that was not`(moment: String) throws {
        func digest(stopping: Bool) throws -> String {
            let branch = try TwoFeeders.branch()
            try branch.importNetwork(PartlyCuredTests.n1("2026-03-10"))
            try branch.deliver(
                "night.csv", TwoFeeders.nem12("N1", day: "20260310", "0.5", version: ""))
            try branch.bill(asOf: "2026-03-11")
            try branch.importNetwork(PartlyCuredTests.n1("2026-03-09T23:00:00+08:00"))
            if stopping { #expect(try branch.stopsBilling(before: moment, asOf: "2026-03-11")) }
            try branch.bill(asOf: "2026-03-11")
            #expect(try retries(branch) == ["2 4 2 2 0"])
            return try branch.digest()
        }
        #expect(try digest(stopping: true) == digest(stopping: false))
    }
}
