// SPDX-License-Identifier: Apache-2.0

import MeterScan

/// Writes interval-long rows such as `M00000001,2026-01-01T00:00:00+08:00,0.123,A`.
///
/// A cell of quality `N` has no value, one of quality 0 no row. Words are stored whole: what one
/// writes beyond its part, the next one covers.
///
/// - Parameters:
///   - values: Wh, each below 10 000. Shape: `[meter × slot]`.
///   - qualities: Letters in ASCII, or 0. Shape: `[meter × slot]`.
///   - ids: Id and comma of each meter, 10 bytes. Shape: `[meter]`.
///   - times: Timestamp and comma of each slot, 26 bytes. Shape: `[slot]`.
///   - valueWords: `0.123,A` and a newline for each value. Shape: `[value]`.
///   - byTime: True to write all meters of a slot before the next slot.
///   - text: Written to from `start`; room for 44 bytes a cell.
/// - Returns: Where the text ends, and how many rows were written.
@inline(never)
func writeLongRows(
    values: Span<Int32>, qualities: Span<UInt8>, ids: Span<SIMD16<UInt8>>,
    times: Span<SIMD32<UInt8>>, valueWords: Span<UInt64>, byTime: Bool,
    into text: inout MutableSpan<UInt8>, at start: Int
) -> (end: Int, rows: Int) {
    let (meters, slots) = (ids.count, times.count)
    precondition(values.count == meters * slots, "a value for each meter and slot")
    precondition(qualities.count == values.count, "a quality for each value")
    var (position, rows) = (start, 0)
    let (outer, inner) = byTime ? (slots, meters) : (meters, slots)
    for first in 0..<outer {
        for second in 0..<inner {
            let (meter, slot) = byTime ? (second, first) : (first, second)
            let cell = meter * slots + slot
            let quality = qualities[cell]
            if quality == 0 { continue }
            rows += 1
            text.store(ids[meter], at: position)
            text.store(times[slot], at: position + 10)
            if quality == UInt8(ascii: "N") {
                text.store(absentWord, at: position + 36)
                position += 39
            } else {
                // The letter is the word's seventh byte; the others are right already.
                let word = valueWords[Int(values[cell])] & ~(0xFF << 48) | UInt64(quality) << 48
                text.store(word, at: position + 36)
                position += 44
            }
        }
    }
    return (position, rows)
}

/// Writes the values of one day, each with a comma: `0.123,`.
///
/// - Parameters:
///   - values: Wh, each below 10 000. Shape: `[slot]`.
///   - valueWords: As for `writeLongRows`; the first six bytes of a word are used.
///   - text: Written to from `start`: 6 bytes a value, and room for 2 more.
/// - Returns: Where the text ends.
@inline(never)
func writeValues(
    _ values: Span<Int32>, valueWords: Span<UInt64>, into text: inout MutableSpan<UInt8>,
    at start: Int
) -> Int {
    for slot in values.indices {
        text.store(valueWords[Int(values[slot])], at: start + slot * 6)
    }
    return start + values.count * 6
}

/// An empty value: comma, `N`, newline.
private let absentWord: UInt64 = 0x0A_4E_2C

/// Every value below 10 kWh as `0.123,A` and a newline, the first character in the lowest byte.
let allValueWords: [UInt64] = (0..<10_000).map { value in
    let digits = [value / 1000, value / 100 % 10, value / 10 % 10, value % 10]
    let ascii = digits.map { UInt8(ascii: "0") + UInt8($0) }
    return textWord(
        [ascii[0], UInt8(ascii: ".")] + ascii[1...] + [UInt8(ascii: ","), UInt8(ascii: "A"), 10])
}

/// Text in a fixed number of bytes, filled up with zeros.
func textBytes<Bytes: SIMD>(_ line: TextLine, as type: Bytes.Type) -> Bytes
where Bytes.Scalar == UInt8 {
    let text = line.text
    precondition(text.count <= Bytes.scalarCount, "text that fits")
    var bytes = Bytes()
    for place in 0..<text.count { bytes[place] = text.bytes[place] }
    return bytes
}

private func textWord(_ bytes: some BidirectionalCollection<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}
