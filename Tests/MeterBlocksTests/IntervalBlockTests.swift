// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import Testing

/// Everything a block says of a strip, for comparing.
private struct Strip: Equatable {
    var meter: UInt32
    var channel: UInt64
    var day: Int32
    var shape: [UInt16]
    var unit: [UInt8]
    var version: Int64
    var origin: Origin
    var values: [Int64]
    var qualities: [UInt32]

    init(_ readings: StoredIntervals, _ index: Int) {
        let strips = readings.strips
        (meter, channel) = (strips.meters[index], strips.channels[index])
        day = strips.days[index]
        shape = [strips.slotMinutes[index], strips.firstSlots[index], strips.slotCounts[index]]
        unit = [strips.units[index], strips.decimals[index]]
        (version, origin) = (strips.versions[index], readings.origins[index])
        let slots = strips.offsets[index]..<strips.offsets[index] + Int(strips.slotCounts[index])
        values = Array(strips.values[slots])
        qualities = Array(strips.qualities[slots])
    }
}

@Suite struct IntervalBlockTests {
    private func decoded(
        _ bytes: [UInt8], _ choice: StripChoice = .all
    ) throws(BlockError) -> StoredIntervals {
        var readings = StoredIntervals()
        try decodeIntervals(bytes, choice, into: &readings)
        return readings
    }

    /// Two meters with two quarter hours each, of file 7 in delivery 3.
    private func twoMeters() -> StoredIntervals {
        var readings = StoredIntervals()
        for (meter, values) in [(5, [100, 98]), (6, [1, -1])] as [(UInt32, [Int64])] {
            let strip = readings.strips.appendStrip(
                meter: meter, channel: Channel(.activeImport, .interval).packed, day: 1,
                slotMinutes: 15, firstSlot: 4, slotCount: 2, unit: 1, decimals: 2, version: 0)
            for (slot, value) in values.enumerated() {
                let place = readings.strips.offsets[strip] + slot
                readings.strips.values[place] = value
                readings.strips.qualities[place] = Quality.actual.packed
            }
            readings.origins.append(Origin(file: 7, delivery: 3, flags: []))
        }
        return readings
    }

    @Test func `a block is laid out as its type says`() throws {
        let expected: [UInt8] = [
            0x54, 0x57, 1, 1,  // TW, version, kind
            2, 2,  // day 1 folded, strips
            55, 5,  // all but the version differs from nothing; meter 5
            0x80, 0x90, 0x04,  // channel 1.8.0, 0x10800
            15, 4, 2,  // minutes, first slot, slots
            1, 2,  // unit, decimals
            7, 3, 0,  // file, delivery, flags
            2, 0xC1, 0x80, 0x80, 0x18,  // two slots of quality 0x3000041
            0xC8, 1, 3,  // 100 and then 2 less, folded
            0, 1,  // nothing differs; the next meter
            2, 3,  // 1 and then 2 less
            0, 0, 0, 0,
        ]
        let bytes = twoMeters().encoded
        #expect(bytes == resealed(expected))
        let back = try decoded(resealed(expected))
        #expect(Strip(back, 0) == Strip(twoMeters(), 0))
        #expect(Strip(back, 1) == Strip(twoMeters(), 1))
    }

    @Test func `what was stored comes back, in the order it was stored in`() throws {
        var seeded = SeededReadings(seed: 21)
        for _ in 0..<300 {
            let readings = seeded.intervals()
            let back = try decoded(readings.encoded)
            #expect(back.strips.count == readings.strips.count)
            #expect(back.origins.count == readings.origins.count)
            for strip in 0..<readings.strips.count {
                #expect(Strip(back, strip) == Strip(readings, strip))
            }
        }
    }

    /// A block read strip by strip.
    private func readOneByOne(_ bytes: [UInt8]) throws(BlockError) -> StoredIntervals {
        var readings = StoredIntervals()
        var strips = try StripReader(bytes)
        while try strips.next() { strips.append(to: &readings) }
        return readings
    }

    @Test func `read one by one, strips are what they are all at once`() throws {
        var seeded = SeededReadings(seed: 26)
        for round in 0..<2000 {
            let block = seeded.intervals()
            // Every other block is damaged under a right checksum.
            let bytes = round % 2 == 0 ? block.encoded : seeded.mutated(block.encoded)
            var (all, one): (StoredIntervals?, StoredIntervals?)
            do throws(BlockError) { all = try decoded(bytes) } catch { all = nil }
            do throws(BlockError) { one = try readOneByOne(bytes) } catch { one = nil }
            #expect((all == nil) == (one == nil))
            guard let all, let one else { continue }
            #expect(
                all.origins.indices.map { Strip(all, $0) }
                    == one.origins.indices.map { Strip(one, $0) })
        }
    }

    @Test func `a leap or a missing value may stand at any slot`() throws {
        // Differences of up to 63 take one byte; leaps of 64 two, of 8192 three.
        for leap in [64, 8192, -1 << 40] as [Int64] {
            for place in 0..<24 {
                for missing in 0...24 {
                    var readings = StoredIntervals()
                    _ = readings.strips.appendStrip(
                        meter: 9, channel: Channel(.activeImport, .interval).packed, day: 1,
                        slotMinutes: 60, firstSlot: 0, slotCount: 24, unit: 1, decimals: 2,
                        version: 0)
                    var value: Int64 = 0
                    for slot in 0..<24 where slot != missing {
                        value += slot == place ? leap : slot % 2 == 0 ? 63 : -64
                        readings.strips.values[slot] = value
                        readings.strips.qualities[slot] = Quality.actual.packed
                    }
                    readings.origins.append(Origin(file: 7, delivery: 3, flags: []))
                    let back = try decoded(readings.encoded)
                    #expect(Strip(back, 0) == Strip(readings, 0))
                }
            }
        }
    }

    @Test func `a block is appended to what is there`() throws {
        var readings = try decoded(twoMeters().encoded)
        try decodeIntervals(twoMeters().encoded, into: &readings)
        #expect(readings.strips.meters == [5, 6, 5, 6])
        #expect(Strip(readings, 3) == Strip(twoMeters(), 1))
    }

    @Test func `only the strips that are asked for are stored`() throws {
        let readings = twoMeters()
        let bytes = encodeIntervals(readings.strips, order: [1]) { readings.origins[$0] }
        let back = try decoded(bytes)
        #expect(back.strips.count == 1)
        #expect(Strip(back, 0) == Strip(readings, 1))
    }

    @Test func `strips that are marked as clean are passed over where only others are read`() throws
    {
        var seeded = SeededReadings(seed: 25)
        for _ in 0..<500 {
            let readings = seeded.intervals()
            let order = Array(0..<readings.strips.count)
            let clean = order.map { _ in !seeded.generator.once(in: 3) }
            let bytes = encodeIntervals(readings.strips, order: order, clean: clean) {
                readings.origins[$0]
            }
            let (all, others) = (try decoded(bytes), try decoded(bytes, .doubtful))
            let doubtful = order.filter { !clean[$0] }
            #expect(order.map { Strip(all, $0) } == order.map { Strip(readings, $0) })
            #expect(
                others.origins.indices.map { Strip(others, $0) }
                    == doubtful.map { Strip(readings, $0) })
            #expect(others.strips.count == doubtful.count)
            #expect(try metersOfIntervals(bytes) == readings.strips.meters)
        }
    }

    @Test func `a clean strip is marked in its first byte, and without marks all are read`() throws
    {
        let readings = twoMeters()
        let marked = encodeIntervals(readings.strips, order: [0, 1], clean: [false, true]) {
            readings.origins[$0]
        }
        var expected = readings.encoded
        expected[27] |= 64
        #expect(marked == resealed(expected))
        #expect(try decoded(marked, .doubtful).strips.meters == [5])
        #expect(try decoded(readings.encoded, .doubtful).strips.meters == [5, 6])
    }

    @Test func `stored bytes depend on the content alone`() throws {
        var seeded = SeededReadings(seed: 22)
        for _ in 0..<100 {
            let bytes = seeded.intervals().encoded
            #expect(try decoded(bytes).encoded == bytes)
        }
    }

    @Test func `damaged or cut bytes are refused`() {
        var seeded = SeededReadings(seed: 23)
        for _ in 0..<300 {
            var bytes = seeded.intervals().encoded
            let cut = Int.random(in: 0..<bytes.count, using: &seeded.generator)
            #expect(refusal(of: Array(bytes.prefix(cut))) != nil)
            let position = Int.random(in: bytes.indices, using: &seeded.generator)
            bytes[position] ^= UInt8.random(in: 1...255, using: &seeded.generator)
            #expect(refusal(of: bytes) == (position < 4 ? .unknownFormat : .wrongChecksum))
        }
    }

    @Test func `bytes with a right checksum are read whole or refused`() {
        var seeded = SeededReadings(seed: 24)
        var (refused, read) = (0, 0)
        for _ in 0..<3000 {
            let bytes = seeded.mutated(seeded.intervals(most: 4).encoded)
            do throws(BlockError) {
                _ = try? decoded(bytes, .doubtful)
                let found = try decoded(bytes)
                read += 1
                #expect(try metersOfIntervals(bytes) == found.strips.meters)
                // What is read is whole, so it can be stored again and comes back the same.
                let again = try decoded(found.encoded)
                #expect(again.strips.values == found.strips.values)
                #expect(again.strips.qualities == found.strips.qualities)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 500)
        #expect(read > 500)
    }

    private func refusal(of bytes: [UInt8]) -> BlockError? {
        do throws(BlockError) { _ = try decoded(bytes) } catch { return error }
        return nil
    }

    @Test(
        arguments: [
            // where in the block of two meters, what stands there instead, and why it is refused
            (5, 100, BlockError.outOfRange),  // more strips than bytes
            (6, 128, .outOfRange),  // a mark that there is none of
            (11, 0, .outOfRange),  // slots of no minutes
            (11, 7, .outOfRange),  // slots that do not fill a day
            (12, 95, .outOfRange),  // slots beyond the end of the day
            (19, 3, .outOfRange),  // a quality for more slots than there are
            (19, 0, .outOfRange),  // a quality for no slot
            (27, 16, .wrongLength),  // an origin is announced: what follows is not enough
        ] as [(Int, UInt8, BlockError)])
    func `a count or number outside a block is refused`(
        position: Int, byte: UInt8, error: BlockError
    ) {
        var bytes = twoMeters().encoded
        bytes[position] = byte
        #expect(refusal(of: resealed(bytes)) == error)
    }

    @Test func `a usual day costs two bytes besides its values`() {
        // 1000 meters with 96 values that differ by less than 64 from slot to slot: a byte each.
        var readings = StoredIntervals()
        for meter in 1...1000 as ClosedRange<UInt32> {
            let strip = readings.strips.appendStrip(
                meter: meter, channel: Channel(.activeImport, .interval).packed, day: 20_000,
                slotMinutes: 15, firstSlot: 0, slotCount: 96, unit: 1, decimals: 3, version: 0)
            readings.origins.append(Origin(file: 0, delivery: 0, flags: []))
            for slot in 0..<96 {
                let place = readings.strips.offsets[strip] + slot
                readings.strips.values[place] = Int64(30 + (slot * Int(meter)) % 30)
                readings.strips.qualities[place] = Quality.actual.packed
            }
        }
        // Besides: frame 8, day 3, count 2; channel 3, shape 3, unit 2 and quality 5 said once.
        #expect(readings.encoded.count == 1000 * (2 + 96) + 8 + 3 + 2 + 3 + 3 + 2 + 5)
    }
}
