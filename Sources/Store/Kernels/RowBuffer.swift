// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Rows of one or several tables in the order of their insertion; their first cells may be missing.
///
/// One run of bytes, so that any thread can make rows and the one that writes only binds them (see
/// `RowInsert`): SQLite reads the texts in place, nothing is copied or allocated per cell.
struct RowBuffer: Sendable {
    /// What a cell begins with.
    enum Mark: UInt8 {
        /// NULL.
        case null
        /// A number of one byte follows.
        case byte
        /// Eight bytes follow, the least significant first.
        case integer
        /// The length in one byte and as many bytes of UTF-8 follow.
        case text
        /// The length in four bytes, the least significant first, and as many bytes of UTF-8 follow.
        case longText
        /// No cell: the row ends.
        case end
    }

    /// Room for rows; what lies behind `count` is not written yet. Each row is the number of its table, and
    /// cells with their marks.
    private var room: [UInt8] = []
    /// How many bytes the rows take.
    private(set) var count = 0

    /// Forgets all rows.
    mutating func removeAll() { count = 0 }

    /// Begins a row.
    ///
    /// - Parameter table: Its number among those that the rows are of.
    mutating func begin(table: Int = 0) { append(UInt8(table)) }

    /// Ends the row.
    mutating func end() { append(Mark.end.rawValue) }

    /// The next cell of the row.
    mutating func add(_ number: some BinaryInteger) { add(integer: Int64(number)) }

    /// The next cell of the row; nil is NULL.
    mutating func add(_ number: Int?) {
        if let number { add(integer: Int64(number)) } else { append(Mark.null.rawValue) }
    }

    /// The next cell of the row; nil is NULL.
    mutating func add(_ text: String?) {
        guard let text else { return append(Mark.null.rawValue) }
        // SAFETY: the bytes are valid in the closure, and copied there.
        let isCopied: Void? = unsafe text.utf8.withContiguousStorageIfAvailable { utf8 in
            unsafe add(UnsafeRawBufferPointer(utf8))
        }
        if isCopied == nil { addText { $0.append(Array(text.utf8)) } }
    }

    /// The next cell of the row.
    mutating func add(_ text: ShortText) {
        // SAFETY: room for mark, length and sixteen bytes; those behind the text are not looked at.
        unsafe write(atMost: 18) { room in
            unsafe RowBuffer.put(.text, UInt8(truncatingIfNeeded: text.count), into: room)
            unsafe (room + 2).storeBytes(of: text.bytes.littleEndian, as: UInt128.self)
            return 2 &+ text.count
        }
    }

    /// The next cell of the row.
    mutating func add(_ day: CivilDay) {
        if let text = day.shortText { add(text) } else { add(day.description) }
    }

    /// The next cell of the row, as a document shows the number.
    ///
    /// - Parameter text: The number's `shortText`.
    mutating func add(_ number: Exact, _ text: ShortText?) {
        if let text { add(text) } else { add(number.documentText) }
    }

    /// The next cell of the row: the number exactly.
    mutating func addExact(_ number: Exact) {
        if let text = number.shortText { add(text) } else { add(number.description) }
    }

    /// The next cells of the row, as they were added to `other` without a row around them.
    mutating func add(cellsOf other: RowBuffer) {
        unsafe other.withBytes { unsafe append($0) }
    }

    /// The next cell of the row: the text whose pieces are appended.
    mutating func addText(_ appendPieces: (inout RowBuffer) -> Void) {
        let mark = count
        add("")
        appendPieces(&self)
        let length = count - mark - 2
        if let byte = UInt8(exactly: length) {
            room[mark + 1] = byte
            return
        }
        let text = Array(room[mark + 2..<count])
        count = mark
        // SAFETY: the bytes are valid in the closure, and copied there.
        unsafe text.withUnsafeBytes { unsafe add($0) }
    }

    /// A piece of a text.
    mutating func append(_ piece: [UInt8]) {
        // SAFETY: the bytes are valid in the closure, and copied there.
        unsafe piece.withUnsafeBytes { unsafe append($0) }
    }

    /// A piece of a text.
    mutating func append(_ piece: ShortText) {
        // SAFETY: room for sixteen bytes; those behind the text are not looked at.
        unsafe write(atMost: 16) { room in
            unsafe room.storeBytes(of: piece.bytes.littleEndian, as: UInt128.self)
            return piece.count
        }
    }

    /// A piece of a text: the number exactly.
    ///
    /// - Parameter text: The number's `shortText`.
    mutating func append(_ number: Exact, _ text: ShortText?) {
        if let text { append(text) } else { append(Array(number.description.utf8)) }
    }

    private mutating func add(integer number: Int64) {
        // SAFETY: room for a mark and eight bytes.
        unsafe write(atMost: 9) { room in
            if let byte = UInt8(exactly: number) {
                unsafe RowBuffer.put(.byte, byte, into: room)
                return 2
            }
            unsafe room.storeBytes(of: Mark.integer.rawValue, as: UInt8.self)
            unsafe (room + 1).storeBytes(of: number.littleEndian, as: Int64.self)
            return 9
        }
    }

    private mutating func add(_ text: UnsafeRawBufferPointer) {
        guard let length = UInt8(exactly: text.count) else {
            append(Mark.longText.rawValue)
            unsafe withUnsafeBytes(of: Int32(text.count).littleEndian) { unsafe append($0) }
            return unsafe append(text)
        }
        // SAFETY: room for mark, length and text, which lies elsewhere.
        unsafe write(atMost: 2 &+ text.count) { room in
            unsafe RowBuffer.put(.text, length, into: room)
            if let bytes = text.baseAddress {
                unsafe (room + 2).copyMemory(from: bytes, byteCount: text.count)
            }
            return 2 &+ text.count
        }
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) {
        // SAFETY: room for the bytes, which lie elsewhere.
        unsafe write(atMost: bytes.count) { room in
            if let start = bytes.baseAddress {
                unsafe room.copyMemory(from: start, byteCount: bytes.count)
            }
            return bytes.count
        }
    }

    private mutating func append(_ byte: UInt8) {
        // SAFETY: room for the byte.
        unsafe write(atMost: 1) { room in
            unsafe room.storeBytes(of: byte, as: UInt8.self)
            return 1
        }
    }

    /// Puts a mark and the byte that follows it where there is room for both.
    @inline(__always)
    private static func put(_ mark: Mark, _ byte: UInt8, into room: UnsafeMutableRawPointer) {
        let both = UInt16(mark.rawValue) | UInt16(byte) &<< 8
        unsafe room.storeBytes(of: both.littleEndian, as: UInt16.self)
    }

    /// Lends room for so many bytes, of which `body` writes some and gives how many.
    @inline(__always)
    private mutating func write(atMost most: Int, _ body: (UnsafeMutableRawPointer) -> Int) {
        if room.count &- count < most { grow(by: most) }
        let place = count
        // SAFETY: so many bytes of room are left behind the place, and `body` does not keep it.
        count = unsafe room.withUnsafeMutableBytes { room in
            guard let start = room.baseAddress else { preconditionFailure("room was made") }
            return unsafe place &+ body(start + place)
        }
    }

    @inline(never)
    private mutating func grow(by missing: Int) {
        room.append(contentsOf: repeatElement(0, count: max(missing, room.count, 256)))
    }

    /// The number of the table of the row that begins at a place.
    func table(at place: Int) -> Int { Int(room[place]) }

    /// Lends the rows for the length of one call.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        // SAFETY: the room is as long as `count` or longer.
        try unsafe room.withUnsafeBytes { room in
            try unsafe body(UnsafeRawBufferPointer(rebasing: room[..<count]))
        }
    }
}
