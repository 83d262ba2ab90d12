// SPDX-License-Identifier: Apache-2.0

/// A text of at most sixteen bytes, held in registers: made once, however often it is written.
public struct ShortText: Hashable, Sendable {
    /// The bytes in ASCII, the first lowest; behind them are zeros.
    public let bytes: UInt128
    /// How many there are.
    public let count: Int

    fileprivate init(bytes: UInt128, count: Int) {
        (self.bytes, self.count) = (bytes, count)
    }

    /// A number of eight digits, of which less than eight stand after the point; zeros before the first
    /// that counts are left out.
    fileprivate init(digits: UInt64, decimals: Int) {
        let zeros = min(digits.trailingZeroBitCount / 8, 7 &- decimals)
        // A zero is 0x30 in ASCII.
        let text = (digits | 0x3030_3030_3030_3030) &>> UInt64(8 &* zeros)
        count = 8 &- zeros &+ (decimals > 0 ? 1 : 0)
        if decimals == 0 {
            bytes = UInt128(text)
            return
        }
        let point = UInt64(truncatingIfNeeded: 8 &* (8 &- zeros &- decimals))
        let rest = text &>> point
        let low = text ^ (rest &<< point) | ((rest &<< 8) | UInt64(UInt8(ascii: "."))) &<< point
        bytes = UInt128(low) | UInt128(rest &>> (56 &- point)) &<< 64
    }

    /// As above, of sixteen digits, of which at most fourteen count.
    fileprivate init(digits: UInt128, decimals: Int) {
        let zeros = min(digits.trailingZeroBitCount / 8, 15 - decimals)
        let text =
            (digits | 0x3030_3030_3030_3030_3030_3030_3030_3030) &>> UInt128(8 * zeros)
        count = 16 - zeros + (decimals > 0 ? 1 : 0)
        if decimals == 0 {
            bytes = text
            return
        }
        let point = UInt128(8 * (16 - zeros - decimals))
        let rest = (text &>> point) &<< 8 | UInt128(UInt8(ascii: "."))
        bytes = text & ((1 &<< point) &- 1) | rest &<< point
    }
}

extension Array<UInt8> {
    /// Appends the bytes of a text.
    mutating func append(_ text: ShortText) {
        append(addingCapacity: 16) { output in
            var rest = text.bytes
            for _ in 0..<text.count {
                output.append(UInt8(truncatingIfNeeded: rest))
                rest &>>= 8
            }
        }
    }
}

extension Exact {
    /// What `description` and `documentText` say where the shortest exact decimal has at most 14 digits, as
    /// nearly all numbers have; nil where it has more, or there is none.
    public var shortText: ShortText? {
        guard let (above, below) = words, below > 0, let factor = Exact.toDecimal(below),
            factor.decimals < 14
        else { return nil }
        let decimals = factor.decimals
        let (steps, over) = above.magnitude.multipliedReportingOverflow(by: UInt64(factor.value))
        guard !over, steps < 100_000_000_000_000 else { return nil }
        let text: ShortText
        if steps < 100_000_000, decimals < 8 {
            text = ShortText(digits: Exact.eightDigits(steps), decimals: decimals)
        } else {
            let (first, last) = steps.quotientAndRemainder(dividingBy: 100_000_000)
            text = ShortText(
                digits: UInt128(Exact.eightDigits(first)) | UInt128(Exact.eightDigits(last)) &<< 64,
                decimals: decimals)
        }
        if above >= 0 { return text }
        return ShortText(
            bytes: text.bytes &<< 8 | UInt128(UInt8(ascii: "-")), count: text.count + 1)
    }

    /// The eight digits of a number below 10^8, one a byte, the first lowest.
    ///
    /// It is halved three times, all halves of a word at once; the products divide by 100 and by 10, and
    /// are exact for numbers of four and of two digits.
    @inline(__always)
    private static func eightDigits(_ number: UInt64) -> UInt64 {
        let fours = number / 10_000 | (number % 10_000) &<< 32
        let hundreds = ((fours &* 10_486) &>> 20) & 0x0000_007F_0000_007F
        let twos = hundreds | (fours &- hundreds &* 100) &<< 16
        let tens = ((twos &* 103) &>> 10) & 0x000F_000F_000F_000F
        return tens | (twos &- tens &* 10) &<< 8
    }
}

extension CivilDay {
    /// What `description` says of a day of the years 0 to 9999; nil of any other.
    public var shortText: ShortText? {
        let (year, month, day) = components
        guard (0...9999).contains(year) else { return nil }
        let text =
            CivilDay.pair(year / 100) | CivilDay.pair(year % 100) &<< 16
            | UInt64(UInt8(ascii: "-")) &<< 32 | CivilDay.pair(month) &<< 40
            | UInt64(UInt8(ascii: "-")) &<< 56
        return ShortText(bytes: UInt128(text) | UInt128(CivilDay.pair(day)) &<< 64, count: 10)
    }

    /// A number below 100 as two digits in ASCII, the first lowest.
    private static func pair(_ number: Int) -> UInt64 {
        0x3030 | UInt64(truncatingIfNeeded: number / 10 | (number % 10) &<< 8)
    }
}
