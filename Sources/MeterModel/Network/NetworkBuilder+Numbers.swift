// SPDX-License-Identifier: Apache-2.0

import Quantities

extension NetworkBuilder {
    /// Gives new meters the next numbers, in the order feeder, terminal, meter id, and enters the
    /// spans of all under their numbers.
    mutating func numberMeters(_ known: [NetworkNumbers.Meter], importedOn: CivilDay) {
        let spans = GroupedIndexes(keys: meterSpans.map(\.meter), count: meters.ids.count)
        let knownIDs = Set(known.map(\.id))
        let sorted = meters.ids.indices.filter { !knownIDs.contains(meters.ids[$0]) }
            .map { newMeter($0, firstSpan: spans.items(of: $0).first) }
            .sorted { ($0.feeder, $0.terminal, $0.id) < ($1.feeder, $1.terminal, $1.id) }

        let noon = Instant(day: importedOn, minute: 720, offset: 0)
        let standardOffsets = network.zones.map { Int32($0.standardOffset(around: noon)) }
        var storageOffsets = known.map(\.storageOffset)
        for meter in sorted {
            let zone = meter.firstSpan.map {
                network.meterTerms[Int(meterSpans[Int($0)].terms)].zone
            }
            storageOffsets.append(zone.map { standardOffsets[$0] } ?? 0)
        }
        network.storageOffsets = NumberColumn(storageOffsets.map(UInt32.init(bitPattern:)))
        network.meterIDs = IdentifierTable(known.map(\.id) + sorted.map(\.id))

        var numbered: [Network.StoredMeterSpan] = []
        numbered.reserveCapacity(meterSpans.count)
        for number in 0..<network.meterIDs.count {
            guard let index = meters.index[network.meterIDs[number]] else { continue }
            for item in spans.items(of: index) {
                var span = meterSpans[Int(item)]
                span.meter = UInt32(number)
                numbered.append(span)
            }
        }
        meterSpans = []
        network.enter(numbered)
    }

    /// A meter that has no number yet, with what decides its place among the new ones.
    private struct NewMeter {
        var feeder = ""
        var terminal = ""
        var id: String
        var index: Int
        /// Its first span, as an index in `meterSpans`.
        var firstSpan: UInt32?
    }

    private func newMeter(_ index: Int, firstSpan: UInt32?) -> NewMeter {
        var meter = NewMeter(id: meters.ids[index], index: index, firstSpan: firstSpan)
        guard let firstSpan else { return meter }
        let span = meterSpans[Int(firstSpan)]
        meter.feeder = network.feederIDs[Int(span.feeder)]
        if span.terminal > 0 { meter.terminal = network.terminalIDs[Int(span.terminal) - 1] }
        return meter
    }

    /// Enters the register reads, whose dates are days of the service point the meter is at.
    mutating func enterRegisterReads() {
        var reads: [(meter: UInt32, read: RegisterRead)] = []
        for row in rows.registerReads {
            guard let meter = network.meter(row.meterID) else { continue }
            let place = meters.index[row.meterID].flatMap { meters[$0].first }
            let zone = zone(ofServicePoint: place.map { rows.meters[Int($0)].servicePointID } ?? "")
            let read = RegisterRead(
                channel: row.channel, at: row.at.instant(in: zone), kind: row.kind, value: row.value
            )
            reads.append((meter.rawValue, read))
        }
        reads.sort {
            ($0.meter, $0.read.at, $0.read.channel, $0.read.kind.rawValue)
                < ($1.meter, $1.read.at, $1.read.channel, $1.read.kind.rawValue)
        }
        network.registerReads = Network.RegisterReads(reads.map(\.read))
        network.registerReadsByMeter = GroupedIndexes(
            keys: reads.map(\.meter), count: network.meterIDs.count)
    }
}
