// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import Foundation
import Quantities
import Testing

@Suite struct TariffPricingTests {
    private func tariff(_ rest: String, zone: String = "Europe/London") throws -> Tariff {
        try Tariff.parse(
            """
            format: 1
            id: test
            version: 1
            valid_from: 2026-01-01
            currency: GBP
            timezone: \(zone)
            rounding: { money: 0.01, mode: half_up, at: line }
            prices_include_tax: false
            true_up: next_bill

            """ + rest, file: "t.yaml", sha256: "")
    }

    private let night = """
        periods: { night: { time: 00:00-04:00 }, off: rest }
        charges:
          - { id: a, kind: energy, on: import.kwh, price: { night: 1, off: 0 } }
        """

    private func price(
        _ tariff: Tariff, _ load: String, parameters: [String: String] = [:]
    ) throws -> PricedLoad {
        try tariff.price(load: load, file: "l.csv", parameters: parameters, series: SeriesSet())
    }

    /// A load of 1 kWh an hour from a local midnight on, written by the local clock without offset.
    private func hours(_ zone: String, _ day: String, _ count: Int) throws -> String {
        let zone = try TimeZoneTable.named(zone)
        let first = zone.startOfDay(try #require(CivilDay(iso: day)))
        let rows = (0..<count).map { hour in
            let instant = first + Int64(hour * 3600)
            return instant.iso(offset: zone.offset(at: instant)).prefix(16) + ",1"
        }
        return "start,kwh\n" + rows.joined(separator: "\n") + "\n"
    }

    @Test(arguments: [
        // London: the 4 hour window has 3 hours in spring and 5 in autumn
        ("2026-03-29", 23, "3"), ("2026-10-25", 25, "5"), ("2026-06-01", 24, "4"),
    ])
    func `a window is as long as the clock makes it`(day: String, hours count: Int, kwh: String)
        throws
    {
        let priced = try price(tariff(night), hours("Europe/London", day, count))
        let bill = try #require(priced.periods.first).bill
        #expect(bill.lines.map(\.quantity.description) == [kwh, "\(count - (Int(kwh) ?? 0))"])
        #expect(priced.periods.count == 1)
    }

    @Test(arguments: [
        (
            "start,kwh\n2026-03-29T00:30,1\n2026-03-29T01:30,1\n", 3,
            LoadProblem.Code.nonexistentTime
        ),
        (
            "start,kwh\n2026-01-01T00:00,1\n2026-01-01T01:00,1\n2026-01-01T03:00,1\n", 4,
            .missingInterval
        ),
        ("start,kwh\n2026-01-01T00:00,1\n2026-01-01T01:00,1\n2026-01-01T01:30,1\n", 4, .outOfOrder),
        ("start,kwh\n2026-01-01T00:00,1\n2026-01-01T00:00,1\n", 3, .outOfOrder),
        ("start,kwh\n2026-01-01T00:00,\n2026-01-01T01:00,1\n", 2, .badRow),
        ("start,kwh\n2026-01-01T00:00,1,2\n", 2, .badRow),
        ("start,kwh\n01/01/2026 00:00,1\n", 2, .badTime),
        ("start,kwh\n9999-12-31T00:00,1\n9999-12-31T01:00,1\n", 2, .badTime),
        ("start,kWh\n2026-01-01T00:00,1\n", 1, .badHeader),
        ("start,kwh,kwh\n", 1, .badHeader), ("start,kvarh\n", 1, .badHeader), ("", 1, .badHeader),
        ("start,kwh\n2026-01-01T00:00,1\n", 3, .intervalLength),
        ("start,kwh\n2026-01-01T00:00,1\n2026-01-01T00:07,1\n", 4, .intervalLength),
    ])
    func `a load that cannot be priced stops at its line`(
        load: String, line: Int, code: LoadProblem.Code
    ) throws {
        let stop = #expect(throws: PricingStop.self) { try price(tariff(night), load) }
        guard case .load(let problem) = stop else {
            Issue.record("not the load: \(String(describing: stop))")
            return
        }
        #expect(problem.line == line && problem.code == code, "\(problem)")
    }

    @Test func `an interval across a period's edge belongs to the period in which it begins`()
        throws
    {
        let rest = """
            periods: { peak: { time: 00:30-01:45 }, off: rest }
            charges:
              - { id: a, kind: energy, on: import.kwh, price: { peak: 1, off: 0 } }
            """
        let load = "start,kwh\n2026-01-01T00:00Z,4\n2026-01-01T01:00Z,8\n"
        let bill = try #require(try price(tariff(rest), load).periods.first).bill
        // The first hour begins before the peak, the second in it.
        #expect(bill.lines.map(\.quantity.description) == ["8", "4"])
    }

    private let demand = """
        periods: { peak: { time: 00:30-24:00 }, off: rest }
        charges:
          - id: a
            kind: demand
            by: period
            window: 30min
            type: block
            price: { peak: 1, off: 1 }
            per: month
            prorate: none
        """

    @Test func `demand is the highest mean of a block of the wall clock`() throws {
        let load = """
            start,kwh
            2026-01-01T00:00,1
            2026-01-01T00:15,5
            2026-01-01T00:30,5.5
            2026-01-01T00:45,0
            2026-01-01T01:00,0.25
            """
        let bill = try #require(try price(tariff(demand), load).periods.first).bill
        // 6 kWh in the first half hour are 12 kW; 5.5 kWh in the second are 11 kW. The last block is
        // not complete.
        #expect(bill.lines.map(\.quantity.description) == ["11", "12"])
        #expect(bill.lines.map(\.period) == ["peak", "off"])
    }

    @Test func `intervals longer than the demand window stop the pricing`() throws {
        let load = "start,kwh\n2026-01-01T00:00,1\n2026-01-01T01:00,5\n"
        #expect(throws: PricingStop.window(needed: 30, given: 60)) {
            try price(tariff(demand), load)
        }
    }

    @Test func `a load is billed month by month and the year counts on`() throws {
        let rest = """
            charges:
              - id: a
                kind: tiers
                on: import.kwh
                cycle: calendar_year
                year_of: period_start
                limits: whole
                tiers: [{ to: 30, price: 1 }, { price: 2 }]
              - { id: f, kind: fixed, price: 31, per: month, prorate: days }
            """
        // 30 November and December by the clock of Shanghai, 1 kWh an hour
        let load = try hours("Asia/Shanghai", "2026-11-30", 24 * 32)
        let priced = try price(tariff(rest, zone: "Asia/Shanghai"), load)
        #expect(priced.periods.map(\.from.description) == ["2026-11-30", "2026-12-01"])
        #expect(priced.periods.map(\.to.description) == ["2026-12-01", "2027-01-01"])
        // November: 24 at 1, a day of 30: 31/30; December: 6 at 1, 738 at 2, and 31
        #expect(priced.periods.map { $0.bill.total.minorUnits } == [2503, 151_300])
        #expect(priced.total.minorUnits == 153_803)
    }

    @Test func `the result has the shape that others read`() throws {
        let rest = """
            charges:
              - { id: a, kind: energy, name: { zh: 电, en: 'the "a"' }, on: import.kwh, price: 0.335 }
              - { id: e, kind: energy, on: export.kwh, price: -0.1 }
              - { id: v, kind: tax, category: VAT, of: all, base: as_billed, rate: 0.05 }
            """
        let load = """
            start,kwh,export_kwh
            2026-01-31T12:00,2.5,0
            2026-02-01T00:00,10,1.5
            """
        let priced = try price(tariff(rest), load)
        #expect(
            priced.json() == #"""
                {"currency":"GBP","periods":[{"from":"2026-01-31","to":"2026-02-01","lines":[\#
                {"charge":"a","description":"电 / the \"a\"","quantity":"2.5","unit":"kWh",\#
                "price":"0.335","amount":"0.84","amount_exact":"0.8375"},\#
                {"charge":"e","description":"e","quantity":"0","unit":"kWh","price":"-0.1",\#
                "amount":"0.00","amount_exact":"0"}],\#
                "taxes":[{"category":"VAT","rate":"0.05","base":"0.84","amount":"0.04"}],\#
                "total":"0.88"},\#
                {"from":"2026-02-01","to":"2026-02-02","lines":[\#
                {"charge":"a","description":"电 / the \"a\"","quantity":"10","unit":"kWh",\#
                "price":"0.335","amount":"3.35","amount_exact":"3.35"},\#
                {"charge":"e","description":"e","quantity":"1.5","unit":"kWh","price":"-0.1",\#
                "amount":"-0.15","amount_exact":"-0.15"}],\#
                "taxes":[{"category":"VAT","rate":"0.05","base":"3.20","amount":"0.16"}],\#
                "total":"3.36"}],"total":"4.24"}
                """#)
        #expect(throws: Never.self) {
            try JSONSerialization.jsonObject(with: Data(priced.json().utf8))
        }
    }

    @Test func `a month of a plant is cut by the windows of Xinjiang`() throws {
        let folder = try TariffFolder.load(ShippedTariffTests.folder, sha256: { _ in "" })
        let july = try #require(CivilDay(iso: "2026-07-01"))
        let tariff = try #require(folder.tariff("cn.xj.turpan.industry", on: july))
        let zone = try TimeZoneTable.named("Asia/Shanghai")
        var load = "start,kwh\n"
        for quarter in 0..<(31 * 96) {
            load += (zone.startOfDay(july) + Int64(quarter * 900)).iso(offset: 28_800) + ",25\n"
        }
        let priced = try tariff.price(
            load: load, file: "l.csv",
            parameters: ["basic_method": "actual_demand", "kva": "160"], series: folder.series)
        let bill = try #require(priced.periods.first).bill
        let purchase = bill.lines.filter { $0.chargeID == "purchase" }
        // Hours a day in July: sharp 21-23; deep 14-16; peak 08-11, 19-21, 23-24; valley 04-08, 13-14,
        // 16-17; flat 00-04, 11-13, 17-19
        #expect(purchase.map(\.period) == ["sharp", "deep", "peak", "valley", "flat"])
        // 31 days of 100 kW
        let kwh = purchase.map { $0.quantity.description }
        #expect(kwh == ["6200", "6200", "18600", "18600", "24800"])
        #expect(bill.lines.first { $0.chargeID == "basic_demand" }?.quantity == Exact(100))
    }
}
