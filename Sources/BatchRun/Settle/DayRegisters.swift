// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterValidate
import Quantities

/// The settled register values of some meters on one storage day, by meter, channel and time.
struct DayRegisters: Sendable {
    private var stored = StoredRegisters()

    /// The rows, which all have a value.
    var rows: [RegisterRow] { stored.rows }

    /// Takes the values of some meters from what blocks hold.
    ///
    /// - Parameter meters: Whose values, in ascending order.
    init(_ blocks: consuming StoredRegisters, of meters: [MeterNumber]) {
        // A block stands in order; only what several blocks hold must be sorted.
        var rows = blocks.rows
        blocks.rows = []
        var (kept, next, isOrdered) = (0, 0, true)
        var (meter, channel, instant) = (UInt32.max, 0 as UInt64, 0 as Int64)
        var isWanted = false
        for place in rows.indices {
            let row = rows[place]
            if row.meter != meter {
                if row.meter < meter {
                    if place > 0 { isOrdered = false }
                    next = 0
                }
                (meter, channel, instant) = (row.meter, 0, .min)
                while next < meters.count, meters[next].rawValue < meter { next += 1 }
                isWanted = next < meters.count && meters[next].rawValue == meter
            }
            guard isWanted, Quality(packed: row.quality).hasValue else { continue }
            if row.channel < channel || row.channel == channel && row.instant < instant {
                isOrdered = false
            }
            (channel, instant) = (row.channel, row.instant)
            if kept < place {
                rows[kept] = row
                blocks.origins[kept] = blocks.origins[place]
            }
            kept += 1
        }
        rows.removeLast(rows.count - kept)
        blocks.rows = rows
        blocks.origins.removeLast(blocks.origins.count - kept)
        stored = blocks
        if !isOrdered { sort() }
    }

    private mutating func sort() {
        let order = stored.rows.indices.sorted {
            if stored.rows[$0].isBefore(stored.rows[$1]) { return true }
            return !stored.rows[$1].isBefore(stored.rows[$0]) && $0 < $1
        }
        (stored.rows, stored.origins) = (
            order.map { stored.rows[$0] }, order.map { stored.origins[$0] }
        )
    }

    /// The reading at a place.
    func reading(_ place: Int) -> RegisterReading { stored.reading(place) }

    /// The last reading of the register that a row is of; nil where it has none.
    func last(of row: RegisterRow) -> RegisterReading? {
        let last = rows.indices.partition { row.isOfEarlierRegister(than: rows[$0]) } - 1
        return last >= 0 && rows[last].isOfSameRegister(as: row) ? reading(last) : nil
    }

    /// True where both or none of two values hold the multiplier already.
    fileprivate func isPrimary(_ place: Int, like last: Int, of other: DayRegisters) -> Bool {
        let (flags, others) = (stored.origins[place].flags, other.stored.origins[last].flags)
        return flags == others || flags.contains(.primary) == others.contains(.primary)
    }
}

extension RegisterRow {
    /// True where it shows as much as an earlier reading of the register, or more, in the same steps.
    fileprivate func countsOn(from earlier: RegisterRow) -> Bool {
        earlier.value <= value && earlier.unit == unit && earlier.decimals == decimals
            && !value.subtractingReportingOverflow(earlier.value).overflow
            && (unit == MeasuredUnit.kilowattHours.rawValue || step.divisor == 1)
    }
}

/// How the registers of a day go on from those of the day before: both stand in one order, and one walk
/// along them tells.
struct RegisterSuccession {
    /// A reading, and what the register showed before it.
    struct Step: Hashable {
        /// The reading, as a place in the day.
        var place: Int
        var previous: RegisterReading
    }

    /// The steps that did not plainly count on, in the order of the day.
    private(set) var doubtful: [Step] = []
    /// Registers that sent nothing the day before: the places of their first readings.
    private(set) var begun: [Int] = []
    /// Registers that sent nothing on the day: the places of their first readings of the day before.
    private(set) var silent: [Int] = []

    /// Walks along two days.
    init(from earlier: DayRegisters, to today: DayRegisters) {
        let (rows, before) = (today.rows, earlier.rows)
        var (place, last) = (0, 0)
        while place < rows.count {
            let row = rows[place]
            while last < before.count, before[last].isOfEarlierRegister(than: row) {
                passSilent(&last, before)
            }
            let begins = place == 0 || !rows[place - 1].isOfSameRegister(as: row)
            if begins, last < before.count, before[last].isOfSameRegister(as: row) {
                last = RegisterSuccession.end(of: last, in: before)
                compare(row, today, place, with: before[last - 1], earlier, last - 1)
            } else if begins {
                begun.append(place)
            } else {
                // A register may have several readings within a day.
                compare(row, today, place, with: rows[place - 1], today, place - 1)
            }
            place += 1
        }
        while last < before.count { passSilent(&last, before) }
    }

    private mutating func passSilent(_ last: inout Int, _ before: [RegisterRow]) {
        silent.append(last)
        last = RegisterSuccession.end(of: last, in: before)
    }

    /// Notes a step unless it plainly counts on, whatever the dial is.
    @inline(__always)
    private mutating func compare(
        _ row: RegisterRow, _ day: DayRegisters, _ place: Int, with previous: RegisterRow,
        _ dayBefore: DayRegisters, _ last: Int
    ) {
        if row.countsOn(from: previous), day.isPrimary(place, like: last, of: dayBefore) {
            return
        }
        doubtful.append(Step(place: place, previous: dayBefore.reading(last)))
    }

    /// Where the readings of a register end that begin at a place.
    @inline(__always)
    private static func end(of place: Int, in rows: [RegisterRow]) -> Int {
        let row = rows[place]
        var end = place + 1
        while end < rows.count, rows[end].isOfSameRegister(as: row) { end += 1 }
        return end
    }
}
