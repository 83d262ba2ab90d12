// SPDX-License-Identifier: Apache-2.0

import BatchRun
import TestSupport
import Testing

/// Bills by registers where some are not mapped, not there, or were reset.
@Suite struct RegisterBillingTests {
    /// Peak, flat and valley by registers; 尖 (1.8.1) and 深谷 (1.8.5) are not mapped.
    static let threePeriods = MonthlyBranch.tariff(
        "flat",
        """
        periods:
          peak:
            - { time: 08:00-12:00 }
          valley:
            - { time: 00:00-08:00 }
          flat: rest
        registers: { peak: 1.8.2, flat: 1.8.3, valley: 1.8.4 }
        """,
        charges: """
              - id: energy
                kind: energy
                on: import.kwh
                price: { peak: 3, flat: 2, valley: 1 }
            """)

    /// The same with a deep valley in May only, on a register that few meters have.
    private static let deepInMay = MonthlyBranch.tariff(
        "flat",
        """
        periods:
          deep:
            - { months: [5], time: 13:00-17:00 }
          peak:
            - { time: 08:00-12:00 }
          valley:
            - { time: 00:00-08:00 }
          flat: rest
        registers: { peak: 1.8.2, flat: 1.8.3, valley: 1.8.4, deep: 1.8.5 }
        """,
        charges: """
              - id: energy
                kind: energy
                on: import.kwh
                price: { peak: 3, flat: 2, valley: 1, deep: 0.5 }
            """)

    private func branch(_ tariff: String) throws -> TrialBranch {
        let branch = try MonthlyBranch.branch(meter: MonthlyBranch.registerMeter)
        try branch.addTariff("flat.yaml", tariff)
        return branch
    }

    @Test func `a register that counts for no period of the tariff holds the bill`() throws {
        let branch = try branch(RegisterBillingTests.threePeriods)
        try branch.deliver(
            "r.csv",
            MonthlyBranch.freezes(from: "2025-12-31", days: 36) { day in
                "\(1000 + 17 * day),\(7 * day),\(2 * day),\(3 * day),\(5 * day)"
            })
        try branch.bill(asOf: "2026-02-05")
        #expect(
            try branch.rows("SELECT code, detail FROM hold") == [
                [
                    "unmapped-register",
                    "register 1.8.1 counted 217, and the tariff bills no period by it: "
                        + "map it under registers",
                ]
            ])
        #expect(try branch.rows(MonthlyBranch.invoices).isEmpty)
    }

    @Test(arguments: [0, 10])
    func `a register of no period holds the bill where its first value is in doubt`(first: Int)
        throws
    {
        let branch = try branch(RegisterBillingTests.threePeriods)
        // It is sent from the day `first` on, on some days only, and then with two values at first.
        let text = MonthlyBranch.freezes(from: "2025-12-31", days: 36) { day in
            let sharp = day >= first && day % 10 < 5 ? "\(7 * day)" : ""
            return "\(1000 + 17 * day),\(sharp),\(2 * day),\(3 * day),\(5 * day)"
        }
        let date = first == 0 ? "2025-12-31" : "2026-01-10"
        try branch.deliver("r.csv", text + "M1,\(date),,9999,,,\n")
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.rows("SELECT code FROM hold") == [["unmapped-register"]])
        #expect(try branch.rows(MonthlyBranch.invoices).isEmpty)
    }

    @Test func `a register that stands still needs no period`() throws {
        let branch = try branch(RegisterBillingTests.threePeriods)
        try branch.deliver(
            "r.csv",
            MonthlyBranch.freezes(from: "2025-12-31", days: 32) { day in
                "\(1000 + 10 * day),8,\(2 * day),\(3 * day),\(5 * day)"
            })
        try branch.bill(asOf: "2026-02-05")
        // 31 × (2 × 3 + 3 × 2 + 5 × 1) = 31 × 17 = 527 yuan.
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "52700"]])
    }

    @Test func `a register that the meter does not have is needed only in months of its period`()
        throws
    {
        let branch = try branch(RegisterBillingTests.deepInMay)
        try branch.deliver(
            "r.csv",
            MonthlyBranch.freezes(from: "2025-12-31", days: 160) { day in
                "\(1000 + 10 * day),,\(2 * day),\(3 * day),\(5 * day)"
            })
        try branch.bill(asOf: "2026-06-05")
        // 17 yuan a day in January to April; nobody knows how May divides.
        #expect(
            try branch.rows(MonthlyBranch.invoices) == [
                ["K1", "2026-01-01", "52700"], ["K1", "2026-02-01", "47600"],
                ["K1", "2026-03-01", "52700"], ["K1", "2026-04-01", "51000"],
            ])
        #expect(
            try branch.rows(MonthlyBranch.holds) == [["K1", "2026-05-01", "missing-start"]])
    }

    @Test func `a register that the meter has is billed whatever its period's months`() throws {
        let branch = try branch(RegisterBillingTests.deepInMay)
        var text = MonthlyBranch.freezes(from: "2025-12-31", days: 32) { day in
            "\(1000 + 10 * day),,\(2 * day),\(3 * day),\(5 * day),\(4 * day)"
        }
        text.replace("valley\n", with: "valley,deep_valley\n")
        try branch.deliver("r.csv", text)
        try branch.bill(asOf: "2026-02-05")
        // 31 × (17 + 4 × 0.5) = 589 yuan.
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "58900"]])
    }

    @Test func `a register that was reset counts up to the read before and on from zero`() throws {
        let branch = try reset(special: "M1,1.8.0,2026-01-10T12:00:00+08:00,special,1095\n")
        // 1095 − 1000 before, 215 − 0 after: 310 kWh at 1 yuan.
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "31000"]])
        #expect(try branch.column("SELECT rule FROM exception").isEmpty)
    }

    @Test func `a reset without a read just before holds the bill`() throws {
        let branch = try reset(special: "")
        #expect(try branch.rows(MonthlyBranch.holds) == [["K1", "2026-01-01", "missing-end"]])
    }

    @Test func `a register below zero is doubted`() throws {
        let branch = try MonthlyBranch.branch(meter: MonthlyBranch.registerMeter)
        try branch.deliver(
            "r.csv", MonthlyBranch.freezes(from: "2025-12-31", days: 36) { "\($0 - 2).5,,,," })
        try branch.bill(asOf: "2026-02-05")
        #expect(
            try branch.rows("SELECT rule, detail FROM exception ORDER BY starts_at") == [
                ["negative-register", "register stands at -2.5"],
                ["negative-register", "register stands at -1.5"],
            ])
    }

    /// A meter whose register was set to zero at noon of 10 January and counts 10 kWh a day.
    private func reset(special: String) throws -> TrialBranch {
        let branch = try MonthlyBranch.branch(meter: MonthlyBranch.registerMeter)
        try branch.importNetwork([
            "register_reads.csv": "meter_id,channel,at,kind,value\n" + special
                + "M1,1.8.0,2026-01-10T12:00:00+08:00,reset,0\n"
        ])
        try branch.deliver(
            "r.csv",
            MonthlyBranch.freezes(from: "2025-12-31", days: 36) { day in
                "\(day < 10 ? 1000 + 10 * day : 10 * day - 95),,,,"
            })
        try branch.bill(asOf: "2026-02-05")
        return branch
    }
}
