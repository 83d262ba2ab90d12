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

private struct RowHeader {
    var meter: UInt32 = 0
    var instant: Int64 = 0
    var unit: UInt8 = 0
    var decimals: UInt8 = 0
    var version: Int64 = 0
    var origin = Origin(file: 0, delivery: 0, flags: [])
    var quality: UInt32 = 0
    var value: Int64 = 0
}

/// Encodes rows in the order given.
///
/// - Parameters:
///   - rows: The readings.
///   - order: The rows to encode, by meter.
///   - origin: Where a row came from.
public func encodeRegisters(
    _ rows: RegisterReadings, order: [Int], origin: (Int) -> Origin
) -> [UInt8] {
    var writer = BlockWriter(kind: registerKind, capacity: order.count * 8)
    writer.write(UInt64(order.count))
    var last = RowHeader()
    for row in order {
        precondition(rows.meters[row] >= last.meter, "rows stand by meter")
        let origin = origin(row)
        var change: Change = []
        if rows.meters[row] != last.meter { change.insert(.meter) }
        if rows.instants[row] != last.instant { change.insert(.instant) }
        if rows.units[row] != last.unit || rows.decimals[row] != last.decimals {
            change.insert(.unit)
        }
        if rows.versions[row] != last.version { change.insert(.version) }
        if origin != last.origin { change.insert(.origin) }
        if rows.qualities[row] != last.quality { change.insert(.quality) }
        writer.write(UInt64(change.rawValue))
        if change.contains(.meter) { writer.write(UInt64(rows.meters[row] - last.meter)) }
        writer.write(rows.channels[row])
        if change.contains(.instant) { writer.write(signed: rows.instants[row] &- last.instant) }
        if change.contains(.unit) {
            writer.write(UInt64(rows.units[row]))
            writer.write(UInt64(rows.decimals[row]))
        }
        if change.contains(.version) { writer.write(signed: rows.versions[row]) }
        if change.contains(.origin) {
            writer.write(UInt64(origin.file))
            writer.write(UInt64(origin.delivery))
            writer.write(UInt64(origin.flags.rawValue))
        }
        if change.contains(.quality) { writer.write(UInt64(rows.qualities[row])) }
        writer.write(signed: rows.values[row] &- last.value)
        last = RowHeader(
            meter: rows.meters[row], instant: rows.instants[row], unit: rows.units[row],
            decimals: rows.decimals[row], version: rows.versions[row], origin: origin,
            quality: rows.qualities[row], value: rows.values[row])
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
    var last = RowHeader()
    for _ in 0..<count {
        let change = Change(rawValue: UInt8(try reader.number(below: 64)))
        if change.contains(.meter) {
            let (meter, over) = last.meter.addingReportingOverflow(try reader.small(UInt32.self))
            guard !over else { throw .outOfRange }
            last.meter = meter
        }
        let channel = try reader.number()
        if change.contains(.instant) { last.instant &+= try reader.signed() }
        if change.contains(.unit) {
            last.unit = try reader.small(UInt8.self)
            last.decimals = try reader.small(UInt8.self)
        }
        if change.contains(.version) { last.version = try reader.signed() }
        if change.contains(.origin) {
            last.origin = Origin(
                file: try reader.small(UInt32.self), delivery: try reader.small(UInt32.self),
                flags: Origin.Flags(rawValue: try reader.small(UInt8.self)))
        }
        if change.contains(.quality) { last.quality = try reader.small(UInt32.self) }
        last.value &+= try reader.signed()
        readings.rows.append(
            meter: last.meter, channel: channel, instant: last.instant, value: last.value,
            decimals: last.decimals, unit: last.unit, quality: last.quality, version: last.version)
        readings.origins.append(last.origin)
    }
    try reader.finish()
}
