// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// Turns times of local clocks into moments, telling the doubled hour apart by order.
struct ClockResolver {
    /// The stream of cells that order is seen in.
    private struct Stream: Hashable {
        let meter: String
        let channel: String
    }

    /// The latest moment of a stream, and the seconds from the one before; 0 where there is none.
    private struct Latest {
        var instant: Instant
        var distance: Int64

        func isFollowed(by next: Instant, after distance: Int64) -> Bool {
            distance > 0 && next.seconds - instant.seconds == distance
        }
    }

    private var latest: [Stream: Latest] = [:]

    /// The moment that a cell is labelled with.
    ///
    /// In the doubled hour a time that follows its stream's latest moment as that followed the one
    /// before, or by one interval, is meant so, and any other is ambiguous. Where the length of
    /// intervals is not known, what follows within an hour is of the first pass and what would step
    /// back is of the second. In a line that holds a day, columns after a change of the clock could
    /// be meant by the clock or by elapsed time: they are ambiguous.
    ///
    /// - Parameters:
    ///   - zone: The clock of times that are local.
    ///   - step: Seconds of an interval, or nil.
    mutating func instant(
        of cell: DeliveredCell, zone: TimeZoneTable, step: Int64? = nil
    ) -> Result<Instant, Refusal> {
        let stream = Stream(meter: cell.meter, channel: cell.channelName)
        let instant: Instant
        switch cell.time {
        case .instant(let known, _): instant = known
        case .local(let day, let second):
            if let lineDay = cell.lineDay {
                let elapsed = Int64(day - lineDay) * 86_400 + Int64(second)
                return ClockResolver.instant(of: cell, elapsed, after: lineDay, zone: zone)
            }
            let found = zone.instants(day: day, minute: second / 60).map { $0 + Int64(second % 60) }
            switch found.count {
            case 0: return .failure(Refusal(.nonexistentTime))
            case 1: instant = found[0]
            default:
                guard let before = latest[stream],
                    let pass = ClockResolver.pass(found, after: before, step: step)
                else { return .failure(Refusal(.ambiguousTime)) }
                instant = pass
            }
        }
        let distance = latest[stream].map { instant.seconds - $0.instant.seconds } ?? 0
        latest[stream] = Latest(instant: instant, distance: distance)
        return .success(instant)
    }

    /// The moment of a column of a line that holds a day, so many seconds after its midnight.
    private static func instant(
        of cell: DeliveredCell, _ elapsed: Int64, after day: CivilDay, zone: TimeZoneTable
    ) -> Result<Instant, Refusal> {
        let midnight = zone.startOfDay(day)
        let label = midnight + elapsed
        let isEnd = cell.label == .end && cell.channel.kind == .interval
        let start = isEnd ? label + -Int64(cell.intervalMinutes ?? 0) * 60 : label
        guard start < midnight || zone.offset(at: start) == zone.offset(at: midnight) else {
            return .failure(Refusal(.ambiguousTime))
        }
        return .success(label)
    }

    /// Which of two moments is meant by a time that follows others.
    private static func pass(_ found: [Instant], after latest: Latest, step: Int64?) -> Instant? {
        let distances = [latest.distance, step ?? 0]
        for distance in distances {
            if let next = found.first(where: { latest.isFollowed(by: $0, after: distance) }) {
                return next
            }
        }
        guard step == nil else { return nil }
        let (before, first, second) = (latest.instant, found[0], found[1])
        let hour = second.seconds - first.seconds
        if before < first { return first.seconds - before.seconds <= hour ? first : nil }
        return before < second ? second : nil
    }
}

/// Why something cannot be taken, where the place is known to whoever asked.
struct Refusal: Error, Hashable {
    let code: RejectionCode

    init(_ code: RejectionCode) {
        self.code = code
    }
}
