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
        position += 1
        if first < 0x80 { return UInt64(first) }
        return try longNumber(UInt64(first & 0x7F))
    }

    private mutating func longNumber(_ low: UInt64) throws(BlockError) -> UInt64 {
        var (value, shift) = (low, UInt64(7))
        while true {
            guard position < end else { throw .wrongLength }
            let byte = bytes[position]
            position += 1
            guard shift < 63 || byte <= 1 else { throw .outOfRange }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
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
            // Neighbours differ little: nearly always eight differences are eight bytes.
            if slot &+ 8 <= slots.upperBound, place &+ 8 <= end {
                let word = bytes.word(at: place)
                if word & 0x8080_8080_8080_8080 == 0 {
                    let differences = unfoldedBytes(word)
                    for lane in 0..<8 {
                        let shift = UInt64(truncatingIfNeeded: lane &<< 3)
                        let byte = Int8(truncatingIfNeeded: differences &>> shift)
                        before &+= Int64(byte)
                        column[slot &+ lane] = before
                    }
                    (slot, place) = (slot &+ 8, place &+ 8)
                    continue
                }
            }
            guard place < end else { throw .wrongLength }
            var folded = UInt64(bytes[place])
            place += 1
            if folded >= 0x80 {
                // Of two bytes mostly; longer ones are rare.
                if place < end, bytes[place] < 0x80 {
                    folded = folded & 0x7F | UInt64(bytes[place]) << 7
                    place += 1
                } else {
                    position = place
                    folded = try longNumber(folded & 0x7F)
                    place = position
                }
            }
            before &+= unfolded(folded)
            column[slot] = before
            slot &+= 1
        }
        (position, value) = (place, before)
    }

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

/// The signed number that was folded.
@inline(__always)
private func unfolded(_ number: UInt64) -> Int64 {
    Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
}

/// Eight signed numbers of one byte each, of eight folded ones below 128.
@inline(__always)
private func unfoldedBytes(_ word: UInt64) -> UInt64 {
    let signs = word & 0x0101_0101_0101_0101
    return (word &>> 1) & 0x7F7F_7F7F_7F7F_7F7F ^ signs &* 0xFF
}
