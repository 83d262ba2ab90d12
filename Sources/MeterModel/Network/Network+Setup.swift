// SPDX-License-Identifier: Apache-2.0

import Quantities

extension Network {
    /// True where a meter serves on under another multiplier from a moment, in seconds since
    /// 1970-01-01T00:00:00Z.
    public func multiplierChanges(of meter: MeterNumber, at instant: Int64) -> Bool {
        let spans = spans(of: meter)
        return zip(spans, spans.dropFirst()).contains { earlier, later in
            earlier.span.upperBound.seconds == instant && later.span.lowerBound.seconds == instant
                && earlier.terms.multiplier != later.terms.multiplier
        }
    }

    /// The time around a span in which the meter serves the same place and counts in the same way, so
    /// that its readings compare.
    ///
    /// A row with another multiplier or other digits begins anew, for intervals one with another interval
    /// length too, and so does a meter that was out of service; another feeder, terminal, capacity or basis
    /// changes nothing.
    public func setup(around meterSpan: MeterSpan, of kind: ReadingKind) -> Range<Instant> {
        func isSame(_ other: MeterSpan) -> Bool {
            other.servicePoint == meterSpan.servicePoint
                && other.terms.multiplier == meterSpan.terms.multiplier
                && other.terms.digits == meterSpan.terms.digits
                && (kind == .register
                    || other.terms.intervalMinutes == meterSpan.terms.intervalMinutes)
        }
        let spans = spans(of: meterSpan.meter)
        var (from, to) = (meterSpan.span.lowerBound, meterSpan.span.upperBound)
        for earlier in spans.reversed() where earlier.span.upperBound == from && isSame(earlier) {
            from = earlier.span.lowerBound
        }
        for later in spans where later.span.lowerBound == to && isSame(later) {
            to = later.span.upperBound
        }
        return from..<to
    }
}
