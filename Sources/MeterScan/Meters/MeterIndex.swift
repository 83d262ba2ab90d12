// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// Finds what an id in a file stands for: one probe in a flat table, then the id's spans of time.
///
/// Built once per run and shared by all threads. Memory per id: its bytes, 12 bytes of places, about
/// 11 to 22 bytes of table, 32 bytes per span; ids may share their spans.
public struct MeterIndex: Sendable {
    /// The zones that spans name by index.
    public let zones: [TimeZoneTable]
    /// All ids, one after the other.
    private let idBytes: [UInt8]
    /// Where ids begin in `idBytes`. Shape: `[entry + 1]`.
    private let idPlaces: [UInt32]
    /// Where an entry's spans begin in `spans`. Shape: `[entry]`.
    private let spanStarts: [UInt32]
    /// Where an entry's spans end. Shape: `[entry]`.
    private let spanEnds: [UInt32]
    /// All spans, those of one entry together and in order of time.
    private let spans: [DirectorySpan]
    /// Open addressing: the upper half of the id's hash above, entry + 1 below; 0 where free.
    private let table: [UInt64]

    /// An index of these entries, whose ids must differ.
    ///
    /// - Parameters:
    ///   - entries: What ids stand for, in any order; `entry(of:)` gives positions in it.
    ///   - zones: The zones that the spans name by index.
    public init(entries: [DirectoryEntry], zones: [TimeZoneTable]) {
        self.init(DirectoryColumns(entries), zones: zones)
    }

    /// An index of a directory, whose ids must differ.
    ///
    /// - Parameters:
    ///   - directory: What ids stand for, in any order; `entry(of:)` gives positions in it.
    ///   - zones: The zones that the spans name by index.
    public init(_ directory: DirectoryColumns, zones: [TimeZoneTable]) {
        precondition(directory.count < Int(Int32.max), "entries are counted in 31 bits")
        for span in directory.spans {
            precondition(Int(span.zone) < zones.count, "a span names a zone of the index")
            precondition(
                span.intervalMinutes == 0 || 1440 % Int(span.intervalMinutes) == 0,
                "slots fill a day")
        }
        self.zones = zones
        idBytes = directory.idBytes
        idPlaces = directory.idPlaces
        spanStarts = directory.spanStarts
        spanEnds = directory.spanEnds
        spans = directory.spans
        table = MeterIndex.table(of: directory)
    }

    private static func table(of directory: DirectoryColumns) -> [UInt64] {
        var capacity = 16
        while capacity * 3 < directory.count * 4 { capacity *= 2 }
        var table = [UInt64](repeating: 0, count: capacity)
        var slots = table.mutableSpan
        // SAFETY: bytes of an array are always initialized.
        let bytes = unsafe directory.idBytes.span.bytes
        let places = directory.idPlaces.span
        for entry in 0..<directory.count {
            let (from, to) = (Int(places[entry]), Int(places[entry + 1]))
            let hash = hash(bytes, from, to)
            let tag = hash & ~0xFFFF_FFFF
            var slot = Int(hash & UInt64(capacity - 1))
            while slots[slot] != 0 {
                if slots[slot] & ~0xFFFF_FFFF == tag {
                    let other = Int(slots[slot] & 0xFFFF_FFFF) - 1
                    let isSame = bytes.equals(
                        from, to, bytes, Int(places[other]), Int(places[other + 1]))
                    precondition(!isSame, "ids of entries differ")
                }
                slot = (slot + 1) & (capacity - 1)
            }
            slots[slot] = tag | UInt64(entry + 1)
        }
        return table
    }

    /// The entry of an id, or -1 where none has it.
    public func entry(of id: RawSpan) -> Int32 {
        entry(in: id, 0, id.byteCount)
    }

    /// The entry of the id that stands at a range of bytes, or -1 where none has it.
    @inline(__always)
    func entry(in bytes: RawSpan, _ from: Int, _ to: Int) -> Int32 {
        let hash = MeterIndex.hash(bytes, from, to)
        let tag = hash & ~0xFFFF_FFFF
        var slot = Int(hash & UInt64(table.count - 1))
        while true {
            let found = table[slot]
            if found == 0 { return -1 }
            if found & ~0xFFFF_FFFF == tag {
                let entry = Int32(truncatingIfNeeded: Int(found & 0xFFFF_FFFF) - 1)
                if isID(of: entry, bytes, from, to) { return entry }
            }
            slot = (slot + 1) & (table.count - 1)
        }
    }

    /// The entry of the id at a range of bytes; the entry before it is looked at first.
    ///
    /// - Parameter last: The entry that was found last, or -1: files repeat ids and follow the
    ///   network's order, and a neighbour is found without a look at the table.
    @inline(__always)
    func entry(in bytes: RawSpan, _ from: Int, _ to: Int, after last: Int32) -> Int32 {
        if last >= 0 {
            if isID(of: last, bytes, from, to) { return last }
            if Int(last) + 2 < idPlaces.count, isID(of: last + 1, bytes, from, to) {
                return last + 1
            }
        }
        return entry(in: bytes, from, to)
    }

    /// True where a range of bytes is the id of an entry.
    @inline(__always)
    func isID(of entry: Int32, _ bytes: RawSpan, _ from: Int, _ to: Int) -> Bool {
        // SAFETY: bytes of an array are always initialized.
        unsafe bytes.equals(
            from, to, idBytes.span.bytes, Int(idPlaces[Int(entry)]), Int(idPlaces[Int(entry) + 1]))
    }

    /// Where the spans of an entry stand, for `span(_:)`; may be empty.
    @inline(__always)
    func spanRange(of entry: Int32) -> Range<Int> {
        Int(spanStarts[Int(entry)])..<Int(spanEnds[Int(entry)])
    }

    /// The span at a place within `spanRange(of:)`.
    @inline(__always)
    func span(_ place: Int) -> DirectorySpan { spans[place] }

    /// The span of an entry that holds a moment, or nil where none does.
    ///
    /// - Parameters:
    ///   - entry: An entry that `entry(of:)` gave, not -1.
    ///   - instant: Seconds since 1970-01-01T00:00:00Z.
    public func span(of entry: Int32, at instant: Int64) -> DirectorySpan? {
        for place in spanRange(of: entry) {
            let span = spans[place]
            if instant < span.from { return nil }
            if instant < span.to { return span }
        }
        return nil
    }

    /// The span of an entry in which an interval begins that ends at a moment, or nil.
    ///
    /// - Parameters:
    ///   - minutes: The interval's length; nil for that of the span's own intervals.
    ///   - end: Seconds since 1970-01-01T00:00:00Z.
    public func span(
        of entry: Int32, whereBegins minutes: Int?, endingAt end: Int64
    ) -> DirectorySpan? {
        for place in spanRange(of: entry) {
            let span = spans[place]
            // What has no length lies before its end all the same.
            let length = max(1, Int64(minutes ?? Int(span.intervalMinutes)) * 60)
            if span.from <= end - length, end - length < span.to { return span }
        }
        return nil
    }

    /// The span of an entry that holds a moment, else the one nearest to it; nil where there is none.
    ///
    /// - Parameters:
    ///   - instant: Seconds since 1970-01-01T00:00:00Z.
    ///   - zone: Where given, only spans of this zone count.
    public func nearestSpan(
        of entry: Int32, to instant: Int64, zone: UInt16? = nil
    ) -> DirectorySpan? {
        func distance(_ span: DirectorySpan) -> Int64 {
            max(0, instant < span.from ? span.from - instant : instant - span.to)
        }
        return spanRange(of: entry).lazy.map { spans[$0] }
            .filter { zone == nil || $0.zone == zone }
            .min { distance($0) < distance($1) }
    }

    /// When the next span of an entry begins after a moment outside all of them, or nil.
    func nextSpanStart(of entry: Int32, after instant: Int64) -> Int64? {
        for place in spanRange(of: entry) where spans[place].from > instant {
            return spans[place].from
        }
        return nil
    }

    /// Eight bytes at a time; ids are short, and the table needs good upper and lower halves.
    @inline(__always)
    private static func hash(_ bytes: RawSpan, _ from: Int, _ to: Int) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: to - from) &* 0x9E37_79B9_7F4A_7C15
        @inline(__always)
        func mix(_ word: UInt64) {
            let product = (hash ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
            hash = product.high ^ product.low
        }
        var place = from
        while place + 8 <= to {
            mix(bytes.word(place))
            place += 8
        }
        if place < to {
            // The last eight bytes, some of them once more; of a short id all that there are.
            mix(
                to - from >= 8
                    ? bytes.word(to - 8)
                    : (place..<to).reduce(0) { word, place in
                        word | UInt64(bytes.byte(place)) << UInt64(8 * (place - from))
                    })
        }
        hash ^= hash >> 32
        hash = hash &* 0xD6E8_FEB8_6659_FD93
        return hash ^ hash >> 29
    }
}
