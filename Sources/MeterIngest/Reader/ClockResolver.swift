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
    /// In the doubled hour a time that follows within an hour of its stream's latest moment is of
    /// the first pass, one that would step back is of the second; any other is ambiguous.
    mutating func instant(
        of time: SenderTime, zone: TimeZoneTable, stream: Stream
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
                guard let before = latest[stream] else { return .failure(Refusal(.ambiguousTime)) }
                let (first, second) = (found[0], found[1])
                let hour = second.seconds - first.seconds
                if before < first, first.seconds - before.seconds <= hour {
                    instant = first
                } else if before >= first, before < second {
                    instant = second
                } else {
                    return .failure(Refusal(.ambiguousTime))
                }
            }
        }
        latest[stream] = instant
        return .success(instant)
    }
}

/// Why something cannot be taken, where the place is known to whoever asked.
struct Refusal: Error, Hashable {
    let code: RejectionCode

    init(_ code: RejectionCode) {
        self.code = code
    }
}
