// SPDX-License-Identifier: Apache-2.0

/// Writes interval-long rows such as `M00000001,2026-01-01T00:00:00+08:00,0.123,A`.
///
/// A cell of quality `N` has no value, one of quality 0 no row.
///
/// - Parameters:
///   - values: Wh, each below 10 000. Shape: `[meter × slot]`.
///   - qualities: Letters in ASCII, or 0. Shape: `[meter × slot]`.
///   - ids: The id and a comma of each meter. Shape: `[meter × idBytes]`.
///   - times: The timestamp and a comma of each slot. Shape: `[slot × timeBytes]`.
///   - byTime: True to write all meters of a slot before the next slot.
///   - text: Written to from `start`; room for a full row of every cell.
/// - Returns: Where the text ends, and how many rows were written.
@inline(never)
func writeLongRows(
    values: Span<Int32>, qualities: Span<UInt8>, ids: Span<UInt8>, idBytes: Int,
    times: Span<UInt8>, timeBytes: Int, byTime: Bool, into text: inout MutableSpan<UInt8>,
    at start: Int
) -> (end: Int, rows: Int) {
    let (meters, slots) = (ids.count / idBytes, times.count / timeBytes)
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
            copy(ids, from: meter * idBytes, count: idBytes, into: &text, at: position)
            position += idBytes
            copy(times, from: slot * timeBytes, count: timeBytes, into: &text, at: position)
            position += timeBytes
            if quality != UInt8(ascii: "N") {
                writeValue(values[cell], into: &text, at: position)
                position += 5
            }
            text[position] = UInt8(ascii: ",")
            text[position + 1] = quality
            text[position + 2] = UInt8(ascii: "\n")
            position += 3
        }
    }
    return (position, rows)
}

/// Writes the values of one day, each with a comma: `0.123,`.
///
/// - Parameters:
///   - values: Wh, each below 10 000. Shape: `[slot]`.
///   - text: Written to from `start`: 6 bytes a value.
/// - Returns: Where the text ends.
@inline(never)
func writeValues(
    _ values: Span<Int32>, into text: inout MutableSpan<UInt8>, at start: Int
) -> Int {
    var position = start
    for slot in values.indices {
        writeValue(values[slot], into: &text, at: position)
        text[position + 5] = UInt8(ascii: ",")
        position += 6
    }
    return position
}

/// Writes Wh below 10 000 as kWh: `0.123`.
@inline(__always)
private func writeValue(_ value: Int32, into text: inout MutableSpan<UInt8>, at position: Int) {
    precondition((0..<10_000).contains(value), "a quarter hour of less than 10 kWh")
    let rest = UInt32(value)
    text[position] = digit(rest / 1000)
    text[position + 1] = UInt8(ascii: ".")
    text[position + 2] = digit(rest / 100 % 10)
    text[position + 3] = digit(rest / 10 % 10)
    text[position + 4] = digit(rest % 10)
}

@inline(__always)
private func digit(_ value: UInt32) -> UInt8 {
    UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value)
}

@inline(__always)
private func copy(
    _ source: Span<UInt8>, from first: Int, count: Int, into text: inout MutableSpan<UInt8>,
    at position: Int
) {
    for byte in 0..<count { text[position + byte] = source[first + byte] }
}
