// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A folder with a network of two feeders, a tariff and an inbox, gone when its test is over.
///
/// M1 gives an hour's energy for each hour of January 2026, M2 its register at the ends of January;
/// M3 stands behind transformers of 80 : 1 and comes as NEM12. M1 and M2 have contracts.
final class SmallBranch {
    let path: String

    static let network = [
        "nodes.csv": """
        node_id,parent_id,kind,name
        B,,company,Branch
        F1,B,feeder,First
        F2,B,feeder,Second
        T1,F1,transformer,Mill
        T2,F2,transformer,Well

        """,
        "terminals.csv": "terminal_id,node_id\nC1,T1\nC2,T2\n",
        "customers.csv": "customer_id,name,class\nA1,艾达 Ada,home\nA2,Bo,home\n",
        "service_points.csv": """
        service_point_id,node_id,timezone
        S1,T1,Australia/Brisbane
        S2,T2,Australia/Brisbane
        S3,T2,Australia/Brisbane

        """,
        "meters.csv": """
        meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes
        M1,S1,C1,2025-01-01,,1,6,60
        M2,S2,C2,2025-01-01,,1,6,
        M3,S3,C2,2025-01-01,,80,6,30

        """,
        "contracts.csv": """
        contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day
        K1,S1,A1,flat,2026-01-01,,1
        K2,S2,A2,flat,2026-01-01,,1

        """,
    ]

    static let tariff = """
        format: 1
        id: flat
        version: 2026-01
        valid_from: 2026-01-01
        name: { zh: 单一电价, en: Single rate }
        currency: AUD
        timezone: Australia/Brisbane
        illustrative: true
        source: made up
        rounding: { money: 0.01, mode: half_up, at: line }
        prices_include_tax: false
        true_up: next_bill
        charges:
          - id: supply
            kind: fixed
            name: { zh: 基本费, en: Supply }
            price: 1.20
            per: day
          - id: usage
            kind: energy
            name: { zh: 电能电费, en: Usage }
            on: import.kwh
            price: 0.25
          - id: gst
            kind: tax
            category: GST
            of: [supply, usage]
            base: as_billed
            rate: 0.10

        """

    /// Half a kilowatt-hour for each of the 744 hours of January: 372 kWh.
    static let january: String = {
        var text = "meter_id,timestamp,kwh,quality\n"
        for day in 1...31 {
            for hour in 0..<24 {
                let (day, hour) = (
                    day < 10 ? "0\(day)" : "\(day)", hour < 10 ? "0\(hour)" : "\(hour)"
                )
                text += "M1,2026-01-\(day)T\(hour):00:00+10:00,0.500,A\n"
            }
        }
        return text
    }()

    /// The register of M2 before and after January: 12.34 kWh.
    static let freezes = """
        meter_id,date,total,sharp,peak,flat,valley
        M2,2025-12-31,100.00,10.00,20.00,30.00,40.00
        M2,2026-01-31,112.34,11.00,22.00,33.00,46.34

        """

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/command-" + UUID().uuidString
        for folder in ["network", "Tariffs", "inbox"] {
            try FileManager.default.createDirectory(
                atPath: "\(path)/\(folder)", withIntermediateDirectories: true)
        }
        for (name, text) in SmallBranch.network { try write("network/\(name)", text) }
        try write("Tariffs/flat.yaml", SmallBranch.tariff)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// A branch whose January is billed.
    static func billed(
        january: String = january, freezes: String = freezes, tariff: String = tariff
    ) throws -> SmallBranch {
        let branch = try SmallBranch()
        try branch.write("Tariffs/flat.yaml", tariff)
        try branch.write("inbox/january.csv", january)
        try branch.write("inbox/freezes.csv", freezes)
        _ = try branch.tallywatt("init", "--network", "network")
        _ = try branch.run(asOf: "2026-02-05")
        return branch
    }

    /// Calls the built command in the folder.
    func tallywatt(_ arguments: String...) throws -> Outcome { try call(arguments) }

    /// Calls the built command in the folder.
    func call(_ arguments: [String]) throws -> Outcome { try Command(folder: path)(arguments) }

    /// The nightly job.
    func run(asOf: String) throws -> Outcome {
        try tallywatt(
            "run", "--inbox", "inbox", "--tariffs", "Tariffs", "--as-of", asOf, "--json")
    }

    /// Writes a file of the folder.
    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
    }

    /// Reads a file of the folder.
    func read(_ name: String) throws -> String {
        try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
    }

    /// The digest of the database's content.
    func digest() throws -> String { try tallywatt("verify", "--digest").out }
}
