// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import Foundation
import Quantities
import TestSupport
import Testing

/// Demand that a night measures, against what `tariff price` makes of the same load.
@Suite struct DemandTwinTests {
    static let tariff = """
        format: 1
        id: twin
        version: 1
        valid_from: 2020-01-01
        currency: GBP
        timezone: Europe/London
        rounding: { money: 0.01, mode: half_up, at: line }
        prices_include_tax: false
        needs: { agreed: number }
        periods: { peak: { days: weekday, time: [07:30-11:00, 16:00-24:00] }, off: rest }
        charges:
          - { id: a, kind: demand, by: period, window: 90min, type: sliding, price: 2, per: month, prorate: none }
          - { id: b, kind: demand, by: period, window: 120min, type: block, price: 2, per: month, prorate: none }
          - { id: c, kind: demand, by: period, window: 30min, type: block, price: 2, per: month, prorate: none }
          - id: d
            kind: demand
            by: all
            window: 60min
            type: sliding
            peaks: { mean_of: 3, on: different_days, fewer: hold }
            tiers: [{ to: 3, price: 2 }, { price: 4 }]
            per: month
            prorate: none
          - { id: e, kind: demand, by: all, measure: kvar, window: 60min, type: block, price: 2, per: month, prorate: none }
          - id: f
            kind: demand
            by: period
            measure: kva
            window: 60min
            type: sliding
            price: 2
            per: month
            prorate: none
            round_quantity: { to: 0.001, mode: half_up }
          - id: g
            kind: excess_demand
            of: agreed
            measure: kva
            window: 30min
            type: block
            price: 2
            per: day
            round_quantity: { to: 0.001, mode: half_up }
        """

    /// A month of half-hours of Europe/London with a clock change. The meter counts a third of the load.
    @Test(arguments: [("2026-03-01", "2026-04-01", 1), ("2026-10-01", "2026-11-01", 2)])
    func `a night bills what the load costs`(first: String, end: String, seed: Int) throws {
        let zone = try TimeZoneTable.named("Europe/London")
        let start = zone.startOfDay(try #require(CivilDay(iso: first)))
        let stop = zone.startOfDay(try #require(CivilDay(iso: end)))
        var load = "start,kwh,kvarh\n"
        var channels = ["", ""]
        for place in 0..<Int(stop.seconds - start.seconds) / 1800 {
            let at = start + Int64(place * 1800)
            let (active, reactive) = (Twin.number(seed, place), Twin.number(seed, place + 300_000))
            load +=
                "\(at.iso(offset: 0)),\(Twin.decimal(active * 3)),\(Twin.decimal(reactive * 3))\n"
            for (index, row) in [("1.8.0", active), ("3.8.0", reactive)].enumerated() {
                channels[index] += "M1,\(at.iso(offset: 0)),\(row.0),\(Twin.decimal(row.1)),A\n"
            }
        }
        let branch = try TrialBranch(
            network: MonthlyBranch.network(
                "M1,S1,T1,2025-01-01,,3,6,30", ["K1,S1,C1,twin,\(first),,1,1,agreed=4"],
                "S1,F1,Europe/London\n"))
        try branch.addTariff("twin.yaml", Self.tariff)
        for (unit, rows) in zip(["kwh", "kvarh"], channels) {
            try branch.deliver("\(unit).csv", "meter_id,timestamp,channel,\(unit),quality\n" + rows)
        }
        try branch.bill(asOf: end)
        #expect(try branch.column(MonthlyBranch.holds).isEmpty)
        let priced = try Tariff.parse(Self.tariff, file: "t.yaml", sha256: "").price(
            load: load, file: "l.csv", parameters: ["agreed": "4"], series: SeriesSet())
        let bill = try #require(priced.periods.first).bill
        #expect(bill.lines.count >= 12 && priced.periods.count == 1)
        try Twin.expectLines(of: bill, in: branch)
        #expect(try branch.problems().isEmpty)
    }
}
