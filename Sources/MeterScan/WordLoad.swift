// SPDX-License-Identifier: Apache-2.0

extension Span where Element == UInt8 {
    /// Eight bytes from a position on, the first lowest; what reads stored numbers fast.
    @inlinable @inline(__always)
    public func word(at position: Int) -> UInt64 {
        // SAFETY: the load checks its bounds, and any bits are an integer.
        unsafe UInt64(
            littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
    }
}
