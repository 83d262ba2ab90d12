// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Foundation
import Quantities
import Store
import TestSupport
import Testing

/// Points of mean power five minutes apart, from 1 to 3 January 2026: 1 kW but where said otherwise,
/// at 1 yuan per kWh, and 10 yuan per kW of the highest five minutes.
@Suite struct PowerOverMinutesTests {
    private static let demand = """
          - { id: peak, kind: demand, by: all, window: 5min, type: block, price: 10, per: month, prorate: none }

        """
    private static let bills = """
        SELECT charge_id, quantity, amount_minor, amount_exact, estimated_values
        FROM invoice_line JOIN invoice USING (invoice_id) ORDER BY position
        """
    private static let books = """
        SELECT name, unit, verdict, sum FROM source_file_energy JOIN source_file USING (sha256)
        WHERE sum <> '0' ORDER BY 1, 2, 3
        """

    private func branch(meter: String = "M1,S1,T1,2025-01-01,,1,6,5") throws -> TrialBranch {
        let branch = try MonthlyBranch.branch(
            meter: meter, contracts: "K1,S1,C1,power,2026-01-01,2026-01-04,1,1,",
            tariffs: [
                "power.yaml": MonthlyBranch.tariff(
                    "power", charges: MonthlyBranch.flatCharge + Self.demand)
            ])
        for (shape, columns) in [
            ("wide", "meter: id, timestamp: day, values: {prefix: P, count: 288}"),
            ("long", "meter: id, timestamp: at, value: kw"),
        ] {
            try branch.addProfile(
                "\(shape).yaml",
                """
                name: power-\(shape)
                shape: \(shape)
                kind: mean_power
                columns: {\(columns)}
                unit: kW
                label: start
                multiplier: not_applied
                """)
        }
        return branch
    }

    /// A file of the three days; `other` has the values that are not 1, by `day hh:mm`.
    private func curve(_ shape: String, _ other: [String: String] = [:]) -> String {
        let days = ["2026-01-01", "2026-01-02", "2026-01-03"].map { day in
            (0..<288).map { slot in
                let (hour, minute) = (slot / 12, slot % 12 * 5)
                let time =
                    "\(day) \(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
                return (time, other[time] ?? "1")
            }
        }
        if shape == "long" {
            return "id,at,kw\n" + days.joined().map { "M1,\($0.0),\($0.1)\n" }.joined()
        }
        return "id,day," + (1...288).map { "P\($0)" }.joined(separator: ",") + "\n"
            + days.map { day in
                "M1,\(day[0].0.prefix(10))," + day.map(\.1).joined(separator: ",") + "\n"
            }.joined()
    }

    /// Noon to one of 2 January, every five minutes.
    private static let noon = (0..<12).map { "2026-01-02 12:\($0 < 2 ? "0" : "")\($0 * 5)" }

    @Test(arguments: ["wide", "long"], [["kw", "kwh"], ["kwh", "kw"], ["kw,kwh"]])
    func `an hour that comes in kW and in kWh counts once, in whatever order`(
        shape: String, nights: [String]
    ) throws {
        let branch = try branch()
        var other = Dictionary(uniqueKeysWithValues: Self.noon.map { ($0, "1.2") })
        other["2026-01-01 08:00"] = "7"
        let files = [
            "kw": curve(shape, other),
            "kwh": "meter_id,timestamp,kwh,quality\n"
                + Self.noon.map { "M1,\($0),0.1,A\n" }.joined(),
        ]
        for (night, names) in nights.enumerated() {
            for name in names.split(separator: ",").map(String.init) {
                try branch.deliver(name + ".csv", files[name] ?? "")
            }
            try branch.run(asOf: "2026-01-0\(4 + night)")
        }
        try branch.bill(asOf: "2026-01-05")
        #expect(try branch.problems().isEmpty)
        #expect(try branch.column("SELECT sum(duplicate) FROM source_file") == ["12"])
        #expect(try branch.column("SELECT sum(superseded) FROM source_file") == ["0"])
        // 851 × 5 + 35 + 12 × 6 = 4362 kW-min are 72.7 kWh; 7 kW were the most.
        #expect(
            try branch.rows(Self.bills) == [
                ["energy", "72.7", "7270", "72.7", "0"], ["peak", "7", "7000", "70", "0"],
            ])
        if nights == ["kw", "kwh"] {
            #expect(
                try branch.rows(Self.books) == [
                    ["kw.csv", "kW-min", "accepted", "4362"],
                    ["kwh.csv", "kWh", "duplicate", "1.2"],
                ])
        } else if nights == ["kwh", "kw"] {
            #expect(
                try branch.rows(Self.books) == [
                    ["kw.csv", "kW-min", "accepted", "4290"],
                    ["kw.csv", "kW-min", "duplicate", "72"],
                    ["kwh.csv", "kWh", "accepted", "1.2"],
                ])
        }
    }

    @Test func `a gap is filled in power over minutes, and a later actual lists the bill`() throws {
        let branch = try branch()
        try branch.deliver(
            "kw.csv",
            curve(
                "wide",
                [
                    "2026-01-01 00:00": "3", "2026-01-02 10:00": "", "2026-01-02 10:05": "",
                    "2026-01-02 10:10": "2",
                ]))
        try branch.bill(asOf: "2026-01-08")
        // On a line from 5 to 10 kW-min: 6.66… and 8.33…, in whole kW-min as delivered.
        #expect(
            try branch.rows(
                "SELECT value, exponent, divisor, method FROM estimate ORDER BY starts_at")
                == [["7", "0", "60", "E17"], ["8", "0", "60", "E17"]])
        // 860 × 5 + 15 + 10 + 7 + 8 = 4340 kW-min are 72 1/3 kWh, rounded as money only.
        #expect(
            try branch.rows(Self.bills) == [
                ["energy", "72.333333333333", "7233", "72.333333333333", "2"],
                ["peak", "3", "3000", "30", "2"],
            ])
        #expect(
            try branch.column(
                "SELECT value FROM invoice_determinant WHERE quantity = 'import.kwh'")
                == ["217/3"])
        #expect(try branch.problems().isEmpty)

        // Of the values only the 3 kW are a decimal of kWh; 861 others are said to be left out.
        let path = branch.folder + "/export.csv"
        let report = try IntervalExport(store: branch.store()).write(
            to: path, feeder: nil, from: nil, to: nil)
        #expect(report.unwritable == 861)
        #expect(report.missing == 2)
        #expect(
            try String(contentsOfFile: path, encoding: .utf8) == """
                meter_id,timestamp,kwh,quality,channel
                M1,2026-01-01T00:00:00+08:00,0.25,A,1.8.0
                M1,2026-01-02T10:00:00+08:00,,N,1.8.0
                M1,2026-01-02T10:05:00+08:00,,N,1.8.0

                """)

        try branch.deliver(
            "late.csv", "meter_id,timestamp,kwh,quality\nM1,2026-01-02T10:05:00+08:00,0.125,A\n")
        #expect(try branch.bill(asOf: "2026-01-09").counts.corrections == 1)
        #expect(try branch.problems().isEmpty)
    }

    @Test(arguments: [
        // What the register shows at the end, and what is found.
        ("1072.08", []),
        ("1080", ["intervals sum to 2883.333333333333, the register advanced by 3200"]),
    ])
    func `power over minutes is compared with the register exactly`(
        end: String, found: [String]
    ) throws {
        let branch = try branch(meter: "M1,S1,T1,2025-01-01,,40,6,5")
        // 863 × 5 + 10 = 4325 kW-min, 40 times.
        try branch.deliver("kw.csv", curve("wide", ["2026-01-03 23:55": "2"]))
        try branch.deliver(
            "freezes.csv",
            MonthlyBranch.freezes(from: "2025-12-31", days: 4) {
                ($0 < 3 ? "\(1000 + $0 * 24).00" : end) + ",,,,"
            })
        try branch.bill(asOf: "2026-01-05")
        // 2 kW for five minutes, 40 times.
        #expect(
            try branch.rows(Self.bills) == [
                ["energy", "2883.333333333333", "288333", "2883.333333333333", "0"],
                ["peak", "80", "80000", "800", "0"],
            ])
        #expect(
            try branch.column("SELECT detail FROM exception WHERE rule = 'kinds-disagree'")
                == found)
    }
}
