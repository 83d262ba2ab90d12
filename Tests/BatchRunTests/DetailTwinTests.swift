// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import Foundation
import Quantities
import TestSupport
import Testing

/// What a night measures of intervals in kernels, against what `tariff price` makes of the same load.
@Suite struct DetailTwinTests {
    static let charges = """
          - { id: spot, kind: interval_price, on: import.kwh, series: s, unit: p/kWh, missing: previous_day, plus: 0.0123, times: 1.05 }
          - { id: sold, kind: interval_price, on: export.kwh, series: s, unit: p/kWh, missing: previous_day, floor: 0, times: -1 }
          - id: daily
            kind: tiers
            on: import.kwh
            cycle: day
            allocation: chronological
            tiers: [{ to: 40, price: { peak: 1, off: 2 } }, { price: { peak: 3, off: 4 } }]
          - id: shared
            kind: tiers
            on: export.kwh
            cycle: day
            tiers: [{ to: 10, price: -1 }, { price: -2 }]
          - id: monthly
            kind: tiers
            on: import.kwh
            cycle: month
            limits: whole
            allocation: chronological
            tiers: [{ to: 300, price: { peak: 1, off: 2 } }, { to: 900, price: { peak: 3, off: 4 } }, { price: { peak: 5, off: 6 } }]

        """

    private func tariff(_ charges: String) -> String {
        """
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
        \(charges)
        """
    }

    /// A month of half-hours of Europe/London: 48 a day, 46 where an hour is skipped, 50 where one comes
    /// twice. The meter counts a third of the load.
    @Test(arguments: [("2026-03-01", "2026-04-01", 1), ("2026-10-01", "2026-11-01", 2)])
    func `a night bills what the load costs`(first: String, end: String, seed: Int) throws {
        let zone = try TimeZoneTable.named("Europe/London")
        let start = zone.startOfDay(try #require(CivilDay(iso: first)))
        let stop = zone.startOfDay(try #require(CivilDay(iso: end)))
        let count = Int(stop.seconds - start.seconds) / 1800
        #expect(count == 31 * 48 + (seed == 1 ? -2 : 2))
        var load = "start,kwh,export_kwh\n"
        var readings = "meter_id,timestamp,channel,kwh,quality\n"
        var channels: [String] = ["", ""]
        var prices = "from,minutes,value\n"
        for place in -48..<count {
            let at = start + Int64(place * 1800)
            // One price in fifty is missing, but for the day before and the first.
            let value = Twin.number(seed, place + 100_000) * 40 - 8000
            if place < 48 || Twin.number(seed, place + 200_000) >= 20 {
                prices += "\(at.iso(offset: 0)),30,\(Twin.decimal(value))\n"
            }
            guard place >= 0 else { continue }
            let (bought, sold) = (Twin.number(seed, place), Twin.number(seed, place + 300_000) / 4)
            load += "\(at.iso(offset: 0)),\(Twin.decimal(bought * 3)),\(Twin.decimal(sold * 3))\n"
            for (index, row) in [("1.8.0", bought), ("2.8.0", sold)].enumerated() {
                channels[index] += "M1,\(at.iso(offset: 0)),\(row.0),\(Twin.decimal(row.1)),A\n"
            }
        }
        readings += channels.joined()
        let branch = try TrialBranch(
            network: MonthlyBranch.network(
                "M1,S1,T1,2025-01-01,,3,6,30", ["K1,S1,C1,twin,\(first),,1,1,"],
                "S1,F1,Europe/London\n"))
        let text = tariff(Self.charges)
        try branch.addTariff("twin.yaml", text)
        try branch.addTariff("series/s.csv", prices)
        try branch.deliver("a.csv", readings)
        try branch.bill(asOf: end)
        #expect(try branch.column(MonthlyBranch.holds).isEmpty)
        let series = SeriesSet([try Series.parse(prices, id: "s", file: "s.csv")])
        let priced = try Tariff.parse(text, file: "t.yaml", sha256: "").price(
            load: load, file: "l.csv", parameters: [:], series: series)
        let bill = try #require(priced.periods.first).bill
        #expect(bill.lines.count >= 11 && priced.periods.count == 1)
        try Twin.expectLines(of: bill, in: branch)
        #expect(try branch.problems().isEmpty)
    }
}
