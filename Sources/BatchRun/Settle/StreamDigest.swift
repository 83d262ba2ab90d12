// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// Which streams a block holds, as one number: equal for equal sets of meters and channels, and adding
/// up over sets of different meters.
///
/// Two days of a block are told apart by it without decoding them. Different sets have equal numbers
/// once in 10^13 times.
private struct StreamDigest {
    private(set) var value: Int64 = 0
    private var last: (meter: UInt32, channel: UInt64)?

    /// Adds a stream, which counts once where it comes several times in a row.
    mutating func add(_ meter: UInt32, _ channel: UInt64) {
        if let last, last.meter == meter, last.channel == channel { return }
        last = (meter, channel)
        // Splitmix64; 44 bits of it, so that the sum of half a million streams is exact.
        var bits = channel &+ UInt64(meter) &* 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        value += Int64((bits ^ (bits >> 31)) >> 20)
    }
}

extension IntervalStrips {
    /// Which streams some strips are of.
    ///
    /// - Parameter order: The strips, those of one meter and channel in a row.
    func streamDigest(of order: [Int]) -> Int64 {
        var digest = StreamDigest()
        for strip in order { digest.add(meters[strip], channels[strip]) }
        return digest.value
    }
}

extension Span<RegisterRow> {
    /// Which registers some rows have values of; those of one meter and channel stand in a row.
    var streamDigest: Int64 {
        var digest = StreamDigest()
        for place in indices where Quality(packed: self[place].quality).hasValue {
            digest.add(self[place].meter, self[place].channel)
        }
        return digest.value
    }
}
