// SPDX-License-Identifier: Apache-2.0

import BatchRun
import TestSupport
import Testing

/// Registers that a terminal delivers with the multiplier (倍率) applied. One yuan per kWh, multiplier 40.
@Suite struct PrimaryRegistersTests {
    /// A branch whose meter counts 1 kWh a day on its dial, delivered as 40.
    private func branch(
        digits: Int = 6, days: Int = 34, startingAt start: Int = 10_000,
        without missing: Int? = nil,
        network: [String: String] = [:], _ value: ((Int) -> Int)? = nil
    ) throws -> TrialBranch {
        let branch = try MonthlyBranch.branch(meter: "M1,S1,T1,2025-01-01,,40,\(digits),")
        if !network.isEmpty { try branch.importNetwork(network) }
        try branch.addProfile(
            "primary.yaml",
            """
            name: primary
            about: Registers with the multiplier in the numbers.
            shape: register
            columns: { meter: id, timestamp: day, registers: { 1.8.0: total } }
            unit: kWh
            freeze: "24:00"
            multiplier: applied

            """)
        let turn = (0..<digits).reduce(40) { turn, _ in turn * 10 }
        let lines = MonthlyBranch.freezes(from: "2025-12-31", days: days) {
            "\(value?($0) ?? (start + 40 * $0) % turn)"
        }.split(separator: "\n").dropFirst()
        let kept = lines.enumerated().filter { $0.offset != missing }
        try branch.deliver(
            "r.csv",
            "id,day,total\n"
                + kept.map {
                    $0.element.split(separator: ",").prefix(3).joined(separator: ",") + "\n"
                }
                .joined())
        return branch
    }

    private func bills(_ branch: TrialBranch) throws -> [[String]] {
        try branch.bill(asOf: "2026-02-10")
        return try branch.rows("SELECT total_minor, estimated_values FROM invoice ORDER BY 1")
    }

    @Test func `what holds the multiplier is not multiplied again`() throws {
        // 31 days of 40 kWh.
        #expect(try bills(branch()) == [["124000", "0"]])
    }

    @Test func `its dial turns where the dial times the multiplier ends`() throws {
        // Four digits: 400,000 with the multiplier, passed on 15 January.
        let branch = try branch(digits: 4, startingAt: 399_400)
        #expect(try bills(branch) == [["124000", "0"]])
        #expect(
            try branch.column("SELECT rule FROM exception WHERE rule LIKE 'register%'")
                == ["register-rollover"])
    }

    @Test func `a missing freeze is estimated with the multiplier, and billed the same twice`()
        throws
    {
        let branch = try branch(without: 31)
        #expect(try bills(branch) == [["124000", "1"]])
        #expect(try branch.column("SELECT value * is_primary FROM estimate") == ["11240"])
        // The next month begins with that estimate.
        try branch.deliver(
            "february.csv",
            "id,day,total\n"
                + (3...28).map { "M1,2026-02-\($0 < 10 ? "0" : "")\($0),\(11_240 + 40 * $0)\n" }
                .joined())
        try branch.bill(asOf: "2026-03-10")
        #expect(
            try branch.column("SELECT total_minor FROM invoice ORDER BY period_start")
                == ["124000", "112000"])
    }

    @Test func `at a change of the multiplier nobody can tell which of them a value holds`() throws
    {
        let meters = """
            meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes,from,to
            M1,S1,T1,2025-01-01,,40,6,,,2026-01-16
            M1,S1,T1,2025-01-01,,80,6,,2026-01-16,

            """
        // 250 on the dial as the year begins, 1 a day, delivered by the multiplier of the day.
        let branch = try branch(network: ["meters.csv": meters]) { day in
            (250 + day) * (day <= 15 ? 40 : 80)
        }
        #expect(try bills(branch) == [])
        #expect(try branch.column("SELECT code FROM hold") == ["missing-end"])
        // A read on site, on the dial, tells: 15 × 40 + 16 × 80.
        try branch.importNetwork([
            "register_reads.csv": """
            meter_id,channel,at,kind,value
            M1,1.8.0,2026-01-16T00:00:00+08:00,special,265

            """
        ])
        #expect(try bills(branch) == [["188000", "0"]])
    }

    @Test func `reads on site stand on the dial`() throws {
        // Installed at 250 on the dial, 10,000 with the multiplier, at the start of the period.
        let branch = try branch(
            without: 0,
            network: [
                "register_reads.csv":
                    "meter_id,channel,at,kind,value\nM1,1.8.0,2025-12-31T16:00:00Z,special,250\n"
            ])
        #expect(try bills(branch) == [["124000", "0"]])
    }
}
