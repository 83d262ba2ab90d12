// SPDX-License-Identifier: Apache-2.0

import MeterScan

/// Writes the bytes of a block: numbers as variable-length integers, a frame with a checksum.
///
/// Frame: `T`, `W`, version, kind, the content, then 4 bytes of checksum over all before them.
/// A number is 7 bits a byte, lowest first, the high bit set where more follow; a signed number is
/// folded (0, −1, 1, −2, …) so that small ones of either sign are short.
struct BlockWriter {
    static let version: UInt8 = 1
    /// Room for the block; what lies behind `count` is not written yet.
    private var bytes: [UInt8]
    private var count = 0

    init(kind: UInt8, capacity: Int) {
        bytes = [UInt8](repeating: 0, count: capacity + 16)
        for byte in [UInt8(ascii: "T"), UInt8(ascii: "W"), BlockWriter.version, kind] {
            bytes[count] = byte
            count += 1
        }
    }

    mutating func write(_ number: UInt64) {
        makeRoom(for: 1)
        let start = count
        var room = bytes.mutableSpan
        count = putAtOnce(number, into: &room, at: start)
    }

    /// Writes three numbers, the last of them signed.
    mutating func write(_ first: UInt64, _ second: UInt64, signed third: Int64) {
        makeRoom(for: 3)
        var place = count
        var room = bytes.mutableSpan
        place = putAtOnce(first, into: &room, at: place)
        place = putAtOnce(second, into: &room, at: place)
        place = putAtOnce(folded(third), into: &room, at: place)
        count = place
    }

    mutating func write(signed number: Int64) { write(folded(number)) }

    /// Writes numbers as their differences, the first from 0.
    mutating func write(differencesOf values: Span<Int64>) {
        makeRoom(for: values.count)
        var (position, place, before) = (0, count, 0 as Int64)
        var room = bytes.mutableSpan
        while position &+ 8 <= values.count {
            // Neighbours differ little: nearly always eight differences are eight bytes.
            let eight = values.extracting(position..<position &+ 8)
            let (word, bits) = packed(eight, after: before)
            if bits < 0x80 {
                room.store(word, at: place)
                place &+= 8
            } else {
                for value in position..<position &+ 8 {
                    place = put(folded(values[value] &- before), into: &room, at: place)
                    before = values[value]
                }
            }
            position &+= 8
            before = values[position &- 1]
        }
        while position < values.count {
            place = put(folded(values[position] &- before), into: &room, at: place)
            before = values[position]
            position &+= 1
        }
        count = place
    }

    /// A number takes ten bytes at most.
    @inline(__always)
    private mutating func makeRoom(for numbers: Int) {
        let missing = count + numbers * 10 + 4 - bytes.count
        if missing > 0 { grow(by: missing) }
    }

    @inline(never)
    private mutating func grow(by missing: Int) {
        bytes.append(contentsOf: repeatElement(0, count: max(missing, bytes.count)))
    }

    /// The finished block.
    consuming func finish() -> [UInt8] {
        makeRoom(for: 0)
        bytes.removeLast(bytes.count - count)
        let sum = blockChecksum(bytes.span)
        for shift in stride(from: 0, to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: sum >> UInt32(shift)))
        }
        return bytes
    }
}

/// A signed number as an unsigned one that is small where it is near zero.
@inline(__always)
private func folded(_ number: Int64) -> UInt64 { UInt64(bitPattern: number << 1 ^ number >> 63) }

/// The differences of eight values, each as one byte, and the bits that any of them has.
@inline(__always)
private func packed(
    _ values: Span<Int64>, after before: Int64
) -> (word: UInt64, bits: UInt64) {
    var (word, bits, before) = (0 as UInt64, 0 as UInt64, before)
    for lane in 0..<8 {
        let value = values[lane]
        let number = folded(value &- before)
        word |= number &<< UInt64(truncatingIfNeeded: lane &<< 3)
        bits |= number
        before = value
    }
    return (word, bits)
}

/// Puts a number's bytes into a room that has ten left, and gives the place after them.
@inline(__always)
private func put(_ number: UInt64, into room: inout MutableSpan<UInt8>, at place: Int) -> Int {
    var (rest, next) = (number, place)
    while rest >= 0x80 {
        room[next] = UInt8(truncatingIfNeeded: rest) | 0x80
        rest >>= 7
        next &+= 1
    }
    room[next] = UInt8(truncatingIfNeeded: rest)
    return next &+ 1
}

/// As `put`, in a few steps for numbers of any length.
@inline(__always)
private func putAtOnce(
    _ number: UInt64, into room: inout MutableSpan<UInt8>, at place: Int
) -> Int {
    guard number &>> 56 == 0 else { return put(number, into: &room, at: place) }
    // Halves of 28 bits, quarters of 14, then 7 bits in each byte.
    var word = number & 0xFFF_FFFF | (number & 0xFF_FFFF_F000_0000) &<< 4
    word = word & 0x3FFF_0000_3FFF | (word & 0x0FFF_C000_0FFF_C000) &<< 2
    word = word & 0x007F_007F_007F_007F | (word & 0x3F80_3F80_3F80_3F80) &<< 1
    let last = (63 &- (word | 1).leadingZeroBitCount) &>> 3
    let before = (1 as UInt64) &<< UInt64(truncatingIfNeeded: last &<< 3) &- 1
    room.store(word | before & 0x8080_8080_8080_8080, at: place)
    return place &+ last &+ 1
}

/// A checksum in 16 independent lanes, so that the compiler can work on 16 bytes at once.
func blockChecksum(_ bytes: Span<UInt8>) -> UInt32 {
    // Lane 4 × i + k is the lane i of the vector k: so its byte is shifted into place where it stands.
    let start = SIMD4<UInt32>(repeating: 2_166_136_261)
    var (first, second, third, fourth) = (start, start, start, start)
    let prime = SIMD4<UInt32>(repeating: 16_777_619)
    let low = SIMD4<UInt32>(repeating: 0xFF)
    let whole = bytes.count & ~15
    var position = 0
    while position < whole {
        let chunk = bytes.lanes(at: position)
        first = first &* prime ^ (chunk & low)
        second = second &* prime ^ (chunk &>> 8 & low)
        third = third &* prime ^ (chunk &>> 16 & low)
        fourth = fourth &* prime ^ (chunk &>> 24)
        position += 16
    }
    var sum = UInt32(truncatingIfNeeded: bytes.count)
    for lane in 0..<4 {
        for part in [first[lane], second[lane], third[lane], fourth[lane]] {
            sum = (sum &* 16_777_619) ^ part
        }
    }
    while position < bytes.count {
        sum = (sum &* 16_777_619) ^ UInt32(bytes[position])
        position += 1
    }
    return sum
}
