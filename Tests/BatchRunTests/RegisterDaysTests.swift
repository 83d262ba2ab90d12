// SPDX-License-Identifier: Apache-2.0

import BatchRun
import TestSupport
import Testing

/// Registers whose days tell another story than the two ends of a period, and readings at its edges.
/// One yuan per kWh.
@Suite struct RegisterDaysTests {
    private func branch(
        meter: String = "M1,S1,T1,2025-01-01,,1,6,", reads: [String] = [],
        _ value: (Int) -> Int
    ) throws -> TrialBranch {
        let branch = try MonthlyBranch.branch(meter: meter)
        if !reads.isEmpty {
            try branch.importNetwork([
                "register_reads.csv": "meter_id,channel,at,kind,value\n"
                    + reads.map { "M1,1.8.0,\($0)\n" }.joined()
            ])
        }
        try branch.deliver(
            "r.csv", MonthlyBranch.freezes(from: "2025-12-31", days: 36) { "\(value($0)),,,," })
        try branch.bill(asOf: "2026-02-05")
        return branch
    }

    @Test func `a dial that turns past its start in a month is billed for the whole turn`() throws {
        // 400 kWh a day on four digits: 100 on 31 December, 12,500 on 31 January, which shows 2500.
        let branch = try branch(meter: "M1,S1,T1,2025-01-01,,1,4,") { (100 + 400 * $0) % 10_000 }
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "1240000"]])
    }

    @Test(arguments: [
        // Read when it was installed a year before, or removed, at another value, weeks after.
        ("", "2025-01-01T00:00:00+08:00,install,0"),
        ("2026-02-20", "2026-02-20T00:00:00+08:00,remove,9000"),
        ("", "2026-02-20T12:00:00+08:00,special,9000"),
    ])
    func `a read on site outside the period casts no doubt on it`(removed: String, read: String)
        throws
    {
        // 300 kWh a day on four digits: 5000 on 31 December passes 10,000 on 17 January.
        let branch = try branch(meter: "M1,S1,T1,2025-01-01,\(removed),1,4,", reads: [read]) {
            (5000 + 300 * $0) % 10_000
        }
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "930000"]])
    }

    @Test(arguments: [
        // 10 kWh a day, 260 as 16 January begins: there the meter comes from another place, for 16 days of
        // the month; or it counts double from then on.
        (
            ",from,to\nM1,S2,T1,2025-01-01,2026-01-16,1,6,,,\nM1,S1,T1,2026-01-16,,1,6,,,",
            "2026-01-16", "16000"
        ),
        (
            ",from,to\nM1,S1,T1,2025-01-01,,1,6,,,2026-01-16\n"
                + "M1,S1,T1,2025-01-01,,2,6,,2026-01-16,", "2026-01-01", "47000"
        ),
    ])
    func `reads of an exchange count where the meter served then, under the terms of then`(
        meters: String, start: String, amount: String
    ) throws {
        var network = MonthlyBranch.network(
            "", ["K1,S1,C1,flat,\(start),,1,1,"], "S1,F1,Asia/Shanghai\nS2,F1,Asia/Shanghai\n")
        network["meters.csv"] =
            "meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,"
            + "interval_minutes\(meters)\n"
        network["register_reads.csv"] =
            "meter_id,channel,at,kind,value\nM1,1.8.0,2025-01-01T00:00:00+08:00,install,0\n"
        let branch = try TrialBranch(network: network)
        try branch.addTariff(
            "flat.yaml", MonthlyBranch.tariff("flat", charges: MonthlyBranch.flatCharge))
        try branch.deliver(
            "r.csv", MonthlyBranch.freezes(from: "2025-12-31", days: 36) { "\(110 + 10 * $0),,,," })
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", start, amount]])
    }

    @Test func `a register that falls and rises above where it began is held`() throws {
        // 60 on 31 December, 200 on the 14th day, 0 on the 15th, 160 on 31 January.
        let branch = try branch { $0 < 15 ? 60 + 10 * $0 : 10 * ($0 - 15) }
        #expect(
            try branch.rows(MonthlyBranch.holds) == [["K1", "2026-01-01", "register-decrease"]])
    }

    @Test(arguments: [1...1, 1...2, 12...20])
    func `a fall over days without a value is found, whichever day comes last`(
        missing: ClosedRange<Int>
    ) throws {
        // 60 and up by ten a day to the gap, then from 0 again, and above 60 at the period's end.
        let lines = MonthlyBranch.freezes(from: "2025-12-31", days: 36) { day in
            "\(day < missing.lowerBound ? 60 + 10 * day : 10 * (day - missing.lowerBound)),,,,"
        }.split(separator: "\n").map { $0 + "\n" }
        let kept = lines.enumerated().filter { !missing.contains($0.offset - 1) }.map(\.element)
        let (early, late) = (
            kept.prefix(missing.lowerBound + 1), kept.dropFirst(missing.lowerBound + 1)
        )
        for files in [[early, late], [late, early]] {
            let branch = try MonthlyBranch.branch(meter: "M1,S1,T1,2025-01-01,,1,6,")
            for (night, rows) in files.enumerated() {
                let header = rows.first == lines[0] ? "" : lines[0]
                try branch.deliver("\(night).csv", header + rows.joined())
                try branch.run(asOf: "2026-02-0\(night + 1)")
            }
            try branch.bill(asOf: "2026-02-05")
            #expect(
                try branch.rows(MonthlyBranch.holds) == [["K1", "2026-01-01", "register-decrease"]])
        }
    }

    @Test(arguments: [
        // Two months; 33 days or more apart, and some days before such a gap.
        (["12-31,100", "02-02,20", "02-28,200"], ""),
        (["12-31,100", "01-03,130", "01-04,140", "02-20,20", "02-28,200"], ""),
        (["12-31,100", "01-20,130", "02-28,20"], ""),
        (["12-31,100", "01-20,300", "02-28,200"], ""),
        (["12-31,100", "02-02,120", "02-28,200"], "10000"),
        // 80 in 40 days, past 1000, and 930 in 19 more: 1010, though the ends tell 10.
        (["12-31,960", "02-09,40", "02-28,970"], "101000"),
    ])
    func `a bill of two months is compared over gaps that no night compares over`(
        freezes: [String], amount: String
    ) throws {
        let branch = try MonthlyBranch.branch(
            meter: "M1,S1,T1,2025-01-01,,1,3,", contracts: "K1,S1,C1,flat,2026-01-01,,1,2,")
        try branch.deliver(
            "r.csv",
            "meter_id,date,total,sharp,peak,flat,valley\n"
                + freezes.map { "M1,\($0.hasPrefix("12") ? 2025 : 2026)-\($0),,,,\n" }.joined())
        try branch.bill(asOf: "2026-03-05")
        #expect(
            try branch.rows(MonthlyBranch.invoices)
                == (amount.isEmpty ? [] : [["K1", "2026-01-01", amount]]))
        #expect(
            try branch.column("SELECT code FROM hold")
                == (amount.isEmpty ? ["register-decrease"] : []))
    }

    @Test(arguments: [
        // What it shows on 14 January at 6, 12 and 18 o'clock, and on 1 February; 700 at the beginning.
        ("710 3 715 790", "register-decrease", ""), ("710 720 730 790", "", "9000"),
        // It turns at noon; at noon and nearly again until the month's end.
        ("990 5 15 90", "register-rollover", "39000"),
        ("990 5 15 710", "register-rollover", "101000"),
    ])
    func `readings of one day are compared with each other`(
        shown: String, rule: String, amount: String
    ) throws {
        let branch = try MonthlyBranch.branch(meter: "M1,S1,T1,2025-01-01,,1,3,")
        try branch.addProfile("timed.yaml", RegisterDaysTests.timed)
        var text = "meter,read_at,total\nM1,2026-01-01 00:00:00,700\n"
        let times = ["01-14 06", "01-14 12", "01-14 18", "02-01 00"]
        for (time, value) in zip(times, shown.split(separator: " ")) {
            text += "M1,2026-\(time):00:00,\(value)\n"
        }
        try branch.deliver("r.csv", text)
        try branch.bill(asOf: "2026-02-05")
        #expect(
            try branch.rows(MonthlyBranch.invoices)
                == (amount.isEmpty ? [] : [["K1", "2026-01-01", amount]]))
        #expect(try branch.column("SELECT code FROM hold") == (amount.isEmpty ? [rule] : []))
        #expect(
            try branch.column("SELECT DISTINCT rule FROM exception")
                == (rule.isEmpty ? [] : [rule]))
    }

    private static let timed = """
        name: timed
        shape: register
        columns:
          meter: meter
          timestamp: read_at
          registers: {1.8.0: total}
        unit: kWh
        clock: +08:00
        multiplier: not_applied

        """

    @Test func `a freeze at the moment of installation begins the first bill`() throws {
        let branch = try branch(meter: "M1,S1,T1,2026-01-01,,1,6,") { 100 + 10 * $0 }
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "31000"]])
    }

    @Test(arguments: [
        // The register stands at 409.9 five minutes before it is set to 0 as the period ends, or then.
        ["2026-01-31T23:55:00+08:00,special,409.9"], ["2026-02-01T00:00:00+08:00,special,409.9"],
    ])
    func `a reset at the end of a period ends it with the read before`(reads: [String]) throws {
        let branch = try branch(reads: reads + ["2026-02-01T00:00:00+08:00,reset,0"]) { day in
            day < 31 ? 100 + 10 * day : 10 * (day - 31)
        }
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "30990"]])
    }

    @Test(arguments: [
        // Read at 23:00: an hour of the 480 kWh of 31 January to 1 February is January's.
        ("23:00", "2000"),
        // Read at 00:05: all but five minutes of it, 480 × 1435 ÷ 1440 = 478.33.
        ("00:05", "47833"),
    ])
    func `an estimate at midnight rests on the reading of the same day`(
        time: String, amount: String
    ) throws {
        let branch = try MonthlyBranch.branch(meter: "M1,S1,T1,2025-01-01,,1,6,")
        try branch.addProfile("timed.yaml", RegisterDaysTests.timed)
        var text = "meter,read_at,total\n"
        for day in 20...31 { text += "M1,2025-12-\(day) \(time):00,100.00\n" }
        for day in 1...31 {
            text += "M1,2026-01-\(day < 10 ? "0" : "")\(day) \(time):00,100.00\n"
        }
        for day in 1...5 { text += "M1,2026-02-0\(day) \(time):00,580.00\n" }
        try branch.deliver("r.csv", text)
        try branch.bill(asOf: "2026-02-06")
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", amount]])
    }
}

extension RegisterDaysTests {
    /// Delivers freezes of days: `2026-01-14,300` and so on.
    private func deliver(_ freezes: [String], to branch: TrialBranch) throws {
        let rows = freezes.map { "M1,\($0),,,,\n" }.joined()
        try branch.deliver(
            "\(freezes.count)-\(freezes[0]).csv",
            "meter_id,date,total,sharp,peak,flat,valley\n" + rows)
    }

    /// A branch whose register showed 100 on 31 December and 500 on 31 January, and what else is given.
    private func ends(digits: Int, capacity: String, and days: [String] = []) throws -> TrialBranch
    {
        let branch = try MonthlyBranch.branch(meter: "M1,S1,T1,2025-01-01,,1,\(digits),")
        try branch.importNetwork([
            "service_points.csv":
                "service_point_id,node_id,timezone,capacity_kw\nS1,F1,Asia/Shanghai,\(capacity)\n"
        ])
        try deliver(["2025-12-31,100", "2026-01-31,500"] + days, to: branch)
        try branch.bill(asOf: "2026-02-05")
        return branch
    }

    private static let listed = """
        SELECT contract_id, cause FROM correction JOIN invoice USING (invoice_id)
        """

    /// 335 a day and a little, 10,400 in all: what four digits show.
    private static let turning = (1...30).map { day in
        "2026-01-\(day < 10 ? "0" : "")\(day),\((100 + 10_400 * day / 31) % 10_000)"
    }

    @Test(arguments: [
        (4, "30", turning, true), (4, "", turning, true),
        (6, "", ["2026-01-14,300", "2026-01-15,5"], true), (6, "", ["2026-01-14,501"], true),
        (6, "", ["2026-01-14,99"], true), (6, "", ["2026-01-14,300"], false),
        (6, "", ["2026-01-14,100", "2026-01-20,500"], false), (4, "30", ["2026-01-14,300"], false),
        (4, "30", ["2026-02-01,20"], false),
    ])
    func `days that come after the bill list it where they tell of another way`(
        digits: Int, capacity: String, late: [String], isListed: Bool
    ) throws {
        // At once, and where they are few each in a night of its own.
        for nights in [[late]] + (late.count < 5 ? [late.map { [$0] }] : []) {
            let branch = try ends(digits: digits, capacity: capacity)
            #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "40000"]])
            for (night, days) in nights.enumerated() {
                try deliver(days, to: branch)
                try branch.bill(asOf: "2026-02-0\(6 + night)")
            }
            #expect(
                try branch.rows("SELECT DISTINCT * FROM (\(RegisterDaysTests.listed))")
                    == (isListed ? [["K1", "late-reading"]] : []))
        }
    }

    @Test(arguments: [
        ("2026-01-10,250", true), ("2026-01-11,9960", false), ("2026-01-11,30", false),
    ])
    func `a corrected day lists a bill that counted a turn by it, if it takes the turn away`(
        late: String, isListed: Bool
    ) throws {
        // 100 to 9950 in ten days, past 10,000 on the eleventh.
        let branch = try ends(digits: 4, capacity: "", and: ["2026-01-10,9950", "2026-01-11,20"])
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "1040000"]])
        try deliver([late], to: branch)
        try branch.bill(asOf: "2026-02-06")
        #expect(
            try branch.rows(RegisterDaysTests.listed)
                == (isListed ? [["K1", "late-reading"]] : []))
    }
}
