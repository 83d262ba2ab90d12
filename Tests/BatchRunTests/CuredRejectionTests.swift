// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Foundation
import MeterModel
import Quantities
import Store
import Testing
import TestSupport

/// Readings that wait for the network to catch up with them, and days that move with it.
@Suite struct CuredRejectionTests {
    private static let columns = "readings, accepted, duplicate, superseded, absent, rejected"

    private func withM4() -> [String: String] {
        [
            "service_points.csv": "service_point_id,node_id,timezone\nS4,F2,Asia/Shanghai\n",
            "meters.csv": """
            meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes
            M4,S4,T2,2026-01-01,,1,6,15

            """,
        ]
    }

    @Test func `an unknown meter's readings come alive after the network names it`() throws {
        let branch = try TwoFeeders.branch()
        let text =
            TwoFeeders.header + TwoFeeders.period("M1")
            + TwoFeeders.rows("M4", day: "2026-03-10", "0.500")
        try branch.deliver("night.csv.gz", text)
        try branch.run(asOf: "2026-03-12")
        let counts = "SELECT \(CuredRejectionTests.columns) FROM source_file"
        let first = "SELECT \(CuredRejectionTests.columns) FROM run WHERE run_id = 1"
        #expect(try branch.rows(counts) == [["288", "192", "0", "0", "0", "96"]])
        let before = try branch.rows(first)
        let open = "SELECT count(*) FROM rejection WHERE closed_by IS NULL"
        #expect(try branch.column(open) == ["96"])

        try branch.importNetwork(withM4())
        let summary = try branch.run(asOf: "2026-03-13")
        #expect(try branch.currentTotals()["M4 1.8.0"] == Exact(48))
        #expect(try branch.column(open) == ["0"])
        #expect(try branch.column("SELECT DISTINCT closed_by FROM rejection") == ["2"])
        #expect(summary.counts.verdicts.accepted == 96)
        #expect(summary.counts.verdicts.rejected == 0)
        // What was counted in the first run stands; the retry has its own line.
        #expect(try branch.rows(counts) == [["288", "192", "0", "0", "0", "96"]])
        #expect(try branch.rows(first) == before)
        #expect(
            try branch.rows("SELECT \(CuredRejectionTests.columns) FROM retried_file")
                == [["96", "96", "0", "0", "0", "0"]])
        try expectBalance(of: branch)

        let settled = try branch.digest()
        #expect(try branch.run(asOf: "2026-03-13").deliveries.isEmpty)
        #expect(try branch.digest() == settled)
    }

    @Test func `NEM12 rows of an unknown meter come alive with their qualities`() throws {
        let branch = try TwoFeeders.branch()
        let text = TwoFeeders.nem12("N1", day: "20260310", "0.5", version: "20260311000000")
            .replacing(",A,,,", with: ",V,,,")
            .replacing("900\n", with: "400,1,40,A,,\n400,41,48,E52,,\n900\n")
        try branch.deliver("night.csv", text)
        try branch.run(asOf: "2026-03-12")
        #expect(
            try branch.rows("SELECT code, sum(readings) FROM rejection") == [
                ["unknown-meter", "48"]
            ])
        try branch.importNetwork([
            "service_points.csv": "service_point_id,node_id,timezone\nS4,F2,Australia/Brisbane\n",
            "meters.csv": """
            meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes
            N1,S4,T2,2026-01-01,,1,6,30

            """,
        ])
        try branch.run(asOf: "2026-03-13")
        let current = try branch.current()
        #expect(current.count == 48)
        #expect(current.filter { $0.quality == "A" }.count == 40)
        #expect(current.filter { $0.quality == "E52" }.count == 8)
        #expect(try branch.column("SELECT DISTINCT closed_by FROM rejection") == ["2"])
        try expectBalance(of: branch)
    }

    @Test func `a file of an unknown format can come again once a profile knows it`() throws {
        let branch = try TwoFeeders.branch()
        let text = "id;at;used\nM1;2026-03-10 00:00;1.25\n"
        try branch.deliver("collector.csv", text)
        #expect(try branch.run(asOf: "2026-03-12").counts.filesQuarantined == 1)

        try branch.addProfile(
            "collector.yaml",
            """
            name: collector
            shape: long
            label: start
            kind: interval_energy
            separator: ";"
            columns: {meter: id, timestamp: at, value: used}
            unit: kWh
            multiplier: applied
            """)
        try branch.deliver("collector-again.csv", text)
        let summary = try branch.run(asOf: "2026-03-13")
        #expect(summary.counts.verdicts.accepted == 1)
        #expect(try branch.currentTotals() == ["M1 1.8.0": Exact(125, over: 100)])
        #expect(
            try branch.rows("SELECT status, readings, accepted, format FROM source_file")
                == [["accepted", "1", "1", "collector"]])
        #expect(try branch.column("SELECT closed_by FROM rejection") == ["2"])
        try expectBalance(of: branch)
    }

    @Test func `readings of the future are read when their day has come`() throws {
        let branch = try TwoFeeders.branch()
        // Two days in hindsight of the first, and a terminal whose clock is years ahead.
        try branch.deliver(
            "night.csv.gz",
            TwoFeeders.header + TwoFeeders.rows("M1", day: "2026-03-10", "1")
                + TwoFeeders.rows("M1", day: "2026-03-12", "2")
                + TwoFeeders.rows("M1", day: "2026-03-13", "3")
                + TwoFeeders.rows("M1", day: "2031-01-01", "4"))
        try branch.deliver(
            "nem.csv", TwoFeeders.nem12("M2", day: "20260312", "1", version: ""))
        try branch.run(asOf: "2026-03-10")
        let open = """
            SELECT substr(found, 1, 10), sum(readings) FROM rejection
            WHERE code = 'future-time' AND closed_by IS NULL GROUP BY 1 ORDER BY 1
            """
        #expect(
            try branch.rows(open) == [
                ["2026-03-12", "96"], ["2026-03-13", "96"], ["2031-01-01", "96"],
            ])
        #expect(try branch.run(asOf: "2026-03-10").deliveries.isEmpty)
        try branch.run(asOf: "2026-03-11")
        #expect(try branch.rows(open) == [["2026-03-13", "96"], ["2031-01-01", "96"]])
        try branch.run(asOf: "2026-03-12")
        #expect(try branch.rows(open) == [["2031-01-01", "96"]])
        // 96 × (1 + 2 + 3).
        #expect(try branch.currentTotals()["M1 1.8.0"] == Exact(576))
        #expect(try branch.run(asOf: "2026-03-13").deliveries.isEmpty, "the rest is not read again")
        try expectBalance(of: branch)
    }

    @Test func `an unknown meter's readings of the future wait for their day once it is known`()
        throws
    {
        let branch = try TwoFeeders.branch()
        try branch.deliver(
            "night.csv", TwoFeeders.header + TwoFeeders.rows("M4", day: "2026-03-13", "1"))
        try branch.run(asOf: "2026-03-10")
        try branch.importNetwork(withM4())
        try branch.run(asOf: "2026-03-10")
        let codes = "SELECT code, count(*), closed_by FROM rejection GROUP BY 1, 3 ORDER BY 1"
        #expect(
            try branch.rows(codes) == [["future-time", "96", "-"], ["unknown-meter", "96", "2"]])
        try branch.run(asOf: "2026-03-12")
        #expect(
            try branch.rows(codes) == [["future-time", "96", "3"], ["unknown-meter", "96", "2"]])
        #expect(try branch.currentTotals() == ["M4 1.8.0": Exact(96)])
        try expectBalance(of: branch)
    }

    @Test func `a profile's own way to write times does not keep the future closed`() throws {
        let branch = try TwoFeeders.branch()
        try branch.addProfile(
            "collector.yaml",
            """
            name: collector
            shape: long
            label: start
            kind: interval_energy
            separator: ";"
            time_format: dd.MM.yyyy HH:mm
            columns: {meter: id, timestamp: at, value: used}
            unit: kWh
            multiplier: applied
            """)
        try branch.deliver("collector.csv", "id;at;used\nM1;12.03.2026 00:00;1.25\n")
        #expect(try branch.run(asOf: "2026-03-10").rejections == ["future-time": 1])
        try branch.run(asOf: "2026-03-12")
        #expect(try branch.currentTotals() == ["M1 1.8.0": Exact(125, over: 100)])
        try expectBalance(of: branch)
    }

    @Test func `an import that cures nothing closes nothing`() throws {
        let branch = try TwoFeeders.branch()
        try branch.deliver(
            "night.csv.gz",
            TwoFeeders.header + TwoFeeders.rows("M5", day: "2026-03-10", "0.500"))
        try branch.run(asOf: "2026-03-12")
        try branch.importNetwork(withM4())
        let summary = try branch.run(asOf: "2026-03-13")
        #expect(summary.deliveries.isEmpty)
        let open = "SELECT count(*) FROM rejection WHERE closed_by IS NULL"
        #expect(try branch.column(open) == ["96"])
        try expectBalance(of: branch)
    }

    @Test func `what is refused for another reason after an import says so, once`() throws {
        let branch = try TwoFeeders.branch()
        try branch.deliver(
            "night.csv",
            TwoFeeders.header + TwoFeeders.rows("M4", day: "2026-03-10", "0.500")
                + TwoFeeders.rows("M5", day: "2026-03-10", "0.500", slots: 0..<1))
        try branch.run(asOf: "2026-03-12")
        // M4 is known now, from the day after on.
        let late = withM4().mapValues { $0.replacing("2026-01-01", with: "2026-03-11") }
        try branch.importNetwork(late)
        let summary = try branch.run(asOf: "2026-03-13")
        #expect(summary.deliveries == [2])
        #expect(summary.rejections == ["outside-installation": 96])
        let codes = """
            SELECT code, sum(readings), delivery, closed_by FROM rejection
            GROUP BY 1, 3, 4 ORDER BY 3, 4, 1
            """
        let told = [
            ["unknown-meter", "1", "1", "-"], ["unknown-meter", "96", "1", "2"],
            ["outside-installation", "96", "2", "-"],
        ]
        #expect(try branch.rows(codes) == told)
        // The delivery of the retry counts them as rejected again; that of the file stands.
        let books = "SELECT \(CuredRejectionTests.columns) FROM"
        #expect(
            try branch.rows("\(books) retried_file") == [["96", "0", "0", "0", "0", "96"]])
        #expect(
            try branch.rows("SELECT verdict, sum FROM retried_file_energy")
                == [["rejected", "48"]])
        #expect(try branch.rows("\(books) source_file") == [["97", "0", "0", "0", "0", "97"]])
        #expect(try branch.problems().isEmpty)
        try expectBalance(of: branch)

        // The same again, or another day on which the meter does not serve yet, changes nothing.
        for day in ["2026-03-11", "2026-03-12"] {
            try branch.importNetwork(
                withM4().mapValues { $0.replacing("2026-01-01", with: day) })
            let before = try branch.digest()
            #expect(try branch.run(asOf: "2026-03-13").deliveries.isEmpty)
            #expect(try branch.digest() == before)
            #expect(try branch.rows(codes) == told)
        }
        try branch.importNetwork(withM4())
        try branch.run(asOf: "2026-03-13")
        #expect(try branch.currentTotals() == ["M4 1.8.0": Exact(48)])
        #expect(
            try branch.rows(codes) == [
                ["unknown-meter", "1", "1", "-"], ["unknown-meter", "96", "1", "2"],
                ["outside-installation", "96", "2", "3"],
            ])
        #expect(try branch.problems().isEmpty)
        try expectBalance(of: branch)
    }

    @Test func `what a retry brings is settled against what is there`() throws {
        let branch = try TwoFeeders.branch()
        try branch.deliver(
            "first.csv.gz",
            TwoFeeders.header + TwoFeeders.rows("M4", day: "2026-03-10", "0.500"))
        try branch.run(asOf: "2026-03-12")
        try branch.importNetwork(withM4())
        // The second half again, some of it equal, before the retry has its turn in the same run.
        try branch.deliver(
            "second.csv.gz",
            TwoFeeders.header + TwoFeeders.rows("M4", day: "2026-03-10", "0.500", slots: 48..<72)
                + TwoFeeders.rows("M4", day: "2026-03-10", "0.600", slots: 72..<96))
        let summary = try branch.run(asOf: "2026-03-13")
        #expect(summary.deliveries == [2, 3])
        // 72 × 0.5 + 24 × 0.6.
        #expect(try branch.currentTotals()["M4 1.8.0"] == Exact(504, over: 10))
        #expect(
            try branch.rows(
                "SELECT accepted, duplicate FROM source_file WHERE name = 'second.csv.gz'")
                == [["24", "24"]])
        try expectBalance(of: branch)
    }

    @Test func `late hours of a quarter-hour meter are accepted with the values between them`()
        throws
    {
        let branch = try TwoFeeders.branch()
        func rows(_ isWanted: (Int) -> Bool) -> String {
            (0..<96).filter(isWanted).map { slot in
                TwoFeeders.rows("M1", day: "2026-03-10", "0.5", slots: slot..<(slot + 1))
            }.joined()
        }
        try branch.deliver("night.csv", TwoFeeders.header + rows { $0 % 4 != 0 })
        // The hours of the middle of the day come late, then all of them.
        let inner = rows { $0 % 4 == 0 && (32..<64).contains($0) }
        try branch.deliver("late.csv", TwoFeeders.header + inner)
        try branch.run(asOf: "2026-03-12")
        #expect(try branch.currentTotals() == ["M1 1.8.0": Exact(40)])
        try branch.deliver("later.csv", TwoFeeders.header + rows { $0 % 4 == 0 })
        let third = try branch.run(asOf: "2026-03-12")
        #expect(third.rejections == ["wrong-interval-length": 24])
        #expect(try branch.currentTotals() == ["M1 1.8.0": Exact(40)])
        try branch.importNetwork(withM4())
        #expect(try branch.run(asOf: "2026-03-12").deliveries.isEmpty)

        try branch.deliver("whole.csv", TwoFeeders.header + rows { _ in true })
        let verdicts = try branch.run(asOf: "2026-03-12").counts.verdicts
        #expect(verdicts.accepted == 16)
        #expect(verdicts.duplicate == 80)
        #expect(try branch.currentTotals() == ["M1 1.8.0": Exact(48)])
        try expectBalance(of: branch)
    }

    @Test func `hours of a meter that counts them come alive once the network says so`() throws {
        let branch = try TwoFeeders.branch()
        func hours(_ day: String, _ hours: [Int]) -> String {
            hours.map { TwoFeeders.row("M1", "\(day)T\(TwoFeeders.clock($0 * 4))", "1") }.joined()
        }
        // A whole day, and one of which some hours are missing.
        let most = (0..<24).filter { ![5, 6, 13].contains($0) }
        try branch.deliver(
            "night.csv",
            TwoFeeders.header + hours("2026-03-10", Array(0..<24)) + hours("2026-03-11", most))
        #expect(try branch.run(asOf: "2026-03-12").rejections == ["wrong-interval-length": 45])
        try branch.importNetwork([
            "meters.csv": """
            meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes
            M1,S1,T1,2026-01-01,,1,6,60

            """
        ])
        try branch.run(asOf: "2026-03-12")
        #expect(try branch.currentTotals() == ["M1 1.8.0": Exact(45)])
        #expect(try branch.column("SELECT DISTINCT closed_by FROM rejection") == ["2"])
        try expectBalance(of: branch)
    }

    @Test func `days are stored with the feeder that they belong to`() throws {
        let branch = try TwoFeeders.branch()
        // The service point is fed by F2 from the 11th on.
        try branch.importNetwork([
            "service_points.csv": """
            service_point_id,node_id,timezone,from,to
            S1,F1,Asia/Shanghai,,2026-03-11
            S1,F2,Asia/Shanghai,2026-03-11,

            """
        ])
        try branch.deliver("night.csv.gz", TwoFeeders.header + TwoFeeders.period("M1"))
        try branch.bill(asOf: "2026-03-12")
        let byDay = Dictionary(grouping: try branch.current()) { String($0.at.prefix(10)) }
        #expect(
            byDay.mapValues { Set($0.map(\.feeder)) } == [
                "2026-03-10": ["F1"], "2026-03-11": ["F2"],
            ])
        #expect(byDay.mapValues(\.count) == ["2026-03-10": 96, "2026-03-11": 96])
        #expect(
            try branch.rows("SELECT feeder_id, readings FROM feeder_delivery ORDER BY 1")
                == [["F1", "96"], ["F2", "96"]])
        // Both days are on the one bill, under the feeder at its end.
        #expect(
            try branch.rows("SELECT contract_id, feeder_id, total_minor FROM invoice")
                == [["K1", "F2", "2400"]])
    }
}
