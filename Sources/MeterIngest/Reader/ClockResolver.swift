// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// Turns times of local clocks into moments, telling the doubled hour apart by order.
struct ClockResolver {
    /// The stream of cells that order is seen in.
    struct Stream: Hashable {
        let meter: String
        let channel: String
    }

    private var latest: [Stream: Instant] = [:]

    /// The moment of a sender's time.
    ///
    /// In the doubled hour a time that follows its stream's latest moment by one interval is meant
    /// so, and any other is ambiguous. Where the length of intervals is not known, what follows
    /// within an hour is of the first pass and what would step back is of the second.
    ///
    /// - Parameter step: Seconds of an interval, or nil.
    mutating func instant(
        of time: SenderTime, zone: TimeZoneTable, stream: Stream, step: Int64? = nil
    ) -> Result<Instant, Refusal> {
        let instant: Instant
        switch time {
        case .instant(let known, _): instant = known
        case .local(let day, let second):
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
        latest[stream] = instant
        return .success(instant)
    }

    /// Which of two moments is meant by a time that follows `before`.
    private static func pass(_ found: [Instant], after before: Instant, step: Int64?) -> Instant? {
        if let step { return found.first { $0.seconds == before.seconds + step } }
        let (first, second) = (found[0], found[1])
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
