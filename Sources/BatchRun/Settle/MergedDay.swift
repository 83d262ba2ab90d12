// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterValidate

/// One channel's day while its strips are laid over each other.
struct MergedDay {
    /// What the slots of one written strip share.
    struct Attributes: Hashable {
        var unit: UInt8
        var decimals: UInt8
        var version: Int64
        var origin: Origin

        /// Those of a strip.
        init(_ strip: Int, of readings: StoredIntervals) {
            unit = readings.strips.units[strip]
            decimals = readings.strips.decimals[strip]
            version = readings.strips.versions[strip]
            origin = readings.origins[strip]
        }

        /// Those of a strip whose value stands.
        init(_ strip: Int, of readings: StoredIntervals, as current: SlotCurrent) {
            self.init(strip, of: readings)
            version = current.newestVersion
            origin.flags.mark(current)
        }
    }

    /// The delivered integers, each at the step of its slot's attributes. Shape: `[slot]`.
    private(set) var values: [Int64] = []
    /// The qualities; 0 where nothing was delivered. Shape: `[slot]`.
    private(set) var qualities: [UInt32] = []
    /// The slot's attributes by number, or a mark of `layStrip`. Shape: `[slot]`.
    private(set) var owners: [Int32] = []
    private var attributes: [Attributes] = []

    /// The attributes of a slot that is neither free nor contested.
    func attributes(ofSlot slot: Int) -> Attributes { attributes[Int(owners[slot])] }

    /// Begins a day of so many free slots.
    mutating func begin(slots: Int) {
        attributes.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        qualities.removeAll(keepingCapacity: true)
        owners.removeAll(keepingCapacity: true)
        values.append(contentsOf: repeatElement(0, count: slots))
        qualities.append(contentsOf: repeatElement(0, count: slots))
        owners.append(contentsOf: repeatElement(freeSlot, count: slots))
    }

    /// Lays a strip of the day over those before it.
    mutating func lay(_ strip: Int, of readings: StoredIntervals) {
        let owner = number(of: Attributes(strip, of: readings))
        let slots = readings.strips.slots(strip)
        layStrip(
            values: readings.strips.values.span.extracting(slots),
            qualities: readings.strips.qualities.span.extracting(slots),
            firstSlot: Int(readings.strips.firstSlots[strip]), owner: owner, dayValues: &values,
            dayQualities: &qualities, owners: &owners)
    }

    /// Fills a slot with what was decided for it.
    mutating func put(_ value: Int64, _ quality: UInt32, at slot: Int, _ attributes: Attributes) {
        values[slot] = value
        qualities[slot] = quality
        owners[slot] = number(of: attributes)
    }

    private mutating func number(of wanted: Attributes) -> Int32 {
        if let known = attributes.lastIndex(of: wanted) { return Int32(known) }
        attributes.append(wanted)
        return Int32(attributes.count - 1)
    }

    /// Writes the day as one strip per set of attributes, in the order of their first slots.
    ///
    /// - Parameter like: A strip of the same meter, channel, day and slot length.
    func write(like strip: Int, of readings: StoredIntervals, to result: inout StoredIntervals) {
        var firsts = [Int](repeating: -1, count: attributes.count)
        var lasts = firsts
        for slot in owners.indices where owners[slot] != freeSlot {
            let owner = Int(owners[slot])
            if firsts[owner] < 0 { firsts[owner] = slot }
            lasts[owner] = slot
        }
        // What was decided may have left none of some strips.
        let written = firsts.indices.filter { firsts[$0] >= 0 }
            .sorted { firsts[$0] < firsts[$1] }
        for owner in written {
            let span = firsts[owner]...lasts[owner]
            var (own, ownQualities) = (values[span], qualities[span])
            if written.count > 1 {
                for slot in span where owners[slot] != Int32(owner) {
                    (own[slot], ownQualities[slot]) = (0, 0)
                }
            }
            let shared = attributes[owner]
            result.strips.appendStrip(
                like: strip, of: readings.strips, firstSlot: UInt16(span.lowerBound),
                unit: shared.unit, decimals: shared.decimals, version: shared.version, values: own,
                qualities: ownQualities)
            result.origins.append(shared.origin)
        }
    }
}
