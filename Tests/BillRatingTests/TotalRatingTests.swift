// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterUsage
import Quantities
import Testing

/// What is to pay is the same, whether the lines explain themselves or not.
@Suite struct TotalRatingTests {
    /// Charges of kinds that no shipped tariff has, or not with these keys.
    private static let others: [(places: [String], rest: String)] = [
        (
            ["line"],
            """
            needs: { kva: number, agreed_kw: number }
            charges:
              - { id: energy, kind: energy, on: import.kwh, price: 0.5 }
              - id: peak
                kind: demand
                by: all
                window: 15min
                type: block
                tiers: [{ to: 100, price: 4.5 }, { price: 7.25 }]
                ratchet: { share: 0.80, months: 11, scope: all }
                high_use: { kwh_per: kva, at_least: 2.6, times: 0.9 }
                per: month
                prorate: days
              - id: exceeded
                kind: excess_demand
                of: agreed_kw
                window: 15min
                type: block
                price: 1.5
                per: day
              - { id: year, kind: fixed, price: 100, per: year, prorate: days }
              - { id: share, kind: percentage, of: all, except: [energy], base: as_billed, rate: 0.07 }
              - { id: least, kind: minimum, of: all, base: as_billed, price: 700, per: month, prorate: days }
              - { id: vat, kind: tax, category: VAT, of: all, base: as_billed, rate: 0.13 }
              - { id: levy, kind: tax, category: levy, of: [energy], base: exact, rate: 0.03 }
            """
        ),
        (
            ["line", "invoice"],
            """
            charges:
              - { id: energy, kind: energy, on: import.kwh, price: 0.5 }
              - id: peak
                kind: demand
                by: all
                window: 15min
                type: block
                price: 4.5
                mean_of_months: 3
                at_least: 2.5
                least_of: month
                round_quantity: { to: 0.1, mode: half_up }
                per: month
                prorate: none
              - id: daily
                kind: tiers
                on: import.kwh
                cycle: day
                tiers: [{ to: 15, price: 0.25 }, { price: 0.30 }]
              - { id: free, kind: free_quota, on: import.kwh, up_to: 15, per: month, prorate: days, price: 0.538 }
              - { id: vat, kind: tax, category: VAT, of: all, except: [peak], base: exact, rate: 0.13 }
            """
        ),
    ]

    private static func total(_ spans: [RatingInput]) -> Result<Money, RatingHold> {
        Result { () throws(RatingHold) in try BillRating.total(of: spans) }
    }

    private static func bill(_ spans: [RatingInput]) -> Result<Money, RatingHold> {
        Result { () throws(RatingHold) in try rate(spans).total }
    }

    private static func input(
        _ tariff: Tariff, _ series: SeriesSet, _ random: inout SeededGenerator
    ) throws -> RatingInput {
        let start = try Given.day(["2026-01-01", "2026-07-01"].randomElement(using: &random) ?? "")
        // Some months are parted, or have no demand.
        let end = start + (Int.random(in: 0..<4, using: &random) == 0 ? 12 : 31)
        func amount(_ most: Int) -> Exact {
            Exact(Int.random(in: 0...most, using: &random)) / Exact(1000)
        }
        let most = [90_000, 900_000, 90_000_000].randomElement(using: &random) ?? 1
        var energy = tariff.periods.names.map {
            Determinants.EnergyAmount(quantity: .activeImport, period: $0, amount: amount(most))
        }
        for quantity in [UsageQuantity.activeExport, .reactiveImport, .reactiveExport] {
            energy.append(
                Determinants.EnergyAmount(quantity: quantity, period: "all", amount: amount(most)))
        }
        let hasDemand = Int.random(in: 0..<5, using: &random) > 0
        func peaks() -> [Determinants.DemandPeak] {
            tariff.demandMeasures.flatMap { measure in
                (["all"] + tariff.periods.names.filter { $0 != "all" }).map { period in
                    Determinants.DemandPeak(
                        measure, period: period,
                        windows: [Determinants.DemandPeak.Window](
                            repeating: .init(
                                power: amount(250_000), at: Instant(day: start, offset: 0)),
                            count: measure.count))
                }
            }
        }
        var determinants = Determinants(
            start: start, end: end, energy: energy, demand: hasDemand ? peaks() : [])
        determinants.earlierDemand = [
            Determinants.EarlierDemand(start: start.addingMonths(-1), end: start, peaks: peaks())
        ]
        determinants.stretches = (0..<3).map {
            Determinants.StretchEnergy(
                quantity: .activeImport, day: start + $0, period: tariff.periods.names[0],
                from: Instant(day: start + $0, offset: 0), amount: amount(90_000))
        }
        var parameters: [String: String] = [:]
        for need in tariff.needs {
            let value = [
                "\(Int.random(in: 1...200, using: &random))", "0.9", "true", "capacity", "<1kV",
                "10kV",
            ]
            .shuffled(using: &random).first { need.accepts($0) }
            // Some contracts do not say it.
            if Int.random(in: 0..<8, using: &random) > 0 { parameters[need.name] = value }
        }
        return RatingInput(
            tariff: tariff, determinants: determinants,
            cycle: CyclePlace(
                fullStart: start, fullEnd: start.addingMonths(1), months: 1, periodStart: start,
                periodEnd: end, contractStart: start.addingMonths(-1)),
            parameters: parameters, series: series, yearToDate: .zero, periodToDate: .zero)
    }

    @Test func `of every shipped tariff the total is that of the bill, and so is the hold`() throws
    {
        let folder = try TariffFolder.load(ShippedTariffTests.folder, sha256: { _ in "" })
        let tariffs =
            folder.entries.map(\.tariff)
            + (try Self.others.flatMap { places, rest in
                try places.flatMap { place in
                    try [true, false].map {
                        try Given.tariff(rest, place: place, includesTax: $0)
                    }
                }
            })
        var random = SeededGenerator(seed: 12)
        var (paid, held) = (0, 0)
        for tariff in tariffs {
            for _ in 0..<60 {
                let input = try Self.input(tariff, folder.series, &random)
                let (total, bill) = (Self.total([input]), Self.bill([input]))
                #expect(total == bill, "\(tariff.id)")
                if case .success(let money) = bill, money != .zero { paid += 1 } else { held += 1 }
            }
        }
        // Both are tried.
        #expect(paid > 300)
        #expect(held > 50)
    }
}
