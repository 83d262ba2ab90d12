// SPDX-License-Identifier: Apache-2.0

extension MutableSpan where Element == UInt8 {
    /// Stores eight bytes at once, the lowest of the word first; what writes text fast.
    ///
    /// A checked store of single bytes costs some fifteen instructions each.
    @inlinable @inline(__always)
    public mutating func store(_ word: UInt64, at position: Int) {
        precondition(position >= 0 && position <= count - 8, "eight bytes within the span")
        unsafe withUnsafeMutableBufferPointer { buffer in
            // SAFETY: the eight bytes from `position` lie in the buffer, as checked above.
            unsafe UnsafeMutableRawBufferPointer(buffer).storeBytes(
                of: word.littleEndian, toByteOffset: position, as: UInt64.self)
        }
    }

    /// Stores a fixed number of bytes at once, such as 16 or 32.
    @inlinable @inline(__always)
    public mutating func store<Bytes: SIMD>(_ bytes: Bytes, at position: Int)
    where Bytes.Scalar == UInt8 {
        let size = MemoryLayout<Bytes>.size
        precondition(position >= 0 && position <= count - size, "so many bytes within the span")
        unsafe withUnsafeMutableBufferPointer { buffer in
            // SAFETY: the `size` bytes from `position` lie in the buffer, as checked above.
            unsafe UnsafeMutableRawBufferPointer(buffer).storeBytes(
                of: bytes, toByteOffset: position, as: Bytes.self)
        }
    }
}

extension Span where Element == UInt8 {
    /// Eight bytes from a position on, the first lowest; what reads stored numbers fast.
    @inlinable @inline(__always)
    public func word(at position: Int) -> UInt64 {
        // SAFETY: bytes of a span are always initialized.
        unsafe bytes.word(position)
    }

    /// Sixteen bytes from a position on, eight to a word, the first lowest.
    @inlinable @inline(__always)
    public func words(at position: Int) -> (first: UInt64, second: UInt64) {
        // SAFETY: bytes of a span are always initialized; the load checks its bounds, and any bits
        // are integers.
        let words = unsafe bytes.unsafeLoadUnaligned(
            fromByteOffset: position, as: SIMD2<UInt64>.self)
        return (UInt64(littleEndian: words[0]), UInt64(littleEndian: words[1]))
    }

    /// Sixteen bytes from a position on, four to a lane, the first lowest.
    @inlinable @inline(__always)
    public func lanes(at position: Int) -> SIMD4<UInt32> {
        // SAFETY: bytes of a span are always initialized; the load checks its bounds, and any bits
        // are integers.
        unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: SIMD4<UInt32>.self)
    }
}
