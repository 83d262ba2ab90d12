// SPDX-License-Identifier: Apache-2.0

/// Text under construction, in memory that is kept from file to file.
struct TextBuffer {
    /// The memory; the text is its first `count` bytes.
    private(set) var bytes: [UInt8]
    /// How many bytes are written.
    private(set) var count = 0

    /// No text yet, and room for some bytes of it.
    init(room: Int = 0) { bytes = [UInt8](repeating: 0, count: room) }

    /// Forgets the text.
    mutating func removeAll() { count = 0 }

    /// Adds a line.
    mutating func append(_ line: TextLine) {
        append(line.text.bytes.span.extracting(0..<line.text.count))
    }

    /// Adds text.
    mutating func append(_ text: String) { append(text.utf8.span) }

    /// Adds a number that is not negative, with leading zeros up to `digits` digits.
    mutating func append(_ number: Int, digits: Int) {
        var (rest, width) = (UInt(number), 1)
        while rest > 9 {
            width += 1
            rest /= 10
        }
        width = max(width, digits)
        reserve(width)
        let places = count..<count + width
        count = places.upperBound
        var room = bytes.mutableSpan
        rest = UInt(number)
        for place in places.reversed() {
            room[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    private mutating func append(_ text: Span<UInt8>) {
        reserve(text.count)
        let start = count
        count += text.count
        var room = bytes.mutableSpan
        for place in text.indices { room[start + place] = text[place] }
    }

    /// Lends the memory with room for `size` bytes from a position; `body` says where it ended.
    mutating func append<Result>(
        atMost size: Int,
        _ body: (inout MutableSpan<UInt8>, Int) -> (end: Int, result: Result)
    ) -> Result {
        reserve(size)
        let start = count
        var span = bytes.mutableSpan
        let (end, result) = body(&span, start)
        precondition(end <= start + size, "no more than was asked for")
        count = end
        return result
    }

    private mutating func reserve(_ size: Int) {
        let missing = count + size - bytes.count
        if missing > 0 {
            bytes.append(contentsOf: repeatElement(0, count: max(missing, bytes.count / 2)))
        }
    }
}
