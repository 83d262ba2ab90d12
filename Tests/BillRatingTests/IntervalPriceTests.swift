// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import Quantities
import Testing

/// Energy at a price per interval.
@Suite struct IntervalPriceTests {
    private func tariff(
        _ charge: String, currency: String = "GBP", zone: String = "Europe/London",
        place: String = "invoice", more: String = ""
    ) throws -> Tariff {
        try Tariff.parse(
            """
            format: 1
            id: test
            version: 1
            valid_from: 2026-01-01
            currency: \(currency)
            timezone: \(zone)
            rounding: { money: 0.01, mode: half_up, at: \(place) }
            prices_include_tax: false
            charges:
              - { id: energy, kind: interval_price, \(charge) }
            \(more)
            """, file: "t.yaml", sha256: "")
    }

    private func series(_ text: String, id: String = "s") throws -> SeriesSet {
        SeriesSet([try Series.parse(text, id: id, file: "\(id).csv")])
    }

    private let agile = """
        from,to,value
        2026-07-01T15:00Z,2026-07-01T15:30Z,12.345
        2026-07-01T15:30Z,2026-07-01T16:00Z,-2.1
        2026-07-01T16:00Z,2026-07-01T16:30Z,33.0

        """

    @Test func `Agile half-hours are billed exactly`() throws {
        // 0.5 × 12.345 - 0.8 × 2.1 + 1.1 × 33.0 = 6.1725 - 1.68 + 36.3 = 40.7925 p;
        // VAT 5 % of it is 2.039625 p, together 42.832125 p.
        let tariff = try tariff(
            "on: import.kwh, series: s, unit: p/kWh, missing: hold, cap: 100",
            more: """
                  - { id: vat, kind: tax, category: VAT, of: [energy], base: exact, rate: 0.05 }
                examples:
                  - given:
                      from: 2026-07-01
                      interval: 30min
                      kwh_by_interval: { 2026-07-01T16:00+01:00: 0.5, 2026-07-01T15:30Z: 0.8, 2026-07-01T16:00Z: 1.1 }
                    expect: { energy: 0.41, tax: 0.02, total: 0.43 }
                """)
        let prices = try series(agile)
        let run = TariffExampleRun(tariff.examples[0], of: tariff, series: prices)
        #expect(run.passes, "\(run)")
        let load = "start,kwh\n2026-07-01T16:00,0.5\n2026-07-01T16:30,0.8\n2026-07-01T17:00,1.1\n"
        let priced = try tariff.price(load: load, file: "l.csv", parameters: [:], series: prices)
        let bill = try #require(priced.periods.first).bill
        let line = try #require(bill.lines.first)
        #expect(line.amountExact == Exact("0.407925"))
        #expect(line.quantity == Exact("2.4") && line.unit == "kWh")
        // 40.7925 p / 2.4 kWh
        #expect(line.price == Exact("0.16996875"))
        #expect(
            line.formula
                == "sum over 3 intervals of energy × (s in p/kWh, at most 100 × 0.01); their mean "
                + "price: 2.4 kWh × 0.16996875 GBP/kWh = 0.407925 GBP")
        #expect(bill.taxes.first?.amountExact == Exact("0.02039625"))
    }

    @Test(arguments: [
        // (-12.40 / 1000 + 0.015) × 1.25 = 0.0026 × 1.25 = 0.00325
        ("plus: 0.015, times: 1.25", "0.00325"),
        // a floor of the spot price: (0 + 0.015) × 1.25
        ("plus: 0.015, times: 1.25, floor: 0", "0.01875"),
        // a cap of -20: (-0.02 + 0.015) × 1.25
        ("plus: 0.015, times: 1.25, cap: -20", "-0.00625"),
        // -0.0124 rounded to a tenth of a cent
        ("round: 0.001, mode: half_up", "-0.012"), ("times: -1", "0.0124"),
    ])
    func `a price is made of the series' value as the charge says`(more: String, price: String)
        throws
    {
        let tariff = try tariff(
            "on: import.kwh, series: s, unit: EUR/MWh, missing: hold, \(more)", currency: "EUR",
            zone: "Europe/Berlin")
        let prices = try series("from,minutes,value\n2026-07-01T00:00Z,15,-12.40\n")
        let load = "start,kwh\n2026-07-01T00:00Z,2\n2026-07-01T00:05Z,1\n"
        let priced = try tariff.price(load: load, file: "l.csv", parameters: [:], series: prices)
        let line = try #require(priced.periods.first?.bill.lines.first)
        #expect(line.price == Exact(price))
        // 3 kWh
        #expect(line.amountExact == Exact(3) * (try Given.exact(price)))
    }

    @Test func `import is paid and export is credited interval by interval`() throws {
        // 2 × 30 p + 1 × 10 p = 70 p bought; 0.5 × 30 p + 3 × 10 p = 45 p sold: 25 p to pay.
        let tariff = try tariff(
            "on: import.kwh, series: s, unit: p/kWh, missing: hold", place: "line",
            more: """
                  - { id: sold, kind: interval_price, on: export.kwh, series: s, unit: p/kWh, missing: hold, times: -1 }
                examples:
                  - given:
                      from: 2026-07-01
                      interval: 60min
                      kwh_by_interval: { 2026-07-01T00:00Z: 2, 2026-07-01T01:00Z: 1 }
                      export_kwh_by_interval: { 2026-07-01T00:00Z: 0.5, 2026-07-01T01:00Z: 3 }
                    expect: { energy: 0.70, sold: -0.45, total: 0.25 }
                """)
        let run = TariffExampleRun(
            tariff.examples[0], of: tariff,
            series: try series(
                "from,minutes,value\n2026-07-01T00:00Z,60,30\n2026-07-01T01:00Z,60,10\n"))
        #expect(run.passes, "\(run)")
    }

    @Test(arguments: [
        // Intervals of an hour, over two prices; of twenty minutes, of which the second has two; a
        // price that is missing, and one whose cell is empty; a series of days.
        (
            "60", "from,minutes,value\n2026-07-01T00:00Z,30,1\n2026-07-01T00:30Z,150,1\n",
            "price-within-interval: energy: the price changes within the interval that begins at 2026-07-01T00:00:00Z: "
        ),
        (
            "20", "from,minutes,value\n2026-07-01T00:00Z,30,1\n2026-07-01T00:30Z,90,1\n",
            "price-within-interval: energy: the price changes within the interval that begins at 2026-07-01T00:20:00Z: "
        ),
        (
            "30", "from,minutes,value\n2026-07-01T00:00Z,30,1\n",
            "missing-price: energy: series 's' has no 'value' at 2026-07-01T00:30:00Z: "
        ),
        (
            "30", "from,minutes,value\n2026-07-01T00:00Z,30,1\n2026-07-01T00:30Z,30,\n",
            "missing-price: energy: series 's' has no 'value' at 2026-07-01T00:30:00Z: "
        ),
        (
            "30", "from,to,value\n2026-07-01,,1\n",
            "missing-price: energy: series 's' is not loaded: "
        ),
    ])
    func `a bill that cannot be priced is held`(minutes: String, rows: String, hold: String) throws
    {
        let tariff = try tariff("on: import.kwh, series: s, unit: p/kWh, missing: hold")
        let length = try #require(Int64(minutes)) * 60
        let first = try #require(Instant(iso: "2026-07-01T00:00Z"))
        let load =
            "start,kwh\n"
            + [0, length].map { "\((first + $0).iso(offset: 0)),1\n" }.joined()
        var found = ""
        do {
            _ = try tariff.price(
                load: load, file: "l.csv", parameters: [:], series: try series(rows))
        } catch { found = "\(error)" }
        #expect(found.hasPrefix("from 2026-07-01: " + hold), "\(found)")
    }

    @Test func `energy without intervals is held`() throws {
        let tariff = try tariff("on: import.kwh, series: s, unit: p/kWh, missing: hold")
        var hold: RatingHold?
        do throws(RatingHold) {
            _ = try rate(
                try! Given.input(tariff, kwh: ["all": "10"], series: try! series(agile)))
        } catch { hold = error }
        #expect(hold?.code == .missingDeterminant && hold?.charge == "energy")
    }

    @Test(arguments: [
        // The price of 16:00 London is that of 16:00 the day before, by the clock: on the days after
        // it changed that was 16:00 and 15:00 UTC.
        ("2026-07-02T15:00Z", "2026-07-01T15:00Z"), ("2026-03-29T15:00Z", "2026-03-28T16:00Z"),
        ("2026-10-25T16:00Z", "2026-10-24T15:00Z"),
        // both hours that begin at 01:00 as the one of the day before
        ("2026-10-25T01:00Z", "2026-10-24T00:00Z"),
    ])
    func `a missing price may be that of the day before`(missing: String, taken: String) throws {
        let tariff = try tariff("on: import.kwh, series: s, unit: p/kWh, missing: previous_day")
        let charge = try #require(tariff.charges[0].kind.intervalPrice)
        let zone = try TimeZoneTable.named("Europe/London")
        let (at, source) = (try #require(Instant(iso: missing)), try #require(Instant(iso: taken)))
        let rows = [source + -1800, source, source + 1800].enumerated().map {
            "\($0.element.iso(offset: 0)),30,\($0.offset)\n"
        }
        let set = try series("from,minutes,value\n" + rows.joined())
        let span = at.seconds..<at.seconds + 3600
        let prices = try set.intervalPrices(of: charge, in: span, zone: zone)
        #expect(prices.pieces.map(\.price) == [Exact("0.01"), Exact("0.02")])
        #expect(prices.taken == 2)
        #expect(prices.price(of: at.seconds..<at.seconds + 1800) == Exact("0.01"))
        #expect(prices.price(of: at.seconds + 900..<at.seconds + 2700) == nil)
        // Two days later there is no day before.
        let later = at.seconds + 172_800..<at.seconds + 176_400
        #expect(throws: PriceGap.self) {
            try set.intervalPrices(of: charge, in: later, zone: zone)
        }
    }

    @Test func `a clock time that the day before skipped has no price`() throws {
        let tariff = try tariff("on: import.kwh, series: s, unit: p/kWh, missing: previous_day")
        let charge = try #require(tariff.charges[0].kind.intervalPrice)
        let zone = try TimeZoneTable.named("Europe/London")
        let set = try series("from,minutes,value\n2026-03-29T00:00Z,1380,1\n")
        // 01:30 of 30 March: the clock went from 01:00 to 02:00 the day before.
        let at = try #require(Instant(iso: "2026-03-30T01:30+01:00")).seconds
        #expect(throws: PriceGap.self) {
            try set.intervalPrices(of: charge, in: at..<at + 1800, zone: zone)
        }
        let later = at + 1800
        #expect(try set.intervalPrices(of: charge, in: later..<later + 1800, zone: zone).taken == 1)
    }
}
