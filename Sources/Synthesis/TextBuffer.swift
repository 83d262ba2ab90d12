// SPDX-License-Identifier: Apache-2.0

/// Text under construction, in memory that is kept from file to file.
struct TextBuffer {
    /// The memory; the text is its first `count` bytes.
    private(set) var bytes: [UInt8] = []
    /// How many bytes are written.
    private(set) var count = 0

    /// Forgets the text.
    mutating func removeAll() { count = 0 }

    /// Adds text.
    mutating func append(_ text: String) {
        reserve(text.utf8.count)
        for byte in text.utf8 {
            bytes[count] = byte
            count += 1
        }
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
