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

    private static let hours = #"""
        "energyratestructure":[[{"rate":0.118,"max":200,"unit":"kWh/kW"},{"rate":0.083,"max":350,"unit":"kWh/kW"},{"rate":0.052}],
                               [{"rate":0.118,"max":200,"unit":"kWh/kW"},{"rate":0.083,"max":350,"unit":"kWh/kW"},{"rate":0.052}]]
        """#
    private static let flat =
        #""flatdemandstructure":[[{"rate":6}]],"demandwindow":15,"lookbackpercent":0.8,"lookbackrange":11"#

    @Test(arguments: [
        // 16 000 × .118 + 12 000 × .083 + 2 000 × .052 of 80 kW; 20 000 × .118 + 10 000 × .083 of 0.8 × 125;
        // the first month 10 000 × .118; demand 6 × 125 + 6 × 100
        ("measured", flat, "4168.00", "1350.00"), ("billed", flat, "4370.00", "1350.00"),
        // without a price of demand
        ("measured", #""demandwindow":15"#, "4168.00", "0.00"),
    ])
    func `hours of use are those of the demand`(
        take: String, demand: String, energy: String, flat: String
    ) throws {
        let decided =
            Self.decisions
            + "demand_type: block\nratchet_scope: [demand_flat]\nhours_of_use: \(take)\n"
                + """
                examples:
                  - given: { kwh_by_month: [{ p0: 10000 }, { p0: 30000 }], demand_by_month: [125, 80] }
                    expect: { energy: \(energy), demand_flat: \(flat) }

                """
        let text = try Urdb.tariffText(
            of: Self.record("\(Self.hours),\n\(demand)"), file: "us.example.urdb.json",
            decisions: (decided, "d.yaml"))
        let tariff = try Tariff.parse(text, file: "us.example.yaml", sha256: "")
        let run = TariffExampleRun(tariff.examples[0], of: tariff, series: SeriesSet())
        #expect(run.passes, "\(run)")
    }

    private static let coincident = #"""
        "energyratestructure":[[{"rate":0.05}],[{"rate":0.10}]],
        "coincidentratestructure":[[{"rate":9,"adj":0.5}]],"coincidentrateunit":"kW"
        """#
    private static let events =
        decisions
        + "coincident_series: us.peaks\ncoincident_window: 60min\ncoincident_counts: mean\n"
        + "coincident_if_none: no_charge\n"

    @Test func `coincident demand is charged by a list of events`() throws {
        let decided =
            Self.events + """
                examples:
                  # 9.5 × (90 + 120) / 2
                  - given: { kwh_by_period: { p0: 0 }, event_demand: [90, 120] }
                    expect: { demand_coincident: 997.50 }

                """
        let text = try Urdb.tariffText(
            of: Self.record(Self.coincident), file: "us.example.urdb.json",
            decisions: (decided, "d.yaml"))
        let tariff = try Tariff.parse(text, file: "us.example.yaml", sha256: "")
        #expect(tariff.requiredSeries == ["us.peaks"])
        let run = TariffExampleRun(tariff.examples[0], of: tariff, series: SeriesSet())
        #expect(run.passes, "\(run)")
    }

    @Test(arguments: [
        ("[[{\"rate\":9,\"adj\":0.5}]]", "[[{\"rate\":9}],[{\"rate\":8}]]"),
        ("[[{\"rate\":9,\"adj\":0.5}]]", "[[{\"rate\":9,\"max\":5},{\"rate\":8}]]"),
        ("\"coincidentrateunit\":\"kW\"", "\"coincidentrateunit\":\"kVA\""),
    ])
    func `coincident demand of several prices or another unit refuses the record`(
        part: String, by: String
    ) {
        do {
            _ = try Urdb.tariffText(
                of: Self.record(Self.coincident.replacing(part, with: by)),
                file: "us.example.urdb.json", decisions: (Self.events, "d.yaml"))
            Issue.record("it was taken")
        } catch {
            #expect(error.problems.contains { $0.what.contains("coincident") }, "\(error)")
        }
    }

    /// A record with demand by its own hours: period 1 from 14 to 18 hours of weekdays.
    private static let demand = #"""
        "energyratestructure":[[{"rate":0.05}],[{"rate":0.10}]],
        "flatdemandstructure":[[{"rate":4.5,"max":100},{"rate":7.25}],[{"rate":9,"max":150},{"rate":13.1}]],
        "flatdemandmonths":[0,0,0,0,0,1,1,1,1,0,0,0],"flatdemandunit":"kW",
        "demandratestructure":[[{"rate":2}],[{"rate":18.9,"adj":0.1}]],
        "demandweekdayschedule":DEMANDGRID,"demandweekendschedule":WEEKENDGRID,
        "demandwindow":15,"lookbackpercent":0.8,"lookbackrange":11,"lookbackmonths":[0,0,0,0,0,0,0,0,0,0,0,0]
        """#

    private static func demandRecord() -> String {
        func grid(_ cell: (Int) -> Int) -> String {
            let row = "[" + (0..<24).map { String(cell($0)) }.joined(separator: ",") + "]"
            return "[" + [String](repeating: row, count: 12).joined(separator: ",") + "]"
        }
        return record(
            demand.replacing("DEMANDGRID", with: grid { (14..<18).contains($0) ? 1 : 0 })
                .replacing("WEEKENDGRID", with: grid { _ in 0 }))
    }

    @Test func `demand has hours of its own beside those of energy`() throws {
        let decided = Self.decisions + "demand_type: block\nratchet_scope: [demand_flat]\n"
        let text = try Urdb.tariffText(
            of: Self.demandRecord(), file: "us.example.urdb.json", decisions: (decided, "d.yaml"))
        let tariff = try Tariff.parse(
            text + """
                examples:
                  # July: 100 × .10 + (200 + 300) × .05; flat 150 × 9 + 50 × 13.1; the highest of 14 to 18 hours
                  # 180 × 19, that of all other hours the higher of 200 and 120: × 2
                  - given:
                      from: 2026-07-01
                      kwh_by_period: { p0d0: 200, p1d0: 300, p1d1: 100 }
                      demand: { all: 200, p0d0: 120, p1d0: 200, p1d1: 180 }
                    expect: { energy: 50.00, demand_flat: 2005.00, demand_tou: 3820.00 }
                  # January 60 × 4.5, February 0.8 × 60 = 48, above 30
                  - given: { from: 2026-01-01, kwh_by_month: [{ p0d0: 0 }, { p0d0: 0 }], demand_by_month: [60, 30] }
                    expect: { demand_flat: 486.00 }

                """, file: "us.example.yaml", sha256: "")
        #expect(tariff.periods.names == ["p0d0", "p1d0", "p1d1"])
        for example in tariff.examples {
            let run = TariffExampleRun(example, of: tariff, series: SeriesSet())
            #expect(run.passes, "line \(example.position.line): \(run)")
        }
    }

    @Test(arguments: ["demand_type", "ratchet_scope", "season_of"])
    func `what demand leaves open is asked`(key: String) throws {
        let decided = (Self.decisions + "demand_type: block\nratchet_scope: [demand_flat]\n")
            .split(separator: "\n").filter { !$0.hasPrefix(key) }.joined(separator: "\n")
        do {
            _ = try Urdb.tariffText(
                of: Self.demandRecord(), file: "us.example.urdb.json",
                decisions: (decided, "d.yaml"))
            Issue.record("nothing was asked")
        } catch {
            #expect(error.problems.contains { $0.mend.contains("add \(key): ") })
        }
    }

    @Test(arguments: [
        (
            #""demandwindow":15"#, #""demandwindow":15,"demandrateunit":"hp""#,
            "'demandratestructure'"
        ),
        (#""lookbackrange":11"#, #""lookbackrange":0"#, "a look back over months"),
        ("[0,0,0,0,0,1,1,1,1,0,0,0]", "[0,0,0,0,0,2,1,1,1,0,0,0]", "lacks a period"),
        ("[0,0,0,0,0,1,1,1,1,0,0,0]", "[0,1]", "2 values"),
    ])
    func `demand that is not mapped refuses the record`(part: String, by: String, what: String) {
        let decided = Self.decisions + "demand_type: block\nratchet_scope: [demand_flat]\n"
        do {
            _ = try Urdb.tariffText(
                of: Self.demandRecord().replacing(part, with: by), file: "us.example.urdb.json",
                decisions: (decided, "d.yaml"))
            Issue.record("it was taken")
        } catch {
            #expect(error.problems.contains { $0.what.contains(what) }, "\(error)")
        }
    }
}
