// SPDX-License-Identifier: Apache-2.0

/// The bytes of a cell of up to 16 bytes in two words that overlap, to find them again by comparing.
struct CellPattern {
    private var first: UInt64 = 0
    private var last: UInt64 = 0
    private let byteCount: Int32

    /// The pattern of a range of bytes; one that never matches where that is longer.
    init(_ bytes: RawSpan, _ from: Int, _ to: Int) {
        byteCount = Int32(to - from)
        guard length <= 16 else { return }
        func word(_ from: Int) -> UInt64 {
            if from + 8 <= to { return bytes.word(from) }
            return (from..<min(from + 8, to)).reduce(0) { word, place in
                word | UInt64(bytes.byte(place)) << UInt64(8 * (place - from))
            }
        }
        first = word(from)
        last = length > 8 ? word(to - 8) : first
    }

    /// How many bytes the cell has.
    var length: Int { Int(byteCount) }

    /// Where a cell of less than 24 bytes ends that begins at a place; nil for a longer one.
    @inline(__always)
    static func end(_ lines: RawSpan, _ from: Int, terminator: UInt8) -> Int? {
        guard from + 24 <= lines.byteCount else { return nil }
        for place in stride(from: from, to: from + 24, by: 8) {
            let end = lowestMatch(lines.knownWord(place), terminator)
            if end != 0 { return place + end.trailingZeroBitCount >> 3 }
        }
        return nil
    }

    /// True where the bytes stand at a place that has 16 bytes inside; false for longer ones.
    @inline(__always)
    func matches(_ lines: RawSpan, _ place: Int) -> Bool {
        guard length <= 16 else { return false }
        let lastPlace = place &+ max(length &- 8, 0)
        let mask = length >= 8 ? ~0 : (1 as UInt64) &<< UInt64(8 &* length) &- 1
        let different =
            (lines.knownWord(place) & mask ^ first) | (lines.knownWord(lastPlace) & mask ^ last)
        return different == 0
    }
}
