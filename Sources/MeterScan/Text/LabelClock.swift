// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The clock by which a file's time labels are meant where they carry no offset themselves.
public enum LabelClock: Hashable, Sendable {
    /// Every label carries its offset; one without it is a `bad-time`.
    case inFile
    /// A clock that is always so many seconds ahead of UTC; 0 is UTC.
    case fixed(offset: Int)
    /// The clock of one zone, for all meters.
    case zone(TimeZoneTable)
    /// The clock of the zone in which the service point lies.
    case servicePoint
}

extension TimeZoneTable {
    /// The offset of a local day, where no change of the clock is near it; else nil.
    ///
    /// - Parameter naive: Midnight of the day by the local clock, counted as if it were UTC.
    func steadyOffset(aroundNaiveDay naive: Int64) -> Int? {
        let (before, after) = (naive - 93_600, naive + 86_400 + 93_600)
        let next = transitions.indices.partition { transitions[$0] > before }
        if next < transitions.count, transitions[next] < after { return nil }
        return Int(offsets[next])
    }

    /// The moments at which the clock shows a time: none, one or two, sorted.
    ///
    /// - Parameter naive: The time by the local clock, counted as if it were UTC.
    func instants(naive: Int64) -> [Int64] {
        let (day, second) = Instant(seconds: naive).clock(offset: 0)
        return instants(day: day, minute: second / 60)
            .map { $0.seconds + Int64(second % 60) }
    }
}
