// SPDX-License-Identifier: Apache-2.0

/// A plain decimal as it stood in a cell: `value × 10^-decimals`.
struct NumberText {
    /// The digits without the point, with the sign.
    var value: Int64
    /// Digits after the point, 0 to 9; -1 where the cell is no number.
    var decimals: Int

    /// True where the cell is a number.
    @inline(__always)
    var isNumber: Bool { decimals >= 0 }

    @inline(__always)
    static var none: NumberText { NumberText(value: 0, decimals: -1) }

    /// Reads the cell at a range of bytes.
    ///
    /// A number has an optional leading minus, 1 to 18 digits, and a point between digits where
    /// decimals follow.
    @inline(__always)
    static func read(_ lines: RawSpan, _ from: Int, _ to: Int) -> NumberText {
        let length = to - from
        if length >= 1, length <= 8, from + 8 <= lines.byteCount {
            let short = short(lines.word(from), length)
            if short.isNumber { return short }
        }
        return long(lines, from, to)
    }

    /// Reads a number without sign of 1 to 8 bytes, all of them at once.
    ///
    /// - Parameter word: The cell's bytes, the first lowest; what stands above them is ignored.
    /// - Returns: The number, or none where the cell must be looked at byte by byte.
    @inline(__always)
    static func short(_ word: UInt64, _ length: Int) -> NumberText {
        // The cell's last byte becomes the highest; the bytes below the cell are zero.
        var digits = word &<< UInt64(truncatingIfNeeded: 64 &- 8 &* length)
        var count = length
        var decimals = 0
        let point = lowestMatch(digits, UInt8(ascii: "."))
        if point != 0 {
            let bit = UInt64(truncatingIfNeeded: point.trailingZeroBitCount &- 7)
            decimals = 7 &- Int(truncatingIfNeeded: bit &>> 3)
            // Digits on both sides: the point is neither the last nor the first byte.
            guard decimals > 0, decimals < length &- 1 else { return none }
            let below = (1 as UInt64) &<< bit &- 1
            digits = (digits & ~(below &<< 8 | 0xFF)) | (digits & below) &<< 8
            count &-= 1
        }
        let used = ~(0 as UInt64) &<< UInt64(truncatingIfNeeded: 64 &- 8 &* count)
        digits = (digits ^ 0x3030_3030_3030_3030) & used
        // A byte above 9 carries into its highest bit.
        guard (digits &+ 0x7676_7676_7676_7676 | digits) & 0x8080_8080_8080_8080 == 0
        else { return none }
        return NumberText(value: Int64(truncatingIfNeeded: joined(digits)), decimals: decimals)
    }

    /// The number of eight digits, one in each byte, the first lowest.
    @inline(__always)
    static func joined(_ eight: UInt64) -> UInt64 {
        let pairs = (eight &* 2561) &>> 8
        let fours = ((pairs & 0x00FF_00FF_00FF_00FF) &* 6_553_601) &>> 16
        return ((fours & 0x0000_FFFF_0000_FFFF) &* 42_949_672_960_001) &>> 32
    }

    /// Reads any number, byte by byte.
    @inline(never)
    static func long(_ lines: RawSpan, _ from: Int, _ to: Int) -> NumberText {
        var place = from
        let isNegative = place < to && lines.byte(place) == UInt8(ascii: "-")
        if isNegative { place += 1 }
        var (value, digits, point) = (0 as Int64, 0, -1)
        while place < to {
            let byte = lines.byte(place)
            if byte == UInt8(ascii: "."), point < 0, digits > 0 {
                point = digits
            } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), digits < 18 {
                value = value * 10 + Int64(byte - UInt8(ascii: "0"))
                digits += 1
            } else {
                return none
            }
            place += 1
        }
        let decimals = point < 0 ? 0 : digits - point
        guard digits > 0, decimals <= 9, point < 0 || decimals > 0 else { return none }
        return NumberText(value: isNegative ? -value : value, decimals: decimals)
    }
}

/// The powers of ten that fit 64 bits, from the zeroth.
let powersOfTen: [Int64] = (0..<19).map { exponent in
    (0..<exponent).reduce(1) { power, _ in power * 10 }
}

/// The highest bits of the bytes that equal `byte`; only the lowest such bit is certain.
@inline(__always)
func lowestMatch(_ word: UInt64, _ byte: UInt8) -> UInt64 {
    let difference = word ^ 0x0101_0101_0101_0101 &* UInt64(byte)
    return (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
}

/// The highest bits of the bytes that equal `byte`, all of them certain.
@inline(__always)
func everyMatch(_ word: UInt64, _ byte: UInt8) -> UInt64 {
    let difference = word ^ 0x0101_0101_0101_0101 &* UInt64(byte)
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    return ~((difference & low) &+ low | difference | low)
}
