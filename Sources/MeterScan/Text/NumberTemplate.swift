// SPDX-License-Identifier: Apache-2.0

/// Reads numbers of the shape that the number before had: as many digits, the point at its place.
///
/// Values of one meter mostly look alike. Where the shape is known, neither the cell's end nor the
/// point has to be searched for, so the next cell can be begun before this one is read.
struct NumberTemplate {
    /// Bytes of the number, 1 to 7.
    private(set) var length = 0
    /// Digits after the point.
    private(set) var decimals = 0
    /// Zeros, the point and the byte after the number.
    private var expected: UInt64 = 0
    /// Lets a wrong byte carry into the upper half of its byte: above 9 for a digit, above 0 else.
    private var slack: UInt64 = 0x8080_8080_8080_8080
    /// The number and the byte after it.
    private var used: UInt64 = ~0
    /// The digits before the point; all bytes where there is none.
    private var whole: UInt64 = 0
    private var shift: UInt64 = 0

    /// The byte after the number.
    private let terminator: UInt8

    /// A template that no number fits, for cells that end with a byte.
    init(terminator: UInt8) { self.terminator = terminator }

    /// Takes the shape of a number of `length` bytes, without sign, and so many decimals.
    private mutating func take(length: Int, decimals: Int) {
        precondition((1...7).contains(length) && decimals < length, "digits around the point")
        self.length = length
        self.decimals = decimals
        let point = decimals > 0 ? length - 1 - decimals : length
        used = ~0 &>> UInt64(truncatingIfNeeded: 56 - 8 * length)
        (expected, slack) = (0, 0)
        for place in 0...length {
            let isDigit = place != point && place < length
            let byte: UInt8 =
                isDigit ? UInt8(ascii: "0") : place < length ? UInt8(ascii: ".") : terminator
            expected |= UInt64(byte) << UInt64(8 * place)
            slack |= (isDigit ? 0x06 : 0x0F) << UInt64(8 * place)
        }
        whole = decimals > 0 ? (1 &<< UInt64(8 * point)) &- 1 : ~0
        shift = UInt64(64 - 8 * (decimals > 0 ? length - 1 : length))
    }

    /// The digits of the number that a cell begins with, or -1 where it has another shape.
    ///
    /// - Parameter word: Eight bytes from the cell's first on, that lowest.
    @inline(__always)
    func read(_ word: UInt64) -> Int64 {
        let (number, mismatch) = readAny(word)
        return mismatch == 0 ? number : -1
    }

    /// What a cell of any shape reads as, without a branch.
    ///
    /// - Returns: The digits of the number, and 0 where the cell has the shape; else the number means
    ///   nothing.
    @inline(__always)
    func readAny(_ word: UInt64) -> (number: Int64, mismatch: UInt64) {
        let digits = (word ^ expected) & used
        let joined = digits & whole | digits &>> 8 & ~whole
        return (
            Int64(truncatingIfNeeded: NumberText.joined(joined &<< shift)),
            (digits &+ slack | digits) & 0xF0F0_F0F0_F0F0_F0F0
        )
    }

    /// Reads a number of any shape, and takes its shape for the next.
    ///
    /// - Returns: The number, or none where the cell must be looked at byte by byte; its length, 8
    ///   where the cell does not end within the word.
    @inline(__always)
    mutating func readOther(_ word: UInt64) -> (number: NumberText, length: Int) {
        let end = lowestMatch(word, terminator)
        guard end != 0 else { return (.none, 8) }
        let length = end.trailingZeroBitCount &>> 3
        guard length > 0 else { return (.none, 0) }
        let number = NumberText.short(word, length)
        if number.isNumber { take(length: length, decimals: number.decimals) }
        return (number, length)
    }
}
