// SPDX-License-Identifier: Apache-2.0

import MeterModel
@testable import MeterScan
import Quantities
import Testing

@Suite struct MeterIndexTests {
    /// A span of meter `meter` at UTC+8 with 15-minute slots.
    static func span(_ meter: UInt32, from: Int64 = .min, to: Int64 = .max) -> DirectorySpan {
        DirectorySpan(
            from: from, to: to, meter: meter, storageOffset: 28_800, intervalMinutes: 15, zone: 0)
    }

    @Test func `every id is found and no other is`() {
        var random = SeededGenerator(11)
        var ids: Set<String> = ["", "M", "12345678", "123456789", "1234567"]
        while ids.count < 5_000 {
            let length = Int.random(in: 1...20, using: &random)
            ids.insert(
                String(
                    (0..<length).map { _ in "0123456789AB".randomElement(using: &random) ?? "0" }))
        }
        let ordered = ids.sorted()
        let index = MeterIndex(
            entries: ordered.enumerated().map {
                DirectoryEntry(id: $1, spans: [Self.span(UInt32($0))])
            }, zones: [TimeZoneTable(name: "UTC", fixedOffset: 0)])
        for (number, id) in ordered.enumerated() {
            let bytes = Array(id.utf8)
            #expect(unsafe index.entry(of: bytes.span.bytes) == Int32(number))
        }
        let numbers = Dictionary(uniqueKeysWithValues: ordered.enumerated().map { ($1, Int32($0)) })
        for _ in 0..<5_000 {
            let other = String(UInt64.random(in: 0...999_999_999, using: &random), radix: 12)
            let bytes = Array(other.uppercased().utf8)
            let expected = numbers[other.uppercased()] ?? -1
            #expect(unsafe index.entry(of: bytes.span.bytes) == expected)
        }
    }

    @Test func `an id stands for the meter that was there at the moment`() {
        let entry = DirectoryEntry(
            id: "SP1", spans: [Self.span(1, from: 100, to: 200), Self.span(2, from: 250, to: 300)])
        let index = MeterIndex(
            entries: [entry], zones: [TimeZoneTable(name: "UTC", fixedOffset: 0)])
        let meters = [99, 100, 199, 200, 249, 250, 299, 300].map {
            index.span(of: 0, at: $0)?.meter
        }
        #expect(meters == [nil, 1, 1, nil, nil, 2, 2, nil])
    }

    @Test func `an id that stands for nothing is not found, nor as the next of another`() {
        let ids = ["A1", "A2", "A3", "B"]
        let index = MeterIndex(
            entries: ids.enumerated().map { number, id in
                DirectoryEntry(id: id, spans: id == "A2" ? [] : [Self.span(UInt32(9 - number))])
            }, zones: [TimeZoneTable(name: "UTC", fixedOffset: 0)])
        var found: [Int32] = []
        for id in ids {
            let bytes = Array(id.utf8)
            found.append(unsafe index.entry(of: bytes.span.bytes))
        }
        #expect(found == [0, -1, 2, 3])
        #expect([0, 2, 3].map { index.span(of: $0, at: 0)?.meter } == [9, 7, 6])
        var next: [Int32] = []
        for (id, last) in [("A2", 0 as Int32), ("A3", 0), ("B", 2), ("A1", 3), ("B", 3)] {
            let bytes = Array(id.utf8)
            next.append(unsafe index.entry(in: bytes.span.bytes, 0, bytes.count, after: last))
        }
        #expect(next == [-1, 2, 3, 0, 3])
    }
}
