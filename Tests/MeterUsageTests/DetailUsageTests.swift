// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Testing

@testable import MeterUsage

/// Energy by stretches, and energy times the price of each slot, of random channels.
@Suite struct DetailUsageTests {
    /// A price of each half-hour from before a span to after it, in ten-thousandths.
    private func steps(_ span: Range<Int64>, _ generator: inout SeededGenerator) -> [(
        time: Range<Int64>, price: Exact
    )] {
        stride(from: span.lowerBound - 3600, to: span.upperBound + 3600, by: 1800).map { start in
            (
                start..<start + 1800,
                Exact(Int128.random(in: -9000...9000, using: &generator), over: 10_000)
            )
        }
    }

    @Test(arguments: [
        // The nights on which London's clock changes, and days without.
        ("2026-03-28", "2026-03-31"), ("2026-10-24", "2026-10-27"), ("2026-06-01", "2026-06-03"),
    ])
    func `sums are those of every slot by itself`(first: String, end: String) throws {
        var generator = SeededGenerator(seed: 7)
        let span = localSpan(first, end, london)
        let pieces = steps(span, &generator)
        let days = try #require(CivilDay(iso: first))..<(try #require(CivilDay(iso: end)))
        let stretches = StretchPlan(
            days: days, calendar: dayAndNight, zone: london, byDay: true, byPeriod: true)
        let request = DetailRequest(
            stretches: stretches, stretchQuantities: [.activeImport],
            priced: [
                .init(
                    charge: "a", quantity: .activeImport, unit: "GBP",
                    prices: .success(try #require(PriceSteps(pieces)))),
                .init(
                    charge: "b", quantity: .activeExport, unit: "GBP", prices: .failure(.outOfRange)
                ),
            ])
        var usage = DetailUsage(of: .activeImport, for: request)
        var amount = Exact.zero
        var energy: [Int64: Exact] = [:]
        // Storage clocks an hour off London's, so that storage days are not local days.
        for day in storageDays(of: span, offset: 3600) {
            let plan = SlotPlan(
                day: day, storageOffset: 3600, slotMinutes: 15, calendar: dayAndNight, zone: london,
                span: span)
            let values = (0..<96).map { _ in Int64.random(in: -50...5000, using: &generator) }
            let qualities = (0..<96).map { _ in
                Bool.random(using: &generator)
                    ? Quality.actual.packed
                    : [Quality.estimated.packed, Quality.missing.packed, 0]
                        .randomElement(using: &generator) ?? 0
            }
            let cut = Int.random(in: 1..<95, using: &generator)
            for slots in [0..<cut, cut..<96] {
                let (piece, marks) = (Array(values[slots]), Array(qualities[slots]))
                usage.add(
                    values: piece.span, qualities: marks.span, firstSlot: slots.lowerBound,
                    step: ValueStep(exponent: -3), plan: DetailSlots(plan, for: request),
                    request: request)
            }
            for slot in 0..<96 where Quality(packed: qualities[slot]).hasValue {
                let start = plan.start(ofSlot: slot)
                guard span.contains(start) else { continue }
                let value = Exact(Int128(values[slot]), over: 1000)
                let price = try #require(pieces.first { $0.time.contains(start) }).price
                amount += value * price
                let place = try #require(stretches.starts.last { $0 <= start })
                energy[place, default: .zero] += value
            }
        }
        guard case .success(let prices) = request.priced[0].prices else { return }
        #expect(usage.amount(ofCharge: 0, prices) == amount && amount != .zero)
        for (index, start) in stretches.starts.enumerated() {
            #expect(usage.energy(ofStretch: index) == energy[start] ?? .zero)
        }
        #expect(!usage.isOutOfRange && usage.changesWithin == [nil, nil])
    }

    @Test(arguments: [
        // dayAndNight has its day from 07:00 to 23:00
        (true, true, ["00", "07", "23", "00", "07", "23"]), (true, false, ["00", "00"]),
        (false, true, ["00", "07", "23", "07", "23"]), (false, false, ["00"]),
    ])
    func `a span is cut by days, by periods, or by both`(
        byDay: Bool, byPeriod: Bool, hours: [String]
    ) throws {
        // The first of the two days has 23 hours.
        let (first, end) = (
            try #require(CivilDay(iso: "2026-03-29")), try #require(CivilDay(iso: "2026-03-31"))
        )
        let plan = StretchPlan(
            days: first..<end, calendar: dayAndNight, zone: london, byDay: byDay, byPeriod: byPeriod
        )
        let found = plan.starts.map { start in
            let clock = london.clock(at: Instant(seconds: start))
            let hour = clock.second / 3600
            return hour < 10 ? "0\(hour)" : "\(hour)"
        }
        #expect(found == hours)
        #expect(plan.starts.first == localSpan("2026-03-29", "2026-03-31", london).lowerBound)
        #expect(plan.periods.contains(nil) == !byPeriod)
    }

    @Test func `a slot over two prices is told`() throws {
        let span = localSpan("2026-06-01", "2026-06-02", london)
        var generator = SeededGenerator(seed: 1)
        let steps = try #require(PriceSteps(steps(span, &generator)))
        let request = DetailRequest(priced: [
            .init(charge: "a", quantity: .activeImport, unit: "GBP", prices: .success(steps))
        ])
        let plan = SlotPlan(
            day: storageDays(of: span, offset: 0)[1], storageOffset: 0, slotMinutes: 60,
            calendar: dayAndNight, zone: london, span: span)
        var usage = DetailUsage(of: .activeImport, for: request)
        let (values, marks) = ([Int64(1)], [Quality.actual.packed])
        usage.add(
            values: values.span, qualities: marks.span, firstSlot: 0, step: ValueStep(exponent: 0),
            plan: DetailSlots(plan, for: request), request: request)
        #expect(usage.changesWithin == [Instant(iso: "2026-06-01T00:00Z")])
    }

    @Test func `sums beyond their range are told, and prices that no denominator holds`() throws {
        let span = localSpan("2026-06-01", "2026-06-02", london)
        let large = try #require(
            PriceSteps([(span.lowerBound..<span.upperBound, Exact(Int128(Int64.max)))]))
        let request = DetailRequest(priced: [
            .init(charge: "a", quantity: .activeImport, unit: "GBP", prices: .success(large))
        ])
        let plan = SlotPlan(
            day: storageDays(of: span, offset: 0)[1], storageOffset: 0, slotMinutes: 60,
            calendar: dayAndNight, zone: london, span: span)
        var usage = DetailUsage(of: .activeImport, for: request)
        let (values, marks) = ([Int64.max], [Quality.actual.packed])
        usage.add(
            values: values.span, qualities: marks.span, firstSlot: 0, step: ValueStep(exponent: 0),
            plan: DetailSlots(plan, for: request), request: request)
        #expect(usage.isOutOfRange)
        // Primes whose product is no word.
        let primes: [Int128] = [4_294_967_291, 4_294_967_279, 4_294_967_231]
        let pieces = primes.enumerated().map { place, prime in
            (time: Int64(place)..<Int64(place + 1), price: Exact(1, over: prime))
        }
        #expect(PriceSteps(pieces) == nil)
    }
}
