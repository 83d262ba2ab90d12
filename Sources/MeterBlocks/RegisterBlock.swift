// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// The stored form of register readings of one feeder, storage day and group of meters.
///
/// Content: the number of rows, then the rows in order. A row begins with a byte that says what
/// differs from the row before it; the value is the difference from the last value of the meter, so
/// that the registers of one meter, which are of one size, stay short.
private struct Change: OptionSet {
    let rawValue: UInt8
    static let meter = Change(rawValue: 1)
    static let instant = Change(rawValue: 2)
    static let unit = Change(rawValue: 4)
    static let version = Change(rawValue: 8)
    static let origin = Change(rawValue: 16)
    static let quality = Change(rawValue: 32)
}

private let registerKind: UInt8 = 2

/// What the first row of a block differs from.
private let nothing = (
    row: RegisterRow(
        meter: 0, channel: 0, instant: 0, value: 0, decimals: 0, unit: 0, quality: 0, version: 0),
    origin: Origin(file: 0, delivery: 0, flags: [])
)

/// Encodes rows in their order.
///
/// - Parameters:
///   - rows: The readings, by meter.
///   - origin: Where a row came from.
public func encodeRegisters(_ rows: Span<RegisterRow>, origin: (Int) -> Origin) -> [UInt8] {
    var writer = BlockWriter(kind: registerKind, capacity: rows.count * 10)
    writer.write(UInt64(rows.count))
    var last = nothing
    for index in rows.indices {
        let row = rows[index]
        precondition(row.meter >= last.row.meter, "rows stand by meter")
        let origin = origin(index)
        var change: Change = []
        if row.meter != last.row.meter { change.insert(.meter) }
        if row.instant != last.row.instant { change.insert(.instant) }
        if row.unit != last.row.unit || row.decimals != last.row.decimals { change.insert(.unit) }
        if row.version != last.row.version { change.insert(.version) }
        if origin != last.origin { change.insert(.origin) }
        if row.quality != last.row.quality { change.insert(.quality) }
        let step = row.value &- last.row.value
        if change.isEmpty {
            // Mostly the next register of the meter.
            writer.write(0, row.channel, signed: step)
            last.row = row
            continue
        }
        writer.write(UInt64(change.rawValue))
        if change.contains(.meter) { writer.write(UInt64(row.meter - last.row.meter)) }
        writer.write(row.channel)
        if change.contains(.instant) { writer.write(signed: row.instant &- last.row.instant) }
        if change.contains(.unit) {
            writer.write(UInt64(row.unit))
            writer.write(UInt64(row.decimals))
        }
        if change.contains(.version) { writer.write(signed: row.version) }
        if change.contains(.origin) {
            writer.write(UInt64(origin.file))
            writer.write(UInt64(origin.delivery))
            writer.write(UInt64(origin.flags.rawValue))
        }
        if change.contains(.quality) { writer.write(UInt64(row.quality)) }
        writer.write(signed: step)
        last = (row, origin)
    }
    return writer.finish()
}

/// Appends the readings of a block.
///
/// - Throws: Where the bytes are not what `encodeRegisters` wrote; `readings` then holds a part.
public func decodeRegisters(
    _ bytes: [UInt8], into readings: inout StoredRegisters
) throws(BlockError) {
    var reader = try BlockReader(bytes, kind: registerKind)
    let count = try reader.number(below: reader.remaining + 1)
    if readings.rows.isEmpty {
        readings.rows.reserveCapacity(count)
        readings.origins.reserveCapacity(count)
    }
    var (row, origin) = nothing
    for _ in 0..<count {
        try readHead(&row, &origin, &reader)
        row.value &+= try reader.signed()
        readings.rows.append(row)
        readings.origins.append(origin)
    }
    try reader.finish()
}

/// Reads what comes before a row's value.
@inline(__always)
private func readHead(
    _ row: inout RegisterRow, _ origin: inout Origin, _ reader: inout BlockReader
) throws(BlockError) {
    let change = Change(rawValue: UInt8(try reader.number(below: 64)))
    if change.contains(.meter) {
        let (meter, over) = row.meter.addingReportingOverflow(try reader.small(UInt32.self))
        guard !over else { throw .outOfRange }
        row.meter = meter
    }
    row.channel = try reader.number()
    // Mostly it is the next register of the meter, or the first of the next one.
    if change.rawValue <= Change.meter.rawValue { return }
    if change.contains(.instant) { row.instant &+= try reader.signed() }
    if change.contains(.unit) {
        row.unit = try reader.small(UInt8.self)
        row.decimals = try reader.small(UInt8.self)
    }
    if change.contains(.version) { row.version = try reader.signed() }
    if change.contains(.origin) {
        origin = Origin(
            file: try reader.small(UInt32.self), delivery: try reader.small(UInt32.self),
            flags: Origin.Flags(rawValue: try reader.small(UInt8.self)))
    }
    if change.contains(.quality) { row.quality = try reader.small(UInt32.self) }
}
