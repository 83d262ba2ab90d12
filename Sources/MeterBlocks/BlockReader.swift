// SPDX-License-Identifier: Apache-2.0

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
        let folded = try number()
        return Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1)
    }

    /// Reads numbers of which each is told by its difference from the one before, the first from 0.
    mutating func readDifferences(
        into column: inout MutableSpan<Int64>, _ slots: Range<Int>
    ) throws(BlockError) {
        var (value, place) = (Int64(0), position)
        let held = self.bytes
        let bytes = held.span
        for slot in slots {
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
            value &+= Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1)
            column[slot] = value
        }
        position = place
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
