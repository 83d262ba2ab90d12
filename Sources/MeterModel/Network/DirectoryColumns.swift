// SPDX-License-Identifier: Apache-2.0

/// What ids in files can stand for, in columns without an object per id: the network's own ids, and
/// what is known of each over time.
///
/// An entry is a meter, by its number, or a service point, by its index counted on from the meters.
/// Most meters share their *course*, the spans in which they serve, but for the meter's number.
public struct DirectoryColumns: Hashable, Sendable {
    /// The ids of the first entries, the meters.
    public let meterIDs: IdentifierTable
    /// The ids of the entries that follow.
    public let servicePointIDs: IdentifierTable
    /// The course of each meter; 0, which is empty, for one that was never in service.
    /// Shape: `[meter]`.
    public let courses: NumberColumn
    /// What each service point stands for: a meter, with its course, or counted on from the meters
    /// a course of its own; the empty one where its id stands for nothing, or for a meter.
    /// Shape: `[service point]`.
    public let servicePointCourses: NumberColumn
    /// Where each course begins in `spans`, and where the last ends. Shape: `[course + 1]`.
    public let courseStarts: [UInt32]
    /// The spans of courses in order of time. The meter of a meter's course is counted on from the
    /// entry, that of a service point's own course from 0.
    public let spans: [DirectorySpan]

    /// How many entries there are.
    public var count: Int { meterIDs.count + servicePointIDs.count }

    /// The columns of a network's ids.
    init(
        meterIDs: IdentifierTable, servicePointIDs: IdentifierTable, courses: NumberColumn,
        servicePointCourses: NumberColumn, _ distinct: DistinctCourses
    ) {
        self.meterIDs = meterIDs
        self.servicePointIDs = servicePointIDs
        self.courses = courses
        self.servicePointCourses = servicePointCourses
        courseStarts = distinct.starts
        spans = distinct.spans
    }

    /// The columns of some entries, in their order; an id without spans stands for nothing.
    public init(_ entries: [DirectoryEntry]) {
        var distinct = DistinctCourses()
        let courses = entries.enumerated().map { position, entry in
            for var span in entry.spans {
                span.meter &-= UInt32(position)
                distinct.append(span)
            }
            return distinct.endCourse()
        }
        let ids = IdentifierTable(entries.map(\.id))
        precondition(ids.isOrdered, "ids of entries differ")
        self.init(
            meterIDs: ids, servicePointIDs: IdentifierTable([]),
            courses: NumberColumn(courses), servicePointCourses: NumberColumn([]), distinct)
    }
}

/// Collects courses; those that many share are kept once.
struct DistinctCourses {
    /// How many courses are looked through for one that is the same: more would take more room than
    /// they spare.
    private static let mostKnown = 1 << 14

    /// Where each course begins in `spans`, and where the last ends; the first is empty.
    private(set) var starts: [UInt32] = [0, 0]
    private(set) var spans: [DirectorySpan] = []
    /// The courses of one span, but for the latest ones where they are too many.
    private var known: [DirectorySpan: UInt32] = [:]
    /// The course that was found last; the next is mostly the same.
    private var last: (span: DirectorySpan, course: UInt32)?

    /// Takes a span for the course that is ended next.
    mutating func append(_ span: DirectorySpan) { spans.append(span) }

    /// Appends a span, or joins it to the one before where nothing changes but the time.
    mutating func join(_ span: DirectorySpan) {
        if spans.count > Int(starts[starts.count - 1]) {
            var last = spans[spans.count - 1]
            if last.to == span.from {
                (last.from, last.to) = (span.from, span.to)
                if last == span {
                    spans[spans.count - 1].to = span.to
                    return
                }
            }
        }
        spans.append(span)
    }

    /// Ends a course, and gives its number: 0 for one without spans.
    mutating func endCourse() -> UInt32 {
        let start = Int(starts[starts.count - 1])
        if spans.count == start { return 0 }
        let course = UInt32(starts.count - 1)
        if spans.count == start + 1 {
            let span = spans[start]
            if let last, last.span == span {
                spans.removeLast()
                return last.course
            }
            if let course = known[span] {
                spans.removeLast()
                last = (span, course)
                return course
            }
            if known.count < DistinctCourses.mostKnown { known[span] = course }
            last = (span, course)
        }
        starts.append(UInt32(spans.count))
        return course
    }
}
