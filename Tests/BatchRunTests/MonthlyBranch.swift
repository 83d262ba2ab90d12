// SPDX-License-Identifier: Apache-2.0

import Quantities
import TestSupport

/// A branch with one service point, S1, billed on the first of each month at 1 yuan per kWh.
enum MonthlyBranch {
    static let contract = "K1,S1,C1,flat,2026-01-01,,1,1,"
    static let hourlyMeter = "M1,S1,T1,2025-01-01,,1,6,60"
    static let registerMeter = "M1,S1,T1,2025-01-01,,1,6,"

    /// A branch of one meter and the tariff `flat`.
    static func branch(
        meter: String = hourlyMeter, contracts: String..., tariffs: [String: String] = [:],
        servicePoints: String = "S1,F1,Asia/Shanghai\n"
    ) throws -> TrialBranch {
        let branch = try TrialBranch(
            network: network(meter, contracts.isEmpty ? [contract] : contracts, servicePoints))
        try branch.addTariff("flat.yaml", tariff("flat", charges: flatCharge))
        for (name, text) in tariffs { try branch.addTariff(name, text) }
        return branch
    }

    /// The network of such a branch, as files.
    static func network(
        _ meter: String = hourlyMeter, _ contracts: [String] = [contract],
        _ servicePoints: String = "S1,F1,Asia/Shanghai\n"
    ) -> [String: String] {
        [
            "nodes.csv": "node_id,parent_id,kind,name\nB,,company,Branch\nF1,B,feeder,First\n",
            "terminals.csv": "terminal_id,node_id\nT1,F1\n",
            "customers.csv": "customer_id,name,class\nC1,Ada,home\nC2,Bo,farm\n",
            "service_points.csv": "service_point_id,node_id,timezone\n" + servicePoints,
            "meters.csv": """
            meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes
            \(meter)

            """,
            "contracts.csv": self.contracts(contracts),
        ]
    }

    /// A contract table.
    static func contracts(_ rows: [String]) -> String {
        "contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day,cycle_months,"
            + "parameters\n" + rows.map { $0 + "\n" }.joined()
    }

    static let flatCharge = "  - { id: energy, kind: energy, on: import.kwh, price: 1 }\n"

    /// A tariff without frills.
    static func tariff(_ id: String, _ more: String = "", charges: String) -> String {
        """
        format: 1
        id: \(id)
        version: 2026-01
        valid_from: 2020-01-01
        currency: CNY
        timezone: Asia/Shanghai
        rounding: { money: 0.01, mode: half_up, at: line }
        prices_include_tax: true
        true_up: next_bill
        \(more)
        charges:
        \(charges)
        """
    }

    /// An interval file of hours from midnight to midnight, all of one value.
    static func hours(
        from first: String, to end: String, _ kwh: String = "1.0", channel: String = "1.8.0",
        without left: String? = nil
    ) -> String {
        var text = "meter_id,timestamp,channel,kwh,quality\n"
        guard var day = CivilDay(iso: first), let end = CivilDay(iso: end) else { return text }
        while day < end {
            for hour in 0..<24 {
                let start = "\(day)T\(hour < 10 ? "0" : "")\(hour)"
                if start != left { text += "M1,\(start):00:00+08:00,\(channel),\(kwh),A\n" }
            }
            day = day + 1
        }
        return text
    }

    /// A file of daily freezes: `value` gives the columns after the date, day by day from 0.
    static func freezes(from first: String, days: Int, _ value: (Int) -> String) -> String {
        var text = "meter_id,date,total,sharp,peak,flat,valley\n"
        guard let first = CivilDay(iso: first) else { return text }
        for day in 0..<days { text += "M1,\(first + day),\(value(day))\n" }
        return text
    }

    static let invoices = """
        SELECT contract_id, period_start, total_minor FROM invoice ORDER BY 1, 2
        """
    static let holds = """
        SELECT contract_id, period_start, code FROM hold WHERE released_seq IS NULL ORDER BY 1, 2
        """
}
