// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterValidate
import Quantities
import Store

/// Runs the checks on a block's settled readings and words what they find.
struct BlockChecks {
    let network: Network
    /// Local days on and after it are still being delivered: nothing is missing from them yet.
    let asOf: CivilDay

    /// What is doubtful in interval readings, in the order of the strips.
    func exceptions(of readings: StoredIntervals) -> [ExceptionRow] {
        var found: [ExceptionRow] = []
        var screen = StripScreen()
        var strip = 0
        while strip < readings.strips.count {
            var next = strip + 1
            while next < readings.strips.count,
                readings.strips.meters[next] == readings.strips.meters[strip],
                readings.strips.channels[next] == readings.strips.channels[strip],
                readings.strips.slotMinutes[next] == readings.strips.slotMinutes[strip]
            {
                next += 1
            }
            found += exceptions(of: readings, strip..<next, &screen)
            strip = next
        }
        return found
    }

    /// What is doubtful in one channel's day, which may be several strips.
    private func exceptions(
        of readings: StoredIntervals, _ strips: Range<Int>, _ screen: inout StripScreen
    ) -> [ExceptionRow] {
        let columns = readings.strips
        let first = strips.lowerBound
        let isSuspect = readings.origins[first].flags.contains(.suspect)
        if strips.count == 1, !isSuspect, screen.isClean(columns, first, in: network) { return [] }
        let meter = MeterNumber(rawValue: columns.meters[first])
        let offset = network.storageOffset(of: meter)
        let day = CivilDay(number: columns.days[first])
        let grid = SlotGrid(
            day: day, storageOffset: offset, slotMinutes: Int(columns.slotMinutes[first]))
        var findings: [ValidationFinding] = []
        var present = [UInt32](repeating: 0, count: 1440 / Int(columns.slotMinutes[first]))
        for strip in strips {
            let limits = screen.limits(of: columns, strip, in: network)
            let stripGrid = SlotGrid(
                start: grid.instant(ofSlot: Int(columns.firstSlots[strip])).seconds,
                slotMinutes: grid.slotMinutes)
            let slots = columns.slots(strip)
            findings += checkStrip(
                values: columns.values.span.extracting(slots),
                qualities: columns.qualities.span.extracting(slots), grid: stripGrid, limits: limits
            ).filter { $0.rule != .missingIntervals }
            for slot in slots where columns.qualities[slot] != 0 {
                present[Int(columns.firstSlots[strip]) + slot - slots.lowerBound] =
                    columns.qualities[slot]
            }
            if readings.origins[strip].flags.contains(.suspect) {
                findings.append(
                    ValidationFinding(
                        .conflictingValues, from: stripGrid.instant(ofSlot: 0),
                        to: stripGrid.instant(ofSlot: slots.count),
                        count: slots.count { columns.qualities[$0] != 0 }))
            }
        }
        findings += gaps(present, grid, meter)
        let channel = Channel(packed: columns.channels[first])
        return findings.map { row($0, meter: meter, channel: channel, offset: offset) }
    }

    /// Slots without a value, of those that are expected: slots that begin while the meter is in
    /// service, as billing counts them (`SlotPlan`), and that ended before `asOf` began on its clock.
    ///
    /// By summer time the local day ends before the storage day: its last hour comes a night later.
    func gaps(_ present: [UInt32], _ grid: SlotGrid, _ meter: MeterNumber) -> [ValidationFinding] {
        // Each span with the beginning of `asOf` on its clock.
        let spans = network.spans(of: meter).map {
            ($0, network.zones[$0.terms.zone].startOfDay(asOf))
        }
        var slots = present
        for slot in slots.indices where slots[slot] == 0 {
            let (start, end) = (grid.instant(ofSlot: slot), grid.instant(ofSlot: slot + 1))
            let isExpected = spans.contains { span, today in
                span.span.contains(start) && end <= today
                    && span.terms.intervalMinutes ?? grid.slotMinutes == grid.slotMinutes
            }
            if !isExpected { slots[slot] = Quality.actual.packed }
        }
        return missingIntervals(qualities: slots.span, grid: grid)
    }

    /// What is doubtful in register rows by themselves: conflicts, and what stands below zero.
    func exceptions(of readings: StoredRegisters) -> [ExceptionRow] {
        zip(readings.rows, readings.origins).flatMap { row, origin -> [ExceptionRow] in
            let isSuspect = origin.flags.contains(.suspect)
            guard isSuspect || row.value < 0 else { return [] }
            let meter = MeterNumber(rawValue: row.meter)
            let at = Instant(seconds: row.instant)
            var findings: [ValidationFinding] = []
            if isSuspect {
                findings.append(ValidationFinding(.conflictingValues, from: at, to: at, count: 1))
            }
            if row.value < 0 {
                findings.append(
                    ValidationFinding(
                        .negativeRegister, from: at, to: at, count: 1,
                        value: Exact(row.value) * row.step.exact))
            }
            return findings.map {
                self.row(
                    $0, meter: meter, channel: Channel(packed: row.channel),
                    offset: network.storageOffset(of: meter))
            }
        }
    }

    /// True where every channel of the block has a value in every slot of its day.
    func isWhole(_ readings: StoredIntervals) -> Bool {
        let strips = readings.strips
        return !readings.hasRepeatedChannels
            && (0..<strips.count).allSatisfy { strip in
                Int(strips.slotCounts[strip]) == 1440 / Int(strips.slotMinutes[strip])
                    && strips.slots(strip).allSatisfy {
                        Quality(packed: strips.qualities[$0]).hasValue
                    }
            }
    }

    /// A finding as a work item.
    func row(_ finding: ValidationFinding, meter: MeterNumber, channel: Channel, offset: Int)
        -> ExceptionRow
    {
        ExceptionRow(
            subjectKind: "meter", subjectID: network.id(of: meter), channel: channel.description,
            startsAt: finding.from.iso(offset: offset), endsAt: finding.to.iso(offset: offset),
            rule: finding.rule.rawValue, severity: finding.severity.rawValue,
            detail: finding.detail)
    }
}
