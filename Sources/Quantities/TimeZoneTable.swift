// SPDX-License-Identifier: Apache-2.0

/// The clock of a place, as a table of the moments at which its distance from UTC changes.
///
/// Source: the compiled time zone file (TZif, RFC 8536) of the system. Past the table's last entry,
/// which Debian's files put at 2037, the last offset stays.
public struct TimeZoneTable: Hashable, Sendable {
    /// The IANA name, such as `Asia/Shanghai`.
    public let name: String
    /// Moments at which `offsets[k + 1]` begins, sorted. Shape: `[transition]`.
    public let transitions: [Int64]
    /// Seconds ahead of UTC before the first and from each transition. Shape: `[transition + 1]`.
    public let offsets: [Int32]

    /// A clock that never changes, such as the one of NEM12 files.
    public init(name: String, fixedOffset: Int) {
        self.name = name
        self.transitions = []
        self.offsets = [Int32(fixedOffset)]
    }

    /// A table from its parts; `offsets` has one entry more than `transitions`.
    public init(name: String, transitions: [Int64], offsets: [Int32]) {
        precondition(offsets.count == transitions.count + 1, "one offset before the first change")
        self.name = name
        self.transitions = transitions
        self.offsets = offsets
    }

    /// Seconds ahead of UTC at a moment.
    public func offset(at instant: Instant) -> Int {
        Int(offsets[transitions.indices.partition { transitions[$0] > instant.seconds }])
    }

    /// Day and second of the day that the clock shows at a moment.
    public func clock(at instant: Instant) -> (day: CivilDay, second: Int) {
        instant.clock(offset: offset(at: instant))
    }

    /// The moments at which the clock shows this time: one, none (skipped) or two (doubled), sorted.
    public func instants(day: CivilDay, minute: Int) -> [Instant] {
        let naive = Int64(day.number) * 86_400 + Int64(minute) * 60
        var found: [Instant] = []
        // An offset is less than a day, so only the offsets in force around the time can apply.
        let around = Set(
            [-93_600, 0, 93_600].map { offset(at: Instant(seconds: naive + $0)) })
        for ahead in around.sorted(by: >) {
            let candidate = Instant(seconds: naive - Int64(ahead))
            if offset(at: candidate) == ahead { found.append(candidate) }
        }
        return found
    }

    /// The first moment of a day: its midnight, or the first moment after a skipped one.
    public func startOfDay(_ day: CivilDay) -> Instant {
        if let first = instants(day: day, minute: 0).first { return first }
        let before = offset(at: Instant(seconds: Int64(day.number) * 86_400 - 93_600))
        // The skipped hour, read by the clock before it, is the moment just after it.
        return Instant(day: day, offset: before)
    }

    /// How long some days are, from the midnight of `start` to that of `end`.
    public func seconds(from start: CivilDay, to end: CivilDay) -> Int64 {
        startOfDay(end).seconds - startOfDay(start).seconds
    }

    /// The smaller of the offsets in force around a moment: the place's standard time.
    public func standardOffset(around instant: Instant) -> Int {
        let year: Int64 = 366 * 86_400
        return stride(
            from: instant.seconds - year / 2, through: instant.seconds + year / 2, by: 86_400 * 14
        )
        .map { offset(at: Instant(seconds: $0)) }.min() ?? offset(at: instant)
    }
}
