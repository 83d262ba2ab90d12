// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterUsage
import MeterValidate
import Quantities
import Testing

@testable import BatchRun

@Suite struct PlainMeterTests {
    private static let obis = ObisCode(1, 8, 2)
    private static let day: Int64 = 86_400
    private static let span: Range<Int64> = 100 * day..<131 * day

    /// A register of meter 5 at a moment, as a block of other meters and registers holds it.
    private static func block(_ values: [(at: Int64, value: Int64, flags: Origin.Flags)])
        -> RegisterDayBlock
    {
        var part = StoredRegisters()
        func add(
            _ meter: UInt32, _ obis: ObisCode, _ at: Int64, _ value: Int64, _ flags: Origin.Flags
        ) {
            part.rows.append(
                RegisterRow(
                    meter: meter, channel: Channel(obis, .register).packed, instant: at,
                    value: value, decimals: 2, unit: MeasuredUnit.kilowattHours.rawValue,
                    quality: Quality.actual.packed, version: 0))
            part.origins.append(Origin(file: 1, delivery: 1, flags: flags))
        }
        add(4, obis, span.lowerBound, 1, [])
        for (at, value, flags) in values {
            add(5, ObisCode(1, 8, 1), at, 7, [])
            add(5, obis, at, value, flags)
        }
        add(6, obis, span.upperBound, 2, [])
        return RegisterDayBlock([part])
    }

    private static func meter(
        start: Int64?, end: Int64?, served: Range<Int64>, reads: [RegisterRead] = [],
        flags: Origin.Flags = [], dial: RegisterDial = RegisterDial(digits: 6, multiplier: .one)
    ) -> PlainMeter {
        PlainMeter(
            MeterNumber(rawValue: 5), in: span, served: served, dial: dial, siteReads: reads,
            ends: SpanEnds(
                start: block(start.map { [(span.lowerBound, $0, flags)] } ?? []),
                end: block(end.map { [(span.upperBound, $0, Origin.Flags())] } ?? [])))
    }

    private static func read(_ at: Int64, _ kind: RegisterReadKind, _ value: Int64) -> RegisterRead
    {
        RegisterRead(
            channel: Channel(obis, .register), at: Instant(seconds: at), kind: kind,
            value: Exact(Int128(value), over: 100))
    }

    @Test func `a register that went on counts its last value less its first times the multiplier`()
        throws
    {
        // (250.25 − 100.00) × 40
        let dial = RegisterDial(digits: 6, multiplier: Exact(40))
        let meter = Self.meter(start: 10_000, end: 25_025, served: 0..<200 * Self.day, dial: dial)
        #expect(meter.count(Self.obis)?.amount == Exact(6010))
        #expect(meter.count(ObisCode(1, 8, 3)) == nil)
    }

    @Test
    func `a meter begins where it was installed, and what it showed before the span does not tell`()
    {
        let (start, end) = (Self.span.lowerBound, Self.span.upperBound)
        func amount(_ reads: [RegisterRead], from: Int64, to: Int64 = 500 * Self.day) -> Exact? {
            Self.meter(start: 10_000, end: 25_000, served: from..<to, reads: reads)
                .count(Self.obis)?.amount
        }
        #expect(amount([Self.read(start, .install, 9_000)], from: start) == Exact(160))
        #expect(amount([Self.read(start - Self.day, .install, 0)], from: 0) == Exact(150))
        #expect(amount([Self.read(end + Self.day, .reset, 0)], from: 0) == Exact(150))
        // A closer look: a day early, on the way, at the end, and a meter that leaves with the span.
        #expect(amount([Self.read(start - Self.day, .install, 0)], from: start) == nil)
        #expect(amount([Self.read(start + Self.day, .reset, 0)], from: 0) == nil)
        #expect(amount([Self.read(end, .special, 25_000)], from: 0) == nil)
        #expect(amount([Self.read(end + 1, .remove, 26_000)], from: 0, to: end) == nil)
    }

    @Test func `values that hold the multiplier, and values that fell, take a closer look`() {
        let served = 0..<200 * Self.day
        #expect(Self.meter(start: 5, end: 4, served: served).count(Self.obis) == nil)
        #expect(
            Self.meter(start: 4, end: 5, served: served, flags: .primary).count(Self.obis) == nil)
        #expect(Self.meter(start: nil, end: 5, served: served).count(Self.obis) == nil)
        #expect(Self.meter(start: 4, end: nil, served: served).count(Self.obis) == nil)
        #expect(
            Self.meter(start: 4, end: 5, served: served, flags: .suspect).count(Self.obis) == nil)
    }

    @Test func `what is counted plainly is what is counted by all there is to know`() {
        var random = SeededNumbers(state: 11)
        let (start, end) = (Self.span.lowerBound, Self.span.upperBound)
        var plain = 0
        for story in 0..<3000 {
            func pick<Value>(_ values: Value...) -> Value { values[random.next(values.count)] }
            let served = pick(0, start, start)..<pick(end, 300 * Self.day, 300 * Self.day)
            let first = Int64(random.next(1_000_000))
            let known = [pick(nil, first, first), pick(nil, first + 500, first + 70, first - 3)]
            var reads: [RegisterRead] = []
            for _ in 0..<pick(0, 0, 1, 2) {
                let (at, kind): (Int64, RegisterReadKind) = pick(
                    (start, .install), (start - Self.day, .special), (start + 40, .reset),
                    (end, .remove), (end + Self.day, .reset), (end, .special))
                let belongs =
                    switch kind {
                    case .install: served.lowerBound == at
                    case .remove: served.upperBound == at
                    default: served.contains(at)
                    }
                if belongs { reads.append(Self.read(at, kind, first - Int64(random.next(900)))) }
            }
            let dial = RegisterDial(
                digits: pick(0, 4, 6), multiplier: Exact(Int128(pick(1, 60, 5)), over: pick(1, 3)))
            let meter = Self.meter(
                start: known[0], end: known[1], served: served, reads: reads, dial: dial)
            guard let counted = meter.count(Self.obis) else { continue }
            plain += 1
            let delivered = zip([start, end], known).compactMap { at, value in
                value.map {
                    RegisterReading(instant: at, value: ScaledValue($0, exponent: -2))
                }
            }
            let usage = RegisterUsage.between(
                Self.span, of: Self.obis,
                segments: [
                    RegisterSegment(
                        meter: 5, span: served, dial: dial,
                        readings: reads.compactMap { RegisterReading($0) } + delivered)
                ])
            #expect((try? usage.get().amount) == counted.amount, "story \(story)")
        }
        #expect(plain > 500)
    }
}

/// Numbers that are the same in every run. Source: SplitMix64, Steele, Lea and Flood 2014.
private struct SeededNumbers {
    var state: UInt64

    /// A number from 0 up to, not including, `limit`.
    mutating func next(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(limit))
    }
}
