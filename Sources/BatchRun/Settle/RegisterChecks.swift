// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterValidate
import Quantities
import Store

/// Compares the registers of each day that a change of input touched with what came last before, and
/// those of a day with each other: falls and rollovers, and meters that sent a freeze on both days before and none on this one.
///
/// A second pass, when all days are settled, so that what it finds does not depend on which day was
/// settled first. It may be run again: it replaces what it found before.
struct RegisterChecks {
    let store: TallyStore
    let network: Network
    let seq: Int
    /// Days on and after it are still being delivered: nothing is missing from them yet.
    let asOf: CivilDay

    func run() throws {
        var keys: Set<BlockKey> = []
        for key in try store.read({ try $0.keysSettled(bySeq: seq, kind: .register) }) {
            for days in 0...RegisterChecks.daysLookedBack {
                keys.formUnion(network.blocks(of: key, daysLater: days))
            }
            // Readings after a gap are compared over it.
            let later =
                (key.day + RegisterChecks.daysLookedBack
                    + 1)...(key.day + RegisterChecks.longestGap)
            for day in try store.read({ try $0.settledDays(like: key, within: later) }) {
                var other = key
                other.day = day
                keys.insert(other)
            }
        }
        for key in keys.sorted() { try check(key) }
    }

    /// How many days before a day its checks look at.
    private static let daysLookedBack: Int32 = 2

    /// Over how many days without a value a register is compared; bills compare over longer gaps.
    static let longestGap: Int32 = 31

    private func check(_ key: BlockKey) throws {
        let today = try readings(of: key, daysBefore: 0)
        let earlier = try readings(of: key, daysBefore: 1)
        let checks = BlockChecks(network: network, asOf: asOf)
        var found = try missing(key, today, earlier, checks)
        let older = try readingsBeforeGap(key, of: Set(today.keys).subtracting(earlier.keys))
        for (row, readings) in today.sorted(by: { $0.key < $1.key }) {
            var previous = (earlier[row] ?? older[row])?.last
            for reading in readings {
                if let previous, let finding = finding(row, from: previous, to: reading, checks) {
                    found.append(finding)
                }
                previous = reading
            }
        }
        try store.write {
            try $0.reconcileExceptions(block: "\(key) registers", found: found, seq: seq)
        }
    }

    /// What two readings of a register in a row tell; nil where it rose, or was set, or where the meter
    /// served under other terms before.
    private func finding(
        _ row: RowKey, from previous: RegisterReading, to reading: RegisterReading,
        _ checks: BlockChecks
    ) -> ExceptionRow? {
        let meter = MeterNumber(rawValue: row.meter)
        let channel = Channel(packed: row.channel)
        let (from, to) = (Instant(seconds: previous.instant), Instant(seconds: reading.instant))
        guard from < to, let span = network.span(of: meter, at: to + -1),
            let finding = RegisterDial(span.terms).finding(from: previous, to: reading),
            network.setup(around: span, of: .register).contains(from),
            !network.isReset(channel, of: meter, after: from, through: to)
        else { return nil }
        return checks.row(
            finding, meter: meter, channel: channel, offset: network.storageOffset(of: meter))
    }

    /// Meters that sent a freeze on both days before and none on this one, though still in service.
    ///
    /// Two days in a row tell a meter that is read daily from one that is read once a month.
    private func missing(
        _ key: BlockKey, _ today: [RowKey: [RegisterReading]],
        _ earlier: [RowKey: [RegisterReading]],
        _ checks: BlockChecks
    ) throws -> [ExceptionRow] {
        let day = CivilDay(number: key.day)
        guard day < asOf, !earlier.isEmpty else { return [] }
        let silent = earlier.keys.filter { today[$0] == nil }
        guard !silent.isEmpty else { return [] }
        let before = try readings(of: key, daysBefore: 2)
        var found: [UInt32: ExceptionRow] = [:]
        for row in silent.sorted() where before[row] != nil && found[row.meter] == nil {
            let meter = MeterNumber(rawValue: row.meter)
            let offset = network.storageOffset(of: meter)
            let end = Instant(day: day + 1, offset: offset)
            guard network.span(of: meter, at: end + -1) != nil else { continue }
            found[row.meter] = checks.row(
                ValidationFinding(.missingFreeze, from: end, to: end, count: 1), meter: meter,
                channel: Channel(packed: row.channel), offset: offset)
        }
        return found.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The latest values before a block's day, the day before apart, of registers that had none then.
    private func readingsBeforeGap(_ key: BlockKey, of rows: Set<RowKey>) throws
        -> [RowKey: [RegisterReading]]
    {
        guard !rows.isEmpty else { return [:] }
        let days = try store.read {
            try $0.settledDays(
                like: key, within: (key.day - RegisterChecks.longestGap)...(key.day - 2))
        }
        var found: [RowKey: [RegisterReading]] = [:]
        for day in days.reversed() where found.count < rows.count {
            for (row, readings) in try readings(of: key, daysBefore: key.day - day)
            where rows.contains(row) && found[row] == nil { found[row] = readings }
        }
        return found
    }

    /// The settled values of a block's meters, on its day or some days before, whoever had them then,
    /// by time.
    private func readings(of key: BlockKey, daysBefore days: Int32) throws
        -> [RowKey: [RegisterReading]]
    {
        let meters = Set(network.meters(of: key).map(\.rawValue))
        var found: [RowKey: [RegisterReading]] = [:]
        for block in network.blocks(of: key, daysLater: -days).sorted() {
            for part in try store.read({ try $0.settledParts(of: block) }) {
                for (row, reading) in try store.registers(of: part).readings
                where meters.contains(row.meter) { found[row, default: []].append(reading) }
            }
        }
        for (row, readings) in found where readings.count > 1 {
            found[row] = readings.sorted { $0.instant < $1.instant }
        }
        return found
    }
}

/// A register of a meter.
struct RowKey: Hashable, Comparable {
    var meter: UInt32
    var channel: UInt64

    static func < (left: RowKey, right: RowKey) -> Bool {
        (left.meter, left.channel) < (right.meter, right.channel)
    }
}

extension StoredRegisters {
    /// The rows that have a value, as readings by register.
    var readings: [(key: RowKey, reading: RegisterReading)] {
        origins.indices.compactMap { row in
            guard Quality(packed: rows.qualities[row]).hasValue else { return nil }
            return (
                RowKey(meter: rows.meters[row], channel: rows.channels[row]), reading(row)
            )
        }
    }

    /// A row as a reading.
    func reading(_ row: Int) -> RegisterReading {
        RegisterReading(
            instant: rows.instants[row],
            value: ScaledValue(rows.values[row], step: rows.step(row)),
            quality: Quality(packed: rows.qualities[row]),
            isPrimary: origins[row].flags.contains(.primary))
    }
}
