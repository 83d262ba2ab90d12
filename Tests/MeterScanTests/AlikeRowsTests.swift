// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Testing

/// Rows that differ in clock and digits only are compared with the one before as a whole: what differs
/// anywhere else must be seen.
@Suite struct AlikeRowsTests {
    /// A day of quarter hours of one meter, every row of the same shape.
    private static func day(
        _ id: String = "METER00002", date: String = "2026-01-05", offset: String = "+01:00",
        ending: String = "\n", quality: String? = "A"
    ) -> [[UInt8]] {
        (0..<96).map { slot in
            func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
            let time = "\(date)T\(two(slot / 4)):\(two(slot % 4 * 15)):00\(offset)"
            let letter = quality.map { ",\($0)" } ?? ""
            return Array("\(id),\(time),0.\(100 + slot * 7 % 800)\(letter)\(ending)".utf8)
        }
    }

    private func check(_ rows: [[UInt8]], _ comment: Comment, _ layout: LongLayout) {
        let bytes = Array(rows.joined())
        let zones = LongScannerTests.zones
        // Moved from one clock to another, by either of which a label of that day may be read.
        let moved = DirectoryEntry(
            id: "Z9",
            spans: [
                LongScannerTests.span(10, to: LongScannerTests.exchange),
                LongScannerTests.span(
                    11, offset: 3600, zone: 1, from: LongScannerTests.exchange),
            ])
        let entries = LongScannerTests.entries + [moved]
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
        let rows = Self.day()
        for place in rows[20].indices where rows[20][place] != byte {
            var damaged = rows
            damaged[20][place] = byte
            check(damaged, "byte \(byte) at \(place)", LongScannerTests.layout)
        }
    }

    @Test func `a byte too much or too few in a row is seen`() {
        let rows = Self.day()
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
        let rows = Self.day()
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
        check(Self.day(), "", layout)
    }

    /// Rows of one meter, of another from row 8 on, and of a third one from row 20 on.
    private static let threeMeters =
        Array(day().suffix(8)) + day("M1").prefix(12) + day("SP7").prefix(6)

    /// Days around which a meter is exchanged, or clocks change.
    private static let dates = ["2026-01-05", "2026-01-09", "2026-01-10", "2026-10-25"]

    @Test(arguments: ["M1", "B3", "H4", "N5", "D6", "SP7", "Z9", "none"], dates)
    func `another meter after one is read as its slow twin reads it`(id: String, date: String) {
        for (before, offset) in [("METER00002", "+08:00"), ("METER00002", ""), ("B3", "")] {
            let last = Array(Self.day(before, date: date, offset: offset).suffix(8))
            let rows = Self.day(id, date: date, offset: offset)
            for labelsEnd in [false, true] {
                var layout = LongScannerTests.layout
                layout.labelsEnd = labelsEnd
                for first in [0, 1, 72, 94] {
                    check(last + rows[first...], "from \(first) \(offset)", layout)
                }
                // Every fourth row is an hour; no two rows come in step.
                let hours = rows.enumerated().filter { $0.offset % 4 == 0 }
                check(last + hours.map(\.element), "hours \(offset)", layout)
            }
        }
    }

    @Test(arguments: ["+01:00", "+08:00", "Z", ""], [false, true])
    func `days that follow each other are read as the slow twin reads them`(
        offset: String, labelsEnd: Bool
    ) {
        var layout = LongScannerTests.layout
        layout.labelsEnd = labelsEnd
        for id in ["METER00002", "SP7", "Z9"] {
            let days = ["2026-01-08", "2026-01-09", "2026-01-10"].flatMap {
                Self.day(id, date: $0, offset: offset)
            }
            check(days, "\(id) \(offset)", layout)
            check(days + Self.day("M1", date: "2026-01-10", offset: offset), "\(id)", layout)
            check(Self.day(date: "2026-01-10", offset: offset) + days, "\(id) before", layout)
        }
    }

    @Test(arguments: [8, 9], Array("059:,;.-\n\r BTZ\0\u{7F}".utf8))
    func `one byte that differs in the first rows of another meter is seen`(row: Int, byte: UInt8) {
        let rows = Self.threeMeters
        for place in rows[row].indices where rows[row][place] != byte {
            var damaged = rows
            damaged[row][place] = byte
            check(damaged, "byte \(byte) at \(place) of row \(row)", LongScannerTests.layout)
        }
    }

    @Test(arguments: [8, 9, 10])
    func `rows of another meter that come twice, not at all or cut are seen`(row: Int) {
        let rows = Self.threeMeters
        for place in rows[row].indices {
            var damaged = rows
            damaged[row].remove(at: place)
            check(damaged, "row \(row) without the byte at \(place)", LongScannerTests.layout)
        }
        for place in [7, 8, 9, 10, 19, 20, 21] {
            var changed = rows
            changed.insert(rows[place], at: row)
            check(changed, "row \(place) again at \(row)", LongScannerTests.layout)
            changed = rows
            changed.remove(at: place)
            changed.removeLast(3)
            check(changed, "without row \(place)", LongScannerTests.layout)
        }
    }
}
