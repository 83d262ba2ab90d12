// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Synthesis

@Suite struct LongRowsTests {
    /// Rows written a string at a time.
    private func slowRows(_ cells: CellBlock, ids: [String], times: [String], byTime: Bool)
        -> String
    {
        var places = ids.indices.flatMap { meter in times.indices.map { (meter, slot: $0) } }
        if byTime { places.sort { ($0.slot, $0.0) < ($1.slot, $1.0) } }
        return places.map { meter, slot in
            let cell = meter * times.count + slot
            let letter = String(UnicodeScalar(cells.qualities[cell]))
            if cells.qualities[cell] == 0 { return "" }
            let (whole, rest) = cells.values[cell].quotientAndRemainder(dividingBy: 1000)
            let value = letter == "N" ? "" : "\(whole).\("\(rest + 1000)".dropFirst())"
            return "\(ids[meter]),\(times[slot]),\(value),\(letter)\n"
        }.joined()
    }

    @Test(arguments: [(1, false), (2, true), (3, false), (4, true)] as [(UInt64, Bool)])
    func `rows in words are the rows in strings`(seed: UInt64, byTime: Bool) {
        var cells = CellBlock(streams: 7, days: 2)
        let letters: [UInt8] = Array("AAAAESFN".utf8) + [0]
        for cell in cells.values.indices {
            let bits = scramble(seed << 32 | UInt64(cell))
            cells.values[cell] = Int32([bits % 10_000, bits % 10, 9999][Int(bits >> 60) % 3])
            cells.qualities[cell] = letters[Int((bits >> 32) % UInt64(letters.count))]
        }
        let ids = (0..<7).map { Names.meter($0 * 13_999_999).description }
        let times = (0..<192).map { "2026-02-2\($0 % 10)T00:\($0 / 10 + 10):00+08:00" }
        let idBytes = ids.map { textBytes("\($0),", as: SIMD16.self) }
        let timeBytes = times.map { textBytes("\($0),", as: SIMD32.self) }
        let words = allValueWords
        var text = TextBuffer()
        text.append("before\n")
        let rows = text.append(atMost: cells.values.count * 44) { room, start in
            let written = writeLongRows(
                values: cells.values.span, qualities: cells.qualities.span, ids: idBytes.span,
                times: timeBytes.span, valueWords: words.span, byTime: byTime, into: &room,
                at: start)
            return (written.end, written.rows)
        }
        let slow = slowRows(cells, ids: ids, times: times, byTime: byTime)
        #expect(rows == slow.count { $0 == "\n" })
        #expect(String(decoding: text.bytes[..<text.count], as: UTF8.self) == "before\n" + slow)
    }
}
