// SPDX-License-Identifier: Apache-2.0

/// A decimal number as text writes it: an integer and how many of its digits follow the point.
struct WrittenNumber: Hashable {
    /// All digits as one integer, with the sign.
    let value: Int64
    /// Digits after the point.
    let decimals: Int

    /// Reads an optional minus, at most 18 digits and at most 9 of them after the mark; nil for
    /// anything else. A mark needs digits before and after it.
    init?(_ text: String, mark: UInt8 = UInt8(ascii: ".")) {
        var bytes = Array(text.utf8)[...]
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { bytes.removeFirst() }
        let parts = bytes.split(separator: mark, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 1 || !parts[1].isEmpty, !parts[0].isEmpty,
            bytes.count - (parts.count - 1) <= 18, parts.count == 1 || parts[1].count <= 9
        else { return nil }
        var value: Int64 = 0
        for byte in parts.joined() {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        self.value = isNegative ? -value : value
        decimals = parts.count == 2 ? parts[1].count : 0
    }
}
