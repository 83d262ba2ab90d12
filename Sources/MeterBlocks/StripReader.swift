// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// The strips of a block one after the other, of which one at a time is held: for sums, which need no
/// columns of all.
public struct StripReader {
    private var reader: BlockReader
    private var header = StripHeader()
    /// How many strips follow.
    private var left: Int
    /// The storage day of all strips, as `CivilDay.number`.
    public let day: Int32
    /// The delivered integers of the strip's slots, and what was there before behind them.
    public private(set) var values: [Int64] = []
    /// The qualities of the strip's slots where they differ, as `Quality.packed`; as long as `values`.
    public private(set) var qualities: [UInt32] = []

    /// Stands before the first strip of a block.
    ///
    /// - Throws: Where the bytes are not what `encodeIntervals` wrote.
    public init(_ bytes: [UInt8]) throws(BlockError) {
        reader = try BlockReader(bytes, kind: intervalKind)
        (day, left) = try reader.intervalHead()
    }

    /// The meter, as `MeterNumber.rawValue`.
    public var meter: UInt32 { header.meter }
    /// The channel, as `Channel.packed`.
    public var channel: UInt64 { header.channel }
    /// Length of a slot in minutes.
    public var slotMinutes: UInt16 { header.minutes }
    /// The first slot of the strip, within its day.
    public var firstSlot: Int { Int(header.firstSlot) }
    /// How many slots the strip covers.
    public var slotCount: Int { Int(header.slotCount) }
    /// The step of the values.
    public var step: ValueStep { ValueStep(unit: header.unit, decimals: header.decimals) }
    /// What is marked of the strip.
    public var flags: Origin.Flags { header.origin.flags }
    /// The quality of all slots, as `Quality.packed`; nil where they differ.
    public var quality: UInt32? { header.quality }

    /// Reads the next strip; false where there is none.
    ///
    /// - Throws: Where the bytes are not what `encodeIntervals` wrote.
    public mutating func next() throws(BlockError) -> Bool {
        guard left > 0 else {
            try reader.finish()
            return false
        }
        left -= 1
        let changes = try header.read(&reader).contains(.quality)
        guard changes || header.quality != nil else { throw .outOfRange }
        let slots = 0..<slotCount
        if values.count < slots.count {
            values = [Int64](repeating: 0, count: slots.count)
            qualities = [UInt32](repeating: 0, count: slots.count)
        }
        if changes {
            header.quality = try readQualities(&reader, into: &qualities, slots)
        }
        let hasAll = header.quality.map { Quality(packed: $0).hasValue } ?? false
        if !hasAll {
            for slot in slots { values[slot] = 0 }
        }
        try readValues(&reader, into: &values, slots, qualities, uniform: header.quality)
        return true
    }

    /// Appends the strip to others.
    public func append(to readings: inout StoredIntervals) {
        let strip = readings.strips.appendStrip(
            meter: meter, channel: channel, day: day, slotMinutes: slotMinutes,
            firstSlot: header.firstSlot, slotCount: header.slotCount, unit: header.unit,
            decimals: header.decimals, version: header.version, quality: quality ?? 0)
        readings.origins.append(header.origin)
        let start = readings.strips.offsets[strip]
        var column = readings.strips.values.mutableSpan
        for slot in 0..<slotCount { column[start + slot] = values[slot] }
        if quality != nil { return }
        var marks = readings.strips.qualities.mutableSpan
        for slot in 0..<slotCount { marks[start + slot] = qualities[slot] }
    }
}
