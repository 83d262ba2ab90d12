// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// Finds what an id in a file stands for: one probe in a flat table, then the id's spans of time.
///
/// Built once per run and shared by all threads. The ids are the network's own; of its own it has six
/// bytes of table for an id, and what `DirectoryColumns` keeps of it.
public final class MeterIndex: Sendable {
    /// The zones that spans name by index.
    public let zones: [TimeZoneTable]
    private let meterIDs: EntryIDs
    /// The ids of the entries that follow the meters.
    private let servicePointIDs: EntryIDs
    /// The course of each meter. Shape: `[meter]`.
    private let courses: NumberColumn
    /// The meter, or counted on from the meters the course. Shape: `[service point]`.
    private let servicePointCourses: NumberColumn
    /// Where each course begins in `spans`. Shape: `[course + 1]`.
    private let courseStarts: [UInt32]
    /// The spans of courses, in order of time.
    private let spans: [DirectorySpan]
    /// How many of the ids are of meters.
    var meterCount: Int { meterIDs.count }
    /// Open addressing: entry + 1 in the bits of `entryMask`, the id's hash above; 0 where free.
    private let table: [UInt32]
    private let entryMask: UInt32

    /// An index of these entries, whose ids must differ.
    ///
    /// - Parameters:
    ///   - entries: What ids stand for, in any order; `entry(of:)` gives positions in it.
    ///   - zones: The zones that the spans name by index.
    public convenience init(entries: [DirectoryEntry], zones: [TimeZoneTable]) {
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
        meterIDs = EntryIDs(directory.meterIDs)
        servicePointIDs = EntryIDs(directory.servicePointIDs)
        courses = directory.courses
        servicePointCourses = directory.servicePointCourses
        courseStarts = directory.courseStarts
        spans = directory.spans
        entryMask = .max >> UInt32(directory.count).leadingZeroBitCount
        table = MeterIndex.table(of: directory, entryMask)
    }

    private static func table(
        of directory: DirectoryColumns, _ entryMask: UInt32
    ) -> [UInt32] {
        // At most three quarters full.
        let capacity = directory.count + directory.count / 3 + 1
        var table = [UInt32](repeating: 0, count: capacity)
        func enter(_ ids: IdentifierTable, after meters: Int, where isEntry: (Int) -> Bool) {
            // SAFETY: bytes of an array are always initialized.
            let bytes = unsafe ids.bytes.span.bytes
            var table = table.mutableSpan
            for position in 0..<ids.count where isEntry(position) {
                let place = ids.places.bounds(at: position)
                let hash = hash(bytes, place.lowerBound, place.upperBound)
                var slot = firstSlot(hash, table.count)
                while table[slot] != 0 {
                    slot += 1
                    if slot == table.count { slot = 0 }
                }
                let tag = UInt32(truncatingIfNeeded: hash >> 32) & ~entryMask
                table[slot] = tag | UInt32(meters + position + 1)
            }
        }
        let meters = directory.meterIDs.count
        enter(directory.meterIDs, after: 0) { directory.courses[$0] > 0 }
        enter(directory.servicePointIDs, after: meters) {
            directory.servicePointCourses[$0] != UInt32(meters)
        }
        return table
    }

    /// Where the table is looked at first: the lower half of the hash, as a share of the table.
    @inline(__always)
    private static func firstSlot(_ hash: UInt64, _ capacity: Int) -> Int {
        Int(truncatingIfNeeded: ((hash & 0xFFFF_FFFF) &* UInt64(capacity)) >> 32)
    }

    /// The entry of an id, or -1 where none has it.
    public func entry(of id: RawSpan) -> Int32 {
        entry(in: id, 0, id.byteCount)
    }

    /// The entry of the id that stands at a range of bytes, or -1 where none has it.
    @inline(__always)
    func entry(in bytes: RawSpan, _ from: Int, _ to: Int) -> Int32 {
        let hash = MeterIndex.hash(bytes, from, to)
        let tag = UInt32(truncatingIfNeeded: hash >> 32) & ~entryMask
        var slot = MeterIndex.firstSlot(hash, table.count)
        while true {
            let found = table[slot]
            if found == 0 { return -1 }
            if found & ~entryMask == tag {
                let entry = Int32(truncatingIfNeeded: found & entryMask) - 1
                if isID(of: entry, bytes, from, to) { return entry }
            }
            slot += 1
            if slot == table.count { slot = 0 }
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
            let next = last + 1
            if Int(next) < meterIDs.count + servicePointIDs.count,
                isID(of: next, bytes, from, to), !spanRange(of: next).isEmpty
            {
                return next
            }
        }
        return entry(in: bytes, from, to)
    }

    /// True where a range of bytes is the id of an entry.
    ///
    /// A call: inlined, it makes callers too large to be inlined themselves, which copy scanners.
    @inline(never)
    func isID(of entry: Int32, _ bytes: RawSpan, _ from: Int, _ to: Int) -> Bool {
        let meters = meterIDs.count
        return Int(entry) < meters
            ? meterIDs.isID(at: Int(entry), bytes, from, to)
            : servicePointIDs.isID(at: Int(entry) - meters, bytes, from, to)
    }

    /// The course of an entry, and what its spans count meters from.
    @inline(__always)
    private func course(of entry: Int32) -> (course: Int, firstMeter: UInt32) {
        let meters = meterIDs.count
        if Int(entry) < meters { return (Int(courses[Int(entry)]), UInt32(entry)) }
        let meant = servicePointCourses[Int(entry) - meters]
        return meant < UInt32(meters)
            ? (Int(courses[Int(meant)]), meant) : (Int(meant) - meters, 0)
    }

    /// Where the spans of an entry stand, for `span(_:of:)`.
    @inline(__always)
    func spanRange(of entry: Int32) -> Range<Int> {
        let course = course(of: entry).course
        return Int(courseStarts[course])..<Int(courseStarts[course + 1])
    }

    /// The span at a place within `spanRange(of:)` of the same entry.
    @inline(never)
    func span(_ place: Int, of entry: Int32) -> DirectorySpan {
        var span = spans[place]
        span.meter &+= course(of: entry).firstMeter
        return span
    }

    /// The span of an entry that holds a moment, or nil where none does.
    ///
    /// - Parameters:
    ///   - entry: An entry that `entry(of:)` gave, not -1.
    ///   - instant: Seconds since 1970-01-01T00:00:00Z.
    public func span(of entry: Int32, at instant: Int64) -> DirectorySpan? {
        let (course, firstMeter) = course(of: entry)
        for place in Int(courseStarts[course])..<Int(courseStarts[course + 1]) {
            var span = spans[place]
            if instant < span.from { return nil }
            if instant < span.to {
                span.meter &+= firstMeter
                return span
            }
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
            let span = span(place, of: entry)
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
        return spanRange(of: entry).map { span($0, of: entry) }
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
