// SPDX-License-Identifier: Apache-2.0

/// A decimal as nearly all numbers in files are written: at most 18 digits, a sign and a point.
public struct PlainDecimal: Sendable {
    /// The digits as a whole number, with its sign.
    public let steps: Int64
    /// How many of them stand behind the point.
    public let decimals: Int

    /// Reads one, and moves behind it; nil where there is none, which leaves the position anywhere.
    @inlinable
    public init?(at position: inout Int, in bytes: Span<UInt8>) {
        let isNegative = position < bytes.count && bytes[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        let first = position
        var (count, point): (Int64, Int?) = (0, nil)
        while position < bytes.count {
            let digit = bytes[position] &- UInt8(ascii: "0")
            if digit < 10 {
                count = count &* 10 &+ Int64(digit)
            } else if bytes[position] == UInt8(ascii: "."), point == nil, position > first {
                point = position
            } else {
                break
            }
            position += 1
        }
        let digits = position - first - (point == nil ? 0 : 1)
        let decimals = point.map { position - $0 - 1 }
        guard (1...18).contains(digits), decimals != 0 else { return nil }
        (steps, self.decimals) = (isNegative ? -count : count, decimals ?? 0)
    }

    /// The number.
    public var exact: Exact { Exact(coefficient: Int128(steps), exponent: -decimals) }
}
