// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Store
import TestSupport
import Testing

/// Contracts for which several service points count (总分表).
@Suite struct SeveralPointsTests {
    private static let meters = """
        M1,S1,T1,2025-01-01,,1,6,60
        M2,S2,T1,2025-01-01,,2,6,60
        M3,S3,T1,2025-01-01,,1,6,
        """
    private static let header = "contract_id,service_point_id,quantity,sign,share,from,to\n"

    private func branch(
        _ points: String..., charges: String = MonthlyBranch.flatCharge, meters: String = meters,
        contracts: [String] = [MonthlyBranch.contract]
    ) throws -> TrialBranch {
        var network = MonthlyBranch.network(
            meters, contracts,
            (1...3).map { "S\($0),F1,Asia/Shanghai\n" }.joined())
        network["contract_points.csv"] = Self.header + points.map { $0 + "\n" }.joined()
        let branch = try TrialBranch(network: network)
        try branch.addTariff("flat.yaml", MonthlyBranch.tariff("flat", charges: charges))
        return branch
    }

    /// Hours of January; M2 counts half of what it measures.
    private func deliver(
        _ branch: TrialBranch, m1: String = "3.0", m2: String = "0.5", without left: String? = nil
    ) throws {
        try branch.deliver(
            "m1.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01", m1))
        try branch.deliver(
            "m2.csv", hours(of: "M2", from: "2026-01-01", m2, without: left))
        let freezes = MonthlyBranch.freezes(from: "2025-12-31", days: 33) {
            "\(1000 + 8 * $0),,,,"
        }
        try branch.deliver("m3.csv", freezes.replacing("M1,", with: "M3,"))
    }

    private func hours(
        of meter: String, from first: String, _ kwh: String, without left: String? = nil
    ) -> String {
        MonthlyBranch.hours(from: first, to: "2026-02-01", kwh, without: left)
            .replacing("M1,", with: "\(meter),")
    }

    private let bills = "SELECT contract_id, total_minor FROM invoice ORDER BY 1"
    private let holds = "SELECT code, detail FROM hold WHERE released_seq IS NULL"

    @Test func `a child is deducted, and of another point a share counts`() throws {
        let branch = try branch("K1,S2,,-1,,,", "K1,S3,,1,0.25,,")
        try deliver(branch)
        try branch.bill(asOf: "2026-02-05")
        // 744 h × 3 kWh = 2232; 744 h × 0.5 × 2 = 744; 31 days × 8 kWh = 248, a quarter is 62.
        #expect(try branch.rows(bills) == [["K1", "155000"]])
        #expect(
            try branch.rows(
                "SELECT quantity, period, value FROM invoice_determinant WHERE quantity LIKE 'p%'")
                == [
                    ["point.S1*1.import.kwh", "all", "2232"],
                    ["point.S2*-1.import.kwh", "all", "-744"],
                    ["point.S3*0.25.import.kwh", "all", "62"],
                ])
        #expect(try branch.problems().isEmpty)
        let explained = try evidence(branch)
        #expect(Set(explained.intervals.map(\.meterID)) == ["M1", "M2"])
        #expect(explained.registers.map(\.meterID) == ["M3", "M3"])
    }

    private func evidence(_ branch: TrialBranch) throws -> InvoiceEvidence {
        let store = try branch.store()
        let invoice = try #require(try store.read { try $0.invoice(number: "INV-2026-000001") })
        let determinants = try store.read { try $0.determinants(ofInvoice: invoice.invoiceID) }
        return try InvoiceEvidence.of(invoice, determinants: determinants, in: store)
    }

    @Test func `a row of the contract's own point says how much of it counts`() throws {
        let branch = try branch("K1,S1,,1,0.6,,", "K1,S2,import.kwh,1,0.4,,")
        try deliver(branch)
        try branch.bill(asOf: "2026-02-05")
        // 0.6 × 2232 + 0.4 × 744 = 1339.2 + 297.6.
        #expect(try branch.rows(bills) == [["K1", "163680"]])
    }

    @Test func `a point counts from a day on`() throws {
        let branch = try branch("K1,S2,,1,,2026-01-11,", "K1,S3,,1,,,2026-01-06")
        try deliver(branch)
        try branch.bill(asOf: "2026-02-05")
        // 2232 + 21 days × 24 × 1 + 5 days × 8 = 2232 + 504 + 40.
        #expect(try branch.rows(bills) == [["K1", "277600"]])
    }

    @Test func `a child has its own bill beside the one that it is deducted from`() throws {
        let branch = try branch(
            "K1,S2,,-1,,,",
            contracts: [MonthlyBranch.contract, "K2,S2,C2,flat,2026-01-01,,1,1,"])
        try deliver(branch)
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.rows(bills) == [["K1", "148800"], ["K2", "74400"]])
    }

    @Test func `the demand is the highest of the sum, not the sum of the highest`() throws {
        let branch = try branch(
            "K1,S2,,1,,,",
            charges: """
                  - { id: d, kind: demand, by: all, window: 60min, type: block, price: 10, per: month, prorate: none }
                """)
        for (meter, kwh, hour) in [("M1", "3.0", "05"), ("M2", "0.5", "09")] {
            try branch.deliver(
                "\(meter).csv",
                hours(of: meter, from: "2026-01-01", kwh, without: "2026-01-10T\(hour)"))
        }
        // M1 is highest at 5 o'clock with 20 kW, M2 at 9 with 2 × 8 = 16 kW, beside 3 and 1 kW then.
        for (name, row) in [("M1", "05:00:00+08:00,1.8.0,20"), ("M2", "09:00:00+08:00,1.8.0,8")] {
            try branch.deliver(
                "peak-\(name).csv",
                "meter_id,timestamp,channel,kwh,quality\n\(name),2026-01-10T\(row),A\n")
        }
        try branch.bill(asOf: "2026-02-05")
        // 20 + 0.5 × 2 = 21 kW, against 3 + 16 = 19 kW.
        #expect(try branch.rows(bills) == [["K1", "21000"]])
        #expect(
            try branch.rows(
                "SELECT value, at FROM invoice_determinant WHERE quantity = 'demand.kw.60min'")
                == [["21", "2026-01-09T21:00:00Z"]])
    }

    @Test func `slots of unlike length hold a demand, and no energy`() throws {
        for (charge, code) in [
            (MonthlyBranch.flatCharge, []),
            (
                "  - { id: d, kind: demand, by: all, window: 60min, type: block, price: 10, per: month, prorate: none }\n",
                ["several-points"]
            ),
        ] {
            let branch = try branch(
                "K1,S2,,1,,,", charges: charge,
                meters: "M1,S1,T1,2025-01-01,,1,6,60\nM2,S2,T1,2025-01-01,,1,6,30")
            try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01"))
            let halves = hours(of: "M2", from: "2026-01-01", "1.0").split(separator: "\n")
                .flatMap { row in
                    Set([row, row.replacing(":00:00+08", with: ":30:00+08")[...]]).sorted()
                }
            try branch.deliver("b.csv", halves.joined(separator: "\n") + "\n")
            try branch.bill(asOf: "2026-02-05")
            let found = try branch.rows(holds)
            #expect(found.compactMap(\.first) == code, "\(found)")
        }
    }

    @Test func `more deducted than measured holds the bill`() throws {
        let branch = try branch("K1,S2,,-1,,,")
        try deliver(branch, m2: "2.0")
        try branch.bill(asOf: "2026-02-05")
        // 2232 − 744 h × 2 × 2.
        #expect(
            try branch.rows(holds) == [
                [
                    "several-points",
                    "import.kwh of 'all' comes to -744: more is deducted than was measured",
                ]
            ])
    }

    @Test func `a point without readings holds the bill, and says which it is`() throws {
        let branch = try branch("K1,S2,,-1,,,")
        try branch.deliver("m1.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01"))
        try branch.bill(asOf: "2026-02-05")
        let hold = try #require(try branch.rows(holds).first)
        #expect(hold[0] == "missing-intervals")
        #expect(hold[1].hasPrefix("service point S2: 744 intervals of 1.8.0 have no value"))
    }

    @Test func `a late value of a child lists the bill that it is deducted from`() throws {
        let branch = try branch("K1,S2,,-1,,,")
        try deliver(branch, without: "2026-01-10T05")
        try branch.bill(asOf: "2026-02-05")
        let billed = try branch.rows(bills)
        try branch.deliver(
            "late.csv",
            "meter_id,timestamp,channel,kwh,quality\nM2,2026-01-10T05:00:00+08:00,1.8.0,0.7,A\n")
        try branch.bill(asOf: "2026-02-06")
        #expect(try branch.rows(bills) == billed)
        #expect(try branch.column("SELECT cause FROM correction") == ["late-reading"])
    }

    @Test func `a late register value of a further point lists the bill`() throws {
        let branch = try branch("K1,S3,,1,,,")
        try deliver(branch)
        try branch.bill(asOf: "2026-02-05")
        try branch.deliver(
            "late.csv", "meter_id,date,total,sharp,peak,flat,valley\nM3,2026-01-31,1300,,,,\n")
        try branch.bill(asOf: "2026-02-06")
        #expect(try branch.column("SELECT cause FROM correction") == ["late-reading"])
    }

    @Test func `an import that changes what counts lists the bill`() throws {
        for (table, text) in [
            ("contract_points.csv", Self.header + "K1,S2,,-1,0.5,,\n"),
            (
                "meters.csv",
                """
                meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes
                M2,S2,T1,2025-01-01,,4,6,60

                """
            ),
        ] {
            let branch = try branch("K1,S2,,-1,,,")
            try deliver(branch)
            try branch.bill(asOf: "2026-02-05")
            try branch.importNetwork([table: text], on: "2026-02-06")
            #expect(try branch.column("SELECT cause FROM correction") == ["network-changed"])
        }
    }

    @Test func `a quantity of a point counts once`() throws {
        do {
            _ = try branch("K1,S2,,1,,,", "K1,S2,1.8.0,-1,,,")
            Issue.record("the rows were accepted")
        } catch {
            #expect("\(error)".contains("1.8.0 of S2 counts twice for 'K1'"))
        }
    }
}
