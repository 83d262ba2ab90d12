// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterUsage
import Quantities
import Testing

@Suite struct DemandHoldTests {
    private func tariff(_ more: String) throws -> Tariff {
        try Given.tariff(
            """
            needs: { kva: number }
            charges:
              - { id: used, kind: capacity, of: kva, unit: kVA, price: 0, per: day }
              - { id: a, kind: demand, by: all, window: 15min, type: block, price: 1, \(more) }
            """)
    }

    private func code(_ input: RatingInput) -> RatingHold.Code? {
        do throws(RatingHold) {
            _ = try rate(input)
            return nil
        } catch {
            return error.code
        }
    }

    private static let look =
        "per: month, prorate: none, ratchet: { share: 1, months: 2, scope: all }"

    /// Bills of the months before 2026-03, whose peaks are known or not.
    @Test(
        arguments: [
            ("2026-03-01", [], nil), ("2026-02-01", [], .missingEarlierPeaks),
            ("2026-02-01", [("2026-02-01", "2026-03-01", true)], nil),
            ("2026-02-01", [("2026-02-01", "2026-03-01", false)], .missingEarlierPeaks),
            ("2025-01-01", [("2026-02-01", "2026-03-01", true)], .missingEarlierPeaks),
            (
                "2025-01-01",
                [("2026-01-01", "2026-02-01", true), ("2026-02-01", "2026-03-01", true)],
                nil
            ),
            (
                "2025-01-01",
                [("2025-12-01", "2026-02-01", true), ("2026-02-10", "2026-03-01", true)],
                .missingEarlierPeaks
            ),
            ("2025-01-01", [("2026-01-01", "2026-02-01", true)], .missingEarlierPeaks),
        ] as [(String, [(String, String, Bool)], RatingHold.Code?)])
    func `a ratchet needs the peaks of all days that it looks back to`(
        contractStart: String, bills: [(String, String, Bool)], hold: RatingHold.Code?
    ) throws {
        var input = try Given.input(
            tariff(Self.look), from: "2026-03-01", to: "2026-04-01", demand: ["all": "1"],
            parameters: ["kva": "1"])
        input.cycle.contractStart = try Given.day(contractStart)
        let peak = Determinants.DemandPeak(
            DemandMeasure(windowMinutes: 15), period: "all", power: Exact(7), at: .distantPast)
        input.determinants.earlierDemand = try bills.map { start, end, isKnown in
            Determinants.EarlierDemand(
                start: try Given.day(start), end: try Given.day(end), peaks: isKnown ? [peak] : [])
        }
        #expect(code(input) == hold)
    }

    @Test func `a peak of another measure is not known`() throws {
        var input = try Given.input(
            tariff(Self.look), from: "2026-03-01", to: "2026-04-01", demand: ["all": "1"],
            parameters: ["kva": "1"])
        input.cycle.contractStart = try Given.day("2026-02-01")
        let peak = Determinants.DemandPeak(
            DemandMeasure(windowMinutes: 30), period: "all", power: Exact(7), at: .distantPast)
        input.determinants.earlierDemand = [
            .init(
                start: try Given.day("2026-02-01"), end: try Given.day("2026-03-01"), peaks: [peak])
        ]
        #expect(code(input) == .missingEarlierPeaks)
    }

    private static let highUse = "high_use: { kwh_per: kva, at_least: 260, times: 0.9 }"

    @Test(
        arguments: [
            ("2026-02-01", "none", "1", nil), ("2026-01-15", "none", "1", .undecidedSplit),
            ("2026-01-15", "days", "1", nil), ("2026-02-01", "days", "0", .badParameter),
        ] as [(String, String, String, RatingHold.Code?)])
    func `high use is of a whole cycle unless it is prorated`(
        to: String, prorate: String, kva: String, hold: RatingHold.Code?
    ) throws {
        let input = try Given.input(
            tariff("per: month, prorate: \(prorate), \(Self.highUse)"), to: to,
            kwh: ["all": "10"], demand: ["all": "1"], parameters: ["kva": kva])
        #expect(code(input) == hold)
    }

    @Test(
        arguments: [("mean", nil), ("hold", .missingDeterminant)] as [(String, RatingHold.Code?)])
    func `fewer days than a mean is of are held where the tariff says so`(
        fewer: String, hold: RatingHold.Code?
    ) throws {
        var input = try Given.input(
            tariff(
                "per: month, prorate: none, "
                    + "peaks: { mean_of: 3, on: different_days, fewer: \(fewer) }"),
            demand: ["all": "1"], parameters: ["kva": "1"])
        input.determinants.demand[0].windows.removeLast()
        #expect(code(input) == hold)
    }

    @Test(arguments: [
        // 300 kW and 400 kvar are 500 kVA; 1 and 1 the root of 2, 1.41421…
        ("300", "400", "0.001, mode: half_up", "500"), ("1", "1", "0.001, mode: up", "1.415"),
        ("1", "1", "0.001, mode: half_up", "1.414"), ("-3", "4", "1, mode: down", "5"),
    ])
    func `apparent power is rounded from the exact squares`(
        kilowatts: String, kilovars: String, rounding: String, kva: String
    ) throws {
        var input = try Given.input(
            tariff("per: month, prorate: none, measure: kva, round_quantity: { to: \(rounding) }"),
            demand: ["all": "1"], parameters: ["kva": "1"])
        input.determinants.demand[0].windows = [
            .init(
                power: try Given.exact(kilowatts), reactive: try Given.exact(kilovars),
                at: .distantPast)
        ]
        let line = try #require(try rate(input).lines.last)
        #expect(line.quantity.description == kva)
        #expect(line.unit == "kVA")
    }
}
