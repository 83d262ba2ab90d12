// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import Foundation
import Quantities
import TestSupport
import Testing

/// What a night bills of three service points, against what `tariff price` makes of the load that they
/// come to together.
@Suite struct SeveralPointsTwinTests {
    private static let points = """
        contract_id,service_point_id,quantity,sign,share
        K1,S2,,-1,
        K1,S3,,1,0.25

        """

    /// A month of half-hours with a clock change. The first meter counts a third of its load; the second
    /// point is deducted whole, of the third a quarter counts.
    @Test(arguments: [("2026-03-01", "2026-04-01", 1), ("2026-10-01", "2026-11-01", 2)])
    func `points are billed as one meter of their sum`(
        first: String, end: String, seed: Int
    ) throws {
        let zone = try TimeZoneTable.named("Europe/London")
        let start = zone.startOfDay(try #require(CivilDay(iso: first)))
        let stop = zone.startOfDay(try #require(CivilDay(iso: end)))
        var load = "start,kwh,export_kwh,kvarh\n"
        var prices = "from,minutes,value\n"
        var files = ["kwh": "", "kvarh": ""]
        let registers = [("1.8.0", "kwh"), ("2.8.0", "kwh"), ("3.8.0", "kvarh")]
        for place in -48..<(Int(stop.seconds - start.seconds) / 1800) {
            let at = (start + Int64(place * 1800)).iso(offset: 0)
            prices += "\(at),30,\(Twin.decimal(Twin.number(seed, place + 100_000) * 40 - 8000))\n"
            if place < 0 { continue }
            var sums: [String] = []
            for (index, (channel, unit)) in registers.enumerated() {
                let own = 400 + Twin.number(seed, place + 1_000_000 * index)
                let child = Twin.number(seed + 10, place + 1_000_000 * index)
                let quarter = Twin.number(seed + 20, place + 1_000_000 * index)
                sums.append(Twin.decimal(3 * own - child + quarter))
                for (meter, value) in [("M1", own), ("M2", child), ("M3", 4 * quarter)] {
                    files[unit]? += "\(meter),\(at),\(channel),\(Twin.decimal(value)),A\n"
                }
            }
            load += "\(at),\(sums.joined(separator: ","))\n"
        }
        var network = MonthlyBranch.network(
            """
            M1,S1,T1,2025-01-01,,3,6,30
            M2,S2,T1,2025-01-01,,1,6,30
            M3,S3,T1,2025-01-01,,1,6,30
            """, ["K1,S1,C1,twin,\(first),,1,1,agreed=4"],
            (1...3).map { "S\($0),F1,Europe/London\n" }.joined())
        network["contract_points.csv"] = Self.points
        let branch = try TrialBranch(network: network)
        let text = DemandTwinTests.tariff + "\n" + DetailTwinTests.charges
        try branch.addTariff("twin.yaml", text)
        try branch.addTariff("series/s.csv", prices)
        for (unit, rows) in files.sorted(by: { $0.key < $1.key }) {
            let sorted = rows.split(separator: "\n").sorted().map { $0 + "\n" }.joined()
            try branch.deliver(
                "\(unit).csv", "meter_id,timestamp,channel,\(unit),quality\n" + sorted)
        }
        try branch.bill(asOf: end)
        #expect(try branch.rows("SELECT code, detail FROM hold").isEmpty)
        let series = SeriesSet([try Series.parse(prices, id: "s", file: "s.csv")])
        let priced = try Tariff.parse(text, file: "t.yaml", sha256: "").price(
            load: load, file: "l.csv", parameters: ["agreed": "4"], series: series)
        let bill = try #require(priced.periods.first).bill
        #expect(bill.lines.count >= 20 && priced.periods.count == 1)
        // A price of intervals says of how many readings it is: of three meters three times as many.
        try Twin.expectLines(of: bill, in: branch, meters: 3)
        #expect(try branch.problems().isEmpty)
    }
}
