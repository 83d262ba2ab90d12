// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Quantities
import Testing

@Suite struct LongScannerTurnTests {
    private static func scanner(meters: Int, minutes: UInt16) -> LongScanner {
        let entries = (0..<meters).map { meter in
            DirectoryEntry(
                id: "M\(meter)", spans: [LongScannerTests.span(UInt32(meter), minutes: minutes)])
        }
        return LongScanner(
            layout: LongScannerTests.layout,
            index: MeterIndex(entries: entries, zones: LongScannerTests.zones))
    }

    private static func row(_ meter: Int, minute: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "M\(meter),2026-01-06T\(two(minute / 60)):\(two(minute % 60)),0.125,A\n"
    }

    /// The strips of some rows, and whether days were being filled when they ended.
    private static func scan(
        _ rows: [String], _ scanner: LongScanner
    ) -> (strips: IntervalStrips, isFillingDays: Bool) {
        var scanner = scanner
        var batch = ReadingBatch()
        var rejections: [ReadingRejection] = []
        let text = Array(rows.joined().utf8)
        unsafe scanner.scan(
            text.span.bytes, firstLine: 1, firstByte: 0, into: &batch, rejections: &rejections)
        let isFillingDays = scanner.isFillingDays
        scanner.finish(into: &batch, rejections: &rejections)
        return (batch.intervals, isFillingDays)
    }

    /// 800 meters × 1440 minutes are more than 2²⁰ cells.
    private static let minutes = [0, 1, 2, 719, 720, 721, 1438, 1439]

    @Test func `days of very many meters that take turns come in strips of equal length`() {
        let scanner = Self.scanner(meters: 800, minutes: 1)
        let rows = Self.minutes.flatMap { minute in
            (0..<800).map { Self.row($0, minute: minute) }
        }
        let (strips, isFillingDays) = Self.scan(rows, scanner)
        #expect(strips.count == 1600)
        #expect(strips.slotCounts.allSatisfy { $0 == 720 })
        #expect(Set(strips.firstSlots) == [0, 720])
        // The second strips have begun: a cut parts no more than they do.
        #expect(!isFillingDays)
        let (first, isFillingFirst) = Self.scan(Array(rows[..<2400]), scanner)
        #expect(first.count == 800)
        #expect(isFillingFirst)
    }

    @Test func `meters that come back after many rows each have whole days every time`() {
        var scanner = Self.scanner(meters: 800, minutes: 1)
        var batch = ReadingBatch()
        var rejections: [ReadingRejection] = []
        for minutes in [0..<33, 33..<66] {
            let rows = (0..<800).flatMap { meter in
                minutes.map { Self.row(meter, minute: $0) }
            }
            let text = Array(rows.joined().utf8)
            batch.removeAll()
            scanner.batchWasEmptied()
            unsafe scanner.scan(
                text.span.bytes, firstLine: 1, firstByte: 0, into: &batch, rejections: &rejections)
            #expect(batch.intervals.count == 800)
            #expect(batch.intervals.slotCounts.allSatisfy { $0 == 1440 })
            #expect(!scanner.isFillingDays)
        }
    }

    @Test func `meters with few rows each, one after the other, take no turns`() {
        let rows = (0..<40).flatMap { meter in (0..<8).map { Self.row(meter, minute: $0 * 15) } }
        let (strips, isFillingDays) = Self.scan(rows, Self.scanner(meters: 40, minutes: 15))
        #expect(strips.count == 40)
        #expect(!isFillingDays)
    }
}
