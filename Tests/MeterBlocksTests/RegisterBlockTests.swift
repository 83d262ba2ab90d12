// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import Testing

@Suite struct RegisterBlockTests {
    private func decoded(_ bytes: [UInt8]) throws(BlockError) -> StoredRegisters {
        var readings = StoredRegisters()
        try decodeRegisters(bytes, into: &readings)
        return readings
    }

    @Test func `a block is laid out as its type says`() throws {
        var readings = StoredRegisters()
        for (meter, value) in [(3, 1000), (3, 990), (4, 5)] as [(UInt32, Int64)] {
            readings.rows.append(
                RegisterRow(
                    meter: meter, channel: 0x41, instant: 64, value: value, decimals: 2, unit: 1,
                    quality: 9, version: meter == 4 ? -1 : 0))
            readings.origins.append(Origin(file: 1, delivery: 2, flags: .suspect))
        }
        let expected: [UInt8] = [
            0x54, 0x57, 1, 2,  // TW, version, kind
            3,  // rows
            55, 3, 0x41,  // all but the version differs from nothing; meter 3, channel
            0x80, 1,  // instant 64 folded is 128
            1, 2,  // unit, decimals
            1, 2, 1,  // file, delivery, flags
            9,  // quality
            0xD0, 0x0F,  // 1000 folded is 2000
            0, 0x41, 19,  // the same meter: 10 less
            9, 1, 0x41, 1,  // the next meter, of version -1
            0xB1, 0x0F,  // 985 less: 1969
            0, 0, 0, 0,
        ]
        #expect(readings.encoded == resealed(expected))
        let back = try decoded(resealed(expected))
        #expect(back.rows == readings.rows)
        #expect(back.origins == readings.origins)
    }

    @Test func `what was stored comes back, in the order it was stored in`() throws {
        var seeded = SeededReadings(seed: 31)
        for _ in 0..<300 {
            let readings = seeded.registers()
            let back = try decoded(readings.encoded)
            #expect(back.rows == readings.rows)
            #expect(back.origins == readings.origins)
        }
    }

    @Test func `damaged or cut bytes are refused`() {
        var seeded = SeededReadings(seed: 32)
        for _ in 0..<300 {
            var bytes = seeded.registers().encoded
            let cut = Int.random(in: 0..<bytes.count, using: &seeded.generator)
            #expect(refusal(of: Array(bytes.prefix(cut))) != nil)
            let position = Int.random(in: bytes.indices, using: &seeded.generator)
            bytes[position] ^= UInt8.random(in: 1...255, using: &seeded.generator)
            #expect(refusal(of: bytes) == (position < 4 ? .unknownFormat : .wrongChecksum))
        }
    }

    @Test func `bytes with a right checksum are read whole or refused`() {
        var seeded = SeededReadings(seed: 33)
        var (refused, read) = (0, 0)
        for _ in 0..<3000 {
            let bytes = seeded.mutated(seeded.registers().encoded)
            do throws(BlockError) {
                let found = try decoded(bytes)
                read += 1
                #expect(try decoded(found.encoded).rows == found.rows)
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

    @Test func `a block of one kind is not read as the other`() {
        var intervals = StoredIntervals()
        let bytes = StoredRegisters().encoded
        do throws(BlockError) {
            try decodeIntervals(bytes, into: &intervals)
            Issue.record("registers were read as intervals")
        } catch {
            #expect(error == .unknownFormat)
        }
    }
}

@Suite struct BlockNumberTests {
    private func block(value: Int64) -> [UInt8] {
        var readings = StoredRegisters()
        readings.rows.append(
            RegisterRow(
                meter: 0, channel: 0, instant: 0, value: value, decimals: 0, unit: 0, quality: 0,
                version: 0))
        readings.origins.append(Origin(file: 0, delivery: 0, flags: []))
        return readings.encoded
    }

    @Test(
        arguments: [
            // a value and its bytes: 7 bits a byte, a sign folded into the lowest
            (0, 1), (63, 1), (-64, 1), (64, 2), (-65, 2), (8191, 2), (-8192, 2), (8192, 3),
            (1 << 55 - 1, 8), (1 << 55, 9), (1 << 62 - 1, 9), (1 << 62, 10), (.max, 10), (.min, 10),
        ] as [(Int64, Int)])
    func `a number takes the bytes it needs and comes back`(value: Int64, count: Int) throws {
        let bytes = block(value: value)
        // Frame 8, count 1, change 1, channel 1.
        #expect(bytes.count == 11 + count)
        var readings = StoredRegisters()
        try decodeRegisters(bytes, into: &readings)
        #expect(readings.rows.map(\.value) == [value])
    }

    @Test(
        arguments: [
            // the tenth byte of a number has one bit left
            (0x01, nil), (0x02, .outOfRange), (0x7F, .outOfRange), (0x81, .outOfRange),
        ] as [(UInt8, BlockError?)])
    func `a number of more than 64 bits is refused`(last: UInt8, expected: BlockError?) {
        var bytes = block(value: .min)
        bytes[bytes.count - 5] = last
        var found: BlockError?
        var readings = StoredRegisters()
        do throws(BlockError) {
            try decodeRegisters(resealed(bytes), into: &readings)
        } catch { found = error }
        #expect(found == expected)
    }
}
