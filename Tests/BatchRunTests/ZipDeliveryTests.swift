// SPDX-License-Identifier: Apache-2.0

import BatchRun
import MeterIngest
import Quantities
import Store
import Testing
import TestSupport

/// Zip archives: each member is a file of its own.
@Suite struct ZipDeliveryTests {
    private let wattHours = "meter_id,timestamp,wh,quality\n"

    @Test func `each member is read with its own unit and format`() throws {
        let branch = try TwoFeeders.withHalfHours()
        // A member that lacks its last newline, and NEM12, which has the multiplier applied.
        let members = [
            (
                "a.csv",
                String(
                    (TwoFeeders.header + TwoFeeders.rows("M1", day: "2026-03-10", "1.5")).dropLast()
                )
            ),
            ("b.csv", wattHours + TwoFeeders.rows("M2", day: "2026-03-10", "1500")),
            ("c.csv", TwoFeeders.nem12("N1", day: "20260310", "2", version: "20260311000000")),
            ("d.csv", TwoFeeders.header + TwoFeeders.rows("M3", day: "2026-03-10", "0.5")),
        ]
        try branch.deliver("night.zip", bytes: storedZip(members))
        try branch.run(asOf: "2026-03-12")
        // The same members as four files.
        let single = try TwoFeeders.withHalfHours()
        for (name, text) in members { try single.deliver(name, text) }
        try single.run(asOf: "2026-03-12")
        #expect(try branch.current() == single.current())
        // 96 × 1.5 kWh, the same in watt-hours, 48 × 2 kWh and 96 × 0.5 kWh.
        #expect(
            try branch.rows(
                "SELECT channel, unit, sum FROM source_file_energy ORDER BY channel, unit")
                == [
                    ["1.8.0", "Wh", "144000"], ["1.8.0", "kWh", "192"], ["1.8.0:E1", "kWh", "96"],
                ])
        #expect(
            try branch.rows("SELECT format, readings, accepted FROM source_file")
                == [["mixed", "336", "336"]])
        try expectBalance(of: branch)

        let found = FileInspector(profiles: .builtIn).inspect(path: branch.inbox + "/night.zip")
        #expect(found.format == "mixed")
        #expect(found.series.map(\.unit) == ["kWh", "Wh", "kWh", "kWh"])
        #expect(found.series.map(\.sum) == [144, 144_000, 96, 48].map { Exact($0) })
    }

    @Test func `rejections name member and line, and are cured there`() throws {
        let branch = try TwoFeeders.branch()
        let text = TwoFeeders.header + TwoFeeders.row("M4", "2026-03-10T00:00", "1")
        let second = text + TwoFeeders.row("M1", "2026-03-10T00:00", "x")
        try branch.deliver("night.zip", bytes: storedZip([("a.csv", text), ("b/c.csv", second)]))
        try branch.run(asOf: "2026-03-12")
        let rejections = "SELECT member, line, byte, code, closed_by FROM rejection ORDER BY 1, 2"
        #expect(
            try branch.rows(rejections) == [
                ["a.csv", "2", "31", "unknown-meter", "-"],
                ["b/c.csv", "2", "31", "unknown-meter", "-"],
                ["b/c.csv", "3", "93", "bad-number", "-"],
            ])
        try branch.importNetwork([
            "service_points.csv": "service_point_id,node_id,timezone\nS4,F2,Asia/Shanghai\n",
            "meters.csv": """
            meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes
            M4,S4,T2,2026-01-01,,1,6,15

            """,
        ])
        try branch.run(asOf: "2026-03-12")
        #expect(try branch.currentTotals() == ["M4 1.8.0": Exact(1)])
        #expect(try branch.rows(rejections).map { $0[4] } == ["2", "2", "-"])
        // Both lines were tried again, and no other.
        #expect(
            try branch.rows("SELECT readings, accepted, duplicate FROM retried_file")
                == [["2", "1", "1"]])
        try expectBalance(of: branch)
    }

    @Test func `one member that cannot be read costs the archive`() throws {
        let branch = try TwoFeeders.branch()
        let good = TwoFeeders.header + TwoFeeders.period("M1")
        try branch.deliver(
            "night.zip", bytes: storedZip([("a.csv", good), ("letter.txt", "Dear Sir,\n")]))
        #expect(try branch.run(asOf: "2026-03-12").counts.filesQuarantined == 1)
        #expect(try branch.current().isEmpty)
        #expect(
            try branch.rows("SELECT code, found FROM rejection")
                == [["unknown-format", "letter.txt: Dear Sir,\n"]])
    }
}
