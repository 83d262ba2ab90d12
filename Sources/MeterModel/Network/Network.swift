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

    /// Seconds ahead of UTC of each meter's storage day, as bits of an `Int32`. Shape: `[meter]`.
    var storageOffsets = NumberColumn([])
    var meterSpans = MeterSpans()
    var spansByMeter = GroupedIndexes(keys: [], count: 0)
    var spansByServicePoint = GroupedIndexes(keys: [], count: 0)
    var spansByFeeder = GroupedIndexes(keys: [], count: 0)
    /// The distinct terms of meters.
    var meterTerms: [MeterTerms] = []
    var servicePointSpans = ServicePointSpans()
    /// The distinct terms of service points.
    var servicePointTerms: [ServicePointTerms] = []
    var servicePointGroups = GroupedIndexes(keys: [], count: 0)
    var registerReads = RegisterReads()
    var registerReadsByMeter = GroupedIndexes(keys: [], count: 0)
    var contractBook = ContractBook()
    var contractsByServicePoint = GroupedIndexes(keys: [], count: 0)

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
        Int(Int32(bitPattern: storageOffsets[Int(meter.rawValue)]))
    }

    /// Where and how a meter was in service, in order of time.
    public func spans(of meter: MeterNumber) -> [MeterSpan] {
        places(of: meter).map { meterSpan(spansByMeter[$0]) }
    }

    /// Where and how a meter was in service at a moment; nil where it was not.
    public func span(of meter: MeterNumber, at instant: Instant) -> MeterSpan? {
        for place in places(of: meter) {
            let index = spansByMeter[place]
            if meterSpans.periods[index].span.contains(instant) { return meterSpan(index) }
        }
        return nil
    }

    private func places(of meter: MeterNumber) -> Range<Int> {
        spansByMeter.places(of: Int(meter.rawValue))
    }

    /// What a meter's values of a storage day are judged by: the terms it has at the day's end, else the
    /// last it had, as a number for `terms(_:)`; nil for a meter that was never in service.
    public func termsNumber(of meter: MeterNumber, onStorageDay day: CivilDay) -> Int? {
        let places = places(of: meter)
        if places.count == 1 { return Int(meterSpans.terms[spansByMeter[places.lowerBound]]) }
        let end = Instant(day: day, offset: storageOffset(of: meter)).seconds + 86_400
        let last = places.last { meterSpans.periods[spansByMeter[$0]].from < end } ?? places.last
        return last.map { Int(meterSpans.terms[spansByMeter[$0]]) }
    }

    /// The terms that many meters share, by their number.
    public func terms(_ number: Int) -> MeterTerms { meterTerms[number] }

    /// The spans of meters in service at a service point within a span, by meter, then time.
    public func meterSpans(
        atServicePoint servicePoint: Int, within span: Range<Instant>
    ) -> [MeterSpan] {
        spansByServicePoint.places(of: servicePoint).map { spansByServicePoint[$0] }
            .filter { meterSpans.periods[$0].span.overlaps(span) }.map { meterSpan($0) }
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
        var places = spansByFeeder.places(of: Int(feeder.rawValue))
        if let group {
            // Spans stand by meter, and a group's meters have numbers in a row.
            let first = UInt32(group) * MeterNumber.groupSize
            func partition(_ meter: UInt32) -> Int {
                places.partition { meterSpans.meters[spansByFeeder[$0]] >= meter }
            }
            places = partition(first)..<partition(first + MeterNumber.groupSize)
        }
        var meters: [MeterNumber] = []
        meters.reserveCapacity(places.count)
        for place in places {
            let index = spansByFeeder[place]
            let meter = MeterNumber(rawValue: meterSpans.meters[index])
            let start = Instant(day: day, offset: storageOffset(of: meter)).seconds
            let period = meterSpans.periods[index]
            guard period.from < start + 86_400, start < period.to,
                basis == nil || meterTerms[Int(meterSpans.terms[index])].basis == basis,
                meters.last != meter,
                // One that comes within the day has left it to the feeder before.
                period.from <= start || self.feeder(of: meter, onStorageDay: day) == feeder
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
        for place in places(of: meter) {
            let index = spansByMeter[place]
            let period = meterSpans.periods[index]
            if period.from < to, period.to > from {
                return FeederNumber(rawValue: meterSpans.feeders[index])
            }
        }
        return nil
    }

    /// The feeder that a meter's readings of a storage day are kept under: that of the day, else the one
    /// that the meter has when the day ends, as a freeze at its installation needs, else the last it had.
    ///
    /// - Returns: nil for a meter that was never in service.
    public func feeder(of meter: MeterNumber, keepingDay day: CivilDay) -> FeederNumber? {
        let places = places(of: meter)
        if places.count == 1 {
            return FeederNumber(rawValue: meterSpans.feeders[spansByMeter[places.lowerBound]])
        }
        return feeder(of: meter, onStorageDay: day)
            ?? span(of: meter, at: Instant(day: day + 1, offset: storageOffset(of: meter)))?.feeder
            ?? spans(of: meter).last?.feeder
    }

    /// The feeder that a meter has been under all its life; nil where there were several, or none.
    public func onlyFeeder(of meter: MeterNumber) -> FeederNumber? {
        let places = places(of: meter)
        guard !places.isEmpty else { return nil }
        let first = meterSpans.feeders[spansByMeter[places.lowerBound]]
        for place in places.dropFirst() where meterSpans.feeders[spansByMeter[place]] != first {
            return nil
        }
        return FeederNumber(rawValue: first)
    }

    /// The service point of an id, as an index in `servicePointIDs`.
    public func servicePoint(_ id: String) -> Int? { servicePointIDs.index(of: id) }

    /// Where a service point hung, in order of time.
    public func spans(ofServicePoint servicePoint: Int) -> [ServicePointSpan] {
        servicePointGroups.places(of: servicePoint).map { place in
            let stored = servicePointSpans[servicePointGroups[place]]
            let terms = servicePointTerms[Int(stored.terms)]
            return ServicePointSpan(
                span: stored.period.span, node: Int(stored.node),
                feeder: FeederNumber(rawValue: stored.feeder), zone: terms.zone, role: terms.role,
                capacityKilowatts: terms.capacityKilowatts)
        }
    }

    /// The feeder above a service point at a moment.
    public func feeder(ofServicePoint servicePoint: Int, at instant: Instant) -> FeederNumber? {
        for place in servicePointGroups.places(of: servicePoint) {
            let index = servicePointGroups[place]
            if servicePointSpans.periods[index].span.contains(instant) {
                return FeederNumber(rawValue: servicePointSpans.feeders[index])
            }
        }
        return nil
    }

    /// The register reads on site of a meter, in order of time.
    public func registerReads(of meter: MeterNumber) -> [RegisterRead] {
        registerReadsByMeter.places(of: Int(meter.rawValue)).map {
            registerReads[registerReadsByMeter[$0]]
        }
    }

    /// The reads on site of one register of a meter, in order of time.
    public func registerReads(of meter: MeterNumber, _ obis: ObisCode) -> [RegisterRead] {
        var reads: [RegisterRead] = []
        for place in registerReadsByMeter.places(of: Int(meter.rawValue)) {
            let index = registerReadsByMeter[place]
            if registerReads.channel(index).obis == obis { reads.append(registerReads[index]) }
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

    /// Enters the spans of all meters, which stand by meter, then time.
    mutating func enter(_ spans: [StoredMeterSpan]) {
        meterSpans = MeterSpans(spans)
        spansByMeter = GroupedIndexes(keys: spans.map(\.meter), count: meterIDs.count)
        spansByServicePoint = GroupedIndexes(
            keys: spans.map(\.servicePoint), count: servicePointIDs.count)
        spansByFeeder = GroupedIndexes(keys: spans.map(\.feeder), count: feederIDs.count)
    }

    private func meterSpan(_ index: Int) -> MeterSpan {
        let stored = meterSpans[index]
        return MeterSpan(
            meter: MeterNumber(rawValue: stored.meter), span: stored.period.span,
            servicePoint: Int(stored.servicePoint), feeder: FeederNumber(rawValue: stored.feeder),
            terminal: stored.terminal == 0 ? nil : Int(stored.terminal) - 1,
            terms: meterTerms[Int(stored.terms)])
    }
}
