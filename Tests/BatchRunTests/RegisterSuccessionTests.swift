// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterValidate
import Quantities
import Testing

@testable import BatchRun

extension SeededGenerator {
    fileprivate mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &self)]
    }
}

/// A register of a meter.
private struct Register: Hashable, Comparable {
    var meter: UInt32
    var channel: UInt64

    static func < (left: Register, right: Register) -> Bool {
        (left.meter, left.channel) < (right.meter, right.channel)
    }
}

@Suite struct RegisterSuccessionTests {
    private static let channels = (0..<3).map { Channel(ObisCode(1, 8, $0), .register).packed }
    private static let wanted: [MeterNumber] = [2, 3, 5, 8].map(MeterNumber.init(rawValue:))

    private func row(
        _ meter: UInt32, channel: Int = 0, at instant: Int64 = 0, _ value: Int64,
        decimals: UInt8 = 0, unit: MeasuredUnit = .kilowattHours, quality: Quality = .actual
    ) -> RegisterRow {
        RegisterRow(
            meter: meter, channel: Self.channels[channel], instant: instant, value: value,
            decimals: decimals, unit: unit.rawValue, quality: quality.packed, version: 0)
    }

    private func day(_ rows: [RegisterRow], primary: Set<Int> = []) -> DayRegisters {
        var stored = StoredRegisters()
        stored.rows = rows
        stored.origins = rows.indices.map {
            Origin(file: 1, delivery: 1, flags: primary.contains($0) ? .primary : [])
        }
        return DayRegisters(stored, of: Self.wanted)
    }

    /// Rows of a day as blocks may hold them: also of others' meters, without value, several a day, and
    /// at times from two blocks.
    private func rows(_ seeded: inout SeededGenerator) -> StoredRegisters {
        var blocks: [[RegisterRow]] = []
        for _ in 0..<seeded.pick([1, 1, 1, 2]) {
            var rows: [RegisterRow] = []
            for meter in 1...9 as ClosedRange<UInt32> where seeded.pick([true, true, false]) {
                for channel in 0..<3 where seeded.pick([true, true, true, false]) {
                    for instant in 0..<seeded.pick([1, 1, 2, 3] as [Int64]) {
                        rows.append(
                            row(
                                meter, channel: channel, at: instant * 60,
                                seeded.pick([5, 6, 7, 50, .max, -3, .min]),
                                decimals: seeded.pick([0, 0, 0, 1]),
                                unit: seeded.pick([.kilowattHours, .kilowattHours, .wattHours]),
                                quality: seeded.pick([.actual, .actual, .estimated, .missing])))
                    }
                }
            }
            blocks.append(rows)
        }
        var stored = StoredRegisters()
        stored.rows = blocks.flatMap { $0 }
        stored.origins = stored.rows.map { _ in
            Origin(file: 1, delivery: 1, flags: seeded.pick([[], [], [], .primary]))
        }
        return stored
    }

    /// The slow twin: readings by register, in dictionaries.
    private func readings(_ stored: StoredRegisters) -> [Register: [RegisterReading]] {
        var found: [Register: [RegisterReading]] = [:]
        for place in stored.rows.indices {
            let row = stored.rows[place]
            guard Quality(packed: row.quality).hasValue,
                Self.wanted.contains(MeterNumber(rawValue: row.meter))
            else { continue }
            found[Register(meter: row.meter, channel: row.channel), default: []].append(
                stored.reading(place))
        }
        return found.mapValues { readings in
            readings.enumerated().sorted {
                ($0.element.instant, $0.offset) < ($1.element.instant, $1.offset)
            }.map(\.element)
        }
    }

    /// A step as it is found, and what the check of it says.
    private struct Found: Equatable {
        var register: Register
        var from: RegisterReading
        var to: RegisterReading
    }

    @Test func `a walk along two days finds what a look-up of each register does`() {
        var seeded = SeededGenerator(seed: 71)
        let dial = RegisterDial(digits: 2, multiplier: .one)
        var counts = [0, 0, 0]
        for _ in 0..<600 {
            let (before, now) = (rows(&seeded), rows(&seeded))
            let today = DayRegisters(now, of: Self.wanted)
            let earlier = DayRegisters(before, of: Self.wanted)
            let succession = RegisterSuccession(from: earlier, to: today)
            func register(_ row: RegisterRow) -> Register {
                Register(meter: row.meter, channel: row.channel)
            }
            let found = succession.doubtful.map { step in
                Found(
                    register: register(today.rows[step.place]), from: step.previous,
                    to: today.reading(step.place))
            }.filter { dial.finding(from: $0.from, to: $0.to) != nil }

            let (old, new) = (readings(before), readings(now))
            var expected: [Found] = []
            for (register, readings) in new.sorted(by: { $0.key < $1.key }) {
                var previous = old[register]?.last
                for reading in readings {
                    if let previous, dial.finding(from: previous, to: reading) != nil {
                        expected.append(Found(register: register, from: previous, to: reading))
                    }
                    previous = reading
                }
            }
            #expect(found == expected)
            let begun = succession.begun.map { register(today.rows[$0]) }
            #expect(begun == new.keys.filter { old[$0] == nil }.sorted())
            let silent = succession.silent.map { register(earlier.rows[$0]) }
            #expect(silent == old.keys.filter { new[$0] == nil }.sorted())
            for (register, readings) in old {
                let row = RegisterRow(
                    meter: register.meter, channel: register.channel, instant: 0, value: 0,
                    decimals: 0, unit: 0, quality: 0, version: 0)
                #expect(earlier.last(of: row) == readings.last)
            }
            counts = zip(counts, [found.count, begun.count, silent.count]).map(+)
        }
        for count in counts { #expect(count > 300) }
    }

    @Test func `what counted on in the same steps needs no closer look`() {
        let earlier = day([
            row(2, 100), row(3, 100), row(3, channel: 1, 100), row(5, 100), row(8, 100),
        ])
        let today = day([
            row(2, 100), row(3, 99), row(3, channel: 1, 1000, decimals: 1),
            row(5, 100_000, unit: .wattHours),
            row(8, 101),
        ])
        // Equal and more are passed; less, and other steps, are looked at.
        #expect(RegisterSuccession(from: earlier, to: today).doubtful.map(\.place) == [1, 2, 3])
        let primary = day(today.rows, primary: [0, 4])
        #expect(
            RegisterSuccession(from: earlier, to: primary).doubtful.map(\.place) == [0, 1, 2, 3, 4])
    }

    @Test func `only values of the meters asked for are taken`() {
        let found = day([row(1, 10), row(2, 20, quality: .missing), row(3, 30), row(9, 90)])
        #expect(found.rows.map(\.value) == [30])
        #expect(found.last(of: row(2, 0)) == nil)
        #expect(found.last(of: row(1, 0)) == nil)
        #expect(found.last(of: row(3, 0))?.value.value == 30)
    }
}
