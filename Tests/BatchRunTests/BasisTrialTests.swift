// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterUsage
import Quantities
import TestSupport
import Testing

@testable import BatchRun

/// Two-part bills priced again by each basis, and the contract demand that costs least.
@Suite struct BasisTrialTests {
    private static let charges = """
          - { id: kva, kind: capacity, if: basis = capacity, of: kva, unit: kVA, price: 22, per: month, prorate: days }
          - id: contract
            kind: contract_demand
            if: basis = contract
            of: contract_kw
            floor: { of: kva, share: 0.40 }
            price: 33
            over_from: 1.05
            over_times: 2
            window: 60min
            type: block
            per: month
            prorate: days
          - { id: actual, kind: demand, if: basis = actual, by: all, price: 33, window: 60min, type: block, per: month, prorate: days }

        """

    private static let text = MonthlyBranch.tariff(
        "two", "needs: { basis: [capacity, contract, actual], kva: number, contract_kw: number }",
        charges: charges)

    /// A bill of each of some demands in kW.
    private func trial(_ demands: [String], kva: String) throws -> BasisTrial {
        let tariff = try Tariff.parse(Self.text, file: "two.yaml", sha256: "00")
        let first = try #require(CivilDay(iso: "2026-01-01"))
        let bills = try demands.enumerated().map { month, demand in
            let (start, end) = (first.addingMonths(month), first.addingMonths(month + 1))
            let peak = Determinants.DemandPeak(
                DemandMeasure(windowMinutes: 60), period: "all", power: try #require(Exact(demand)),
                at: Instant(seconds: 0))
            return [
                RatingInput(
                    tariff: tariff,
                    determinants: Determinants(start: start, end: end, energy: [], demand: [peak]),
                    cycle: CyclePlace(full: start, to: end), parameters: ["kva": kva])
            ]
        }
        return BasisTrial(choice: try #require(BasisChoice(of: tariff)), bills: bills)
    }

    @Test func `each basis is what the tariff charges by it`() throws {
        let trial = try trial(["1300", "1400"], kva: "1600")
        #expect(trial.choice.parameter == "basis")
        #expect(trial.choice.words == ["capacity", "contract", "actual"])
        // 2 × 1600 × 22 = 70 400; (1300 + 1400) × 33 = 89 100; by 1250 kW: 41 250, and 41 250 +
        // (1400 - 1312.5) × 66 = 47 025, together 88 275.
        #expect(try trial.total("capacity") == Money(minorUnits: 7_040_000))
        #expect(try trial.total("actual") == Money(minorUnits: 8_910_000))
        #expect(
            try trial.total("contract", contractKilowatts: 1250) == Money(minorUnits: 8_827_500))
    }

    @Test func `the best contract of one month is its demand over 1.05`() throws {
        // 1312.5 / 1.05 = 1250: 1250 × 33 = 41 250.
        let trial = try trial(["1312.5"], kva: "1600")
        let best = try trial.bestContract(try #require(trial.choice.contracted))
        #expect(best.kilowatts == 1250)
        #expect(best.total == Money(minorUnits: 4_125_000))
    }

    @Test func `the floor is rounded up to whole kilowatts, and holds`() throws {
        // 0.4 × 1601 = 640.4: 641 kW × 33 = 21 153.
        let trial = try trial(["100"], kva: "1601")
        let best = try trial.bestContract(try #require(trial.choice.contracted))
        #expect(best.kilowatts == 641)
        #expect(best.total == Money(minorUnits: 2_115_300))
    }

    @Test func `no other whole kilowatt costs less`() throws {
        var state: UInt64 = 16
        func next(_ most: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % most
        }
        for _ in 0..<12 {
            let demands = (0...Int(next(12))).map { _ in
                (Exact(Int(next(300_000)) + 1) / Exact(1000)).description
            }
            let trial = try trial(demands, kva: "\(next(400) + 1)")
            let contracted = try #require(trial.choice.contracted)
            let best = try trial.bestContract(contracted)
            let kva = try #require(trial.bills[0][0].parameters["kva"].flatMap { Exact($0) })
            let share = try #require(contracted.charge.floor?.share)
            let least = (kva * share).wholePart(.up)
            for kilowatts in least...320 {
                let other = try trial.total("contract", contractKilowatts: kilowatts)
                #expect(other >= best.total, "\(kilowatts) of \(demands)")
                if kilowatts < best.kilowatts { #expect(other > best.total) }
            }
        }
    }

    @Test func `contracts with a choice are told with what they would have saved`() throws {
        let branch = try MonthlyBranch.branch(
            contracts: "K1,S1,C1,two,2026-01-01,,1,1,basis=capacity;kva=10;contract_kw=4",
            tariffs: ["two.yaml": Self.text])
        let peak = "2026-01-20T17"
        try branch.deliver(
            "in.csv",
            MonthlyBranch.hours(from: "2026-01-01", to: "2026-03-01", without: peak)
                + "M1,\(peak):00:00+08:00,1.8.0,8.0,A\n")
        try branch.bill(asOf: "2026-03-01")
        var optimisation = try DemandOptimisation(store: try branch.store())
        let advice = try optimisation.advice()
        #expect(advice.map(\.contractID) == ["K1"])
        let one = try #require(advice.first)
        #expect(one.months == 2)
        // By capacity 2 × 10 × 22 = 440. By contract the floor of 4 kW: 2 × 4 × 33 = 264, and in January
        // (8 - 4.2) × 66 = 250.80: 514.80; of 8 kW 528; of 7: 462 + 0.65 × 66 = 504.90. Actual: 8 + 1
        // kW are 297.
        #expect(one.billed == Money(minorUnits: 44_000))
        #expect(one.options.map(\.basis) == ["capacity", "contract", "actual"])
        #expect(one.options.map(\.contractKilowatts) == [nil, 7, nil])
        #expect(
            one.options.map { (try? $0.total.get())?.minorUnits } == [44_000, 50_490, 29_700])
        #expect(one.best?.basis == "actual")
        #expect(one.saving == Money(minorUnits: 14_300))
        #expect(try optimisation.advice(customerClass: "farm").isEmpty)
    }
}
