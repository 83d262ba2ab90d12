// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The network as the stages ask it: who is where, when, under which terms.
///
/// Made from checked rows, in dense arrays without an object per meter. Times are resolved to
/// instants: dates of a row by the clock of its service point, those of nodes by the clock of the
/// service point below.
public struct Network: Hashable, Sendable {
    /// The clocks of the service points, sorted by name.
    public internal(set) var zones: [TimeZoneTable] = []
    /// The meters; an index is a `MeterNumber`.
    public internal(set) var meterIDs = IdentifierTable([])
    /// The feeders; an index is a `FeederNumber`.
    public internal(set) var feederIDs = IdentifierTable([])
    /// The service points, sorted.
    public internal(set) var servicePointIDs = IdentifierTable([])
    /// The contracts, sorted.
    public internal(set) var contractIDs = IdentifierTable([])
    /// The terminals, sorted.
    public internal(set) var terminalIDs = IdentifierTable([])
    /// The nodes, sorted.
    public internal(set) var nodeIDs = IdentifierTable([])

    /// Seconds ahead of UTC of each meter's storage day. Shape: `[meter]`.
    var storageOffsets: [Int32] = []
    /// The spans of all meters, by meter, then time.
    var meterSpans: [StoredMeterSpan] = []
    var spansByMeter = GroupedIndexes(keys: [], count: 0)
    var spansByServicePoint = GroupedIndexes(keys: [], count: 0)
    var spansByFeeder = GroupedIndexes(keys: [], count: 0)
    /// The distinct terms of meters.
    var meterTerms: [MeterTerms] = []
    /// The spans of all service points, by service point, then time.
    var servicePointSpans: [StoredServicePointSpan] = []
    /// The distinct terms of service points.
    var servicePointTerms: [ServicePointTerms] = []
    var servicePointGroups = GroupedIndexes(keys: [], count: 0)
    var registerReads: [RegisterRead] = []
    var registerReadsByMeter = GroupedIndexes(keys: [], count: 0)
    var contractBook = ContractBook()
    var contractsByServicePoint = GroupedIndexes(keys: [], count: 0)

    /// A meter's span as it is kept: 40 bytes.
    struct StoredMeterSpan: Hashable, Sendable {
        var from: Int64
        var to: Int64
        var meter: UInt32
        var servicePoint: UInt32
        var feeder: UInt32
        /// The terminal + 1; 0 for none.
        var terminal: UInt32
        var terms: UInt32

        var span: Range<Instant> { Instant(seconds: from)..<Instant(seconds: to) }
    }

    /// A service point's span as it is kept: 32 bytes.
    struct StoredServicePointSpan: Hashable, Sendable {
        var from: Int64
        var to: Int64
        var node: UInt32
        var feeder: UInt32
        var terms: UInt32

        var span: Range<Instant> { Instant(seconds: from)..<Instant(seconds: to) }
    }

    /// What a service point is for; many share one.
    struct ServicePointTerms: Hashable, Sendable {
        /// Its clock, as an index in `zones`.
        var zone: Int
        var role: ServicePointRole
        var capacityKilowatts: Exact?
    }

    /// The meter of an id.
    public func meter(_ id: String) -> MeterNumber? {
        meterIDs.index(of: id).map { MeterNumber(rawValue: UInt32($0)) }
    }

    /// The id of a meter.
    public func id(of meter: MeterNumber) -> String { meterIDs[Int(meter.rawValue)] }

    /// The feeder of an id.
    public func feeder(_ id: String) -> FeederNumber? {
        feederIDs.index(of: id).map { FeederNumber(rawValue: UInt32($0)) }
    }

    /// The id of a feeder.
    public func id(of feeder: FeederNumber) -> String { feederIDs[Int(feeder.rawValue)] }

    /// Seconds ahead of UTC of the meter's storage day; fixed for the life of the meter.
    public func storageOffset(of meter: MeterNumber) -> Int {
        Int(storageOffsets[Int(meter.rawValue)])
    }

    /// Where and how a meter was in service, in order of time.
    public func spans(of meter: MeterNumber) -> [MeterSpan] {
        spansByMeter[Int(meter.rawValue)].map { meterSpan(Int($0)) }
    }

    /// Where and how a meter was in service at a moment; nil where it was not.
    public func span(of meter: MeterNumber, at instant: Instant) -> MeterSpan? {
        spansByMeter[Int(meter.rawValue)].lazy.map(Int.init)
            .first { meterSpans[$0].span.contains(instant) }.map { meterSpan($0) }
    }

    /// What a meter's values of a storage day are judged by: the terms it has at the day's end, else the
    /// last it had, as a number for `terms(_:)`; nil for a meter that was never in service.
    public func termsNumber(of meter: MeterNumber, onStorageDay day: CivilDay) -> Int? {
        let end = Instant(day: day, offset: storageOffset(of: meter)).seconds + 86_400
        let spans = spansByMeter[Int(meter.rawValue)]
        let last = spans.last { meterSpans[Int($0)].from < end } ?? spans.last
        return last.map { Int(meterSpans[Int($0)].terms) }
    }

    /// The terms that many meters share, by their number.
    public func terms(_ number: Int) -> MeterTerms { meterTerms[number] }

    /// The spans of meters in service at a service point within a span, by meter, then time.
    public func meterSpans(
        atServicePoint servicePoint: Int, within span: Range<Instant>
    ) -> [MeterSpan] {
        spansByServicePoint[servicePoint].map(Int.init)
            .filter { meterSpans[$0].span.overlaps(span) }.map { meterSpan($0) }
    }

    /// The meters whose storage day belongs to a feeder (`feeder(of:onStorageDay:)`), in order.
    ///
    /// - Parameters:
    ///   - basis: Those billed by one kind only; nil for all.
    ///   - group: Those of one storage group only; nil for all.
    public func meters(
        onFeeder feeder: FeederNumber, storageDay day: CivilDay, basis: BillingBasis? = nil,
        group: Int? = nil
    ) -> [MeterNumber] {
        var spans = spansByFeeder[Int(feeder.rawValue)]
        if let group {
            // Spans stand by meter, and a group's meters have numbers in a row.
            let first = UInt32(group) * MeterNumber.groupSize
            let from = spans.partition { meterSpans[Int($0)].meter >= first }
            let end = spans.partition { meterSpans[Int($0)].meter >= first + MeterNumber.groupSize }
            spans = spans[from..<end]
        }
        var meters: [MeterNumber] = []
        meters.reserveCapacity(spans.count)
        for index in spans {
            let span = meterSpans[Int(index)]
            let offset = Int(storageOffsets[Int(span.meter)])
            let start = Instant(day: day, offset: offset).seconds
            let meter = MeterNumber(rawValue: span.meter)
            guard span.from < start + 86_400, start < span.to,
                basis == nil || meterTerms[Int(span.terms)].basis == basis,
                meters.last != meter,
                // One that comes within the day has left it to the feeder before.
                span.from <= start || self.feeder(of: meter, onStorageDay: day) == feeder
            else { continue }
            meters.append(meter)
        }
        return meters
    }

    /// The feeder that a meter's storage day belongs to: the first that it is in service under.
    ///
    /// - Parameter day: The storage day, by the meter's own `storageOffset`.
    /// - Returns: nil where the meter is not in service on that day.
    public func feeder(of meter: MeterNumber, onStorageDay day: CivilDay) -> FeederNumber? {
        let start = Instant(day: day, offset: storageOffset(of: meter))
        let (from, to) = (start.seconds, start.seconds + 86_400)
        for index in spansByMeter[Int(meter.rawValue)] {
            let span = meterSpans[Int(index)]
            if span.from < to, span.to > from { return FeederNumber(rawValue: span.feeder) }
        }
        return nil
    }

    /// The feeder that a meter's readings of a storage day are kept under: that of the day, else the one
    /// that the meter has when the day ends, as a freeze at its installation needs, else the last it had.
    ///
    /// - Returns: nil for a meter that was never in service.
    public func feeder(of meter: MeterNumber, keepingDay day: CivilDay) -> FeederNumber? {
        feeder(of: meter, onStorageDay: day)
            ?? span(of: meter, at: Instant(day: day + 1, offset: storageOffset(of: meter)))?.feeder
            ?? spans(of: meter).last?.feeder
    }

    /// The feeder that a meter has been under all its life; nil where there were several, or none.
    public func onlyFeeder(of meter: MeterNumber) -> FeederNumber? {
        let spans = spansByMeter[Int(meter.rawValue)]
        guard let first = spans.first.map({ meterSpans[Int($0)].feeder }),
            spans.allSatisfy({ meterSpans[Int($0)].feeder == first })
        else { return nil }
        return FeederNumber(rawValue: first)
    }

    /// The service point of an id, as an index in `servicePointIDs`.
    public func servicePoint(_ id: String) -> Int? { servicePointIDs.index(of: id) }

    /// Where a service point hung, in order of time.
    public func spans(ofServicePoint servicePoint: Int) -> [ServicePointSpan] {
        servicePointGroups[servicePoint].map { index in
            let stored = servicePointSpans[Int(index)]
            let terms = servicePointTerms[Int(stored.terms)]
            return ServicePointSpan(
                span: stored.span, node: Int(stored.node),
                feeder: FeederNumber(rawValue: stored.feeder), zone: terms.zone, role: terms.role,
                capacityKilowatts: terms.capacityKilowatts)
        }
    }

    /// The feeder above a service point at a moment.
    public func feeder(ofServicePoint servicePoint: Int, at instant: Instant) -> FeederNumber? {
        servicePointGroups[servicePoint].lazy.map { servicePointSpans[Int($0)] }
            .first { $0.span.contains(instant) }
            .map { FeederNumber(rawValue: $0.feeder) }
    }

    /// The register reads on site of a meter, in order of time.
    public func registerReads(of meter: MeterNumber) -> [RegisterRead] {
        registerReadsByMeter[Int(meter.rawValue)].map { registerReads[Int($0)] }
    }

    /// The reads on site of one register of a meter, in order of time.
    public func registerReads(of meter: MeterNumber, _ obis: ObisCode) -> [RegisterRead] {
        var reads: [RegisterRead] = []
        for index in registerReadsByMeter[Int(meter.rawValue)]
        where registerReads[Int(index)].channel.obis == obis {
            reads.append(registerReads[Int(index)])
        }
        return reads
    }

    /// True where somebody set a register on site after a moment, or up to another: it fell for a reason.
    public func isReset(
        _ channel: Channel, of meter: MeterNumber, after first: Instant, through last: Instant
    ) -> Bool {
        registerReads(of: meter).contains { read in
            read.kind == .reset && read.channel == channel && first < read.at && read.at <= last
        }
    }

    private func meterSpan(_ index: Int) -> MeterSpan {
        let stored = meterSpans[index]
        return MeterSpan(
            meter: MeterNumber(rawValue: stored.meter), span: stored.span,
            servicePoint: Int(stored.servicePoint), feeder: FeederNumber(rawValue: stored.feeder),
            terminal: stored.terminal == 0 ? nil : Int(stored.terminal) - 1,
            terms: meterTerms[Int(stored.terms)])
    }
}

extension RandomAccessCollection {
    /// The first place from which on all elements are `beyond`; those before must not be.
    fileprivate func partition(_ beyond: (Element) -> Bool) -> Index {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = index(low, offsetBy: distance(from: low, to: high) / 2)
            if beyond(self[middle]) { high = middle } else { low = index(after: middle) }
        }
        return low
    }
}
