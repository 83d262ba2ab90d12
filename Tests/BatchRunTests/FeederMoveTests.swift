// SPDX-License-Identifier: Apache-2.0

import BatchRun
import MeterModel
import Store
import TestSupport
import Testing

/// Readings follow their meter to the feeder that an import gives it in the past.
@Suite struct FeederMoveTests {
    private static let servicePoints = "service_point_id,node_id,timezone,from,to\n"

    /// Two days of three meters in one file each; M1 misses an hour of the first.
    private func branch() throws -> TrialBranch {
        let branch = try TwoFeeders.branch()
        for meter in ["M1", "M2", "M3"] {
            let first = TwoFeeders.rows(
                meter, day: "2026-03-10", "0.125", slots: (meter == "M1" ? 4 : 0)..<96)
            let second = TwoFeeders.rows(meter, day: "2026-03-11", "0.250", slots: 0..<96)
            try branch.deliver("\(meter).csv", TwoFeeders.header + first + second)
        }
        try branch.bill(asOf: "2026-03-12")
        return branch
    }

    /// The current blocks: feeder, day and meters.
    private func blocks(_ branch: TrialBranch) throws -> [[String]] {
        try branch.rows(
            """
            SELECT f.feeder_id, b.day - min(b.day) OVER (), sum(p.meters), sum(p.readings)
            FROM block b JOIN part p USING (part_id) JOIN feeder_number f ON f.feeder_no = b.feeder_no
            WHERE b.seq = (SELECT max(seq) FROM block c WHERE c.feeder_no = b.feeder_no
                AND c.day = b.day AND c.group_no = b.group_no AND c.kind = b.kind)
            GROUP BY b.feeder_no, b.day ORDER BY 1, 2
            """)
    }

    @Test func `a meter's readings move with it, and nothing else changes`() throws {
        let branch = try branch()
        let totals = try branch.currentTotals()
        #expect(
            try blocks(branch) == [
                ["F1", "0", "2", "188"], ["F1", "1", "2", "192"],
                ["F2", "0", "1", "96"], ["F2", "1", "1", "96"],
            ])
        try branch.importNetwork([
            "service_points.csv": Self.servicePoints + "S1,F2,Asia/Shanghai,,\n"
        ])
        #expect(
            try blocks(branch) == [
                ["F1", "0", "1", "96"], ["F1", "1", "1", "96"],
                ["F2", "0", "2", "188"], ["F2", "1", "2", "192"],
            ])
        #expect(try branch.currentTotals() == totals)
        #expect(try branch.problems().isEmpty)
        // The same rows again are duplicates, and the missing hour closes its exception.
        let rows = TwoFeeders.rows("M1", day: "2026-03-10", "0.125", slots: 0..<96)
        try branch.deliver("again.csv", TwoFeeders.header + rows)
        let summary = try branch.bill(asOf: "2026-03-16")
        #expect(summary.counts.verdicts.duplicate == 92)
        #expect(summary.counts.verdicts.accepted == 4)
        #expect(try branch.column("SELECT status FROM exception") == ["closed"])
        #expect(
            try branch.rows(
                "SELECT feeder_id, total_minor, estimated_values FROM invoice "
                    + "WHERE contract_id = 'K1'") == [["F2", "1800", "0"]])
    }

    @Test func `a move from a day on leaves what was before`() throws {
        let branch = try branch()
        try branch.importNetwork([
            "service_points.csv": Self.servicePoints + "S1,F1,Asia/Shanghai,,2026-03-11\n"
                + "S1,F2,Asia/Shanghai,2026-03-11,\nS3,F1,Asia/Shanghai,,\n"
        ])
        #expect(
            try blocks(branch) == [
                ["F1", "0", "3", "284"], ["F1", "1", "2", "192"],
                ["F2", "0", "0", "0"], ["F2", "1", "1", "96"],
            ])
        #expect(try branch.problems().isEmpty)
    }

    @Test func `a bill is explained by the network that it was computed from`() throws {
        let branch = try TwoFeeders.branch()
        for day in ["2026-03-10", "2026-03-11"] {
            let rows = TwoFeeders.rows("M1", day: day, "0.125", slots: 0..<96)
            try branch.deliver("\(day).csv", TwoFeeders.header + rows)
        }
        try branch.bill(asOf: "2026-03-12")
        func evidence() throws -> InvoiceEvidence {
            let store = try branch.store()
            let (invoice, determinants) = try store.read { transaction in
                let invoice = try #require(try transaction.invoice(number: "INV-2026-000001"))
                return (invoice, try transaction.determinants(ofInvoice: invoice.invoiceID))
            }
            return try InvoiceEvidence.of(invoice, determinants: determinants, in: store)
        }
        let before = try evidence()
        #expect(before.intervals.map(\.qualities) == [["A": 96], ["A": 96]])
        // To another feeder, to another place, and out of service: all of it from the beginning.
        let header =
            "meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,"
            + "interval_minutes\n"
        for files in [
            ["service_points.csv": Self.servicePoints + "S1,F2,Asia/Shanghai,,\n"],
            [
                "meters.csv": header + "M1,S3,T1,2026-01-01,,1,6,15\n"
                    + "M3,S1,T2,2026-01-01,,1,6,15\n"
            ],
            ["meters.csv": header + "M1,S3,T1,2026-03-12,,1,6,15\n"],
        ] {
            try branch.importNetwork(files)
            #expect(try evidence().intervals == before.intervals)
        }
        #expect(try branch.problems().isEmpty)
    }

    @Test func `a meter that was out of service between two imports is moved by the second`() throws
    {
        let branch = try branch()
        let before = try branch.currentTotals()
        let header =
            "meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,"
            + "interval_minutes\n"
        // By mistake from the 12th on only; then from the start again, at a service point of F2.
        try branch.importNetwork(["meters.csv": header + "M1,S1,T1,2026-03-12,,1,6,15\n"])
        #expect(try blocks(branch)[0] == ["F1", "0", "2", "188"])
        try branch.importNetwork([
            "meters.csv": header + "M1,S1,T1,2026-01-01,,1,6,15\n",
            "service_points.csv": Self.servicePoints + "S1,F2,Asia/Shanghai,,\n",
        ])
        #expect(
            try blocks(branch) == [
                ["F1", "0", "1", "96"], ["F1", "1", "1", "96"],
                ["F2", "0", "2", "188"], ["F2", "1", "2", "192"],
            ])
        #expect(try branch.currentTotals() == before)
        #expect(try branch.problems().isEmpty)
    }

    @Test func `no meter moves while a delivery is unfinished`() throws {
        let branch = try TwoFeeders.branch()
        let rows = TwoFeeders.rows("M1", day: "2026-03-10", "0.125", slots: 0..<96)
        try branch.deliver("M1.csv", TwoFeeders.header + rows)
        #expect(try branch.stopsBilling(before: "INSERT ON block", asOf: "2026-03-12"))
        let move = ["service_points.csv": Self.servicePoints + "S1,F2,Asia/Shanghai,,\n"]
        #expect(throws: UnfinishedDelivery.self) { try branch.importNetwork(move) }
        try branch.bill(asOf: "2026-03-12")
        try branch.importNetwork(move)
        #expect(try blocks(branch).last == ["F2", "0", "1", "96"])
    }
}
