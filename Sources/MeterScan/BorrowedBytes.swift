// SPDX-License-Identifier: Apache-2.0

// How safe code outside this module crosses between arrays and spans of bytes.

extension RawSpan {
    /// A copy of the bytes, for readers that are not in a hurry.
    public func copiedBytes() -> [UInt8] {
        // SAFETY: the buffer is read inside the call that lends it.
        unsafe withUnsafeBytes { unsafe Array($0) }
    }

    /// A copy of the first bytes, through the first line that holds more than blanks, but 256 at least
    /// where there are so many: what a format is told by.
    public func copiedBeginning() -> [UInt8] {
        var (end, isBlank) = (0, true)
        while end < byteCount {
            let byte = byte(end)
            end += 1
            if byte == 0x0A, !isBlank { break }
            if byte > 0x20 { isBlank = false }
        }
        return extracting(..<max(end, Swift.min(256, byteCount))).copiedBytes()
    }

    /// A copy of the line that a place is in, without its end.
    public func copiedLine(around place: Int) -> [UInt8] {
        var (start, end) = (place, place)
        while start > 0, byte(start - 1) != 0x0A { start -= 1 }
        while end < byteCount, byte(end) != 0x0A { end += 1 }
        if end > start, byte(end - 1) == 0x0D { end -= 1 }
        return extracting(start..<end).copiedBytes()
    }
}

extension Array where Element == UInt8 {
    /// Lends the bytes from a place on, for the length of one call.
    public func withBytes<R>(from place: Int = 0, _ body: (RawSpan) -> R) -> R {
        // SAFETY: bytes of an array are always initialized.
        unsafe body(span.bytes.extracting(place..<count))
    }
}

extension MeterIndex {
    /// The entry of an id, or -1 where none has it.
    public func entry(id: String) -> Int32 {
        Array(id.utf8).withBytes { entry(of: $0) }
    }
}
