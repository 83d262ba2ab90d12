// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterValidate
import Quantities
import Store

/// Where a delivery changed which intervals are current in a block: a bill may rest on them. Registers
/// are looked at by `RegisterCorrections`.
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

    /// Adds what another part of the block changed.
    mutating func add(_ other: BlockChanges) {
        for (measure, span) in other.minutes { add(measure, minutes: span) }
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
    /// Of a meter billed by registers only the intervals count that its demand is found in.
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
                    last: zone.clock(at: part.upperBound + -1).day)
                searches[served.terms.basis, default: [:]][search, default: []]
                    .insert(measure.obis)
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
