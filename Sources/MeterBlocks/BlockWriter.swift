// SPDX-License-Identifier: Apache-2.0

/// Writes the bytes of a block: numbers as variable-length integers, a frame with a checksum.
///
/// Frame: `T`, `W`, version, kind, the content, then 4 bytes of checksum over all before them.
/// A number is 7 bits a byte, lowest first, the high bit set where more follow; a signed number is
/// folded (0, −1, 1, −2, …) so that small ones of either sign are short.
struct BlockWriter {
    static let version: UInt8 = 1
    private(set) var bytes: [UInt8]

    init(kind: UInt8, capacity: Int) {
        bytes = []
        bytes.reserveCapacity(capacity + 16)
        bytes += [UInt8(ascii: "T"), UInt8(ascii: "W"), BlockWriter.version, kind]
    }

    @inline(__always)
    mutating func write(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    @inline(__always)
    mutating func write(signed number: Int64) {
        write(UInt64(bitPattern: number << 1 ^ number >> 63))
    }

    /// The finished block.
    mutating func finish() -> [UInt8] {
        let sum = blockChecksum(bytes.span)
        for shift in stride(from: 0, to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: sum >> UInt32(shift)))
        }
        return bytes
    }
}

/// A checksum in 16 independent lanes, so that the compiler can work on 16 bytes at once.
func blockChecksum(_ bytes: Span<UInt8>) -> UInt32 {
    var lanes = SIMD16<UInt32>(repeating: 2_166_136_261)
    let whole = bytes.count & ~15
    var position = 0
    while position < whole {
        var chunk = SIMD16<UInt8>()
        for lane in 0..<16 { chunk[lane] = bytes[position + lane] }
        lanes = lanes &* 16_777_619 ^ SIMD16<UInt32>(truncatingIfNeeded: chunk)
        position += 16
    }
    var sum = UInt32(truncatingIfNeeded: bytes.count)
    for lane in 0..<16 { sum = (sum &* 16_777_619) ^ lanes[lane] }
    while position < bytes.count {
        sum = (sum &* 16_777_619) ^ UInt32(bytes[position])
        position += 1
    }
    return sum
}
