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

    /// Each row is the number of its table, and cells with their marks.
    private(set) var bytes: [UInt8] = []

    /// Forgets all rows.
    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Begins a row.
    ///
    /// - Parameter table: Its number among those that the rows are of.
    mutating func begin(table: Int = 0) { bytes.append(UInt8(table)) }

    /// Ends the row.
    mutating func end() { bytes.append(Mark.end.rawValue) }

    /// The next cell of the row.
    mutating func add(_ value: some BinaryInteger) {
        if let byte = UInt8(exactly: value) {
            bytes.append(Mark.byte.rawValue)
            bytes.append(byte)
        } else {
            bytes.append(Mark.integer.rawValue)
            append(Int64(value))
        }
    }

    /// The next cell of the row; nil is NULL.
    mutating func add(_ value: Int?) {
        if let value { add(value) } else { bytes.append(Mark.null.rawValue) }
    }

    /// The next cell of the row; nil is NULL.
    mutating func add(_ text: String?) {
        guard let text else { return bytes.append(Mark.null.rawValue) }
        // SAFETY: the bytes are valid in the closure, and copied there.
        let isCopied: Void? = unsafe text.utf8.withContiguousStorageIfAvailable { utf8 in
            if let count = UInt8(exactly: utf8.count) {
                bytes.append(Mark.text.rawValue)
                bytes.append(count)
            } else {
                bytes.append(Mark.longText.rawValue)
                append(Int32(utf8.count))
            }
            unsafe bytes.append(contentsOf: utf8)
        }
        if isCopied == nil { add { $0 += text.utf8 } }
    }

    /// The next cell of the row: the text that is appended.
    mutating func add(_ append: (inout [UInt8]) -> Void) {
        let mark = bytes.count
        bytes.append(Mark.text.rawValue)
        bytes.append(0)
        append(&bytes)
        let count = bytes.count - mark - 2
        if let byte = UInt8(exactly: count) {
            bytes[mark + 1] = byte
        } else {
            bytes[mark] = Mark.longText.rawValue
            let length = (0..<4).map { UInt8(truncatingIfNeeded: Int32(count) >> (8 * $0)) }
            bytes.replaceSubrange(mark + 1...mark + 1, with: length)
        }
    }

    /// The next cell of the row.
    mutating func add(_ day: CivilDay) { add { day.append(to: &$0) } }

    /// The next cell of the row, as a document shows the number.
    mutating func add(_ number: Exact) { add { number.appendDocumentText(to: &$0) } }

    /// Appends a number, the least significant byte first.
    private mutating func append(_ value: some FixedWidthInteger) {
        // SAFETY: the bytes are valid in the closure, and copied there.
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }
}
