// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// What the one-letter qualities of a file mean.
public struct QualityLetters: Hashable, Sendable {
    /// `Quality.packed` by the letter's byte, 0 for a letter without meaning. Shape: `[256]`.
    let packed: [UInt32]
    /// What an empty cell, or a file without qualities, means.
    let empty: UInt32

    /// - Parameters:
    ///   - meanings: What each letter means.
    ///   - empty: What an empty cell means.
    public init(_ meanings: [UInt8: Quality], empty: Quality = .actual) {
        var packed = [UInt32](repeating: 0, count: 256)
        for (letter, quality) in meanings { packed[Int(letter)] = quality.packed }
        self.packed = packed
        self.empty = empty.packed
    }

    /// `A`, `E`, `S`, `F` and `N` mean themselves; an empty cell is actual.
    public static let standard = QualityLetters(
        "AESFN".utf8.reduce(into: [:]) { $0[$1] = Quality(letter: $1) })

    /// The packed quality of the cell at a range of bytes; 0 where it means nothing.
    @inline(__always)
    func read(_ lines: RawSpan, _ from: Int, _ to: Int) -> UInt32 {
        switch to - from {
        case 0: empty
        case 1: packed[Int(lines.byte(from))]
        default: 0
        }
    }
}

extension Quality {
    /// True where a packed quality says that there is no value.
    @inline(__always)
    static func isMissing(packed: UInt32) -> Bool { packed >> 24 & 15 == 1 }
}
