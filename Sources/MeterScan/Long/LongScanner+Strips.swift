// SPDX-License-Identifier: Apache-2.0

import MeterModel

// From rows to strips: a storage day is opened, its rows wait until they fit, and it is closed.
extension LongScanner {
    /// Makes the storage day of a row the open one of its series, closing the one before.
    mutating func enter(
        _ place: SlotPlace, _ span: DirectorySpan, of position: Int,
        into batch: inout ReadingBatch, rejections: inout [ReadingRejection]
    ) {
        let step = Int32(span.intervalMinutes) * 60
        let isSame =
            series[position].isOpen && series[position].dayStart == place.dayStart
            && series[position].meter == span.meter && series[position].stepSeconds == step
        if !isSame {
            closeDay(of: position, into: &batch, rejections: &rejections)
            series[position].isOpen = true
            series[position].day = place.day
            series[position].dayStart = place.dayStart
            series[position].meter = span.meter
            series[position].stepSeconds = step
            series[position].distances = SlotDistances()
            series[position].fits = false
            series[position].finerRows = 0
            series[position].strip = -1
        }
        series[position].note(span)
    }

    /// Takes notice that a slot was delivered, whatever its cell holds.
    ///
    /// Once no longer interval fits the slots, they show that the rows fit the meter's interval
    /// length: then what waits is placed.
    mutating func note(slot: Int32, of position: Int, into batch: inout ReadingBatch) {
        series[position].lastSlot = Int16(slot)
        guard !series[position].fits else { return }
        series[position].distances.note(slot)
        if series[position].distances.areDense, series[position].finerRows == 0 {
            series[position].fits = true
            placeHeld(of: position, into: &batch)
            takeWaiting(of: position) { scanner, row in
                scanner.put(row, of: position, into: &batch)
            }
        }
    }

    /// Takes notice of a row that lies between two slots, as those of a shorter interval do.
    ///
    /// From here on the rows of the day wait for its end.
    mutating func noteFinerRow(of position: Int) {
        if series[position].fits {
            series[position].fits = false
            series[position].distances.restart()
        }
        series[position].finerRows += 1
    }

    /// Ends the open day of a series: what waits is placed, or refused as of another length.
    ///
    /// A day of rows too few to tell goes with the one beside it in the file: files of hours whose days
    /// are those of another clock have some rows in the storage day before or after.
    mutating func closeDay(
        of position: Int, into batch: inout ReadingBatch, rejections: inout [ReadingRejection]
    ) {
        guard series[position].isOpen else { return }
        series[position].isOpen = false
        if series[position].fits {
            // Nothing waits, and nothing is held.
            _ = dayBefore(of: position)
            return
        }
        let (distances, finerRows) = (series[position].distances, series[position].finerRows)
        let isLonger = distances.areOfLongerInterval(
            slotsPerDay: 86_400 / series[position].stepSeconds)
        let isShorter = finerRows > 0 && Int(finerRows) * 2 >= distances.count
        let day = series[position].openDay
        let before = dayBefore(of: position)
        if isLonger, before.held.isBeside(day) {
            takeRows(from: series[position].firstHeld) { $0.refuse($1, of: position, &rejections) }
            series[position].firstHeld = -1
        } else {
            place(before.held, of: position, into: &batch)
        }
        if isLonger { daysBefore[Int32(position)] = DayBefore(longer: day) }
        let isFew = distances.areFew && finerRows == 0
        if isFew, !before.longer.isBeside(day) {
            series[position].firstHeld = series[position].firstWaiting
            daysBefore[Int32(position)] = DayBefore(held: day)
            series[position].firstWaiting = -1
        } else if isFew || isLonger || isShorter {
            takeWaiting(of: position) { $0.refuse($1, of: position, &rejections) }
        } else {
            takeWaiting(of: position) { $0.put($1, of: position, into: &batch) }
        }
    }

    /// Takes what is remembered of the day before.
    private mutating func dayBefore(of position: Int) -> DayBefore {
        // Most files need none of it, ever.
        if daysBefore.isEmpty { return DayBefore() }
        return daysBefore.removeValue(forKey: Int32(position)) ?? DayBefore()
    }

    /// Places the rows that are held of the day before the open one.
    mutating func placeHeld(of position: Int, into batch: inout ReadingBatch) {
        guard series[position].firstHeld >= 0 else { return }
        place(daysBefore[Int32(position)]?.held ?? SeriesDay(), of: position, into: &batch)
    }

    private mutating func place(
        _ heldDay: SeriesDay, of position: Int, into batch: inout ReadingBatch
    ) {
        let first = series[position].firstHeld
        guard first >= 0 else { return }
        series[position].firstHeld = -1
        let open = series[position].openDay
        series[position].openDay = heldDay
        series[position].strip = -1
        takeRows(from: first) { $0.put($1, of: position, into: &batch) }
        series[position].openDay = open
        series[position].strip = -1
    }

    private mutating func refuse(
        _ row: WaitingRow, of position: Int, _ rejections: inout [ReadingRejection]
    ) {
        guard row.isWanted else { return }
        readings += 1
        rejections.append(
            ReadingRejection(
                .wrongIntervalLength, line: row.line, byte: row.byte, found: row.label.text,
                meter: series[position].meter,
                energy: RejectedEnergy(
                    channel: series[position].channel, unit: layout.unit,
                    values: CollectionOfOne((value: row.value, decimals: row.decimals)))))
    }

    /// Lets a row wait, after those of its series that wait already.
    mutating func wait(_ row: WaitingRow, of position: Int) {
        let place: Int32
        if let free = freeWaiting.popLast() {
            waiting[Int(free)] = row
            place = free
        } else {
            place = Int32(waiting.count)
            waiting.append(row)
        }
        if series[position].firstWaiting < 0 {
            series[position].firstWaiting = place
        } else {
            waiting[Int(series[position].lastWaiting)].next = place
        }
        series[position].lastWaiting = place
    }

    private mutating func takeWaiting(
        of position: Int, _ take: (inout LongScanner, WaitingRow) -> Void
    ) {
        let first = series[position].firstWaiting
        series[position].firstWaiting = -1
        series[position].lastWaiting = -1
        takeRows(from: first, take)
    }

    private mutating func takeRows(
        from first: Int32, _ take: (inout LongScanner, WaitingRow) -> Void
    ) {
        var place = first
        while place >= 0 {
            let row = waiting[Int(place)]
            freeWaiting.append(place)
            place = row.next
            take(&self, row)
        }
    }

    /// Puts a row into the series' strip, or into a new one where it does not fit that.
    mutating func put(_ row: WaitingRow, of position: Int, into batch: inout ReadingBatch) {
        guard row.isWanted else { return }
        readings += 1
        let hasValue = !Quality.isMissing(packed: row.quality)
        var value = row.value
        var canUse =
            places.holds(series[position].strip) && row.slot >= series[position].firstSlot
            && row.slot < series[position].endSlot
        if canUse {
            // A slot that is delivered twice goes into a second strip: settling decides.
            canUse = batch.intervals.qualities[places.cell(series[position].base, row.slot)] == 0
        }
        if canUse, hasValue {
            let more = row.decimals - Int(series[position].decimals)
            if more > 0 {
                canUse = rescale(by: more, of: position, in: &batch)
            } else if more < 0 {
                let (scaled, overflow) = value.multipliedReportingOverflow(by: powersOfTen[-more])
                (value, canUse) = (scaled, !overflow)
            }
        }
        if !canUse {
            value = row.value
            openStrip(
                of: position, at: row.slot, decimals: hasValue ? row.decimals : 0, in: &batch)
        }
        let cell = places.cell(series[position].base, row.slot)
        batch.intervals.values[cell] = value
        batch.intervals.qualities[cell] = row.quality
    }

    /// Gives the series' strip more decimals; false, and nothing changed, where a value cannot.
    private mutating func rescale(
        by more: Int, of position: Int, in batch: inout ReadingBatch
    ) -> Bool {
        let strip = places.index(ofStrip: series[position].strip)
        let first = batch.intervals.offsets[strip]
        let cells = first..<(first + Int(batch.intervals.slotCounts[strip]))
        let factor = powersOfTen[more]
        for cell in cells
        where batch.intervals.values[cell].multipliedReportingOverflow(by: factor).overflow {
            return false
        }
        for cell in cells { batch.intervals.values[cell] *= factor }
        series[position].decimals += Int8(more)
        batch.intervals.decimals[strip] = UInt8(series[position].decimals)
        return true
    }

    /// Whole days of series that take turns are filled side by side up to so many cells: some MB.
    private static let wholeDayCells = 1 << 20

    /// So many slots a strip has at least, however many series take turns: with them it is about
    /// as large as the series' own state.
    static let leastSlots = 32

    /// Opens a strip of the series' day, with room for all of it.
    ///
    /// Where rows of very many meters take turns, whole days of all of them are too much to hold: a
    /// day is then cut into strips of equal length.
    mutating func openStrip(
        of position: Int, at slot: Int32, decimals: Int, in batch: inout ReadingBatch
    ) {
        let minutes = UInt16(series[position].stepSeconds / 60)
        let slots = Int32(1440 / minutes)
        var length = slots
        if takesTurns {
            let pieces = (Int(order.turn) * Int(slots) - 1) / LongScanner.wholeDayCells + 1
            length = max(Int32((Int(slots) - 1) / pieces + 1), Int32(LongScanner.leastSlots))
        }
        let first = length < slots ? slot / length * length : 0
        let end = min(slots, first + length)
        let strip = batch.intervals.appendStrip(
            meter: series[position].meter, channel: series[position].channel,
            day: series[position].day, slotMinutes: minutes, firstSlot: UInt16(first),
            slotCount: UInt16(end - first), unit: layout.unit.rawValue,
            decimals: UInt8(decimals), version: 0)
        series[position].strip = places.strip(at: strip)
        series[position].base = places.base(batch.intervals.offsets[strip], slot: first)
        series[position].firstSlot = Int16(first)
        series[position].endSlot = Int16(end)
        series[position].decimals = Int8(decimals)
    }
}
