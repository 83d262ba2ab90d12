// SPDX-License-Identifier: Apache-2.0

/// Remembers the last cell of its kind and what it says: the next row mostly has the same.
struct CellMemo<Value> {
    private var last: (text: CellPattern, value: Value)?

    /// What the cell at a range of bytes says, or nil where `read` makes nothing of it.
    @inline(__always)
    mutating func value(
        _ lines: RawSpan, _ from: Int, _ to: Int, _ read: () -> Value?
    ) -> Value? {
        if let last, last.text.length == to - from, from + 16 <= lines.byteCount,
            last.text.matches(lines, from)
        {
            return last.value
        }
        let value = read()
        last = value.map { (CellPattern(lines, from, to), $0) }
        return value
    }
}
