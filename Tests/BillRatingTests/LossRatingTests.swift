// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterUsage
import Quantities
import Testing

/// Losses that are added to what was measured.
@Suite struct LossRatingTests {
    /// A transformer of 400 kVA, as contracts give it.
    private static let transformer = """
          - id: transformer
            kind: transformer
            capacity: kva
            no_load_kw: 0.57
            load_kw: 4.52
            factor: 1
            reactive: reactive_import.kvarh

        """

    private static func tariff(_ losses: String, _ rest: String = "") throws -> Tariff {
        try Given.tariff(
            "needs: { kva: number }\nlosses:\n" + losses + rest + """
                charges:
                  - { id: energy, kind: energy, on: import.kwh, price: 1 }
                  - { id: reactive, kind: energy, on: reactive_import.kvarh, price: 1 }
                  - { id: size, kind: capacity, of: kva, unit: kVA, price: 0, per: day }

                """)
    }

    /// 100 000 kWh and 40 000 kvarh, which `tariff` bills with its losses.
    private static func input(
        _ tariff: Tariff, from: String = "2026-06-01", to: String = "2026-07-01", hours: Int = 720,
        energy: [(UsageQuantity, String, String)] = [
            (.activeImport, "all", "100000"), (.reactiveImport, "all", "40000"),
        ], kva: String = "400"
    ) throws -> RatingInput {
        var input = try Given.input(tariff, from: from, to: to, parameters: ["kva": kva])
        input.determinants.energy = try energy.map {
            Determinants.EnergyAmount(
                quantity: $0.0, period: $0.1, amount: try Given.exact($0.2))
        }
        try input.addLosses(seconds: Int64(hours * 3600))
        return input
    }

    private static func amount(_ input: RatingInput, _ quantity: UsageQuantity) -> String {
        input.totals[quantity]?.documentText ?? "none"
    }

    @Test func `a transformer loses by its hours, and by the square of what passed it`() throws {
        // 0.57 × 720 = 410.40; 4.52 × (10¹⁰ + 1.6 × 10⁹) / (160 000 × 720) = 4.52 × 100.694444… = 455.138888…
        let plain = try Self.tariff(Self.transformer + "    reactive_loss: none\n    round: none\n")
        #expect(
            Self.amount(try Self.input(plain), .activeImport)
                == "100865.538888888889")
        // 410.40 + 1.05 × 455.138888… = 410.40 + 477.895833… = 888.30 when rounded;
        // 0.01 × 400 × 720 + 1.05 × 0.04 × 11.6 × 10⁹ / 288 000 = 2 880 + 1 691.666… = 4 571.67
        let text = Self.transformer.replacing("factor: 1\n", with: "factor: 1.05\n")
        let full = try Self.tariff(
            text + "    reactive_loss: { no_load_current: 0.01, impedance: 0.04 }\n"
                + "    round: { to: 0.01, mode: half_up }\n")
        let input = try Self.input(full)
        #expect(Self.amount(input, .activeImport) == "100888.3")
        #expect(Self.amount(input, .reactiveImport) == "44571.67")
        let bill = try rate(input)
        #expect(
            bill.lines[0].formula
                == "read 100000 kWh + 888.3 transformer: 100888.3 kWh × 1 CNY/kWh = 100888.3 CNY")
        var entries: [String] = []
        input.determinants.forEachEntry { entries.append("\($0.quantity) \($0.value) \($0.unit)") }
        #expect(
            entries == [
                "import.kwh 100888.3 kWh", "reactive_import.kvarh 44571.67 kvarh",
                "read.import.kwh 100000 kWh", "read.reactive_import.kvarh 40000 kvarh",
                "loss.transformer.import.kwh 888.3 kWh",
                "loss.transformer.reactive_import.kvarh 4571.67 kvarh",
            ])
    }

    @Test func `the day of a clock change has 23 or 25 hours`() throws {
        let tariff = try Self.tariff(
            Self.transformer + "    reactive_loss: none\n    round: none\n")
        let idle: [(UsageQuantity, String, String)] = [
            (.activeImport, "all", "0"), (.reactiveImport, "all", "0"),
        ]
        // 0.57 × 23 = 13.11; 0.57 × 25 = 14.25
        for (hours, lost) in [(23, "13.11"), (25, "14.25")] {
            let input = try Self.input(
                tariff, to: "2026-06-02", hours: hours, energy: idle)
            #expect(Self.amount(input, .activeImport) == lost)
        }
    }

    @Test(arguments: [
        // The base of the second, and what 1000 kWh become: 1000 + 100 + 0.02 × 1100 or × 1000.
        ("with_losses_above", "1122"), ("read", "1120"),
    ])
    func `a loss is of those above it where the file says so`(of: String, billed: String) throws {
        let tariff = try Self.tariff(
            """
              - { id: first, kind: rate, on: import.kwh, rate: 0.1, round: none }
              - { id: line, kind: rate, on: import.kwh, times: 1.02, of: \(of), round: none }

            """)
        let input = try Self.input(
            tariff, energy: [(.activeImport, "all", "1000"), (.reactiveImport, "all", "0")])
        #expect(Self.amount(input, .activeImport) == billed)
    }

    private static let periods = """
        periods: { peak: { time: 08:00-16:00 }, flat: { time: 16:00-24:00 }, valley: rest }

        """

    @Test(arguments: [
        // 10 kWh shared by 1 : 1 : 1: 10/3 each; by whole kWh the first takes the one that is left.
        ("exact", ["10/3", "10/3", "10/3"]), ("largest_remainder", ["4", "3", "3"]),
    ])
    func `a loss is shared out over periods as the file says`(
        spread: String, lost: [String]
    ) throws {
        let tariff = try Self.tariff(
            """
              - id: fixed
                kind: fixed
                on: import.kwh
                amount: 9.6
                per: month
                prorate: days
                round: { to: 1, mode: half_up }
                spread: \(spread)
                if_idle: hold

            """, Self.periods)
        let energy: [(UsageQuantity, String, String)] = [
            (.activeImport, "peak", "5"), (.activeImport, "flat", "5"),
            (.activeImport, "valley", "5"), (.reactiveImport, "all", "0"),
        ]
        let input = try Self.input(tariff, energy: energy)
        #expect(input.determinants.losses.map(\.amount.description) == lost)
        #expect(input.totals[.activeImport] == Exact(25))
    }

    @Test(arguments: [("hold", "undefined-allocation"), ("{ period: flat }", "flat")])
    func `the loss of a month without energy goes where the file says`(
        idle: String, taker: String
    ) throws {
        let tariff = try Self.tariff(
            Self.transformer
                + "    reactive_loss: none\n    round: none\n    spread: exact\n    if_idle: \(idle)\n",
            Self.periods)
        let energy: [(UsageQuantity, String, String)] = [
            (.activeImport, "peak", "0"), (.activeImport, "flat", "0"),
            (.activeImport, "valley", "0"), (.reactiveImport, "all", "0"),
        ]
        do throws(any Error) {
            let input = try Self.input(tariff, energy: energy)
            // 0.57 × 720
            let taken = input.determinants.losses.filter { $0.amount != .zero }
            #expect(taken.map(\.period) == [taker])
            #expect(taken.map(\.amount.description) == ["410.4"])
        } catch let hold as RatingHold {
            #expect(hold.code.rawValue == taker)
        }
    }

    @Test(arguments: [
        ("none", "0.80"), ("[reactive_import.kvarh]", "0.62"), ("[import.kwh]", "0.92"),
        ("[import.kwh, reactive_import.kvarh]", "0.81"),
    ])
    func `losses count in the power factor as the file says`(
        counted: String, factor: String
    ) throws {
        // Read 40 kWh and 30 kvarh: 40 / √2500 = 0.8; with losses 70 and 50: 40 / √4100 = 0.6247,
        // 70 / √5800 = 0.9191, 70 / √7400 = 0.8137
        let tariff = try Given.tariff(
            """
            needs: { kva: number }
            losses:
              - { id: a, kind: fixed, on: import.kwh, amount: 30, per: billing_period, prorate: none, round: none }
              - { id: q, kind: fixed, on: reactive_import.kvarh, amount: 20, per: billing_period, prorate: none, of: read, round: none }
            charges:
              - { id: energy, kind: energy, on: import.kwh, price: 1 }
              - { id: size, kind: capacity, of: kva, unit: kVA, price: 0, per: day }
              - id: pf
                kind: power_factor
                of: energy
                base: exact
                table: cn_1983
                standard: 0.9
                reactive: reactive_import.kvarh
                mode: half_up
                if_idle: hold
                with_losses: \(counted)
            """)
        let input = try Self.input(
            tariff, energy: [(.activeImport, "all", "40"), (.reactiveImport, "all", "30")])
        let line = try #require(try rate(input).lines.last)
        let found = try Given.exact(factor).description
        #expect(line.formula.hasPrefix("power factor \(found) of "))
    }

    @Test func `an energy at prices of its intervals has its share of a loss`() throws {
        let tariff = try Given.tariff(
            """
            losses:
              - { id: llf, kind: rate, on: import.kwh, times: 1.1, round: none }
            charges:
              - { id: spot, kind: interval_price, on: import.kwh, series: s, unit: CNY/kWh, missing: hold }
            """)
        var input = try Given.input(tariff, kwh: ["all": "10"])
        input.determinants.priced = [
            Determinants.PricedEnergy(
                charge: "spot", quantity: .activeImport, unit: "CNY",
                outcome: .success(.init(energy: Exact(10), amount: Exact(30), readings: 2)))
        ]
        try input.addLosses(seconds: 3600)
        // 30 × 1.1, for 10 × 1.1 kWh
        let line = try #require(try rate(input).lines.first)
        #expect(line.amountExact == Exact(33))
        #expect(line.quantity == Exact(11))
    }

    @Test func `a load is priced with its losses, by the hours of its clock`() throws {
        let tariff = try Tariff.parse(
            Given.head().replacing("Asia/Shanghai", with: "Europe/London") + """
                losses:
                  - { id: fixed, kind: transformer, capacity: 1, no_load_kw: 1, load_kw: 0, factor: 1, reactive: reactive_import.kvarh, reactive_loss: none, round: none }
                charges:
                  - { id: energy, kind: energy, on: import.kwh, price: 1 }
                """, file: "t.yaml", sha256: "")
        // 28 and 29 March have 24 + 23 hours of 1 kWh, and of 1 kW: 47 + 47
        let rows = (0..<47).map { hour in
            "2026-03-\(28 + hour / 24)T\(hour % 24 < 10 ? "0" : "")\(hour % 24):00Z,1,0\n"
        }
        let priced = try tariff.price(
            load: "start,kwh,kvarh\n" + rows.joined(), file: "l.csv", parameters: [:],
            series: SeriesSet())
        #expect(priced.periods.map { Given.amounts($0.bill) } == [["94.00"]])
    }

    @Test func `a contract that gives no possible number is held`() throws {
        let tariff = try Self.tariff(
            Self.transformer + "    reactive_loss: none\n    round: none\n")
        do throws(any Error) {
            _ = try Self.input(tariff, kva: "0")
            Issue.record("a transformer of no size")
        } catch let hold as RatingHold {
            #expect(hold.code == .badParameter)
            #expect(hold.charge == "transformer")
        }
    }
}
