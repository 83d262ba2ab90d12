// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterValidate
import Quantities
import Store

/// Compares the registers of each day that a change of input touched with the day before: falls and
/// rollovers, and meters that sent a freeze on both days before and none on this one.
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
        let touched = try store.read { try $0.keysSettled(bySeq: seq, kind: .register) }
        var days = Set(touched)
        for key in touched {
            var next = key
            next.day += 1
            days.insert(next)
        }
        for key in days.sorted() { try check(key) }
    }

    private func check(_ key: BlockKey) throws {
        let today = try readings(of: key, daysBefore: 0)
        let earlier = try readings(of: key, daysBefore: 1)
        let checks = BlockChecks(network: network, asOf: asOf)
        var found = try missing(key, today, earlier, checks)
        for (row, reading) in today.sorted(by: { $0.key < $1.key }) {
            guard let previous = earlier[row], previous.instant < reading.instant else { continue }
            let meter = MeterNumber(rawValue: row.meter)
            guard let span = network.span(of: meter, at: Instant(seconds: reading.instant - 1)),
                span.span.contains(Instant(seconds: previous.instant)),
                !isReset(row, after: previous.instant, through: reading.instant)
            else { continue }
            let dial = RegisterDial(
                digits: span.terms.digits ?? 0, multiplier: span.terms.multiplier,
                capacityKilowatts: span.terms.capacityKilowatts)
            if let finding = dial.finding(from: previous, to: reading) {
                found.append(
                    checks.row(
                        finding, meter: meter, channel: Channel(packed: row.channel),
                        offset: network.storageOffset(of: meter)))
            }
        }
        try store.write {
            try $0.reconcileExceptions(block: "\(key) registers", found: found, seq: seq)
        }
    }

    /// True where somebody set the register on site: it fell for a reason.
    private func isReset(_ row: RowKey, after first: Int64, through last: Int64) -> Bool {
        network.registerReads(of: MeterNumber(rawValue: row.meter)).contains { read in
            read.kind == .reset && read.channel.packed == row.channel
                && first < read.at.seconds && read.at.seconds <= last
        }
    }

    /// Meters that sent a freeze on both days before and none on this one, though still in service.
    ///
    /// Two days in a row tell a meter that is read daily from one that is read once a month.
    private func missing(
        _ key: BlockKey, _ today: [RowKey: RegisterReading], _ earlier: [RowKey: RegisterReading],
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
            guard let span = network.span(of: meter, at: Instant(seconds: end.seconds - 1)),
                Int(span.feeder.rawValue) == key.feeder
            else { continue }
            found[row.meter] = checks.row(
                ValidationFinding(.missingFreeze, from: end, to: end, count: 1), meter: meter,
                channel: Channel(packed: row.channel), offset: offset)
        }
        return found.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The settled values of a block, or of the same meters' block some days earlier.
    private func readings(of key: BlockKey, daysBefore: Int32) throws -> [RowKey: RegisterReading] {
        var key = key
        key.day -= daysBefore
        var found: [RowKey: RegisterReading] = [:]
        for part in try store.read({ try $0.settledParts(of: key) }) {
            for (row, reading) in try store.registers(of: part).readings { found[row] = reading }
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
            let quality = Quality(packed: rows.qualities[row])
            guard quality.hasValue else { return nil }
            return (
                RowKey(meter: rows.meters[row], channel: rows.channels[row]),
                RegisterReading(
                    instant: rows.instants[row],
                    value: ScaledValue(rows.values[row], exponent: rows.exponent(row)),
                    quality: quality)
            )
        }
    }
}
