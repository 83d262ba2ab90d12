// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Foundation
import MeterModel
import Store
import Testing
import TestSupport

/// Law 9, and laws 6 and 7 over several nights.
@Suite struct IsolationTests {
    private func deliverAll(_ branch: TrialBranch) throws {
        for meter in ["M1", "M2", "M3"] {
            try branch.deliver("\(meter).csv.gz", TwoFeeders.header + TwoFeeders.period(meter))
        }
    }

    @Test func `a bad file costs itself only`() throws {
        let good = try TwoFeeders.branch()
        try deliverAll(good)
        try good.bill(asOf: "2026-03-12")

        let branch = try TwoFeeders.branch()
        try deliverAll(branch)
        let whole = try Data(contentsOf: URL(filePath: branch.inbox + "/M1.csv.gz"))
        var damaged = Array(whole)
        damaged[damaged.count - 6] ^= 1  // in the checksum
        try branch.deliver("broken-off.csv.gz", bytes: Array(whole.dropLast(9)))
        try branch.deliver("damaged.csv.gz", bytes: damaged)
        try branch.deliver("empty.csv", "")
        try branch.deliver("letter.txt", "Dear Sir or Madam,\nno readings today.\n")
        let summary = try branch.bill(asOf: "2026-03-12")

        #expect(summary.counts.filesQuarantined == 4)
        #expect(summary.counts.files == 7)
        let codes = try branch.column("SELECT code FROM rejection ORDER BY code")
        #expect(
            codes == [
                "corrupt-compression", "empty-file", "truncated-compression", "unknown-format",
            ])
        #expect(try branch.currentTotals() == good.currentTotals())
        let invoices = "SELECT number, contract_id, total_minor FROM invoice ORDER BY number"
        #expect(try branch.rows(invoices) == good.rows(invoices))
        #expect(try branch.column("SELECT count(*) FROM invoice") == ["3"])
    }

    @Test func `a quarantined file can be delivered again`() throws {
        let branch = try TwoFeeders.branch()
        try branch.deliver("M1.csv.gz", TwoFeeders.header + TwoFeeders.period("M1"))
        let whole = try Data(contentsOf: URL(filePath: branch.inbox + "/M1.csv.gz"))
        try branch.deliver("M1.csv.gz", bytes: Array(whole.dropLast(9)))
        let summary = try branch.run(asOf: "2026-03-12")
        #expect(try branch.current().isEmpty)
        var lenient = RunConfiguration().attention
        lenient.rejections = 5
        #expect(summary.needsAttention(lenient), "a file is more than a few readings")
        try branch.deliver("M1.csv.gz", bytes: Array(whole))
        try branch.run(asOf: "2026-03-12")
        #expect(try branch.current().count == 192)
        #expect(
            try branch.column("SELECT status FROM source_file ORDER BY delivery")
                == ["quarantined", "accepted"])
    }

    @Test func `a bad contract costs itself only`() throws {
        var files = TwoFeeders.network
        files["contracts.csv"] = files["contracts.csv"]?
            .replacingOccurrences(of: "K1,S1,C1,flat", with: "K1,S1,C1,none")
        let branch = try TrialBranch(network: files)
        try branch.addTariff("flat.yaml", TwoFeeders.tariff)
        try deliverAll(branch)
        try branch.bill(asOf: "2026-03-12")
        #expect(
            try branch.rows("SELECT contract_id, code FROM hold WHERE released_seq IS NULL")
                == [["K1", "missing-tariff"]])
        // 192 × 0.25 kWh = 48 kWh at 0.50 yuan.
        #expect(
            try branch.rows("SELECT number, contract_id, total_minor FROM invoice ORDER BY 1")
                == [["INV-2026-000001", "K2", "2400"], ["INV-2026-000002", "K3", "2400"]])
    }

    @Test func `what is missing is waited for, then estimated or held`() throws {
        let branch = try TwoFeeders.branch()
        // A gap of two hours within a day of equal values: a line between them.
        let gap =
            TwoFeeders.rows("M2", day: "2026-03-10", "0.250")
            + TwoFeeders.rows("M2", day: "2026-03-11", "0.250", slots: 0..<40)
            + TwoFeeders.rows("M2", day: "2026-03-11", "0.250", slots: 48..<96)
        try branch.deliver("M2.csv.gz", TwoFeeders.header + gap)
        // A whole Wednesday, which is like the Tuesday before. Of M1 nothing came at all.
        try branch.deliver(
            "M3.csv.gz", TwoFeeders.header + TwoFeeders.rows("M3", day: "2026-03-10", "0.500"))
        let invoices = """
            SELECT number, contract_id, total_minor, estimated_values, issued_on FROM invoice
            ORDER BY invoice_id
            """
        let holds = "SELECT contract_id, code FROM hold WHERE released_seq IS NULL"
        let missing = "missing-intervals"

        for day in ["2026-03-12", "2026-03-14"] {
            try branch.bill(asOf: day)
            #expect(try branch.rows(invoices).isEmpty)
            #expect(try branch.rows(holds) == ["K1", "K2", "K3"].map { [$0, missing] })
        }
        // 192 × 0.25 = 48 kWh and 192 × 0.5 = 96 kWh at 0.50 yuan; 8 and 96 of them estimated.
        let estimated = [
            ["INV-2026-000001", "K2", "2400", "8", "2026-03-15"],
            ["INV-2026-000002", "K3", "4800", "96", "2026-03-15"],
        ]
        try branch.bill(asOf: "2026-03-15")
        #expect(try branch.rows(invoices) == estimated)
        #expect(try branch.rows(holds) == [["K1", missing]])

        // What was missing comes: the hold ends, the number follows, and K2's bill is listed.
        let late =
            TwoFeeders.rows("M2", day: "2026-03-11", "0.300", slots: 40..<48)
            + TwoFeeders.period("M1", "1.000")
        try branch.deliver("late.csv.gz", TwoFeeders.header + late)
        try branch.bill(asOf: "2026-03-16")
        // 192 × 1 kWh at 0.50 yuan; what was issued stands.
        #expect(
            try branch.rows(invoices)
                == estimated + [["INV-2026-000003", "K1", "9600", "0", "2026-03-16"]])
        #expect(try branch.rows(holds).isEmpty)
        #expect(
            try branch.rows(
                """
                SELECT i.contract_id, c.cause FROM correction c JOIN invoice i USING (invoice_id)
                """) == [["K2", "late-reading"]])
        #expect(try branch.problems().isEmpty)
    }

    @Test func `a late freeze lists the bill that was estimated without it`() throws {
        var files = TwoFeeders.network
        files["meters.csv"] = files["meters.csv"]?.replacing(
            "M1,S1,T1,2026-01-01,,1,6,15", with: "M1,S1,T1,2026-01-01,,1,6,")
        let branch = try TrialBranch(network: files)
        try branch.addTariff("flat.yaml", TwoFeeders.tariff)
        let header = "meter_id,date,total,sharp,peak,flat,valley\n"
        try branch.deliver(
            "freeze.csv", header + "M1,2026-03-09,100.00,,,,\nM1,2026-03-12,130.00,,,,\n")
        try branch.bill(asOf: "2026-03-15")
        // The period ends two of three days after the first value: 100 + 20, of 30 kWh.
        let bills = "SELECT contract_id, total_minor, estimated_values FROM invoice"
        #expect(try branch.rows(bills) == [["K1", "1000", "1"]])
        try branch.deliver("late.csv", header + "M1,2026-03-11,125.00,,,,\n")
        try branch.bill(asOf: "2026-03-16")
        #expect(try branch.rows(bills) == [["K1", "1000", "1"]])
        #expect(try branch.column("SELECT cause FROM correction") == ["late-reading"])
    }

    @Test func `all due periods are billed, oldest first, without gaps in the numbers`() throws {
        let branch = try TwoFeeders.branch()
        try deliverAll(branch)
        for night in ["2026-03-12", "2026-03-13"] { try branch.bill(asOf: night) }
        // From the 12th of March to the 12th of April in one file a meter.
        for meter in ["M3", "M1"] {
            var text = TwoFeeders.header
            for day in 12...31 {
                text += TwoFeeders.rows(meter, day: "2026-03-\(day)", "0.100")
            }
            for day in 1...11 {
                let day = day < 10 ? "0\(day)" : "\(day)"
                text += TwoFeeders.rows(meter, day: "2026-04-\(day)", "0.100")
            }
            try branch.deliver("\(meter)-month.csv.gz", text)
        }
        try branch.bill(asOf: "2026-04-12")
        // 31 days × 96 × 0.1 kWh = 297.6 kWh at 0.50 yuan.
        #expect(
            try branch.rows(
                """
                SELECT number, contract_id, period_start, period_end, total_minor FROM invoice
                ORDER BY number
                """) == [
                    ["INV-2026-000001", "K1", "2026-03-10", "2026-03-12", "2400"],
                    ["INV-2026-000002", "K2", "2026-03-10", "2026-03-12", "2400"],
                    ["INV-2026-000003", "K3", "2026-03-10", "2026-03-12", "2400"],
                    ["INV-2026-000004", "K1", "2026-03-12", "2026-04-12", "14880"],
                    ["INV-2026-000005", "K3", "2026-03-12", "2026-04-12", "14880"],
                ])
        #expect(try branch.problems().isEmpty)
    }
}
