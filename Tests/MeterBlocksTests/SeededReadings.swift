// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel

/// Random numbers that repeat (SplitMix64), so that a failing case can be run again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True once in `count` times on average.
    mutating func once(in count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
}

/// Readings with everything that can occur in a block, rare things often.
struct SeededReadings {
    var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    private static let channels = [
        Channel(.activeImport, .interval), Channel(.activeExport, .interval),
        Channel(.reactiveImport, .register), Channel(packed: .max),
    ]
    private static let qualities: [Quality] = [.actual, .actual, .estimated, .missing, .none]
    private static let versions: [Int64] = [0, 1_767_225_600, .min, .max]

    /// A value: mostly small, at times at the bounds of what fits.
    private mutating func value() -> Int64 {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: Int64.random(in: .min ... .max, using: &generator)
        case 1: generator.once(in: 2) ? .min : .max
        default: Int64.random(in: -50...500, using: &generator)
        }
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &generator)]
    }

    private mutating func origin() -> Origin {
        Origin(
            file: UInt32.random(in: 0...3, using: &generator), delivery: pick([0, 1, .max]),
            flags: pick([[], [], .suspect, .primary, [.suspect, .primary]]))
    }

    /// Up to `most` strips of one day, by meter.
    mutating func intervals(most: Int = 20) -> StoredIntervals {
        var readings = StoredIntervals()
        let day = Int32.random(in: -1000...30_000, using: &generator)
        var meter: UInt32 = 0
        for _ in 0..<Int.random(in: 0...most, using: &generator) {
            meter += pick([0, 1, 1, 900])
            let minutes = pick([1, 5, 15, 15, 30, 60, 1440] as [UInt16])
            let slots = 1440 / minutes
            let first = generator.once(in: 2) ? 0 : UInt16.random(in: 0...slots, using: &generator)
            let count = UInt16.random(in: 0...(slots - first), using: &generator)
            let strip = readings.strips.appendStrip(
                meter: meter, channel: pick(SeededReadings.channels).packed, day: day,
                slotMinutes: minutes, firstSlot: first, slotCount: count,
                unit: UInt8.random(in: 0...5, using: &generator),
                decimals: UInt8.random(in: 0...6, using: &generator),
                version: pick(SeededReadings.versions))
            readings.origins.append(origin())
            var quality = pick(SeededReadings.qualities)
            for slot in readings.strips.offsets[strip]..<readings.strips.values.count {
                if generator.once(in: 12) { quality = pick(SeededReadings.qualities) }
                readings.strips.qualities[slot] = quality.packed
                readings.strips.values[slot] = quality.hasValue ? value() : 0
            }
        }
        return readings
    }

    /// Up to fifty rows, by meter.
    mutating func registers() -> StoredRegisters {
        var readings = StoredRegisters()
        var meter: UInt32 = 0
        for _ in 0..<Int.random(in: 0...50, using: &generator) {
            meter += pick([0, 0, 1, 70_000])
            readings.rows.append(
                RegisterRow(
                    meter: meter, channel: pick(SeededReadings.channels).packed, instant: value(),
                    value: value(), decimals: UInt8.random(in: 0...4, using: &generator),
                    unit: UInt8.random(in: 0...5, using: &generator),
                    quality: pick(SeededReadings.qualities).packed,
                    version: pick(SeededReadings.versions)))
            readings.origins.append(origin())
        }
        return readings
    }

    /// Bytes with some changes after the kind, and a checksum that fits.
    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &generator) where bytes.count > 8 {
            let position = Int.random(in: 4..<(bytes.count - 4), using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes[position] = UInt8.random(in: 0...255, using: &generator)
            case 2: bytes.remove(at: position)
            default: bytes.insert(pick([0, 1, 0x7F, 0x80, 0xFF]), at: position)
            }
        }
        return resealed(bytes)
    }
}

extension StoredIntervals {
    /// The bytes of all strips in their order.
    var encoded: [UInt8] {
        encodeIntervals(strips, order: Array(0..<strips.count)) { origins[$0] }
    }
}

extension StoredRegisters {
    /// The bytes of all rows in their order.
    var encoded: [UInt8] {
        encodeRegisters(rows.span) { origins[$0] }
    }
}

/// A block's bytes with their last four made the checksum of the others.
func resealed(_ bytes: [UInt8]) -> [UInt8] {
    let content = bytes.dropLast(4)
    let sum = slowChecksum(Array(content))
    return content + (0..<4).map { UInt8(truncatingIfNeeded: sum >> UInt32(8 * $0)) }
}

/// FNV-1 over every sixteenth byte in each of sixteen sums, then over the sums and the rest.
func slowChecksum(_ bytes: [UInt8]) -> UInt32 {
    func step(_ sum: UInt32, _ next: UInt32) -> UInt32 { (sum &* 16_777_619) ^ next }
    let whole = bytes.count / 16 * 16
    let lanes = (0..<16).map { lane in
        stride(from: lane, to: whole, by: 16).reduce(2_166_136_261 as UInt32) {
            step($0, UInt32(bytes[$1]))
        }
    }
    let folded = lanes.reduce(UInt32(truncatingIfNeeded: bytes.count), step)
    return bytes[whole...].reduce(folded) { step($0, UInt32($1)) }
}
