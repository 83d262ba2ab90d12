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
    /// Minutes of the storage day from the first changed slot to the last, by meter.
    private(set) var minutes: [UInt32: Range<Int>] = [:]
    /// Moments of changed register values in seconds, by meter.
    private(set) var instants: [UInt32: Set<Int64>] = [:]

    /// Adds slots.
    mutating func add(_ meter: UInt32, slots: Range<Int>, slotMinutes: Int) {
        add(meter, minutes: slots.lowerBound * slotMinutes..<slots.upperBound * slotMinutes)
    }

    private mutating func add(_ meter: UInt32, minutes span: Range<Int>) {
        let known = minutes[meter] ?? span
        minutes[meter] =
            min(known.lowerBound, span.lowerBound)..<max(known.upperBound, span.upperBound)
    }

    /// Adds a register value.
    mutating func add(_ meter: UInt32, instant: Int64) {
        instants[meter, default: []].insert(instant)
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
            readings.strips.meters[strip], slots: (first + shift)..<(last + shift + 1),
            slotMinutes: Int(readings.strips.slotMinutes[strip]))
    }

    /// Adds every value of a block that stood alone.
    mutating func add(_ readings: StoredRegisters) {
        for (row, reading) in readings.readings { add(row.meter, instant: reading.instant) }
    }

    /// Adds what another part of the block changed.
    mutating func add(_ other: BlockChanges) {
        for (meter, span) in other.minutes { add(meter, minutes: span) }
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
    /// The invoices that may rest on what changed, as days to look for them by.
    ///
    /// Only the kind that a meter is billed by counts. An interval counts for the period that it is
    /// in; a register value for the periods that begin or end with it, and where a meter's own time
    /// begins or ends for the period around it.
    func searches(of key: BlockKey, in network: Network) -> [CorrectionSearch] {
        var searches: [CorrectionSearch] = []
        let storageDay = CivilDay(number: key.day)
        for (number, span) in minutes {
            let meter = MeterNumber(rawValue: number)
            let start = Instant(day: storageDay, offset: network.storageOffset(of: meter))
            let first = start + Int64(span.lowerBound) * 60
            let last = start + (Int64(span.upperBound) * 60 - 1)
            guard
                let terms =
                    (network.span(of: meter, at: first) ?? network.span(of: meter, at: last))?
                    .terms,
                terms.basis == .interval
            else { continue }
            let zone = network.zones[terms.zone]
            searches.append(
                CorrectionSearch(
                    meterID: network.id(of: meter), first: zone.clock(at: first).day,
                    last: zone.clock(at: last).day, isBoundary: false))
        }
        for (number, moments) in instants {
            let meter = MeterNumber(rawValue: number)
            for moment in moments.sorted() {
                let at = Instant(seconds: moment)
                let spans = network.spans(of: meter).filter {
                    $0.terms.basis == .register && $0.span.lowerBound <= at
                        && at <= $0.span.upperBound
                }
                guard let span = spans.first else { continue }
                let (day, second) = network.zones[span.terms.zone].clock(at: at)
                let isOwn = spans.contains { $0.span.lowerBound == at || $0.span.upperBound == at }
                guard isOwn || second == 0 else { continue }
                searches.append(
                    CorrectionSearch(
                        meterID: network.id(of: meter), first: isOwn && second == 0 ? day - 1 : day,
                        last: day, isBoundary: !isOwn))
            }
        }
        return searches.sorted { ($0.meterID, $0.first, $0.last) < ($1.meterID, $1.first, $1.last) }
    }
}
