// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import Quantities
import Testing

@Suite struct UrdbRatingTests {
    /// A record of one rate, period 1 on weekdays from 12 to 20 hours.
    private static func record(_ fields: String) -> String {
        let peak =
            "[" + (0..<24).map { (12..<20).contains($0) ? "1" : "0" }.joined(separator: ",") + "]"
        let off = "[" + [String](repeating: "0", count: 24).joined(separator: ",") + "]"
        func grid(_ row: String) -> String {
            "[" + [String](repeating: row, count: 12).joined(separator: ",") + "]"
        }
        return """
            {"label":"1","startdate":1767225600,"energyweekdayschedule":\(grid(peak)),
             "energyweekendschedule":\(grid(off)),\(fields)}
            """
    }

    private static let tiered = #"""
        "energyratestructure":[[{"rate":0.08,"max":350},{"rate":0.12}],
                               [{"rate":0.16,"adj":0.03,"max":350.0,"unit":"kWh"},{"rate":0.27}]]
        """#

    private static let decisions = """
        timezone: America/Chicago
        rounding: { money: 0.01, mode: half_up, at: line }
        prorate: days
        limits: whole
        tier_allocation: proportional
        season_of: period_end
        minimum_scope: all
        export: none

        """

    /// The sums of the charges of a bill, by their ids.
    private static func amounts(
        _ record: String, decisions: String = decisions, from: String = "2026-07-01",
        to: String = "2026-08-01", peak: String, off: String
    ) throws -> [String: String] {
        let text = try Urdb.tariffText(
            of: record, file: "us.example.urdb.json", decisions: (decisions, "d.yaml"))
        let tariff = try Tariff.parse(text, file: "us.example.yaml", sha256: "")
        let bill = try rate(
            Given.input(tariff, from: from, to: to, kwh: ["p0": off, "p1": peak]))
        return Dictionary(
            uniqueKeysWithValues: tariff.charges.map { charge in
                let amount = bill.amount(of: ChargeReference(charge: charge.id))
                return (charge.id, amount.text(in: bill.currency))
            })
    }

    @Test func `tiers by period are shared out as decided`() throws {
        let record = Self.record(Self.tiered)
        // 140 @ .19 + 60 @ .27 + 210 @ .08 + 90 @ .12
        #expect(try Self.amounts(record, peak: "200", off: "300") == ["energy": "70.40"])
        let own = Self.decisions.replacing("proportional", with: "per_period")
        // 200 @ .19 + 300 @ .08
        #expect(
            try Self.amounts(record, decisions: own, peak: "200", off: "300") == ["energy": "62.00"]
        )
    }

    @Test func `fixed, fuel and least amounts are charges of their own`() throws {
        let fuel = (1...12).map { (6...9).contains($0) ? "0.004" : "-1.5e-3" }.joined(
            separator: ",")
        let record = Self.record(
            #"""
            "energyratestructure":[[{"rate":0.05}],[{"rate":0.10}]],
            "fueladjustmentsmonthly":[\#(fuel)],"fixedchargefirstmeter":14,
            "fixedchargeunits":"$/month","mincharge":50,"minchargeunits":"$/month"
            """#)
        // July: 100 × .10 + 200 × .05; 300 × .004; 50 − 20 − 1.20 − 14
        #expect(
            try Self.amounts(record, peak: "100", off: "200")
                == ["energy": "20.00", "fuel": "1.20", "fixed": "14.00", "minimum": "14.80"])
        // January: 300 × −.0015; 50 − 20 + .45 − 14
        #expect(
            try Self.amounts(
                record, from: "2026-01-01", to: "2026-02-01", peak: "100", off: "200")
                == ["energy": "20.00", "fuel": "-0.45", "fixed": "14.00", "minimum": "16.45"])
    }

    @Test func `limits per day are pooled over the month`() throws {
        let record = Self.record(
            #"""
            "energyratestructure":[[{"rate":0.10,"max":10,"unit":"kWh daily"},{"rate":0.20}],
                                   [{"rate":0.10,"max":10,"unit":"kWh daily"},{"rate":0.20}]]
            """#)
        // 31 days: 310 × .10 + 90 × .20, shared half and half: no rounding
        #expect(try Self.amounts(record, peak: "200", off: "200") == ["energy": "49.00"])
    }
}
