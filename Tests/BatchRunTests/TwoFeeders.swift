// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// A branch with two feeders: M1 and M2 on F1, M3 on F2, quarter-hour intervals in Beijing time.
///
/// Contracts K1 to K3 begin on 10 March 2026 and are billed on the 12th: a first period of two days.
enum TwoFeeders {
    static let network: [String: String] = [
        "nodes.csv": """
        node_id,parent_id,kind,name
        B,,company,Branch
        F1,B,feeder,First
        F2,B,feeder,Second

        """,
        "terminals.csv": "terminal_id,node_id\nT1,F1\nT2,F2\n",
        "customers.csv": "customer_id,name,class\nC1,Ada,home\nC2,Bo,farm\nC3,Cem,shop\n",
        "service_points.csv": """
        service_point_id,node_id,timezone
        S1,F1,Asia/Shanghai
        S2,F1,Asia/Shanghai
        S3,F2,Asia/Shanghai

        """,
        "meters.csv": """
        meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes
        M1,S1,T1,2026-01-01,,1,6,15
        M2,S2,T1,2026-01-01,,1,6,15
        M3,S3,T2,2026-01-01,,1,6,15

        """,
        "contracts.csv": """
        contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day
        K1,S1,C1,flat,2026-03-10,,12
        K2,S2,C2,flat,2026-03-10,,12
        K3,S3,C3,flat,2026-03-10,,12

        """,
    ]

    /// Half a yuan per kWh, tax included.
    static let tariff = """
        format: 1
        id: flat
        version: 2026-01
        valid_from: 2026-01-01
        name: { en: Flat }
        currency: CNY
        timezone: Asia/Shanghai
        illustrative: true
        source: made up
        rounding: { money: 0.01, mode: half_up, at: line }
        prices_include_tax: true
        true_up: next_bill

        charges:
          - id: energy
            kind: energy
            name: { en: Energy }
            on: import.kwh
            price: 0.50

        examples:
          - name: ten
            given: { from: 2026-03-01, kwh: 10 }
            expect: { energy: 5.00, total: 5.00 }

        """

    /// The branch with its network and tariff.
    static func branch() throws -> TrialBranch {
        let branch = try TrialBranch(network: network)
        try branch.addTariff("flat.yaml", tariff)
        return branch
    }

    static let header = "meter_id,timestamp,kwh,quality\n"

    /// One row of an interval file; `time` such as `2026-03-10T00:15`, Beijing time.
    static func row(_ meter: String, _ time: String, _ kwh: String, _ quality: String = "A")
        -> String
    {
        "\(meter),\(time):00+08:00,\(kwh),\(quality)\n"
    }

    /// Rows of quarter hours of a day, all of one value; slots count from midnight.
    static func rows(
        _ meter: String, day: String, _ kwh: String, _ quality: String = "A",
        slots: Range<Int> = 0..<96
    ) -> String {
        slots.map { row(meter, "\(day)T\(clock($0))", kwh, quality) }.joined()
    }

    /// The time of a slot, such as `00:15`.
    static func clock(_ slot: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(slot / 4)):\(two(slot % 4 * 15))"
    }

    /// Both days of the first period, whole, at `kwh` a quarter hour.
    static func period(_ meter: String, _ kwh: String = "0.250") -> String {
        rows(meter, day: "2026-03-10", kwh) + rows(meter, day: "2026-03-11", kwh)
    }

    /// A NEM12 file with one meter and day of half hours, all of one value; `version` may be empty.
    static func nem12(_ meter: String, day: String, _ kwh: String, version: String) -> String {
        let values = Array(repeating: kwh, count: 48).joined(separator: ",")
        return """
            100,NEM12,202603120000,MDP,UTIL
            200,\(meter),E1,1,E1,N1,\(meter),KWH,30,
            300,\(day),\(values),A,,,\(version),
            900

            """
    }

    /// The branch with a NEM12 meter of half hours, N1, on F2.
    static func withHalfHours() throws -> TrialBranch {
        var files = network
        files["service_points.csv"]? += "S4,F2,Australia/Brisbane\n"
        files["meters.csv"]? += "N1,S4,T2,2026-01-01,,1,6,30\n"
        return try TrialBranch(network: files)
    }
}
