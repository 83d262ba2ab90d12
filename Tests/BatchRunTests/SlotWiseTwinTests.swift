// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import Foundation
import Quantities
import TestSupport
import Testing

/// Demand in dated windows and reactive excess that a night measures, against what `tariff price` makes of
/// the same load.
@Suite struct SlotWiseTwinTests {
    private static let head = """
        format: 1
        id: twin
        version: 1
        valid_from: 2020-01-01
        currency: GBP
        timezone: Europe/London
        rounding: { money: 0.01, mode: half_up, at: line }
        prices_include_tax: false
        periods: { peak: { days: weekday, time: [07:30-11:00, 16:00-24:00] }, off: rest }
        charges:

        """

    static let charges = """
          - { id: u, kind: coincident_demand, series: e, counts: mean, if_none: hold, window: 90min, price: 2, per: month, prorate: none }
          - { id: v, kind: coincident_demand, series: e, counts: sum, if_none: hold, measure: kvar, window: 90min, price: 2, per: month, prorate: none }
          - id: w
            kind: coincident_demand
            series: e
            counts: highest
            if_none: hold
            measure: kva
            window: 90min
            round_quantity: { to: 0.001, mode: half_up }
            price: 2
            per: month
            prorate: none
          - { id: x, kind: excess_reactive, on: reactive_import.kvarh, free_share: 0.33, over: billing_period, price: 1 }
          - { id: y, kind: excess_reactive, on: reactive_import.kvarh, free_share: 0.33, over: interval, price: 1 }
          - { id: z, kind: excess_reactive, on: reactive_import.kvarh, free_share: 0.2, over: interval, price: 1 }

        """

    /// A list of three events of 90 minutes in a span, one of them given.
    static func list(from start: Instant, to stop: Instant, event: String) throws -> String {
        let second = try #require(Instant(iso: event))
        var list = "from,to,value\n"
        var told = start
        for at in [start + 1800, second, stop + -5400] {
            if told < at { list += "\(told.iso(offset: 0)),\(at.iso(offset: 0)),0\n" }
            told = at + 5400
            list += "\(at.iso(offset: 0)),\(told.iso(offset: 0)),1\n"
        }
        return list
    }

    /// A month of half-hours of Europe/London with a clock change. The meter counts a third of the load;
    /// one of the events is in the hour that comes twice, or after that which is skipped.
    @Test(arguments: [
        ("2026-03-01", "2026-04-01", "2026-03-29T00:30Z", 1),
        ("2026-10-01", "2026-11-01", "2026-10-25T00:30Z", 2),
    ])
    func `a night bills what the load costs`(
        first: String, end: String, event: String, seed: Int
    ) throws {
        let zone = try TimeZoneTable.named("Europe/London")
        let start = zone.startOfDay(try #require(CivilDay(iso: first)))
        let stop = zone.startOfDay(try #require(CivilDay(iso: end)))
        let list = try Self.list(from: start, to: stop, event: event)
        var load = "start,kwh,kvarh\n"
        var channels = ["", ""]
        for place in 0..<Int(stop.seconds - start.seconds) / 1800 {
            let at = start + Int64(place * 1800)
            let active = Twin.number(seed, place)
            let reactive = Twin.number(seed, place + 300_000) / 2
            load +=
                "\(at.iso(offset: 0)),\(Twin.decimal(active * 3)),\(Twin.decimal(reactive * 3))\n"
            for (index, row) in [("1.8.0", active), ("3.8.0", reactive)].enumerated() {
                channels[index] += "M1,\(at.iso(offset: 0)),\(row.0),\(Twin.decimal(row.1)),A\n"
            }
        }
        let branch = try TrialBranch(
            network: MonthlyBranch.network(
                "M1,S1,T1,2025-01-01,,3,6,30", ["K1,S1,C1,twin,\(first),,1,1,"],
                "S1,F1,Europe/London\n"))
        let text = Self.head + Self.charges
        try branch.addTariff("twin.yaml", text)
        try branch.addTariff("series/e.csv", list)
        for (unit, rows) in zip(["kwh", "kvarh"], channels) {
            try branch.deliver("\(unit).csv", "meter_id,timestamp,channel,\(unit),quality\n" + rows)
        }
        try branch.bill(asOf: end)
        #expect(try branch.column(MonthlyBranch.holds).isEmpty)
        let series = SeriesSet([try Series.parse(list, id: "e", file: "e.csv")])
        let priced = try Tariff.parse(text, file: "t.yaml", sha256: "").price(
            load: load, file: "l.csv", parameters: [:], series: series)
        let bill = try #require(priced.periods.first).bill
        #expect(bill.lines.map(\.chargeID) == ["u", "v", "w", "x", "y", "z"])
        try Twin.expectLines(of: bill, in: branch)
        #expect(try branch.problems().isEmpty)
    }
}
