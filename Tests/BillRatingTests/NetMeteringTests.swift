// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterUsage
import Quantities
import Testing

/// Export that is held against import, and what is kept of it.
@Suite struct NetMeteringTests {
    private static let charges = """
        charges:
          - { id: energy, kind: energy, on: net.kwh, price: 1 }

        """
    private static let paid =
        charges
        + "  - { id: expired, kind: energy, on: expired.kwh, price: -0.04 }\n"

    private static func tariff(_ net: String, _ rest: String = charges) throws -> Tariff {
        try Given.tariff("net_metering: { \(net) }\n" + rest)
    }

    /// The months of a contract, each billed with what those before it kept.
    private struct Year {
        var bank: EnergyBank? = EnergyBank()
        var contractEnd: CivilDay?

        /// A month of import and export by period.
        mutating func bill(
            _ tariff: Tariff, _ from: String, _ to: String, _ imported: [String: String],
            _ exported: [String: String]
        ) throws -> RatingInput {
            var input = try Given.input(tariff, from: from, to: to, kwh: imported)
            input.cycle.contractEnd = contractEnd
            input.determinants.energy += try exported.sorted { $0.key < $1.key }.map {
                Determinants.EnergyAmount(
                    quantity: .activeExport, period: $0.key, amount: try Given.exact($0.value))
            }
            try input.net(from: &bank)
            return input
        }

        /// Net energy of months from January, as text, of import and export in kWh.
        mutating func bill(_ tariff: Tariff, _ months: [(String, String)]) throws -> [String] {
            try months.enumerated().map { place, month in
                let start = try Given.day("2026-01-01").addingMonths(place)
                let input = try bill(
                    tariff, "\(start)", "\(start.addingMonths(1))", ["all": month.0],
                    ["all": month.1])
                return try #require(input.totals[.net]).description
            }
        }

        var kept: [String] {
            (bank?.lots ?? []).map { "\($0.earned) \($0.period) \($0.amount)" }
        }
    }

    @Test func `a surplus is kept and held against the import of later bills`() throws {
        let tariff = try Self.tariff(
            "netting: all, expires: never, at_end: stays, if_split: hold")
        var year = Year()
        // 130 − 100 = 30 are kept; 100 − 90 = 10 are held against 10 of them; of 50 − 10 = 40 the other
        // 20 leave 20.
        #expect(
            try year.bill(tariff, [("100", "130"), ("100", "90"), ("50", "10")]) == [
                "0", "0", "20",
            ])
        #expect(year.kept.isEmpty)
    }

    @Test func `the determinants tell what the bank did, and the line explains itself`() throws {
        let tariff = try Self.tariff(
            "netting: all, expires: never, at_end: stays, if_split: hold")
        var year = Year()
        _ = try year.bill(tariff, "2026-01-01", "2026-02-01", ["all": "100"], ["all": "130"])
        let input = try year.bill(
            tariff, "2026-02-01", "2026-03-01", ["all": "60"], ["all": "10"])
        var entries: [String] = []
        input.determinants.forEachEntry {
            entries.append("\($0.quantity) \($0.period) \($0.value)")
        }
        #expect(
            entries == [
                "import.kwh all 60", "export.kwh all 10", "net.kwh all 20",
                "bank.before.2026-02-01 all 30", "bank.used all 30", "bank.after.2026-03-01 all 0",
            ])
        #expect(
            try rate(input).lines[0].formula
                == "import 60 − export 10 kWh − 30 kept before: 20 kWh × 1 CNY/kWh = 20 CNY")
    }

    @Test(arguments: [
        // 40 are kept on 1 February, 20 on 1 March; March uses 30 of them.
        ("oldest_first", ["2026-02-01 all 10", "2026-03-01 all 20"]),
        ("newest_first", ["2026-02-01 all 30"]),
    ])
    func `energy expires by its age, and the file says which is used first`(
        use: String, kept: [String]
    ) throws {
        let tariff = try Self.tariff(
            "netting: all, expires: { after_months: 3, use: \(use) }, expired: billed, "
                + "at_end: stays, if_split: hold", Self.paid)
        var year = Year()
        #expect(
            try year.bill(tariff, [("0", "40"), ("0", "20"), ("30", "0")]) == ["0", "0", "0"])
        #expect(year.kept == kept)
        // What was kept on 1 February serves the bill that ends on 1 May, and then expires.
        let april = try year.bill(
            tariff, "2026-04-01", "2026-05-01", ["all": "5"], ["all": "0"])
        #expect(april.totals[.net] == .zero)
        // 10 − 5 or 30 − 5 kWh of it, at 0.04
        let expired = use == "oldest_first" ? 5 : 25
        #expect(april.totals[.expired] == Exact(expired))
        #expect(
            Given.amounts(try rate(april))
                == (use == "oldest_first" ? ["0.00", "-0.20"] : ["0.00", "-1.00"]))
        #expect(year.kept == (use == "oldest_first" ? ["2026-03-01 all 20"] : []))
    }

    @Test(arguments: [
        // The date, what becomes of the bill's own surplus, what is left after March and after April.
        ("04-01", "expires", [], ["2026-05-01 all 7"]),
        ("04-01", "stays", ["2026-04-01 all 20"], ["2026-04-01 all 20", "2026-05-01 all 7"]),
        ("04-02", "expires", ["2026-03-01 all 10", "2026-04-01 all 20"], []),
        ("04-02", "stays", ["2026-03-01 all 10", "2026-04-01 all 20"], ["2026-05-01 all 7"]),
    ])
    func `energy expires on a date with the bill in which it lies`(
        date: String, fate: String, march: [String], april: [String]
    ) throws {
        let tariff = try Self.tariff(
            "netting: all, expires: { each: \(date), surplus_of_bill: \(fate) }, expired: lost, "
                + "at_end: stays, if_split: hold")
        var year = Year()
        _ = try year.bill(tariff, [("0", "0"), ("0", "10"), ("0", "20")])
        #expect(year.kept == march)
        _ = try year.bill(tariff, "2026-04-01", "2026-05-01", ["all": "0"], ["all": "7"])
        #expect(year.kept == april)
    }

    private static let periods = """
        periods: { peak: { time: 08:00-20:00 }, off: rest }
        registers: { peak: 1.8.1, off: 1.8.2 }
        charges:
          - { id: energy, kind: energy, on: net.kwh, price: { peak: 2, off: 1 } }

        """

    @Test(arguments: [
        // Peak lacks 80 − 50 = 30, off leaves 60 − 10 = 50: kept for off, or 30 of them serve peak.
        ("bank: by_period", ["peak 30", "off 0"], ["2026-02-01 off 50"]),
        ("bank: all, against: [peak, off]", ["peak 0", "off 0"], ["2026-02-01 all 20"]),
    ])
    func `each period is netted by itself`(
        bank: String, net: [String], kept: [String]
    ) throws {
        let tariff = try Self.tariff(
            "netting: by_period, \(bank), expires: never, at_end: stays, if_split: hold",
            Self.periods)
        var year = Year()
        let input = try year.bill(
            tariff, "2026-01-01", "2026-02-01", ["peak": "80", "off": "10"],
            ["peak": "50", "off": "60"])
        let found = input.determinants.energy.filter { $0.quantity == .net }
        #expect(found.map { "\($0.period) \($0.amount)" } == net)
        #expect(year.kept == kept)
    }

    @Test(arguments: [
        // 25 are kept, and peak lacks 20, off 10: 5 of off are left at 1, or 5 of peak at 2.
        ("[peak, off]", ["5.00"]), ("[off, peak]", ["10.00"]),
    ])
    func `the bank serves periods in the order of the file`(
        order: String, amounts: [String]
    ) throws {
        let tariff = try Self.tariff(
            "netting: by_period, bank: all, against: \(order), expires: never, at_end: stays, "
                + "if_split: hold", Self.periods)
        var year = Year()
        year.bank = EnergyBank([
            .init(earned: try Given.day("2026-01-01"), period: "all", amount: Exact(25))
        ])
        let input = try year.bill(
            tariff, "2026-01-01", "2026-02-01", ["peak": "20", "off": "10"],
            ["peak": "0", "off": "0"])
        #expect(Given.amounts(try rate(input)) == amounts)
    }

    @Test func `what is kept expires with the contract where the file says so`() throws {
        for (fate, kept) in [("expires", []), ("stays", ["2026-02-01 all 30"])] {
            let tariff = try Self.tariff(
                "netting: all, expires: never, at_end: \(fate), if_split: hold"
                    + (fate == "expires" ? ", expired: lost" : ""))
            var year = Year()
            year.contractEnd = try Given.day("2026-02-01")
            _ = try year.bill(tariff, [("100", "130")])
            #expect(year.kept == kept)
        }
    }

    @Test func `tiers are filled by what is left after export`() throws {
        let tariff = try Self.tariff(
            "netting: all, expires: never, at_end: stays, if_split: hold",
            """
            charges:
              - id: energy
                kind: tiers
                on: net.kwh
                cycle: month
                limits: whole
                tiers: [{ to: 100, price: 1 }, { price: 2 }]

            """)
        var year = Year()
        let input = try year.bill(
            tariff, "2026-01-01", "2026-02-01", ["all": "250"], ["all": "130"])
        // 120 kWh: 100 × 1 + 20 × 2
        #expect(Given.amounts(try rate(input)) == ["100.00", "40.00"])
    }

    @Test func `a load is priced month by month with what the months before kept`() throws {
        let tariff = try Self.tariff(
            "netting: all, expires: { after_months: 2, use: oldest_first }, expired: billed, "
                + "at_end: stays, if_split: hold", Self.paid)
        // Days: January leaves 31 × 2 = 62 over, February takes 28, and what is left of them, 34,
        // expires with March, which takes 31 first.
        let first = try Given.day("2026-01-01")
        let rows = (0..<90).map { day in
            "\(first + day)T00:00,\(day < 31 ? 1 : 2),\(day < 31 ? 3 : 1)\n"
        }
        let priced = try tariff.price(
            load: "start,kwh,export_kwh\n" + rows.joined(), file: "l.csv", parameters: [:],
            series: SeriesSet())
        #expect(
            priced.periods.map { Given.amounts($0.bill) }
                == [["0.00", "0.00"], ["0.00", "0.00"], ["0.00", "-0.12"]])
    }

    @Test func `export at a price of its own is billed beside import, and nothing is netted`()
        throws
    {
        let tariff = try Given.tariff(
            """
            charges:
              - { id: drawn, kind: energy, on: import.kwh, price: 0.19 }
              - { id: fed_in, kind: energy, on: export.kwh, price: -0.06 }
            examples:
              # 300 × 0.19 = 57.00, 120 × 0.06 = 7.20
              - given: { kwh: 300, export_kwh: 120 }
                expect: { drawn: 57.00, fed_in: -7.20, total: 49.80 }
            """)
        let example = try #require(tariff.examples.first)
        #expect(TariffExampleRun(example, of: tariff, series: SeriesSet()).passes)
    }

    /// The hold that a bill ends in; nil for none.
    private func hold(_ body: () throws -> Void) -> RatingHold.Code? {
        do {
            try body()
            return nil
        } catch { return (error as? RatingHold)?.code }
    }

    @Test func `what is not known holds the bill`() throws {
        let tariff = try Self.tariff(
            "netting: all, expires: never, at_end: stays, if_split: hold")
        var year = Year(bank: nil)
        #expect(hold { _ = try year.bill(tariff, [("1", "1")]) } == .missingBank)
        year = Year()
        #expect(
            hold {
                _ = try year.bill(tariff, "2026-01-01", "2026-02-01", ["all": "1"], [:])
            } == .missingDeterminant)
        let periods = try Self.tariff(
            "netting: by_period, bank: by_period, expires: never, at_end: stays, if_split: hold",
            Self.periods)
        year.bank = EnergyBank([
            .init(earned: try Given.day("2026-01-01"), period: "all", amount: Exact(25))
        ])
        #expect(
            hold {
                _ = try year.bill(
                    periods, "2026-01-01", "2026-02-01", ["peak": "1", "off": "1"],
                    ["peak": "0", "off": "0"])
            } == .undefinedAllocation)
    }

    @Test func `a period that is parted is netted part by part, or held, as the file says`() throws
    {
        for (split, code) in [("by_part", nil), ("hold", RatingHold.Code.undecidedSplit)] {
            let tariff = try Self.tariff(
                "netting: all, expires: never, at_end: stays, if_split: \(split)")
            var year = Year()
            var input = try Given.input(
                tariff, from: "2026-01-01", to: "2026-01-16", kwh: ["all": "10"])
            input.cycle.periodEnd = try Given.day("2026-02-01")
            input.determinants.energy.append(
                .init(quantity: .activeExport, period: "all", amount: Exact(30)))
            #expect(hold { try input.net(from: &year.bank) } == code)
            if code == nil { #expect(year.kept == ["2026-01-16 all 20"]) }
        }
    }

    @Test(arguments: 0..<8)
    func `no energy is lost or made`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let expiries = [
            "expires: never", "expires: { each: 04-01, surplus_of_bill: expires }",
            "expires: { each: 07-15, surplus_of_bill: stays }",
            "expires: { after_months: 5, use: newest_first }",
        ]
        let isByPeriod = seed.isMultiple(of: 2)
        let tariff = try Self.tariff(
            (isByPeriod
                ? "netting: by_period, bank: all, against: [off, peak], "
                : "netting: by_period, bank: by_period, ")
                + expiries[Int(seed / 2)] + ", expired: lost, at_end: expires, if_split: hold",
            Self.periods)
        var year = Year()
        var (net, expired, difference) = (Exact.zero, Exact.zero, Exact.zero)
        let first = try Given.day("2026-01-01")
        for month in 0..<30 {
            func random() -> String { "\(Int.random(in: 0...500, using: &generator)).5" }
            let imported = ["peak": random(), "off": random()]
            let exported = ["peak": random(), "off": random()]
            let input = try year.bill(
                tariff, "\(first.addingMonths(month))", "\(first.addingMonths(month + 1))",
                imported, exported)
            let bank = try #require(input.determinants.bank)
            net += try #require(input.totals[.net])
            expired += bank.expired.reduce(.zero) { $0 + $1.amount }
            for amount in imported.values { difference += try Given.exact(amount) }
            for amount in exported.values { difference -= try Given.exact(amount) }
            let kept = bank.after.reduce(Exact.zero) { $0 + $1.amount }
            #expect(bank.after.allSatisfy { $0.amount >= .zero })
            // What is billed, less what is kept and what expired, is import less export.
            #expect(net - kept - expired == difference)
        }
    }
}
