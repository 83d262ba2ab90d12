// SPDX-License-Identifier: Apache-2.0

extension Exact {
    /// The square root, rounded to a multiple of `step` by `mode`, without an error of its own.
    ///
    /// Decided by whole numbers only. The number must not be negative, and `step` be positive.
    public func squareRoot(to step: Exact, _ mode: RoundingMode) -> Exact {
        precondition(step > .zero && !isNegative, "a root is of a positive number, to a step")
        // The root of n in steps is the root of n / step².
        let square = self / (step * step)
        guard !square.isOverflow else { return .overflow }
        let (above, below) = (square.numerator, square.denominator)
        let floor = Exact.wholeRoot(above.parts(dividingBy: below).quotient)
        let rounded: Int128
        switch mode {
        case .down: rounded = floor
        case .up: rounded = Exact(floor) * Exact(floor) == square ? floor : floor + 1
        case .halfUp, .halfEven:
            // Up where the square of the middle is below the number.
            let middle = Exact(2 * floor + 1, over: 2)
            let middleSquare = middle * middle
            if middleSquare.isOverflow { return .overflow }
            let isTie = middleSquare == square
            let isAbove = isTie ? mode == .halfUp || floor % 2 != 0 : middleSquare < square
            rounded = isAbove ? floor + 1 : floor
        }
        return Exact(rounded) * step
    }

    /// The greatest whole number whose square is not above `value`. Newton's method on whole numbers.
    private static func wholeRoot(_ value: Int128) -> Int128 {
        guard value > 1 else { return value }
        let bits = Int128.bitWidth - value.leadingZeroBitCount
        // Not below the root, so that the steps fall until they are there.
        var root = Int128(1) << Int128((bits + 1) / 2)
        while true {
            let next = (root + value / root) / 2
            if next >= root { return root }
            root = next
        }
    }
}
