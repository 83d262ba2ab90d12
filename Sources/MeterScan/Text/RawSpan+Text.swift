// SPDX-License-Identifier: Apache-2.0

extension RawSpan {
    /// The byte at a place, which must be inside.
    @inline(__always)
    func byte(_ place: Int) -> UInt8 {
        // SAFETY: the load checks its bounds, and any bits are a byte.
        unsafe unsafeLoad(fromByteOffset: place, as: UInt8.self)
    }

    /// Eight bytes from a place on, the first lowest; all must be inside.
    @inlinable @inline(__always)
    func word(_ place: Int) -> UInt64 {
        // SAFETY: the load checks its bounds, and any bits are an integer.
        unsafe UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self))
    }

    /// Eight bytes from a place on, the first lowest, where the caller has checked that all of them
    /// are inside.
    @inline(__always)
    func knownWord(_ place: Int) -> UInt64 {
        // SAFETY: every caller has compared `place + 8` with the count before.
        unsafe UInt64(
            littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self))
    }

    /// Sixteen bytes from a place on, where the caller has checked that all of them are inside.
    @inline(__always)
    func knownPair(_ place: Int) -> SIMD2<UInt64> {
        // SAFETY: every caller has compared `place + 16` with the count before.
        unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: SIMD2<UInt64>.self)
    }

    /// Four bytes from a place on, the first lowest, where the caller has checked that all of them are
    /// inside.
    @inline(__always)
    func knownHalf(_ place: Int) -> UInt32 {
        // SAFETY: every caller has compared `place + 4` with the count before.
        unsafe UInt32(
            littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt32.self))
    }

    /// The byte at a place that the caller has checked to be inside.
    @inline(__always)
    func knownByte(_ place: Int) -> UInt8 {
        // SAFETY: every caller has compared `place` with the count before.
        unsafe unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
    }

    /// The bytes of a range as people read them: invalid UTF-8 replaced, at most 200 bytes long.
    func text(_ from: Int, _ to: Int) -> String {
        let bytes = (from..<Swift.min(to, from + 200)).map { byte($0) }
        var text = String(decoding: bytes, as: UTF8.self)
        // A replacement is longer than what it replaces.
        while text.utf8.count > 200 { text.removeLast() }
        return text
    }

    /// True where the ranges of both hold the same bytes.
    @inline(__always)
    func equals(_ from: Int, _ to: Int, _ other: RawSpan, _ otherFrom: Int, _ otherTo: Int) -> Bool
    {
        let count = to - from
        guard count == otherTo - otherFrom else { return false }
        var place = 0
        while place + 8 <= count {
            guard word(from + place) == other.word(otherFrom + place) else { return false }
            place += 8
        }
        if count >= 8 {
            // The last eight bytes, some of them once more.
            return word(to - 8) == other.word(otherTo - 8)
        }
        while place < count {
            guard byte(from + place) == other.byte(otherFrom + place) else { return false }
            place += 1
        }
        return true
    }

    /// How many newlines there are.
    public var newlineCount: Int {
        (0..<byteCount).count { byte($0) == UInt8(ascii: "\n") }
    }
}
