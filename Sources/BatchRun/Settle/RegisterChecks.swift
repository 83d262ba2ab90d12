// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterValidate
import Quantities
import Store

/// Compares the registers of each day that a change of input touched with the day before.
///
/// A second pass, when all days are settled, so that what it finds does not depend on which day was
/// settled first. It may be run again: it replaces what it found before.
struct RegisterChecks {
    let store: TallyStore
    let network: Network
    let seq: Int

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
        var before = key
        before.day -= 1
        let (parts, earlierParts) = try store.read {
            (try $0.settledParts(of: key), try $0.settledParts(of: before))
        }
        guard !parts.isEmpty else { return }
        var earlier: [RowKey: RegisterReading] = [:]
        for part in earlierParts {
            for (key, reading) in try store.registers(of: part).readings { earlier[key] = reading }
        }
        let checks = BlockChecks(network: network, asOf: CivilDay(number: key.day))
        var found: [ExceptionRow] = []
        for part in parts {
            for (row, reading) in try store.registers(of: part).readings {
                guard let previous = earlier[row], previous.instant < reading.instant else {
                    continue
                }
                let meter = MeterNumber(rawValue: row.meter)
                guard let span = network.span(of: meter, at: Instant(seconds: reading.instant - 1)),
                    span.span.contains(Instant(seconds: previous.instant))
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
        }
        try store.write {
            try $0.reconcileExceptions(block: "\(key) registers", found: found, seq: seq)
        }
    }
}

/// A register of a meter.
struct RowKey: Hashable {
    var meter: UInt32
    var channel: UInt64
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
