// SPDX-License-Identifier: Apache-2.0

import Quantities

extension Network {
    /// Writes the terms of meters, and their spans.
    func writeMeters(to writer: inout ImageWriter) {
        writer.number(meterTerms.count)
        for terms in meterTerms {
            writer.exact(terms.multiplier)
            writer.number(terms.digits ?? 0)
            writer.number(terms.intervalMinutes ?? 0)
            writer.choice(terms.basis)
            writer.choice(terms.use)
            writer.choice(terms.role)
            writer.optional(terms.capacityKilowatts)
            writer.number(terms.zone)
        }
        writer.number(meterSpans.count)
        writer.periods(meterSpans.periods)
        writer.column(meterSpans.meters)
        writer.column(meterSpans.servicePoints)
        writer.column(meterSpans.feeders)
        writer.column(meterSpans.terminals)
        writer.column(meterSpans.terms)
    }

    /// Reads what `writeMeters` wrote, and groups it.
    mutating func readMeters(_ reader: inout ImageReader) throws(NetworkImageError) {
        for _ in 0..<(try reader.count()) { meterTerms.append(try terms(&reader)) }
        let count = try reader.count()
        meterSpans.periods = try reader.periods(count)
        let meters = try reader.numbers(count, below: meterIDs.count)
        // They stand by meter.
        guard meters.isAscending else { throw reader.damage }
        meterSpans.meters = meters
        spansByMeter = GroupedIndexes(keys: meters, count: meterIDs.count)
        meterSpans.servicePoints = try reader.numbers(count, below: servicePointIDs.count)
        spansByServicePoint = GroupedIndexes(
            keys: meterSpans.servicePoints, count: servicePointIDs.count)
        meterSpans.feeders = try reader.numbers(count, below: feederIDs.count)
        spansByFeeder = GroupedIndexes(keys: meterSpans.feeders, count: feederIDs.count)
        meterSpans.terminals = try reader.numbers(count, below: terminalIDs.count + 1)
        meterSpans.terms = try reader.numbers(count, below: meterTerms.count)
    }

    private func terms(_ reader: inout ImageReader) throws(NetworkImageError) -> MeterTerms {
        let multiplier = try reader.exact()
        let digits = Int(try reader.number(0...18))
        let minutes = Int(try reader.number(0...1440))
        guard minutes == 0 || 1440 % minutes == 0 else { throw reader.damage }
        return MeterTerms(
            multiplier: multiplier, digits: digits == 0 ? nil : digits,
            intervalMinutes: minutes == 0 ? nil : minutes,
            basis: try reader.choice(BillingBasis.self), use: try reader.choice(MeterUse.self),
            role: try reader.choice(ServicePointRole.self),
            capacityKilowatts: try reader.optional(),
            zone: Int(try reader.number(ImageReader.indexes(below: zones.count))))
    }
}
