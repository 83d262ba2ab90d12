// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@Suite struct BillingOrderTests {
    /// Contracts by feeder; more of the second than one piece of work takes.
    private let contracts = [("F1", "B", 3), ("F2", "A", 1100)]

    private func table(_ header: String, _ row: (_ feeder: String, _ id: String) -> String)
        -> String
    {
        let rows = contracts.flatMap { feeder, letter, count in
            (0..<count).map { row(feeder, "\(letter)\(1000 + $0)") + "\n" }
        }
        return header + "\n" + rows.joined()
    }

    @Test(arguments: [1, 2])
    func `numbers go by feeder, then contract, however many a feeder has`(threads: Int) throws {
        var network = MonthlyBranch.network()
        network["nodes.csv"]? += "F2,B,feeder,Second\n"
        network["service_points.csv"] = table("service_point_id,node_id,timezone") { feeder, id in
            "S\(id),\(feeder),Asia/Shanghai"
        }
        network["meters.csv"] = table(
            "meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes"
        ) { _, id in "M\(id),S\(id),T1,2025-01-01,,1,6," }
        network["contracts.csv"] = table(
            "contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day"
        ) { _, id in "K\(id),S\(id),C1,flat,2026-01-01,,1" }
        let branch = try TrialBranch(network: network)
        try branch.addTariff(
            "flat.yaml", MonthlyBranch.tariff("flat", charges: MonthlyBranch.flatCharge))
        // Each used as many kWh as its number says, at 1 yuan.
        try branch.deliver(
            "r.csv",
            table("meter_id,date,total,sharp,peak,flat,valley") { _, id in
                "M\(id),2025-12-31,0,,,,\nM\(id),2026-01-31,\(id.dropFirst()),,,,"
            })
        try branch.bill(asOf: "2026-02-05", threads: threads)
        #expect(
            try branch.rows(
                "SELECT feeder_id, contract_id, total_minor FROM invoice ORDER BY number")
                == contracts.flatMap { feeder, letter, count in
                    (0..<count).map { [feeder, "K\(letter)\(1000 + $0)", "\(1000 + $0)00"] }
                })
    }
}
