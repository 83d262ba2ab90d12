// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterUsage
import Quantities
import Store

/// Gathers the readings behind an invoice, meter by meter.
struct EvidenceReading {
    let store: TallyStore
    let network: Network
    let knownSeq: Int
    let wanted: BilledChannels
    var evidence = InvoiceEvidence()
    private var files: [UInt32: InvoiceEvidence.SourceFile] = [:]

    init(store: TallyStore, network: Network, knownSeq: Int, wanted: BilledChannels) {
        self.store = store
        self.network = network
        self.knownSeq = knownSeq
        self.wanted = wanted
    }

    /// Adds what the billing meters of a service point measured, and what checks said of them.
    ///
    /// - Parameter cuts: The ends of the parts of the period.
    mutating func read(
        _ meterSpans: [MeterSpan], within span: Range<Instant>, cuts: Set<Instant>
    ) throws {
        let meterSpans = meterSpans.filter { $0.terms.use == .billing }
        for meterSpan in meterSpans { try readIntervals(of: meterSpan, within: span) }
        let byRegister = meterSpans.filter { $0.terms.basis == .register }
        for segment in RegisterSegment.joined(byRegister.map { RegisterSegment($0, []) }) {
            try readRegisters(of: segment, within: span, cuts: cuts)
        }
        for meter in Set(meterSpans.map(\.meter)).sorted() {
            try readExceptions(of: meter, within: span)
        }
    }

    /// Adds the intervals of a meter that are billed, one entry per channel and file.
    private mutating func readIntervals(of meterSpan: MeterSpan, within span: Range<Instant>) throws
    {
        guard wanted.readsIntervals(of: meterSpan.terms) else { return }
        let meter = meterSpan.meter
        let clipped =
            max(
                meterSpan.span.lowerBound.seconds, span.lowerBound.seconds)..<min(
                meterSpan.span.upperBound.seconds, span.upperBound.seconds)
        var found: [IntervalKey: InvoiceEvidence.Intervals] = [:]
        for key in network.blockKeys(of: meter, within: clipped, kind: .interval) {
            for part in try parts(of: key, meter) {
                let readings = try store.intervals(of: part)
                for strip in readings.origins.indices
                where readings.strips.meters[strip] == meter.rawValue
                    && wanted.hasIntervals(
                        Channel(packed: readings.strips.channels[strip]).obis, of: meterSpan.terms)
                {
                    try add(readings, strip, clipped, to: &found)
                }
            }
        }
        try addEstimates(of: meter, clipped, to: &found)
        evidence.intervals += found.values.sorted {
            ($0.channel, $0.firstDay, $0.file?.name ?? "")
                < ($1.channel, $1.firstDay, $1.file?.name ?? "")
        }
    }

    /// Adds the registers of a meter at the ends of its usage, and its reads on site between.
    ///
    /// - Parameter cuts: The ends of the parts of the period.
    private mutating func readRegisters(
        of segment: RegisterSegment, within span: Range<Instant>, cuts: Set<Instant>
    ) throws {
        let meter = MeterNumber(rawValue: segment.meter)
        let offset = network.storageOffset(of: meter)
        let served = segment.span.clamped(to: span.lowerBound.seconds..<span.upperBound.seconds)
        let ends = [served.lowerBound, served.upperBound].map(Instant.init(seconds:))
        var found: [InvoiceEvidence.Register] = []
        for cut in cuts.filter({ served.contains($0.seconds) }).union(ends) {
            let before = Instant(seconds: cut.seconds - 1).seconds
            for key in network.blockKeys(
                of: meter, within: before..<cut.seconds, kind: .register)
            {
                for part in try parts(of: key, meter) {
                    found += try registers(of: part, meter, at: cut, offset: offset)
                }
            }
        }
        // A read on site of the day on which a meter comes or goes is of its time.
        let days = served.lowerBound - 86_400...served.upperBound + 86_400
        for read in network.registerReads(of: meter)
        where span.contains(read.at) && days.contains(read.at.seconds)
            && wanted.hasRegister(read.channel.obis)
        {
            found.append(
                InvoiceEvidence.Register(
                    meterID: network.id(of: meter), channel: read.channel.description,
                    at: read.at.iso(offset: offset), value: read.value.description,
                    quality: "on-site", file: nil))
        }
        for estimate in try estimates(of: meter, served.lowerBound...served.upperBound)
        where estimate.slotMinutes == 0 {
            let value = Exact(estimate.value) * estimate.step.exact
            found.append(
                InvoiceEvidence.Register(
                    meterID: network.id(of: meter),
                    channel: Channel(packed: estimate.channel).description,
                    at: Instant(seconds: estimate.startsAt).iso(offset: offset),
                    value: value.description, quality: estimate.method, file: nil))
        }
        evidence.registers += found.sorted { ($0.channel, $0.at) < ($1.channel, $1.at) }
    }

    /// Adds what checks said of a meter in the period; an exception without a time counts.
    private mutating func readExceptions(of meter: MeterNumber, within span: Range<Instant>) throws
    {
        let meter = FindingFilter(subject: network.id(of: meter), includesClosed: true)
        try store.read { transaction in
            try transaction.forEachException(meter) { found in
                let start = Instant(iso: found.row.startsAt) ?? span.lowerBound
                let end = Instant(iso: found.row.endsAt) ?? span.upperBound
                if start < span.upperBound, end > span.lowerBound, found.row.subjectKind == "meter"
                {
                    evidence.exceptions.append(found)
                }
            }
        }
    }

    private struct IntervalKey: Hashable {
        var channel: UInt64
        var file: UInt32
        var method: String
    }

    private func parts(of key: BlockKey, _ meter: MeterNumber) throws -> [PartRow] {
        try store.read { try $0.settledParts(of: key, knownSeq: knownSeq) }
            .filter { $0.firstMeter <= meter.rawValue && meter.rawValue <= $0.lastMeter }
    }

    private func estimates(of meter: MeterNumber, _ span: ClosedRange<Int64>) throws
        -> [EstimateRow]
    {
        try store.read {
            try $0.estimates(ofMeter: meter.rawValue, within: span, knownSeq: knownSeq)
        }
    }

    private mutating func add(
        _ readings: StoredIntervals, _ strip: Int, _ clipped: Range<Int64>,
        to found: inout [IntervalKey: InvoiceEvidence.Intervals]
    ) throws {
        let columns = readings.strips
        let channel = Channel(packed: columns.channels[strip])
        let meter = MeterNumber(rawValue: columns.meters[strip])
        let day = CivilDay(number: columns.days[strip])
        let minutes = Int(columns.slotMinutes[strip])
        let number = readings.origins[strip].file
        let start = Instant(day: day, offset: network.storageOffset(of: meter)).seconds
        for (position, place) in columns.slots(strip).enumerated()
        where columns.qualities[place] != 0 {
            let slot = Int64(Int(columns.firstSlots[strip]) + position)
            guard clipped.contains(start + slot * Int64(minutes) * 60) else { continue }
            let key = IntervalKey(channel: channel.packed, file: number, method: "")
            let file = try file(number)
            found[
                key,
                default: InvoiceEvidence.Intervals(
                    meterID: network.id(of: meter), channel: channel.description, file: file,
                    firstDay: day, lastDay: day, qualities: [:])
            ].add(Quality(packed: columns.qualities[place]).description, on: day)
        }
    }

    private mutating func addEstimates(
        of meter: MeterNumber, _ clipped: Range<Int64>,
        to found: inout [IntervalKey: InvoiceEvidence.Intervals]
    ) throws {
        let offset = network.storageOffset(of: meter)
        for estimate in try estimates(of: meter, clipped.lowerBound...clipped.upperBound - 1)
        where estimate.slotMinutes > 0 {
            let channel = Channel(packed: estimate.channel)
            let day = Instant(seconds: estimate.startsAt).clock(offset: offset).day
            let key = IntervalKey(channel: channel.packed, file: 0, method: estimate.method)
            found[
                key,
                default: InvoiceEvidence.Intervals(
                    meterID: network.id(of: meter), channel: channel.description, file: nil,
                    firstDay: day, lastDay: day, qualities: [:])
            ].add(estimate.method, on: day)
        }
    }

    private mutating func registers(
        of part: PartRow, _ meter: MeterNumber, at cut: Instant, offset: Int
    ) throws -> [InvoiceEvidence.Register] {
        let readings = try store.registers(of: part)
        var found: [InvoiceEvidence.Register] = []
        for (row, origin) in zip(readings.rows, readings.origins)
        where row.meter == meter.rawValue && row.instant == cut.seconds {
            let channel = Channel(packed: row.channel)
            let quality = Quality(packed: row.quality)
            guard wanted.hasRegister(channel.obis), quality.hasValue else { continue }
            let value = Exact(row.value) * row.step.exact
            found.append(
                InvoiceEvidence.Register(
                    meterID: network.id(of: meter), channel: channel.description,
                    at: cut.iso(offset: offset), value: value.description,
                    quality: quality.description, file: try file(origin.file)))
        }
        return found
    }

    private mutating func file(_ number: UInt32) throws -> InvoiceEvidence.SourceFile? {
        if let known = files[number] { return known }
        let found = try store.read { try $0.sourceFile(number: Int(number)) }
        files[number] = found.map { InvoiceEvidence.SourceFile(sha256: $0.sha256, name: $0.name) }
        return files[number]
    }
}

extension InvoiceEvidence.Intervals {
    fileprivate mutating func add(_ quality: String, on day: CivilDay) {
        firstDay = min(firstDay, day)
        lastDay = max(lastDay, day)
        qualities[quality, default: 0] += 1
    }
}
