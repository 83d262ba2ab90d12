// SPDX-License-Identifier: Apache-2.0

/// The shape of a row that was read: the next ones of its meter differ from it in clock and digits only.
///
/// They are compared with it as a whole, sixteen bytes at a time, and as they all have its length each
/// can be begun before the one before it is done. A file in meter order is nearly all such rows.
struct RowShape {
    /// What stands before the value, without the five bytes of the clock.
    private let prefix: (SIMD2<UInt64>, SIMD2<UInt64>, SIMD2<UInt64>)
    private let prefixMask: (SIMD2<UInt64>, SIMD2<UInt64>, SIMD2<UInt64>)
    private let clockOffset: Int
    private let valueOffset: Int
    private let template: NumberTemplate
    /// What stands behind the value and its separator: a quality letter, the line's end.
    private let ending: UInt32
    private let endingMask: UInt32
    private let endingOffset: Int
    private let length: Int

    /// The longest prefix that is compared.
    static let longestPrefix = 48
    /// So many bytes from a row's first on are looked at.
    private static let reach = 64

    /// - Parameters:
    ///   - from: Where the row begins; 64 bytes from there on are inside.
    ///   - to: Where the next row begins.
    ///   - clock: Place of the five bytes `hh:mm`.
    ///   - value: Place of the value, at most `longestPrefix` behind `from`; it has the template's shape.
    init(
        _ lines: RawSpan, from: Int, to: Int, clock: Int, value: Int, _ template: NumberTemplate
    ) {
        clockOffset = clock - from
        valueOffset = value - from
        endingOffset = valueOffset + template.length + 1
        length = to - from
        self.template = template
        endingMask = ~(~0 << UInt32(8 * (length - endingOffset)))
        ending = UInt32(truncatingIfNeeded: lines.word(from + endingOffset)) & endingMask
        let (clockFrom, valueFrom) = (clockOffset, valueOffset)
        func mask(_ place: Int) -> SIMD2<UInt64> {
            SIMD2(
                RowShape.mask(of: place, clockFrom, valueFrom),
                RowShape.mask(of: place + 8, clockFrom, valueFrom))
        }
        prefixMask = (mask(0), mask(16), mask(32))
        prefix = (
            lines.knownPair(from) & prefixMask.0, lines.knownPair(from + 16) & prefixMask.1,
            lines.knownPair(from + 32) & prefixMask.2
        )
    }

    /// The bytes of a word of the row, from a place on, that belong to the prefix and not to the clock.
    @inline(__always)
    private static func mask(of place: Int, _ clock: Int, _ value: Int) -> UInt64 {
        below(value - place) & ~(below(clock + 5 - place) & ~below(clock - place))
    }

    /// The lowest bytes of a word.
    @inline(__always)
    private static func below(_ bytes: Int) -> UInt64 {
        bytes <= 0 ? 0 : bytes >= 8 ? ~0 : ~(~0 << UInt64(8 * bytes))
    }

    /// Reads rows for as long as they have the shape, a loop that fits the registers.
    ///
    /// - Parameters:
    ///   - clocks: The texts of the minutes of a day.
    ///   - minute: The minute that the first row must name; the next name one `stepMinutes` later each.
    ///   - most: No more rows than this.
    ///   - cell: Where the first value goes.
    /// - Returns: Where the next row begins, and how many were read.
    @inline(never)
    func read(
        _ lines: RawSpan, at first: Int, _ clocks: Span<UInt64>, _ minute: Int, _ stepMinutes: Int,
        _ most: Int, _ values: inout MutableSpan<Int64>, from cell: Int
    ) -> (next: Int, rows: Int) {
        let left = lines.byteCount - first - RowShape.reach
        let most = left < 0 ? 0 : min(most, left / length + 1)
        guard most > 0 else { return (first, 0) }
        precondition(minute >= 0 && stepMinutes > 0, "minutes of a day, forward")
        precondition(minute + (most - 1) * stepMinutes < clocks.count, "rows are of one day")
        precondition(cell >= 0 && cell + most <= values.count, "each value has a cell")
        var (place, minute, rows) = (first, minute, 0)
        while rows < most {
            let pairs =
                (lines.knownPair(place) & prefixMask.0 ^ prefix.0)
                | (lines.knownPair(place &+ 16) & prefixMask.1 ^ prefix.1)
                | (lines.knownPair(place &+ 32) & prefixMask.2 ^ prefix.2)
            // SAFETY: `minute` and `cell + rows` are inside for all of `most` rows, as checked above.
            let clock = unsafe lines.knownWord(place &+ clockOffset) ^ clocks[unchecked: minute]
            let (number, mismatch) = template.readAny(lines.knownWord(place &+ valueOffset))
            let end = lines.knownHalf(place &+ endingOffset) & endingMask ^ ending
            guard pairs[0] | pairs[1] | clock & 0xFF_FFFF_FFFF | UInt64(end) | mismatch == 0
            else { break }
            unsafe values[unchecked: cell &+ rows] = number
            place &+= length
            minute &+= stepMinutes
            rows &+= 1
        }
        return (place, rows)
    }
}
