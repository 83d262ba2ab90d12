// SPDX-License-Identifier: Apache-2.0

extension Range<Int> {
    /// The first place from which on all are `beyond`, by halving; those before must not be.
    @inlinable
    public func partition(_ beyond: (Int) -> Bool) -> Int {
        var (low, high) = (lowerBound, upperBound)
        while low < high {
            let middle = low + (high - low) / 2
            if beyond(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
