// SPDX-License-Identifier: Apache-2.0

/// Readings on their way from a file to the store, in columns and rows; never an object per reading.
public struct ReadingBatch: Sendable {
    /// Interval readings, in strips of one storage day of one channel.
    public var intervals = IntervalStrips()
    /// Register readings.
    public var registers: [RegisterRow] = []

    /// An empty batch.
    public init() {}

    /// How many slots and register rows it holds; what bounds its memory.
    public var cellCount: Int { intervals.values.count + registers.count }

    /// Forgets the readings and keeps the memory.
    public mutating func removeAll() {
        intervals.removeAll()
        registers.removeAll(keepingCapacity: true)
    }
}

/// Interval readings in strips: the slots of one storage day of one channel of one meter.
///
/// A storage day is 24 h of the meter's fixed standard offset, and slot k of it begins `k × minutes`
/// after its start. A strip may cover only some slots of its day (`firstSlots`, `slotCounts`), and two strips
/// may be of the same day and channel (a slot delivered twice); settling merges them.
/// A slot whose quality is 0 was not delivered and its value is 0.
public struct IntervalStrips: Sendable {
    /// The meter, as `MeterNumber.rawValue`. Shape: `[strip]`, as are the next eight.
    public var meters: [UInt32] = []
    /// The channel, as `Channel.packed`.
    public var channels: [UInt64] = []
    /// The storage day, as `CivilDay.number`.
    public var days: [Int32] = []
    /// Length of a slot: a divisor of 1440 minutes.
    public var slotMinutes: [UInt16] = []
    /// The first slot of the strip, within its day.
    public var firstSlots: [UInt16] = []
    /// How many slots the strip covers.
    public var slotCounts: [UInt16] = []
    /// The unit as delivered, as `MeasuredUnit.rawValue`.
    public var units: [UInt8] = []
    /// Digits after the point: a value is `values[k] × 10^-decimals` of the unit.
    public var decimals: [UInt8] = []
    /// The sender's version time in seconds since 1970 by the sender's clock; 0 where it gives none.
    public var versions: [Int64] = []
    /// Where the strip's slots begin in the next two columns. Shape: `[strip]`.
    public var offsets: [Int] = []
    /// The delivered integers. Shape: `[slot]`.
    public var values: [Int64] = []
    /// The qualities, as `Quality.packed`; 0 where nothing was delivered. Shape: `[slot]`.
    public var qualities: [UInt32] = []

    /// No strips.
    public init() {}

    /// How many strips there are.
    public var count: Int { meters.count }

    /// Forgets the strips and keeps the memory.
    public mutating func removeAll() {
        meters.removeAll(keepingCapacity: true)
        channels.removeAll(keepingCapacity: true)
        days.removeAll(keepingCapacity: true)
        slotMinutes.removeAll(keepingCapacity: true)
        firstSlots.removeAll(keepingCapacity: true)
        slotCounts.removeAll(keepingCapacity: true)
        units.removeAll(keepingCapacity: true)
        decimals.removeAll(keepingCapacity: true)
        versions.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        qualities.removeAll(keepingCapacity: true)
    }

    /// Appends a strip of zeros and gives its index; the caller fills the slots.
    ///
    /// - Parameter quality: That of all slots, as `Quality.packed`; 0 where nothing is known yet.
    /// - Returns: The strip's index; its slots begin at `offsets[index]`.
    @inlinable
    public mutating func appendStrip(
        meter: UInt32, channel: UInt64, day: Int32, slotMinutes minutes: UInt16, firstSlot: UInt16,
        slotCount: UInt16, unit: UInt8, decimals decimalCount: UInt8, version: Int64,
        quality: UInt32 = 0
    ) -> Int {
        meters.append(meter)
        channels.append(channel)
        days.append(day)
        slotMinutes.append(minutes)
        firstSlots.append(firstSlot)
        slotCounts.append(slotCount)
        units.append(unit)
        decimals.append(decimalCount)
        versions.append(version)
        offsets.append(values.count)
        let slots = Int(slotCount)
        values.append(addingCapacity: slots) { $0.append(repeating: 0, count: slots) }
        qualities.append(addingCapacity: slots) { $0.append(repeating: quality, count: slots) }
        return meters.count - 1
    }

    /// Where the run of slots of one quality ends that begins at a slot.
    ///
    /// - Parameter end: Where it ends at the latest, as its strip does.
    public func endOfRun(from slot: Int, before end: Int) -> Int {
        let quality = qualities[slot]
        var next = slot + 1
        while next < end, qualities[next] == quality { next += 1 }
        return next
    }

    /// The first of the last strips that are of one meter; nil where there is none.
    ///
    /// - Parameter cells: Where they have more slots, of those that have no more, or of one.
    public func startOfLastMeter(cells: Int) -> Int? {
        guard var first = meters.indices.last else { return nil }
        while first > 0, meters[first - 1] == meters[first],
            values.count - offsets[first - 1] <= cells
        { first -= 1 }
        return first
    }

    /// Takes the last strips away, from one on.
    public mutating func takeStrips(from first: Int) -> IntervalStrips {
        var taken = IntervalStrips()
        for strip in first..<count { taken.append(strip, of: self) }
        removeStrips(from: first)
        return taken
    }

    /// Forgets the last strips, from one on.
    public mutating func removeStrips(from first: Int) {
        let (strips, slots) = (count - first, values.count - offsets[first])
        meters.removeLast(strips)
        channels.removeLast(strips)
        days.removeLast(strips)
        slotMinutes.removeLast(strips)
        firstSlots.removeLast(strips)
        slotCounts.removeLast(strips)
        units.removeLast(strips)
        decimals.removeLast(strips)
        versions.removeLast(strips)
        offsets.removeLast(strips)
        values.removeLast(slots)
        qualities.removeLast(slots)
    }

    /// Appends a strip of others as it is.
    public mutating func append(_ strip: Int, of others: IntervalStrips) {
        let slots = others.offsets[strip]..<(others.offsets[strip] + Int(others.slotCounts[strip]))
        appendStrip(
            like: strip, of: others, firstSlot: others.firstSlots[strip], unit: others.units[strip],
            decimals: others.decimals[strip], version: others.versions[strip],
            values: others.values[slots], qualities: others.qualities[slots])
    }

    /// Appends a strip of the meter, channel, day and slot length of another, with these slots.
    public mutating func appendStrip(
        like strip: Int, of others: IntervalStrips, firstSlot: UInt16, unit: UInt8,
        decimals decimalCount: UInt8, version: Int64, values own: ArraySlice<Int64>,
        qualities ownQualities: ArraySlice<UInt32>
    ) {
        precondition(own.count == ownQualities.count, "one quality per value")
        meters.append(others.meters[strip])
        channels.append(others.channels[strip])
        days.append(others.days[strip])
        slotMinutes.append(others.slotMinutes[strip])
        firstSlots.append(firstSlot)
        slotCounts.append(UInt16(own.count))
        units.append(unit)
        decimals.append(decimalCount)
        versions.append(version)
        offsets.append(values.count)
        values.append(contentsOf: own)
        qualities.append(contentsOf: ownQualities)
    }
}
