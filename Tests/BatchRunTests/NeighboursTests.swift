// SPDX-License-Identifier: Apache-2.0

import Quantities
import TestSupport
import Testing

/// Contracts that are billed side by side, and share what they have in common but nothing else.
@Suite struct NeighboursTests {
    /// Values of a meter in slots of some minutes from one moment of January 2026 to another, in local time.
    private func rows(
        _ meter: String, _ kwh: String, every minutes: Int = 60, from first: (Int, hour: Int),
        to end: (Int, hour: Int)
    ) -> String {
        var text = ""
        for minute in stride(
            from: (first.0 - 1) * 1440 + first.hour * 60, to: (end.0 - 1) * 1440 + end.hour * 60,
            by: minutes)
        {
            let day = (CivilDay(iso: "2026-01-01") ?? CivilDay(number: 0)) + minute / 1440
            let (hour, rest) = (minute % 1440 / 60, minute % 60)
            let clock = "\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)"
            text += "\(meter),\(day)T\(clock):00+08:00,1.8.0,\(kwh),A\n"
        }
        return text
    }

    /// M1 is exchanged for M5 at ten o'clock of 16 January; K2 begins on the 10th and is billed on the
    /// 15th; M4 is of another feeder and has slots of half an hour; M6 is beside it, and its clock two
    /// hours behind.
    private func branch() throws -> TrialBranch {
        var network = MonthlyBranch.network(
            """
            M1,S1,T1,2025-01-01,2026-01-16T10:00:00+08:00,1,6,60
            M2,S2,T1,2025-01-01,,1,6,60
            M3,S3,T1,2025-01-01,,1,6,60
            M4,S4,T1,2025-01-01,,1,6,30
            M5,S1,T1,2026-01-16T10:00:00+08:00,,1,6,60
            M6,S5,T1,2025-01-01,,1,6,60
            """,
            [
                "K1,S1,C1,flat,2026-01-01,,1,1,", "K2,S2,C1,flat,2026-01-10,,15,1,",
                "K3,S3,C1,flat,2026-01-01,,1,1,", "K4,S4,C1,flat,2026-01-01,,1,1,",
                "K5,S5,C1,flat,2026-01-01,,1,1,",
            ],
            "S1,F1,Asia/Shanghai\nS2,F1,Asia/Shanghai\nS3,F1,Asia/Shanghai\nS4,F2,Asia/Shanghai\n"
                + "S5,F2,Asia/Urumqi\n")
        network["nodes.csv"] = (network["nodes.csv"] ?? "") + "F2,B,feeder,Second\n"
        let branch = try TrialBranch(network: network)
        try branch.addTariff(
            "flat.yaml", MonthlyBranch.tariff("flat", charges: MonthlyBranch.flatCharge))
        return branch
    }

    @Test(arguments: [1, 2])
    func `contracts side by side are billed by their own days, meters and slots`(
        threads: Int
    ) throws {
        let branch = try branch()
        let (start, end) = ((1, hour: 0), (32, hour: 0))
        try branch.deliver(
            "a.csv",
            "meter_id,timestamp,channel,kwh,quality\n"
                + rows("M1", "1.0", from: start, to: (16, hour: 10))
                + rows("M2", "2.0", from: start, to: end) + rows("M3", "3.0", from: start, to: end)
                + rows("M4", "0.25", every: 30, from: start, to: end)
                + rows("M5", "1.0", from: (16, hour: 10), to: end)
                + rows("M6", "0.5", from: (1, hour: 2), to: (32, hour: 2)))
        try branch.bill(asOf: "2026-02-01", threads: threads)
        #expect(try branch.column(MonthlyBranch.holds).isEmpty)
        #expect(
            try branch.rows(MonthlyBranch.invoices) == [
                ["K1", "2026-01-01", "74400"],  // 744 hours of 1 kWh, at 1 yuan
                ["K2", "2026-01-10", "24000"],  // 5 days of 24 hours of 2 kWh
                ["K3", "2026-01-01", "223200"],  // 744 hours of 3 kWh
                ["K4", "2026-01-01", "37200"],  // 1488 half hours of 0.25 kWh
                ["K5", "2026-01-01", "37200"],  // 744 hours of 0.5 kWh
            ])
    }
}
