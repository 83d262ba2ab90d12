// SPDX-License-Identifier: Apache-2.0

import BatchRun
import TestSupport
import Testing

/// Energy fed in that is paid for by time of use.
@Suite struct ExportByPeriodTests {
    private static let tariff = MonthlyBranch.tariff(
        "flat",
        """
        periods: { peak: { time: 16:00-21:00 }, off: rest }
        registers: { peak: 1.8.1, off: 1.8.2 }
        """,
        charges: """
              - { id: energy, kind: energy, on: import.kwh, price: { peak: 0.40, off: 0.20 } }
              - { id: fed_in, kind: energy, on: export.kwh, price: { peak: -0.10, off: -0.04 } }
            """)

    // January, 1 kWh in and 2 kWh out each hour: 155 × 0.40 + 589 × 0.20 = 179.80; 310 × 0.10 + 1 178 × 0.04 =
    // 78.12.
    private static let lines = [["6200"], ["11780"], ["-3100"], ["-4712"]]

    private func lines(_ branch: TrialBranch) throws -> [[String]] {
        try branch.bill(asOf: "2026-02-05")
        return try branch.rows("SELECT amount_minor FROM invoice_line ORDER BY position")
    }

    @Test func `intervals tell the periods of export`() throws {
        let branch = try MonthlyBranch.branch(tariffs: ["flat.yaml": Self.tariff])
        for (channel, kwh) in [("1.8.0", "1.0"), ("2.8.0", "2.0")] {
            try branch.deliver(
                "\(channel).csv",
                MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01", kwh, channel: channel))
        }
        #expect(try lines(branch) == Self.lines)
        #expect(try branch.problems().isEmpty)
    }

    /// A branch with four registers read at both ends of January, and a fifth.
    private func registers(fifth: String) throws -> TrialBranch {
        let branch = try MonthlyBranch.branch(
            meter: MonthlyBranch.registerMeter, tariffs: ["flat.yaml": Self.tariff])
        try branch.addProfile(
            "rates.yaml",
            """
            name: rates
            about: Registers of both directions by rate.
            shape: register
            columns:
              meter: id
              timestamp: at
              registers: { 1.8.1: in1, 1.8.2: in2, 2.8.1: out1, 2.8.2: out2, 2.8.3: out3 }
            unit: kWh
            freeze: "00:00"
            multiplier: not_applied

            """)
        try branch.deliver(
            "r.csv",
            """
            id,at,in1,in2,out1,out2,out3
            M1,2026-01-01,1000,2000,3000,4000,0
            M1,2026-02-01,1155,2589,3310,5178,\(fifth)

            """)
        return branch
    }

    @Test func `so do the registers of its rates`() throws {
        let branch = try registers(fifth: "0")
        #expect(try lines(branch) == Self.lines)
        #expect(try branch.problems().isEmpty)
    }

    @Test func `a rate that no period has holds the bill`() throws {
        let branch = try registers(fifth: "7")
        #expect(try lines(branch).isEmpty)
        #expect(
            try branch.rows(MonthlyBranch.holds) == [["K1", "2026-01-01", "unmapped-register"]])
    }
}
