// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Store
import TestSupport
import Testing

/// What an import of the network does to bills that rest on what it changes.
@Suite struct ImportCorrectionTests {
    private static let meters =
        "meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,"
        + "interval_minutes,from,to\n"
    private static let contracts =
        "contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day\n"

    /// Two days of all meters, billed on the 12th.
    private func billed() throws -> TrialBranch {
        let branch = try TwoFeeders.branch()
        for meter in ["M1", "M2", "M3"] {
            for day in ["2026-03-10", "2026-03-11"] {
                try branch.deliver(
                    "\(meter)-\(day).csv",
                    TwoFeeders.header + TwoFeeders.rows(meter, day: day, "0.125", slots: 0..<96))
            }
        }
        #expect(try branch.bill(asOf: "2026-03-12").counts.invoices == 3)
        return branch
    }

    @Test(arguments: [
        // File, rows, and the contracts whose invoice rests on them.
        ("meters.csv", meters + "M1,S1,T1,2026-01-01,,2,6,15,,\n", ["K1"]),
        (
            "meters.csv",
            meters + "M3,S3,T2,2026-01-01,,1,6,15,,2026-03-11\n"
                + "M3,S3,T2,2026-01-01,,3,6,15,2026-03-11,\n", ["K3"]
        ),
        // From the day after the period on.
        (
            "meters.csv",
            meters + "M1,S1,T1,2026-01-01,,1,6,15,,2026-03-12\n"
                + "M1,S1,T1,2026-01-01,,2,6,15,2026-03-12,\n", []
        ),
        ("meters.csv", meters + "M1,S1,T1,2026-01-01,,1,6,15,,\n", []),
        (
            "register_reads.csv",
            "meter_id,channel,at,kind,value\nM2,1.8.0,2026-03-10T12:00:00+08:00,special,7\n", []
        ),
        // No register is billed, and no dial can turn.
        (
            "service_points.csv",
            "service_point_id,node_id,timezone,capacity_kw\nS1,F1,Asia/Shanghai,900000\n",
            []
        ),
        ("contracts.csv", contracts + "K2,S2,C2,other,2026-03-10,,12\n", ["K2"]),
        ("contracts.csv", contracts + "K2,S2,C2,flat,2026-03-10,,11\n", ["K2"]),
        ("contracts.csv", contracts + "K2,S2,C1,flat,2026-03-10,,12\n", ["K2"]),
        // The tariff asks for no parameter.
        (
            "contracts.csv",
            contracts.replacing("\n", with: ",parameters\n")
                + "K2,S2,C2,flat,2026-03-10,,12,kva=50\n", []
        ),
        ("contracts.csv", contracts + "K2,S2,C2,flat,2026-03-10,2026-03-11,12\n", ["K2"]),
        ("contracts.csv", contracts + "K2,S2,C2,flat,2026-03-10,2026-04-01,12\n", []),
        (
            "service_points.csv",
            "service_point_id,node_id,timezone\nS3,F2,Asia/Urumqi\n", ["K3"]
        ),
        ("customers.csv", "customer_id,name,class\nC1,Ada Lee,home\n", []),
    ])
    func `an import lists the bills that rest on what it changes, and no other`(
        file: String, rows: String, listed: [String]
    ) throws {
        let branch = try billed()
        try branch.importNetwork([file: rows])
        let found = try branch.column(
            "SELECT contract_id FROM correction JOIN invoice USING (invoice_id) ORDER BY 1")
        #expect(found == listed)
        let causes = try branch.column("SELECT DISTINCT cause FROM correction")
        #expect(causes == (listed.isEmpty ? [] : ["network-changed"]))
    }
}

extension ImportCorrectionTests {
    @Test(arguments: [
        ("kva=100", []), ("kva=100;persons=5", []), ("kva=200", ["K1"]), ("", ["K1"]),
    ])
    func `a changed parameter lists the bills whose tariff asks for it`(
        parameters: String, listed: [String]
    ) throws {
        let charges =
            "  - { id: basic, kind: capacity, of: kva, unit: kVA, price: 1, per: month, "
            + "prorate: days }\n"
        let branch = try MonthlyBranch.branch(
            contracts: "K1,S1,C1,basic,2026-01-01,,1,1,kva=100",
            tariffs: [
                "basic.yaml": MonthlyBranch.tariff(
                    "basic", "needs: { kva: number }", charges: charges)
            ])
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01"))
        try branch.bill(asOf: "2026-02-01")
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "10000"]])
        try branch.importNetwork([
            "contracts.csv": MonthlyBranch.contracts([
                "K1,S1,C1,basic,2026-01-01,,1,1,\(parameters)"
            ])
        ])
        let found = try branch.column(
            "SELECT contract_id FROM correction JOIN invoice USING (invoice_id)")
        #expect(found == listed)
    }

    @Test(arguments: [
        // The day of the freeze that never came, when the register was set, and whether it matters.
        // Within the period nobody knows what it had counted before.
        ("2026-01-31", "2026-01-31T12:00:00+08:00", ["K1"]),
        ("2025-12-31", "2026-01-01T12:00:00+08:00", ["K1"]),
        // Outside it the billed estimate stands.
        ("2025-12-31", "2025-12-31T12:00:00+08:00", []),
        ("2026-01-31", "2026-02-01T12:00:00+08:00", []),
        ("", "2025-12-31T12:00:00+08:00", []),
    ])
    func `a reset lists the bills that it is within, and changes no billed estimate`(
        missing: String, at: String, listed: [String]
    ) throws {
        let branch = try MonthlyBranch.branch(meter: MonthlyBranch.registerMeter)
        let freezes = MonthlyBranch.freezes(from: "2025-12-20", days: 50) { "\(1000 + $0),,,," }
        try branch.deliver(
            "r.csv",
            freezes.split(separator: "\n").filter {
                missing.isEmpty || !$0.hasPrefix("M1,\(missing)")
            }.joined(separator: "\n") + "\n")
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.column(MonthlyBranch.invoices) == ["K1"])
        try branch.importNetwork([
            "register_reads.csv": "meter_id,channel,at,kind,value\nM1,1.8.0,\(at),reset,0\n"
        ])
        let found = try branch.column(
            "SELECT contract_id FROM correction JOIN invoice USING (invoice_id)")
        #expect(found == listed)
    }

    @Test(arguments: [
        // The terms from 20 January on, and whether the bill of January changes.
        ("flat,2026-01-01,,5,1", []), ("flat,2026-01-01,,1,2", []), ("fee,2026-01-01,,5,1", ["K1"]),
    ])
    func `a billing day of later periods changes no bill`(terms: String, listed: [String]) throws {
        let fee =
            MonthlyBranch.flatCharge
            + "  - { id: fee, kind: fixed, price: 31, per: month, prorate: days }\n"
        let header =
            "contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day,"
            + "cycle_months,from,to\n"
        let contracts =
            header + "K1,S1,C1,flat,2026-01-01,,1,1,,2026-01-20\n"
            + "K1,S1,C1,\(terms),2026-01-20,\n"
        for isKnown in [false, true] {
            let branch = try MonthlyBranch.branch(tariffs: [
                "flat.yaml": MonthlyBranch.tariff("flat", charges: fee),
                "fee.yaml": MonthlyBranch.tariff(
                    "fee", charges: fee.replacing("price: 31", with: "price: 62")),
            ])
            if isKnown { try branch.importNetwork(["contracts.csv": contracts]) }
            try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01"))
            try branch.bill(asOf: "2026-02-01")
            // 744 kWh and a fee of a yuan a day, or of two from the 20th on.
            let total = isKnown && !listed.isEmpty ? "78700" : "77500"
            #expect(
                try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", total]])
            try branch.importNetwork(["contracts.csv": contracts])
            let found = try branch.column(
                "SELECT contract_id FROM correction JOIN invoice USING (invoice_id)")
            #expect(found == (isKnown ? [] : listed))
        }
    }

    @Test(arguments: [
        // Is the tariff by period, the read, is the bill listed.
        // On the way; above the freeze after it, which no bill looks at; below where the period begins.
        (false, "M1,1.8.0,2026-01-10T12:00:00+08:00,special,1095", false),
        (false, "M1,1.8.0,2026-01-10T12:00:00+08:00,special,1105", false),
        (false, "M1,1.8.0,2026-01-10T12:00:00+08:00,special,995", true),
        (false, "M1,1.8.0,2026-02-01T00:00:00+08:00,special,1310", false),
        (false, "M1,1.8.0,2026-02-01T00:00:00+08:00,special,1311", true),
        (false, "M1,1.8.0,2026-02-02T12:00:00+08:00,special,1325", false),
        (false, "M1,1.8.1,2026-01-10T12:00:00+08:00,special,5", false),
        (false, "M1,3.8.0,2026-01-10T12:00:00+08:00,special,5", false),
        (true, "M1,1.8.0,2026-01-10T12:00:00+08:00,special,1095", false),
        (true, "M1,1.8.2,2026-01-10T12:00:00+08:00,special,19", false),
        (true, "M1,1.8.2,2026-02-01T00:00:00+08:00,special,63", true),
        // No period is billed by it: it must not have counted.
        (true, "M1,1.8.1,2026-01-10T12:00:00+08:00,special,5", true),
    ])
    func `a read on site lists the bills that its register is billed on`(
        isByPeriod: Bool, read: String, isListed: Bool
    ) throws {
        let branch = try MonthlyBranch.branch(meter: MonthlyBranch.registerMeter)
        if isByPeriod { try branch.addTariff("flat.yaml", RegisterBillingTests.threePeriods) }
        try branch.deliver(
            "r.csv",
            MonthlyBranch.freezes(from: "2025-12-31", days: 36) { day in
                "\(1000 + 10 * day),,\(2 * day),\(3 * day),\(5 * day)"
            })
        try branch.bill(asOf: "2026-02-05")
        try branch.importNetwork([
            "register_reads.csv": "meter_id,channel,at,kind,value\n\(read)\n"
        ])
        #expect(try branch.column(Self.listed) == (isListed ? ["K1"] : []))
    }

    private static let listed =
        "SELECT contract_id FROM correction JOIN invoice USING (invoice_id)"

    @Test(arguments: [
        // Digits, cycle, freezes; the capacity before and after; is the bill listed.
        // 400 a day turn four digits in a month: 300 kW could, 10 kW could not.
        ("4", "1", "31-400", "300", "10", true), ("4", "1", "31-400", "300", "250", false),
        // From 9900 to 500, past the dial's end, at the ends alone: 600 in 744 hours, within a tenth of
        // the dial.
        ("4", "1", "1-9900-500", "", "0.5", true), ("4", "1", "1-9900-500", "300", "", false),
        ("4", "1", "1-9900-500", "300", "0.9", false),
        ("4", "2", "1-9900-500", "", "0.2", true),
        // Nothing turned, also where it could have.
        ("4", "1", "31-10", "8", "9", false), ("4", "1", "31-10", "8", "30", false),
        ("6", "1", "31-10", "", "10", false), ("6", "2", "31-10", "20", "10", false),
    ])
    func `a changed capacity lists a bill by registers where it tells how often one turned`(
        digits: String, cycle: String, freezes: String, before: String, after: String,
        isListed: Bool
    ) throws {
        let branch = try MonthlyBranch.branch(
            meter: "M1,S1,T1,2025-01-01,,1,\(digits),",
            contracts: "K1,S1,C1,flat,2026-01-01,,1,\(cycle),")
        func place(_ capacity: String) throws {
            try branch.importNetwork([
                "service_points.csv":
                    "service_point_id,node_id,timezone,capacity_kw\nS1,F1,Asia/Shanghai,\(capacity)\n"
            ])
        }
        try place(before)
        let steps = freezes.split(separator: "-").compactMap { Int($0) }
        let end = cycle == "1" ? "2026-01-31" : "2026-02-28"
        if steps[0] == 31 {
            try branch.deliver(
                "r.csv",
                MonthlyBranch.freezes(from: "2025-12-31", days: 64) { day in
                    "\((100 + steps[1] * day) % 10_000),,,,"
                })
        } else {
            try branch.deliver(
                "a.csv",
                MonthlyBranch.freezes(from: "2025-12-31", days: 1) { _ in "\(steps[1]),,,," })
            try branch.deliver(
                "b.csv", MonthlyBranch.freezes(from: end, days: 1) { _ in "\(steps[2]),,,," })
        }
        try branch.bill(asOf: cycle == "1" ? "2026-02-05" : "2026-03-05")
        #expect(try branch.column(MonthlyBranch.invoices) == ["K1"])
        try place(after)
        #expect(try branch.column(Self.listed) == (isListed ? ["K1"] : []))
    }

    @Test func `a full import withdraws reads that it leaves out, where it has any`() throws {
        let branch = try MonthlyBranch.branch(meter: MonthlyBranch.registerMeter)
        let reads = ["2026-01-10T00:00:00+08:00", "2025-11-10T00:00:00+08:00"].map {
            "M1,1.8.0,\($0),reset,0\n"
        }
        let header = "meter_id,channel,at,kind,value\n"
        try branch.importNetwork(["register_reads.csv": header + reads.joined()])
        try branch.deliver(
            "r.csv", MonthlyBranch.freezes(from: "2025-12-31", days: 40) { "\(1000 + $0),,,," })
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.column("SELECT code FROM hold") == ["missing-end"])

        var files = MonthlyBranch.network(MonthlyBranch.registerMeter)
        try branch.importNetwork(files, full: true)
        #expect(try branch.column("SELECT count(*) FROM register_read") == ["2"])
        files["register_reads.csv"] = header + reads[1]
        #expect(throws: UnseenEnds.self) { try branch.importNetwork(files, full: true) }
        try branch.importNetwork(files, full: true, dryRun: true)
        try branch.importNetwork(files, full: true)
        #expect(
            try branch.column("SELECT at FROM register_read") == ["2025-11-09T16:00:00Z"])
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "3100"]])
        #expect(try branch.problems() == [])
    }

    @Test func `a full import that ends anything is looked at first`() throws {
        let branch = try TwoFeeders.branch()
        var files = TwoFeeders.network
        files["meters.csv"] = Self.meters
        files["contracts.csv"] = Self.contracts
        #expect(throws: UnseenEnds.self) { try branch.importNetwork(files, full: true) }
        #expect(try branch.column("SELECT DISTINCT valid_to FROM meter") == [""])
        try branch.importNetwork(files, full: true, dryRun: true)
        #expect(try branch.column("SELECT DISTINCT valid_to FROM meter") == [""])
        try branch.importNetwork(files, full: true)
        // They would end on the day on which they began.
        #expect(try branch.column("SELECT meter_id FROM meter") == [])
        // Also a few; what ends nothing needs no look.
        let few = try TwoFeeders.branch()
        try few.importNetwork(TwoFeeders.network, full: true)
        files = TwoFeeders.network
        files["customers.csv"] = "customer_id,name,class\nC1,Ada,home\nC2,Bo,farm\n"
        #expect(throws: UnseenEnds.self) { try few.importNetwork(files, full: true) }
    }

    @Test func `a dry run is leave for what it showed, on its day, once`() throws {
        let branch = try TwoFeeders.branch()
        let whole = TwoFeeders.network
        var less = whole
        less["contracts.csv"] = Self.contracts
        func lose(_ files: [String: String], on day: String = "2026-05-01") throws {
            try branch.importNetwork(files, full: true, on: day)
        }
        try branch.importNetwork(less, full: true, dryRun: true, on: "2026-05-01")
        #expect(throws: UnseenEnds.self) { try lose(less, on: "2026-05-02") }
        var other = less
        other["customers.csv"] = whole["customers.csv"]?.replacing("Ada", with: "Eve")
        #expect(other["customers.csv"] != whole["customers.csv"])
        #expect(throws: UnseenEnds.self) { try lose(other) }
        // The network becomes another: what was shown is of the one before.
        try branch.importNetwork(["terminals.csv": "terminal_id,node_id\nT7,F1\n"])
        #expect(throws: UnseenEnds.self) { try lose(less) }
        // Used up, also where the network becomes again what it was.
        let again = try TwoFeeders.branch()
        let contracts = try again.rows("SELECT * FROM contract")
        try again.importNetwork(less, full: true, dryRun: true, on: "2026-05-01")
        try again.importNetwork(less, full: true, on: "2026-05-01")
        try again.importNetwork(whole, on: "2026-05-02")
        #expect(try again.rows("SELECT * FROM contract") == contracts)
        #expect(throws: UnseenEnds.self) {
            try again.importNetwork(less, full: true, on: "2026-05-01")
        }
    }
}
