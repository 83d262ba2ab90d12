// SPDX-License-Identifier: Apache-2.0

/// Cuts one line after another into cells, by their separators only: these formats do not quote.
struct CellCutter {
    private let separator: UInt8
    /// Where cells end, for as many as are kept. Shape: `[cell]`.
    private var ends: [Int]
    /// Where the line begins.
    private(set) var start = 0
    /// Where the line's text ends, before `\r\n` or `\n`.
    private(set) var end = 0
    /// Where the next line begins.
    private(set) var next = 0
    /// How many cells the line has, also those whose places are not kept; an empty line has one.
    private(set) var count = 0

    /// - Parameter kept: So many cells' places are kept of a line.
    init(separator: UInt8, keeping kept: Int) {
        self.separator = separator
        ends = [Int](repeating: 0, count: max(kept, 1))
    }

    /// True where the line has no text.
    var isEmptyLine: Bool { start == end }

    /// Where a cell begins.
    @inline(__always)
    func from(_ cell: Int) -> Int { cell == 0 ? start : ends[cell - 1] + 1 }

    /// Where a cell ends.
    @inline(__always)
    func to(_ cell: Int) -> Int { ends[cell] }

    /// How many cells have kept places.
    var keptCount: Int { min(count, ends.count) }

    /// Cuts the line that begins at a place.
    @inline(__always)
    mutating func cut(_ lines: RawSpan, at place: Int) {
        (start, count) = (place, 0)
        var place = place
        while place + 8 <= lines.byteCount {
            let word = lines.word(place)
            let newline = everyMatch(word, UInt8(ascii: "\n"))
            var separators = everyMatch(word, separator)
            // Only the separators before the newline are this line's.
            if newline != 0 { separators &= newline & (0 &- newline) &- 1 }
            while separators != 0 {
                note(end: place + separators.trailingZeroBitCount >> 3)
                separators &= separators &- 1
            }
            if newline != 0 {
                finish(lines, place + newline.trailingZeroBitCount >> 3, newline: 1)
                return
            }
            place += 8
        }
        while place < lines.byteCount {
            let byte = lines.byte(place)
            if byte == UInt8(ascii: "\n") {
                finish(lines, place, newline: 1)
                return
            }
            if byte == separator { note(end: place) }
            place += 1
        }
        finish(lines, place, newline: 0)
    }

    @inline(__always)
    private mutating func note(end: Int) {
        if count < ends.count { ends[count] = end }
        count += 1
    }

    @inline(__always)
    private mutating func finish(_ lines: RawSpan, _ lineEnd: Int, newline: Int) {
        next = lineEnd + newline
        let hasReturn =
            lineEnd > start && lines.byte(lineEnd - 1) == UInt8(ascii: "\r")
        end = hasReturn ? lineEnd - 1 : lineEnd
        note(end: end)
    }
}
