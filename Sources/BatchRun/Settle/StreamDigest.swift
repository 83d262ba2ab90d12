// SPDX-License-Identifier: Apache-2.0

import MeterModel

extension IntervalStrips {
    /// Which streams some strips are of, as one number: equal for equal sets of meters and channels,
    /// and adding up over sets of different meters.
    ///
    /// Two days of a block are told apart by it without decoding them. Different sets have equal
    /// numbers once in 10^13 times.
    ///
    /// - Parameter order: The strips, those of one meter and channel in a row.
    func streamDigest(of order: [Int]) -> Int64 {
        var digest: Int64 = 0
        var previous: Int?
        for strip in order {
            defer { previous = strip }
            if let previous, meters[previous] == meters[strip],
                channels[previous] == channels[strip]
            {
                continue
            }
            // Splitmix64; 44 bits of it, so that the sum of half a million streams is exact.
            var bits = channels[strip] &+ UInt64(meters[strip]) &* 0x9E37_79B9_7F4A_7C15
            bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
            bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
            digest += Int64((bits ^ (bits >> 31)) >> 20)
        }
        return digest
    }
}
