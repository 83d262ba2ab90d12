// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// The stored form of interval readings of one feeder, storage day and group of meters.
///
/// Content: the day, the number of strips, then the strips in order. A strip begins with a byte that
/// says what differs from the strip before it, and the meter's distance; only what differs follows.
/// So the usual strip, a whole day of one quality, costs two bytes besides its values. Values follow
/// as differences from slot to slot; a slot without a value takes no bytes. A strip may be marked as
/// clean, so that checks of a block in which few are not can pass over it.
struct StripChange: OptionSet {
    let rawValue: UInt8
    static let channel = StripChange(rawValue: 1)
    static let shape = StripChange(rawValue: 2)
    static let unit = StripChange(rawValue: 4)
    static let version = StripChange(rawValue: 8)
    static let origin = StripChange(rawValue: 16)
    static let quality = StripChange(rawValue: 32)
    /// Not a change: the strip was found clean.
    static let clean = StripChange(rawValue: 64)
}

let intervalKind: UInt8 = 1

/// What a strip inherits from the one before it where nothing is said.
struct StripHeader {
    var meter: UInt32 = 0
    var channel: UInt64 = 0
    var minutes: UInt16 = 0
    var firstSlot: UInt16 = 0
    var slotCount: UInt16 = 0
    var unit: UInt8 = 0
    var decimals: UInt8 = 0
    var version: Int64 = 0
    var origin = Origin(file: 0, delivery: 0, flags: [])
    /// The quality of all slots of the strip before, or nil where it had several.
    var quality: UInt32?
}

/// Encodes strips of one storage day in the order given.
///
/// - Parameters:
///   - strips: The readings; all of one day.
///   - order: The strips to encode, by meter.
///   - clean: Which of them a check found whole, believed, and alone of their channel; empty where
///     none is to be marked so. Shape: as `order`.
///   - origin: Where a strip came from.
public func encodeIntervals(
    _ strips: IntervalStrips, order: [Int], clean: [Bool] = [], origin: (Int) -> Origin
) -> [UInt8] {
    precondition(clean.isEmpty || clean.count == order.count, "each strip is clean or is not")
    let slots = order.reduce(0) { $0 + Int(strips.slotCounts[$1]) }
    var writer = BlockWriter(kind: intervalKind, capacity: slots * 5 / 4 + order.count * 8 + 2048)
    writer.write(signed: order.first.map { Int64(strips.days[$0]) } ?? 0)
    writer.write(UInt64(order.count))
    var last = StripHeader()
    for (place, strip) in order.enumerated() {
        precondition(strips.days[strip] == strips.days[order[0]], "a block is of one day")
        let isClean = !clean.isEmpty && clean[place]
        encode(strips, strip, origin(strip), isClean ? .clean : [], &last, &writer)
    }
    return writer.finish()
}

private func encode(
    _ strips: IntervalStrips, _ strip: Int, _ origin: Origin, _ mark: StripChange,
    _ last: inout StripHeader, _ writer: inout BlockWriter
) {
    precondition(strips.meters[strip] >= last.meter, "strips stand by meter")
    let slots = strips.offsets[strip]..<(strips.offsets[strip] + Int(strips.slotCounts[strip]))
    let quality = slots.isEmpty ? 0 : strips.qualities[slots.lowerBound]
    let isUniform = isUniform(strips.qualities.span.extracting(slots), quality)
    var change = mark
    if strips.channels[strip] != last.channel { change.insert(.channel) }
    if strips.slotMinutes[strip] != last.minutes || strips.firstSlots[strip] != last.firstSlot
        || strips.slotCounts[strip] != last.slotCount
    {
        change.insert(.shape)
    }
    if strips.units[strip] != last.unit || strips.decimals[strip] != last.decimals {
        change.insert(.unit)
    }
    if strips.versions[strip] != last.version { change.insert(.version) }
    if origin != last.origin { change.insert(.origin) }
    if !isUniform || quality != last.quality { change.insert(.quality) }

    writer.write(UInt64(change.rawValue))
    writer.write(UInt64(strips.meters[strip] - last.meter))
    if change.contains(.channel) { writer.write(strips.channels[strip]) }
    if change.contains(.shape) {
        writer.write(UInt64(strips.slotMinutes[strip]))
        writer.write(UInt64(strips.firstSlots[strip]))
        writer.write(UInt64(strips.slotCounts[strip]))
    }
    if change.contains(.unit) {
        writer.write(UInt64(strips.units[strip]))
        writer.write(UInt64(strips.decimals[strip]))
    }
    if change.contains(.version) { writer.write(signed: strips.versions[strip]) }
    if change.contains(.origin) {
        writer.write(UInt64(origin.file))
        writer.write(UInt64(origin.delivery))
        writer.write(UInt64(origin.flags.rawValue))
    }
    if change.contains(.quality) { writeQualities(strips, slots, &writer) }

    last = StripHeader(
        meter: strips.meters[strip], channel: strips.channels[strip],
        minutes: strips.slotMinutes[strip], firstSlot: strips.firstSlots[strip],
        slotCount: strips.slotCounts[strip], unit: strips.units[strip],
        decimals: strips.decimals[strip], version: strips.versions[strip], origin: origin,
        quality: isUniform ? quality : nil)
    if isUniform {
        guard Quality(packed: quality).hasValue else { return }
        writer.write(differencesOf: strips.values.span.extracting(slots))
    } else {
        let delivered = slots.filter { Quality(packed: strips.qualities[$0]).hasValue }
            .map { strips.values[$0] }
        writer.write(differencesOf: delivered.span)
    }
}

/// True where all qualities are the same.
private func isUniform(_ qualities: Span<UInt32>, _ quality: UInt32) -> Bool {
    var difference: UInt32 = 0
    for slot in qualities.indices { difference |= qualities[slot] ^ quality }
    return difference == 0
}

/// Runs of equal qualities: each its length and the quality; they fill the strip.
private func writeQualities(
    _ strips: IntervalStrips, _ slots: Range<Int>, _ writer: inout BlockWriter
) {
    var start = slots.lowerBound
    while start < slots.upperBound {
        let end = strips.endOfRun(from: start, before: slots.upperBound)
        writer.write(UInt64(end - start))
        writer.write(UInt64(strips.qualities[start]))
        start = end
    }
}

/// Which strips of a block are read.
public enum StripChoice: Sendable {
    /// All of them.
    case all
    /// Those that are not marked as clean.
    case doubtful
}

/// Appends the readings of a block.
///
/// - Parameter choice: The strips to read; the values of others are passed over.
/// - Throws: Where the bytes are not what `encodeIntervals` wrote; `readings` then holds a part.
public func decodeIntervals(
    _ bytes: [UInt8], _ choice: StripChoice = .all, into readings: inout StoredIntervals
) throws(BlockError) {
    var reader = try BlockReader(bytes, kind: intervalKind)
    let (day, count) = try reader.intervalHead()
    var last = StripHeader()
    for _ in 0..<count {
        let change = try last.read(&reader)
        if choice == .doubtful, change.contains(.clean) {
            try last.skipReadings(&reader, changed: change.contains(.quality))
            continue
        }
        let start = readings.strips.values.count
        let slots = start..<(start + Int(last.slotCount))
        let changes = change.contains(.quality)
        guard let quality = changes ? 0 : last.quality else { throw .outOfRange }
        _ = readings.strips.appendStrip(
            meter: last.meter, channel: last.channel, day: day, slotMinutes: last.minutes,
            firstSlot: last.firstSlot, slotCount: last.slotCount, unit: last.unit,
            decimals: last.decimals, version: last.version, quality: quality)
        readings.origins.append(last.origin)
        if changes {
            last.quality = try readQualities(&reader, into: &readings.strips.qualities, slots)
        }
        try readValues(
            &reader, into: &readings.strips.values, slots, readings.strips.qualities,
            uniform: last.quality)
    }
    try reader.finish()
}

/// The meters of a block's strips, in their order; readings are passed over.
///
/// - Throws: Where the bytes are not what `encodeIntervals` wrote.
public func metersOfIntervals(_ bytes: [UInt8]) throws(BlockError) -> [UInt32] {
    var reader = try BlockReader(bytes, kind: intervalKind)
    var meters: [UInt32] = []
    var last = StripHeader()
    for _ in 0..<(try reader.intervalHead().count) {
        let change = try last.read(&reader)
        meters.append(last.meter)
        try last.skipReadings(&reader, changed: change.contains(.quality))
    }
    try reader.finish()
    return meters
}

extension BlockReader {
    /// The day, and how many strips follow.
    mutating func intervalHead() throws(BlockError) -> (day: Int32, count: Int) {
        guard let day = Int32(exactly: try signed()) else { throw .outOfRange }
        return (day, try number(below: remaining + 1))
    }

    /// How many slots have a quality, and which.
    fileprivate mutating func qualityRun(
        atMost slots: Int
    ) throws(BlockError) -> (length: Int, quality: UInt32) {
        let length = try number(below: slots + 1)
        guard length > 0 else { throw .outOfRange }
        return (length, try small(UInt32.self))
    }
}

extension StripHeader {
    /// Reads what differs from the strip before, but for the qualities.
    mutating func read(_ reader: inout BlockReader) throws(BlockError) -> StripChange {
        let change = StripChange(rawValue: UInt8(try reader.number(below: 128)))
        let (next, over) = meter.addingReportingOverflow(try reader.small(UInt32.self))
        guard !over else { throw .outOfRange }
        meter = next
        if change.contains(.channel) { channel = try reader.number() }
        if change.contains(.shape) {
            minutes = try reader.small(UInt16.self)
            firstSlot = try reader.small(UInt16.self)
            slotCount = try reader.small(UInt16.self)
        }
        // A strip stays within its day: so its size is bounded whatever the bytes say.
        guard minutes > 0, 1440 % minutes == 0,
            Int(firstSlot) + Int(slotCount) <= 1440 / Int(minutes)
        else { throw .outOfRange }
        if change.contains(.unit) {
            unit = try reader.small(UInt8.self)
            decimals = try reader.small(UInt8.self)
        }
        if change.contains(.version) { version = try reader.signed() }
        if change.contains(.origin) {
            origin = Origin(
                file: try reader.small(UInt32.self), delivery: try reader.small(UInt32.self),
                flags: Origin.Flags(rawValue: try reader.small(UInt8.self)))
        }
        return change
    }

    /// Passes over a strip's qualities and values.
    fileprivate mutating func skipReadings(
        _ reader: inout BlockReader, changed: Bool
    ) throws(BlockError) {
        if changed {
            var (left, runs, numbers) = (Int(slotCount), 0, 0)
            while left > 0 {
                let (length, quality) = try reader.qualityRun(atMost: left)
                if Quality(packed: quality).hasValue { numbers += length }
                (left, runs) = (left - length, runs + 1)
                self.quality = quality
            }
            if runs != 1 { quality = slotCount == 0 ? 0 : nil }
            return try reader.skip(numbers: numbers)
        }
        guard let quality else { throw .outOfRange }
        if Quality(packed: quality).hasValue { try reader.skip(numbers: Int(slotCount)) }
    }
}

/// Reads the qualities of a strip, and gives that of all its slots; nil where they differ.
///
/// - Parameters:
///   - qualities: `Quality.packed` per slot. Shape: `[slot]`.
///   - slots: Those of the strip.
func readQualities(
    _ reader: inout BlockReader, into qualities: inout [UInt32], _ slots: Range<Int>
) throws(BlockError) -> UInt32? {
    var (slot, runs) = (slots.lowerBound, 0)
    var uniform: UInt32 = 0
    while slot < slots.upperBound {
        let (length, quality) = try reader.qualityRun(atMost: slots.upperBound - slot)
        var column = qualities.mutableSpan
        for place in slot..<slot + length { column[place] = quality }
        (slot, runs) = (slot + length, runs + 1)
        uniform = quality
    }
    return runs > 1 ? nil : uniform
}

/// Reads the values of a strip; those of slots without one are left as they are.
///
/// - Parameters:
///   - values: The delivered integers. Shape: `[slot]`.
///   - slots: Those of the strip.
///   - qualities: `Quality.packed` per slot; not looked at where all are the same. Shape: `[slot]`.
///   - uniform: The quality of all the slots; nil where they differ.
func readValues(
    _ reader: inout BlockReader, into values: inout [Int64], _ slots: Range<Int>,
    _ qualities: [UInt32], uniform: UInt32?
) throws(BlockError) {
    var value: Int64 = 0
    if let uniform {
        guard Quality(packed: uniform).hasValue else { return }
        var column = values.mutableSpan
        return try reader.readDifferences(into: &column, slots, after: &value)
    }
    var start = slots.lowerBound
    while start < slots.upperBound {
        var end = start + 1
        while end < slots.upperBound, qualities[end] == qualities[start] { end += 1 }
        if Quality(packed: qualities[start]).hasValue {
            var column = values.mutableSpan
            try reader.readDifferences(into: &column, start..<end, after: &value)
        }
        start = end
    }
}
