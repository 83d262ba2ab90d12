// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Foundation
import MeterModel
import Store
import TestSupport
import Testing

/// Files with more than is held in memory: what they hold is put aside until they are whole.
@Suite struct LargeFileTests {
    private static let servicePoints = 120

    /// A branch of many meters, each quarter-hourly.
    private func branch() throws -> TrialBranch {
        var network = TwoFeeders.network
        network["contracts.csv"] = nil
        network["service_points.csv"] = "service_point_id,node_id,timezone\n"
        network["meters.csv"] =
            "meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,"
            + "interval_minutes\n"
        for number in 0..<Self.servicePoints {
            network["service_points.csv"]? += "S\(number),F1,Asia/Shanghai\n"
            network["meters.csv"]? += "M\(number),S\(number),T1,2026-01-01,,1,6,15\n"
        }
        network["contracts.csv"] =
            "contract_id,service_point_id,customer_id,tariff_id,starts,ends,"
            + "billing_day\n"
        return try TrialBranch(network: network)
    }

    @Test func `a file of many blocks is whole in the end`() throws {
        let branch = try branch()
        var random = SeededGenerator(seed: 7)
        var (text, sum) = (TwoFeeders.header, 0 as Int128)
        for meter in 0..<Self.servicePoints {
            for day in 10..<30 {
                for slot in 0..<96 {
                    // Values whose differences take many bytes: more than two megabytes in all.
                    let value = Int.random(in: 0..<1_000_000_000_000_000, using: &random)
                    sum += Int128(value)
                    let minute = slot % 4 * 15
                    text += "M\(meter),2026-03-\(day)T\(slot < 40 ? "0" : "")\(slot / 4):"
                    text += "\(minute < 10 ? "0" : "")\(minute),\(value),A\n"
                }
            }
        }
        try branch.deliver("large.csv.gz", text)
        let summary = try branch.run(asOf: "2026-03-30")
        #expect(summary.counts.verdicts.accepted == Self.servicePoints * 20 * 96)
        #expect(
            try branch.rows("SELECT sum, verdict FROM source_file_energy") == [
                ["\(sum)", "accepted"]
            ])
        #expect(try branch.problems().isEmpty)
        let names = try branch.filesBesideDatabase()
        #expect(names.filter { $0.contains("scratch") }.isEmpty)
    }

    @Test func `a file of many rejections keeps each, and a retry cures each`() throws {
        let branch = try branch()
        let count = 10_000
        var text = TwoFeeders.header
        for row in 0..<count {
            let (day, slot) = (10 + row / 96 % 20, row % 96)
            let minute = slot % 4 * 15
            text += "X\(row / 1920),2026-03-\(day)T\(slot < 40 ? "0" : "")\(slot / 4):"
            text += "\(minute < 10 ? "0" : "")\(minute),0.\(row % 2)01,A\n"
        }
        text += "M1,never,1,A\n"
        try branch.deliver("strange.csv", text)
        _ = try branch.run(asOf: "2026-03-30")
        #expect(
            try branch.rows("SELECT code, count(*), min(line), max(line) FROM rejection GROUP BY 1")
                == [
                    ["bad-time", "1", "10002", "10002"],
                    ["unknown-meter", "10000", "2", "10001"],
                ])
        // 5000 × 0.001 + 5000 × 0.101, and the row without a time.
        #expect(
            try branch.rows("SELECT sum, verdict FROM source_file_energy") == [
                ["511", "rejected"]
            ])
        var (points, meters) = ("service_point_id,node_id,timezone\n", "")
        for number in 0..<6 {
            points += "SX\(number),F2,Asia/Shanghai\n"
            meters += "X\(number),SX\(number),T2,2026-01-01,,1,6,15\n"
        }
        try branch.importNetwork([
            "service_points.csv": points,
            "meters.csv":
                "meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,"
                + "interval_minutes\n" + meters,
        ])
        let summary = try branch.run(asOf: "2026-03-30")
        #expect(summary.counts.verdicts.accepted == count)
        #expect(
            try branch.rows(
                "SELECT code, count(*) FROM rejection WHERE closed_by IS NULL GROUP BY 1")
                == [["bad-time", "1"]])
        #expect(try branch.problems().isEmpty)
    }
}

extension TrialBranch {
    /// All names below the folder of month files and archive.
    fileprivate func filesBesideDatabase() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: database + ".d")
    }
}
