// SPDX-License-Identifier: Apache-2.0

import MeterScan

/// Reads the bytes of a block; every count and number is checked before it is believed.
struct BlockReader {
    private let bytes: [UInt8]
    private var position = 4
    private let end: Int

    /// Checks the frame and stands before the content.
    init(_ bytes: [UInt8], kind: UInt8) throws(BlockError) {
        guard bytes.count >= 8 else { throw .wrongLength }
        guard bytes[0] == UInt8(ascii: "T"), bytes[1] == UInt8(ascii: "W"),
            bytes[2] == BlockWriter.version, bytes[3] == kind
        else { throw .unknownFormat }
        self.bytes = bytes
        end = bytes.count - 4
        var sum: UInt32 = 0
        for byte in 0..<4 { sum |= UInt32(bytes[end + byte]) << UInt32(8 * byte) }
        guard sum == blockChecksum(bytes.span.extracting(0..<end)) else { throw .wrongChecksum }
    }

    /// How many content bytes are left: an upper bound for any count that follows.
    var remaining: Int { end - position }

    @inline(__always)
    mutating func number() throws(BlockError) -> UInt64 {
        guard position < end else { throw .wrongLength }
        let first = bytes[position]
        if first < 0x80 {
            position &+= 1
            return UInt64(first)
        }
        // Behind the content stand four bytes of checksum, which the mask cuts off.
        if position &+ 8 <= bytes.count {
            let word = bytes.span.word(at: position)
            let ends = ~word & 0x8080_8080_8080_8080
            let length = (ends.trailingZeroBitCount &+ 1) &>> 3
            if ends != 0, position &+ length <= end {
                position &+= length
                return gathered(word & (ends ^ (ends &- 1)))
            }
        }
        let (number, next) = try BlockReader.longNumber(bytes, from: position, before: end)
        position = next
        return number
    }

    /// A number of any length at a place, and the place after it. It takes no reader, so that a reader
    /// need not be in memory for it.
    @inline(never)
    private static func longNumber(
        _ bytes: [UInt8], from place: Int, before end: Int
    ) throws(BlockError) -> (number: UInt64, next: Int) {
        var (value, shift, place) = (0 as UInt64, 0 as UInt64, place)
        while true {
            guard place < end else { throw .wrongLength }
            let byte = bytes[place]
            place += 1
            guard shift < 63 || byte <= 1 else { throw .outOfRange }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return (value, place) }
            shift += 7
        }
    }

    @inline(__always)
    mutating func signed() throws(BlockError) -> Int64 {
        unfolded(try number())
    }

    /// Reads numbers of which each is told by its difference from the one before.
    ///
    /// - Parameter value: The number before the first of them; then the last of them.
    mutating func readDifferences(
        into column: inout MutableSpan<Int64>, _ slots: Range<Int>, after value: inout Int64
    ) throws(BlockError) {
        var (before, place, slot) = (value, position, slots.lowerBound)
        let held = self.bytes
        let bytes = held.span
        while slot < slots.upperBound {
            // Neighbours differ little: nearly always sixteen differences are sixteen bytes.
            if slot &+ 16 <= slots.upperBound, place &+ 16 <= end {
                let (first, second) = bytes.words(at: place)
                if (first | second) & highBits == 0 {
                    // Once: then the compiler needs no check for each half.
                    precondition(slot >= 0 && slot <= column.count - 16, "room for sixteen values")
                    before = addUp(unfoldedBytes(first), after: before, into: &column, from: slot)
                    before = addUp(
                        unfoldedBytes(second), after: before, into: &column, from: slot &+ 8)
                    (slot, place) = (slot &+ 16, place &+ 16)
                    continue
                }
            }
            if slot &+ 8 <= slots.upperBound, place &+ 8 <= end {
                let word = bytes.word(at: place)
                if word & highBits == 0 {
                    before = addUp(unfoldedBytes(word), after: before, into: &column, from: slot)
                    (slot, place) = (slot &+ 8, place &+ 8)
                    continue
                }
                let found = addUp(mixed: word, after: &before, into: &column, from: slot)
                if found.bytes > 0 {
                    (slot, place) = (slot &+ found.numbers, place &+ found.bytes)
                    continue
                }
            }
            guard place < end else { throw .wrongLength }
            var folded = UInt64(bytes[place])
            if folded < 0x80 {
                place += 1
            } else if place + 1 < end, bytes[place + 1] < 0x80 {
                // Of two bytes mostly; longer ones are rare.
                folded = folded & 0x7F | UInt64(bytes[place + 1]) << 7
                place += 2
            } else {
                (folded, place) = try BlockReader.longNumber(held, from: place, before: end)
            }
            before &+= unfolded(folded)
            column[slot] = before
            slot &+= 1
        }
        (position, value) = (place, before)
    }

    /// Passes over so many numbers.
    mutating func skip(numbers: Int) throws(BlockError) {
        var (left, place) = (numbers, position)
        let held = self.bytes
        let bytes = held.span
        // Of eight bytes, each that ends a number has a high bit of 0.
        while left >= 8, place &+ 8 <= end {
            let ends = ~bytes.word(at: place) &>> 7 & 0x0101_0101_0101_0101
            left &-= Int(truncatingIfNeeded: (ends &* 0x0101_0101_0101_0101) &>> 56)
            place &+= 8
        }
        while left > 0 {
            guard place < end else { throw .wrongLength }
            if bytes[place] < 0x80 { left &-= 1 }
            place &+= 1
        }
        position = place
    }

    @inline(__always)
    mutating func number(below limit: Int) throws(BlockError) -> Int {
        let value = try number()
        guard value < UInt64(limit) else { throw .outOfRange }
        return Int(value)
    }

    mutating func small<Number: FixedWidthInteger & UnsignedInteger>(
        _ type: Number.Type
    ) throws(BlockError) -> Number {
        guard let value = Number(exactly: try number()) else { throw .outOfRange }
        return value
    }

    /// The content must end here.
    func finish() throws(BlockError) {
        guard position == end else { throw .wrongLength }
    }
}

/// The bit of each byte of a word that tells that its number goes on.
private let highBits: UInt64 = 0x8080_8080_8080_8080

/// The number whose bytes, 7 bits in each, stand in a word, the first lowest; above them are zeros.
@inline(__always)
private func gathered(_ bytes: UInt64) -> UInt64 {
    var word = bytes & 0x007F_007F_007F_007F | (bytes & 0x7F00_7F00_7F00_7F00) &>> 1
    word = word & 0x3FFF_0000_3FFF | (word & 0x3FFF_0000_3FFF_0000) &>> 2
    return word & 0xFFF_FFFF | (word &>> 32) &<< 28
}

/// The signed number that was folded.
@inline(__always)
private func unfolded(_ number: UInt64) -> Int64 {
    Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
}

/// Adds eight differences up to values from a slot on, and gives the last of those.
@inline(__always)
private func addUp(
    _ differences: UInt64, after value: Int64, into column: inout MutableSpan<Int64>, from slot: Int
) -> Int64 {
    // Once: then the compiler needs no check for each.
    precondition(slot >= 0 && slot <= column.count - 8, "room for eight values")
    var value = value
    for lane in 0..<8 {
        let shift = UInt64(truncatingIfNeeded: lane &<< 3)
        value &+= Int64(Int8(truncatingIfNeeded: differences &>> shift))
        column[slot + lane] = value
    }
    return value
}

/// As above, of the folded differences of one byte and of two that a word begins with.
///
/// - Returns: How many there are, and of how many bytes; none where the first is longer.
@inline(__always)
private func addUp(
    mixed word: UInt64, after value: inout Int64, into column: inout MutableSpan<Int64>,
    from slot: Int
) -> (numbers: Int, bytes: Int) {
    precondition(slot >= 0 && slot <= column.count - 8, "room for eight values")
    var (rest, bytes) = (word, 0)
    for number in 0..<8 {
        guard bytes < 8 else { return (number, bytes) }
        var folded = rest & 0x7F
        if rest & 0x80 == 0 {
            (rest, bytes) = (rest &>> 8, bytes &+ 1)
        } else {
            guard bytes < 7, rest & 0x8000 == 0 else { return (number, bytes) }
            folded |= (rest & 0x7F00) &>> 1
            (rest, bytes) = (rest &>> 16, bytes &+ 2)
        }
        value &+= unfolded(folded)
        column[slot + number] = value
    }
    return (8, bytes)
}

/// Eight signed numbers of one byte each, of eight folded ones below 128.
@inline(__always)
private func unfoldedBytes(_ word: UInt64) -> UInt64 {
    let signs = word & 0x0101_0101_0101_0101
    return (word &>> 1) & 0x7F7F_7F7F_7F7F_7F7F ^ signs &* 0xFF
}
