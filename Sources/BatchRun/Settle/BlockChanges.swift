// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterValidate
import Quantities
import Store

/// Where a delivery changed what is current in a block: a bill may rest on it.
///
/// Equal values again, or another "missing" for a slot without a value, change nothing.
struct BlockChanges: Sendable {
    /// What a meter measured.
    private struct Measure: Hashable {
        var meter: UInt32
        var obis: ObisCode

        init(_ meter: UInt32, _ channel: UInt64) {
            self.meter = meter
            obis = Channel(packed: channel).obis
        }
    }

    /// Minutes of the storage day from the first changed slot to the last.
    private var minutes: [Measure: Range<Int>] = [:]
    /// Moments of changed register values in seconds.
    private var instants: [Measure: Set<Int64>] = [:]

    /// Adds slots.
    mutating func add(_ meter: UInt32, _ channel: UInt64, slots: Range<Int>, slotMinutes: Int) {
        add(
            Measure(meter, channel),
            minutes: slots.lowerBound * slotMinutes..<slots.upperBound * slotMinutes)
    }

    private mutating func add(_ measure: Measure, minutes span: Range<Int>) {
        let known = minutes[measure] ?? span
        minutes[measure] =
            min(known.lowerBound, span.lowerBound)..<max(known.upperBound, span.upperBound)
    }

    /// Adds a register value.
    mutating func add(_ meter: UInt32, _ channel: UInt64, instant: Int64) {
        instants[Measure(meter, channel), default: []].insert(instant)
    }

    /// Adds every value of a block that stood alone.
    mutating func add(_ readings: StoredIntervals) {
        for strip in 0..<readings.strips.count { add(readings, strip: strip) }
    }

    /// Adds every value of a strip that stood alone.
    mutating func add(_ readings: StoredIntervals, strip: Int) {
        let slots = readings.strips.slots(strip)
        func hasValue(_ slot: Int) -> Bool {
            Quality(packed: readings.strips.qualities[slot]).hasValue
        }
        guard let first = slots.first(where: hasValue), let last = slots.last(where: hasValue)
        else { return }
        let shift = Int(readings.strips.firstSlots[strip]) - slots.lowerBound
        add(
            readings.strips.meters[strip], readings.strips.channels[strip],
            slots: (first + shift)..<(last + shift + 1),
            slotMinutes: Int(readings.strips.slotMinutes[strip]))
    }

    /// Adds every value of a block that stood alone.
    mutating func add(_ readings: StoredRegisters) {
        for (row, reading) in readings.readings {
            add(row.meter, row.channel, instant: reading.instant)
        }
    }

    /// Adds what another part of the block changed.
    mutating func add(_ other: BlockChanges) {
        for (measure, span) in other.minutes { add(measure, minutes: span) }
        instants.merge(other.instants) { $0.union($1) }
    }
}

extension SlotCurrent {
    /// True where a bill would read another slot: another value, class or doubt, or none.
    static func differs(_ left: SlotCurrent?, _ right: SlotCurrent?) -> Bool {
        func read(_ slot: SlotCurrent?) -> SlotCurrent? {
            slot.flatMap { $0.value.quality.hasValue ? $0 : nil }
        }
        switch (read(left), read(right)) {
        case (nil, nil): return false
        case (let left?, let right?):
            return left.value.amount != right.value.amount || left.isSuspect != right.isSuspect
                || left.value.quality.qualityClass != right.value.quality.qualityClass
        default: return true
        }
    }
}

extension BlockChanges {
    /// The invoices that may rest on what changed, as days to look for them by, with what changed of
    /// these days; in a fixed order.
    ///
    /// Only the kind that a meter is billed by counts, and of one billed by registers the intervals that
    /// its demand is found in. An interval counts for the period that it is in; a register value for the periods that begin or end with it, and where the meter's time at
    /// the service point begins or ends for the period around it.
    func searches(
        of key: BlockKey, in network: Network
    ) -> [(search: CorrectionSearch, basis: BillingBasis, changed: Set<ObisCode>)] {
        let day = CivilDay(number: key.day)
        var searches: [BillingBasis: [CorrectionSearch: Set<ObisCode>]] = [:]
        for (measure, span) in minutes {
            let meter = MeterNumber(rawValue: measure.meter)
            let start = Instant(day: day, offset: network.storageOffset(of: meter))
            let changed =
                start + Int64(span.lowerBound) * 60..<start + Int64(span.upperBound) * 60
            for served in network.spans(of: meter)
            where served.terms.use == .billing && served.span.overlaps(changed)
                && (served.terms.basis == .interval || served.terms.tellsDemand(measure.obis))
            {
                let (zone, part) = (
                    network.zones[served.terms.zone], changed.clamped(to: served.span)
                )
                let search = CorrectionSearch(
                    meterID: network.id(of: meter),
                    servicePointID: network.servicePointIDs[served.servicePoint],
                    first: zone.clock(at: part.lowerBound).day,
                    last: zone.clock(at: part.upperBound + -1).day, isBoundary: false)
                searches[served.terms.basis, default: [:]][search, default: []]
                    .insert(measure.obis)
            }
        }
        for (measure, moments) in instants {
            let meter = MeterNumber(rawValue: measure.meter)
            for served in network.spans(of: meter)
            where served.terms.use == .billing && served.terms.basis == .register {
                let zone = network.zones[served.terms.zone]
                for at in moments.lazy.map(Instant.init(seconds:))
                where served.span.lowerBound <= at && at <= served.span.upperBound {
                    let isOwn = at == served.span.lowerBound || at == served.span.upperBound
                    guard isOwn || zone.clock(at: at).second == 0 else { continue }
                    // What a meter begins with is the day's after, what it ends with the day's before.
                    let day = zone.clock(at: at == served.span.upperBound ? at + -1 : at).day
                    let search = CorrectionSearch(
                        meterID: network.id(of: meter),
                        servicePointID: network.servicePointIDs[served.servicePoint],
                        first: day, last: day, isBoundary: !isOwn)
                    searches[.register, default: [:]][search, default: []].insert(measure.obis)
                }
            }
        }
        return BillingBasis.allCases.flatMap { basis in
            (searches[basis] ?? [:]).map { (search: $0.key, basis: basis, changed: $0.value) }
                .sorted {
                    let (left, right) = ($0.search, $1.search)
                    return (left.meterID, left.servicePointID, left.first, left.last)
                        < (right.meterID, right.servicePointID, right.first, right.last)
                }
        }
    }
}
