// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// Demand that looks back to earlier bills, on whole runs.
@Suite struct EarlierPeaksTests {
    private static let ratchet = """
          - id: peak
            kind: demand
            by: all
            window: 60min
            type: block
            price: 10
            ratchet: { share: 0.80, months: 11, scope: all }
            per: month
            prorate: none

        """

    /// January with a peak of 4 kW, February with 1 kW.
    private func branch(_ contract: String, opening: [String] = []) throws -> TrialBranch {
        var network = MonthlyBranch.network(MonthlyBranch.hourlyMeter, [contract])
        if !opening.isEmpty {
            network["opening.csv"] =
                "contract_id,billed_through,key,value\n" + opening.map { $0 + "\n" }.joined()
        }
        let branch = try TrialBranch(network: network)
        try branch.addTariff("demand.yaml", MonthlyBranch.tariff("demand", charges: Self.ratchet))
        try branch.deliver("jan.csv", january("4.0"))
        try branch.deliver("feb.csv", MonthlyBranch.hours(from: "2026-02-01", to: "2026-03-01"))
        return branch
    }

    private func january(_ kilowattHours: String) -> String {
        let peak = "2026-01-20T17"
        return MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01", without: peak)
            + "M1,\(peak):00:00+08:00,1.8.0,\(kilowattHours),A\n"
    }

    @Test(arguments: [["2026-03-05"], ["2026-02-05", "2026-03-05"]])
    func `a ratchet takes the peak of the bill before, billed that night or earlier`(
        nights: [String]
    ) throws {
        let branch = try branch("K1,S1,C1,demand,2026-01-01,,1,1,")
        for night in nights { try branch.bill(asOf: night) }
        #expect(try branch.column(MonthlyBranch.holds).isEmpty)
        // 4 kW, then 0.8 × 4 = 3.2 kW, at 10 yuan
        #expect(
            try branch.rows(MonthlyBranch.invoices)
                == [["K1", "2026-01-01", "4000"], ["K1", "2026-02-01", "3200"]])
        #expect(
            try branch.rows(
                """
                SELECT quantity, period, value FROM invoice_determinant
                JOIN invoice USING (invoice_id)
                WHERE period_start = '2026-02-01' AND unit = 'kW' ORDER BY quantity
                """)
                == [
                    ["demand.kw.60min", "all", "1"],
                    ["earlier.2026-01-01.demand.kw.60min", "all", "4"],
                ])
        #expect(try branch.problems().isEmpty)
    }

    @Test func `a late reading lists the later bill that looks back to it`() throws {
        let branch = try branch("K1,S1,C1,demand,2026-01-01,,1,1,")
        try branch.bill(asOf: "2026-03-05")
        try branch.deliver(
            "late.csv",
            "meter_id,timestamp,channel,kwh,quality\n"
                + "M1,2026-01-20T17:00:00+08:00,1.8.0,6.0,A\n")
        try branch.bill(asOf: "2026-03-06")
        let details = try branch.column("SELECT detail FROM correction ORDER BY invoice_id")
        #expect(details.count == 2)
        #expect(details.last?.hasPrefix("looks back to the demand that ") == true)
    }

    @Test(arguments: [
        ([], "missing-earlier-peaks"),
        (["K1,2026-01-01,demand.kw.60min.all.2025-12-01,5"], ""),
        (["K1,2026-01-01,demand.kw.all.2025-12-01,5"], "missing-earlier-peaks"),
        (["K1,2026-01-01,demand.kw.60min.all.2025-11-01,5"], "missing-earlier-peaks"),
    ])
    func `what an earlier system billed is an opening value`(opening: [String], hold: String) throws
    {
        let branch = try branch(
            "K1,S1,C1,demand,2025-12-01,,1,1,",
            opening: opening.isEmpty ? ["K1,2026-01-01,,"] : opening)
        try branch.bill(asOf: "2026-03-05")
        guard hold.isEmpty else {
            let holds = try branch.rows(MonthlyBranch.holds)
            #expect(holds.first == ["K1", "2026-01-01", hold])
            #expect(try branch.rows(MonthlyBranch.invoices).isEmpty)
            return
        }
        // max(4, 0.8 × 5) = 4 kW, then max(1, 0.8 × 5) = 4 kW
        #expect(
            try branch.rows(MonthlyBranch.invoices)
                == [["K1", "2026-01-01", "4000"], ["K1", "2026-02-01", "4000"]])
    }
}
