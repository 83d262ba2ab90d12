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
        writer.column(meterSpans, \.from)
        writer.column(meterSpans, \.to)
        writer.column(meterSpans) { Int64($0.meter) }
        writer.column(meterSpans) { Int64($0.servicePoint) }
        writer.column(meterSpans) { Int64($0.feeder) }
        writer.column(meterSpans) { Int64($0.terminal) }
        writer.column(meterSpans) { Int64($0.terms) }
    }

    /// Reads what `writeMeters` wrote, and groups it.
    mutating func readMeters(_ reader: inout ImageReader) throws(NetworkImageError) {
        for _ in 0..<(try reader.count()) { meterTerms.append(try terms(&reader)) }
        let count = try reader.count()
        let from: [Int64] = try reader.column(count, .min ... .max)
        let to: [Int64] = try reader.column(count, .min ... .max)
        let meters = try reader.column(count, below: meterIDs.count)
        let servicePoints = try reader.column(count, below: servicePointIDs.count)
        let feeders = try reader.column(count, below: feederIDs.count)
        let terminals = try reader.column(count, below: terminalIDs.count + 1)
        let terms = try reader.column(count, below: meterTerms.count)
        meterSpans.reserveCapacity(count)
        for index in 0..<count {
            // They stand by meter.
            guard from[index] < to[index], index == 0 || meters[index - 1] <= meters[index] else {
                throw reader.damage
            }
            meterSpans.append(
                StoredMeterSpan(
                    from: from[index], to: to[index], meter: meters[index],
                    servicePoint: servicePoints[index], feeder: feeders[index],
                    terminal: terminals[index], terms: terms[index]))
        }
        groupMeterSpans()
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

    /// Groups the spans of meters by what they are asked for.
    mutating func groupMeterSpans() {
        spansByMeter = GroupedIndexes(keys: meterSpans.map(\.meter), count: meterIDs.count)
        spansByServicePoint = GroupedIndexes(
            keys: meterSpans.map(\.servicePoint), count: servicePointIDs.count)
        spansByFeeder = GroupedIndexes(keys: meterSpans.map(\.feeder), count: feederIDs.count)
    }
}
