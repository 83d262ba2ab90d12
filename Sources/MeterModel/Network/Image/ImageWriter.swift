// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Writes numbers, texts and columns one after the other, for `ImageReader`.
///
/// A number is a varint of its zigzag form: small ones of either sign take one byte. A column is runs
/// of equal differences, each the difference and a byte for how often, so that what repeats or counts
/// up takes next to nothing; it does not hold its length.
struct ImageWriter {
    private var bytes: [UInt8] = NetworkImageFrame.head

    mutating func number(_ value: some BinaryInteger) {
        let value = Int64(value)
        var rest = UInt64(bitPattern: value << 1 ^ value >> 63)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Eight bytes, the lowest first.
    mutating func word(_ value: UInt64) {
        for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * shift))) }
    }

    mutating func column<Elements: Sequence>(
        _ elements: Elements, _ value: (Elements.Element) -> Int64
    ) {
        var (last, difference, length) = (0 as Int64, 0 as Int64, 0 as UInt8)
        func endRun() {
            guard length > 0 else { return }
            number(difference)
            bytes.append(length)
        }
        for element in elements {
            let next = value(element)
            let (step, overflow) = next.subtractingReportingOverflow(last)
            last = next
            if length > 0, length < .max, step == difference, !overflow {
                length += 1
            } else {
                endRun()
                (difference, length) = (step, 1)
            }
        }
        endRun()
    }

    mutating func column(_ numbers: some Sequence<UInt32>) {
        column(numbers) { Int64($0) }
    }

    mutating func periods(_ periods: Network.Periods) {
        number(periods.distinct.count)
        column(periods.distinct, \.from)
        column(periods.distinct, \.to)
        column(periods.numbers)
    }

    mutating func raw(_ body: [UInt8]) {
        number(body.count)
        bytes += body
    }

    mutating func text(_ text: String) {
        raw(Array(text.utf8))
    }

    mutating func exact(_ value: Exact) {
        for part in [value.numerator, value.denominator] {
            word(UInt64(truncatingIfNeeded: part))
            word(UInt64(truncatingIfNeeded: part >> 64))
        }
    }

    mutating func optional(_ value: Exact?) {
        number(value == nil ? 0 : 1)
        if let value { exact(value) }
    }

    /// The place of a word among all of its kind.
    mutating func choice<Word: CaseIterable & Equatable>(_ word: Word) {
        number(Array(Word.allCases).firstIndex(of: word) ?? 0)
    }

    mutating func identifiers(_ table: IdentifierTable) {
        number(table.count)
        column(table.places)
        column(table.order)
        raw(table.bytes)
    }

    /// The bytes in pieces of one length, each with its sum; the last may be shorter.
    func pieces(of length: Int) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: length).enumerated().map { place, start in
            var piece = Array(bytes[start..<min(start + length, bytes.count)])
            let sum = NetworkImageFrame.sum(of: piece.span, at: place)
            for shift in 0..<8 { piece.append(UInt8(truncatingIfNeeded: sum >> UInt64(8 * shift))) }
            return piece
        }
    }
}
