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
        var spans = [StoredMeterSpan](
            repeating: StoredMeterSpan(
                from: 0, to: 0, meter: 0, servicePoint: 0, feeder: 0, terminal: 0, terms: 0),
            count: count)
        try reader.column(count, .min ... .max) { spans[$0].from = $1 }
        try reader.column(count, .min ... .max) { spans[$0].to = $1 }
        try reader.column(count, ImageReader.indexes(below: meterIDs.count)) {
            spans[$0].meter = UInt32($1)
        }
        try reader.column(count, ImageReader.indexes(below: servicePointIDs.count)) {
            spans[$0].servicePoint = UInt32($1)
        }
        try reader.column(count, ImageReader.indexes(below: feederIDs.count)) {
            spans[$0].feeder = UInt32($1)
        }
        try reader.column(count, 0...Int64(terminalIDs.count)) { spans[$0].terminal = UInt32($1) }
        try reader.column(count, ImageReader.indexes(below: meterTerms.count)) {
            spans[$0].terms = UInt32($1)
        }
        guard spans.allSatisfy({ $0.from < $0.to }) else { throw reader.damage }
        meterSpans = spans
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
