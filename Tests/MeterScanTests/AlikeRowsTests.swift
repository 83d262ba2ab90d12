// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Testing

/// Rows that differ in clock and digits only are compared with the one before as a whole: what differs
/// anywhere else must be seen.
@Suite struct AlikeRowsTests {
    /// A day of quarter hours of one meter, every row of the same shape.
    private static func day(ending: String, quality: String?) -> [[UInt8]] {
        (0..<96).map { slot in
            func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
            let time = "2026-01-05T\(two(slot / 4)):\(two(slot % 4 * 15)):00+01:00"
            let letter = quality.map { ",\($0)" } ?? ""
            return Array("METER00002,\(time),0.\(100 + slot * 7 % 800)\(letter)\(ending)".utf8)
        }
    }

    private func check(_ rows: [[UInt8]], _ comment: Comment, _ layout: LongLayout) {
        let bytes = Array(rows.joined())
        let (entries, zones) = (LongScannerTests.entries, LongScannerTests.zones)
        let expected = LongReference(layout: layout, entries: entries, zones: zones).scan(bytes)
        let scanner = LongScanner(layout: layout, index: MeterIndex(entries: entries, zones: zones))
        for window in [bytes.count, 300] {
            let found = ScanResult.scanning(bytes, with: scanner, windowBytes: window)
            let difference = found.difference(expected)
            #expect(difference.isEmpty, comment)
        }
    }

    @Test(arguments: ["\n", "\r\n"], ["A", "E", ""])
    func `a day of alike rows is read as its slow twin reads it`(ending: String, quality: String) {
        check(Self.day(ending: ending, quality: quality), "", LongScannerTests.layout)
    }

    @Test(arguments: Array("059:,;.-\n\r BTZ\0\u{7F}".utf8))
    func `one byte that differs anywhere in a row is seen`(byte: UInt8) {
        let rows = Self.day(ending: "\n", quality: "A")
        for place in rows[20].indices where rows[20][place] != byte {
            var damaged = rows
            damaged[20][place] = byte
            check(damaged, "byte \(byte) at \(place)", LongScannerTests.layout)
        }
    }

    @Test func `a byte too much or too few in a row is seen`() {
        let rows = Self.day(ending: "\n", quality: "A")
        for place in rows[20].indices {
            var damaged = rows
            damaged[20].remove(at: place)
            check(damaged, "without the byte at \(place)", LongScannerTests.layout)
            damaged = rows
            damaged[20].insert(rows[20][place], at: place)
            check(damaged, "the byte at \(place) twice", LongScannerTests.layout)
        }
    }

    @Test func `a row that comes again, out of order or from another day is seen`() {
        let rows = Self.day(ending: "\n", quality: "A")
        for place in [0, 1, 2, 19, 20, 21, 95] {
            var changed = rows
            changed.insert(rows[place], at: 20)
            check(changed, "row \(place) again", LongScannerTests.layout)
            changed = rows
            changed.remove(at: place)
            check(changed, "without row \(place)", LongScannerTests.layout)
        }
    }

    @Test func `rows in the future are refused from the first on`() {
        var layout = LongScannerTests.layout
        // 2026-01-05T05:00+01:00, after which 76 of the day's rows lie.
        layout.latestEnd = 1_767_585_600
        check(Self.day(ending: "\n", quality: "A"), "", layout)
    }
}
