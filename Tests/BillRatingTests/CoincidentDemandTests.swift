// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterUsage
import Quantities
import Testing

/// Demand in the dated windows of a system's peak.
@Suite struct CoincidentDemandTests {
    private func tariff(_ charge: String, more: String = "") throws -> Tariff {
        try Given.tariff(
            """
            charges:
              - { id: peak, kind: coincident_demand, series: e, price: 10, per: month, prorate: days, \(charge) }
            \(more)
            """)
    }

    /// Events of January 2026, Shanghai; 18:00 is 10:00Z.
    private let list = """
        from,to,value
        2025-12-31T16:00Z,2026-01-12T10:00Z,0
        2026-01-12T10:00Z,2026-01-12T11:00Z,1
        2026-01-12T11:00Z,2026-01-20T10:00Z,0
        2026-01-20T10:00Z,2026-01-20T11:00Z,1
        2026-01-20T11:00Z,2026-01-31T16:00Z,0

        """

    private func series(_ text: String) throws -> SeriesSet {
        SeriesSet([try Series.parse(text, id: "e", file: "e.csv")])
    }

    @Test(arguments: [
        // 90 and 120 kW: their mean 105, sum 210, highest 120, at 10
        ("counts: mean", "1050.00"), ("counts: sum", "2100.00"), ("counts: highest", "1200.00"),
    ])
    func `what counts of several events is named`(counts: String, amount: String) throws {
        let tariff = try tariff(
            "\(counts), if_none: hold, window: 60min",
            more: """
                examples:
                  - given: { event_demand: [90, 120] }
                    expect: { peak: \(amount) }
                """)
        let run = TariffExampleRun(tariff.examples[0], of: tariff, series: SeriesSet())
        #expect(run.passes, "\(run)")
    }

    @Test func `a load is charged for what it drew in the events`() throws {
        let tariff = try tariff("counts: mean, if_none: hold, window: 60min")
        // Half-hours of 10 kWh; in the events 30 + 40 kWh, and 50 + 20: 70 kW both; the half-hours beside
        // them, of 90 kWh, do not count.
        var load = "start,kwh\n"
        for day in 1...31 {
            for slot in 0..<48 {
                let kwh =
                    switch (day, slot) {
                    case (12, 36): 30
                    case (12, 37): 40
                    case (20, 36): 50
                    case (20, 37): 20
                    case (12, 35), (20, 38): 90
                    default: 10
                    }
                let hour = slot / 2
                load += "2026-01-\(day < 10 ? "0" : "")\(day)T\(hour < 10 ? "0" : "")\(hour):"
                load += "\(slot % 2 == 0 ? "00" : "30"),\(kwh)\n"
            }
        }
        let priced = try tariff.price(
            load: load, file: "l.csv", parameters: [:], series: try series(list))
        let line = try #require(priced.periods.first?.bill.lines.first)
        #expect(line.amountExact == Exact(700))
        #expect(
            line.formula
                == "mean of 60 min events: 70 kW at 2026-01-12T10:00:00Z, 70 kW at "
                + "2026-01-20T10:00:00Z: 70 kW × 10 CNY/kW = 700 CNY")
    }

    @Test(arguments: [
        ("2026-01-20T10:00Z: 90, 2026-01-12T10:00Z: 120", 60, nil),
        // nothing from 18:30 on; an hour that begins before the event
        (
            "2026-01-12T10:00Z: 1, 2026-01-12T10:30Z: 1, 2026-01-20T10:00Z: 1", 30,
            "2026-01-20T10:00"
        ),
        ("2026-01-12T10:00Z: 1, 2026-01-20T09:30Z: 1", 60, "begins or ends within an interval"),
    ])
    func `an event whose readings do not tell it is held`(
        kwh: String, minutes: Int, detail: String?
    )
        throws
    {
        let tariff = try tariff(
            "counts: mean, if_none: hold, window: 60min",
            more: """
                examples:
                  - given: { interval: \(minutes)min, kwh_by_interval: { \(kwh) } }
                    expect: { peak: 1050.00 }
                """)
        let run = TariffExampleRun(tariff.examples[0], of: tariff, series: try series(list))
        #expect(run.passes == (detail == nil), "\(run)")
        #expect(run.hold?.code == (detail == nil ? nil : .missingDeterminant))
        #expect(detail.map { run.hold?.detail.contains($0) ?? false } ?? true)
    }

    /// The hold of a bill of January 2026; nil where there is none.
    private func hold(
        _ charge: String, _ list: String?, windows: [String]? = nil, to end: String = "2026-02-01"
    ) throws -> RatingHold? {
        let tariff = try tariff(charge)
        var input = try Given.input(tariff, to: end)
        let series = try list.map { try self.series($0) } ?? SeriesSet()
        let zone = try TimeZoneTable.named("Asia/Shanghai")
        let days = (first: try Given.day("2026-01-01"), end: try Given.day(end))
        let span = zone.startOfDay(days.first).seconds..<zone.startOfDay(days.end).seconds
        input.determinants.events = tariff.eventRequests(in: span, series).map { request in
            Determinants.EventDemand(
                charge: request.charge, unit: request.unit,
                outcome: request.windows.map { windows in
                    windows.map {
                        Determinants.DemandPeak.Window(
                            power: Exact(90), at: Instant(seconds: $0.lowerBound))
                    }
                })
        }
        do throws(RatingHold) {
            _ = try rate(input)
            return nil
        } catch { return error }
    }

    private let charge = "counts: mean, if_none: hold, window: 60min"

    @Test func `a list that tells all days of a bill does not hold it`() throws {
        #expect(try hold(charge, list) == nil)
    }

    @Test(arguments: [
        // the list is not there, ends early, begins late, has a hole, an empty value
        (nil, "add series/e.csv"),
        ("from,to,value\n2025-12-31T16:00Z,2026-01-31T15:00Z,0\n", "2026-01-31T15:00:00Z"),
        ("from,to,value\n2026-01-01T00:00Z,2026-02-01T00:00Z,0\n", "2025-12-31T16:00:00Z"),
        (
            "from,to,value\n2025-12-31T16:00Z,2026-01-10T00:00Z,0\n"
                + "2026-01-10T01:00Z,2026-02-01T00:00Z,0\n", "2026-01-10T00:00:00Z"
        ),
        (
            "from,to,value\n2025-12-31T16:00Z,2026-01-10T00:00Z,0\n"
                + "2026-01-10T00:00Z,2026-02-01T00:00Z,\n", "2026-01-10T00:00:00Z"
        ),
        // an event of half an hour, one that goes on into February, one that is neither
        (
            "from,to,value\n2025-12-31T16:00Z,2026-01-10T00:00Z,0\n"
                + "2026-01-10T00:00Z,2026-01-10T00:30Z,1\n2026-01-10T00:30Z,2026-02-01T00:00Z,0\n",
            "of 30 minutes"
        ),
        (
            "from,to,value\n2025-12-31T16:00Z,2026-01-31T15:30Z,0\n"
                + "2026-01-31T15:30Z,2026-01-31T16:30Z,1\n", "two bills share"
        ),
        ("from,to,value\n2025-12-31T16:00Z,2026-02-01T00:00Z,2\n", "says 2"),
        // known, and none
        ("from,to,value\n2025-12-31T16:00Z,2026-02-01T00:00Z,0\n", "there was no event"),
    ])
    func `a list that does not tell the events of a bill holds it`(list: String?, detail: String)
        throws
    {
        let hold = try #require(try hold(charge, list))
        #expect(hold.code == .undefinedEvents && hold.charge == "peak")
        #expect(hold.detail.contains(detail), "\(hold)")
    }

    @Test func `a month without an event costs nothing where the tariff says so`() throws {
        let none = "from,to,value\n2025-12-31T16:00Z,2026-02-01T00:00Z,0\n"
        #expect(try hold("counts: mean, if_none: no_charge, window: 60min", none) == nil)
        // But not one that is not yet published.
        #expect(
            try hold("counts: mean, if_none: no_charge, window: 60min", nil)?.code
                == .undefinedEvents)
    }

    @Test func `a demand that nobody measured, and a part of a period, are held`() throws {
        let tariff = try tariff(charge)
        var input = try Given.input(tariff)
        func code() -> RatingHold.Code? {
            do throws(RatingHold) {
                _ = try rate(input)
                return nil
            } catch { return error.code }
        }
        #expect(code() == .missingDeterminant)
        input.determinants.events = [
            .init(
                charge: "peak", unit: .kilowatts, outcome: .failure(.readings(Instant(seconds: 0))))
        ]
        #expect(code() == .missingDeterminant)
        input.determinants.events = [
            .init(
                charge: "peak", unit: .kilowatts, outcome: .failure(.tooCoarse(Instant(seconds: 0)))
            )
        ]
        #expect(code() == .missingDeterminant)
        input.determinants.events = [
            .init(
                charge: "peak", unit: .kilowatts,
                outcome: .success([.init(power: .one, at: Instant(seconds: 0))]))
        ]
        #expect(code() == nil)
        input.cycle.periodEnd = try Given.day("2026-02-15")
        #expect(code() == .undecidedSplit)
    }

    @Test func `kVA are rounded in each event and together`() throws {
        let tariff = try tariff(
            "counts: mean, if_none: hold, window: 60min, measure: kva, round_quantity: { to: 1, mode: up }"
        )
        var input = try Given.input(tariff)
        input.determinants.events = [
            .init(
                charge: "peak", unit: .kilovoltAmperes,
                // 5, and the root of 2 up to 2: the mean 3.5 up to 4
                outcome: .success([
                    .init(power: Exact(3), reactive: Exact(4), at: Instant(seconds: 0)),
                    .init(power: .one, reactive: .one, at: Instant(seconds: 3600)),
                ]))
        ]
        #expect(Given.amounts(try rate(input)) == ["40.00"])
    }
}
