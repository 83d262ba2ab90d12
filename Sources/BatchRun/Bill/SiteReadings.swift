// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities

extension Network {
    /// The reads on site of a register that belong to a meter's time at a place, under the same terms.
    ///
    /// A read of the day on which that begins or ends belongs to it, where the meter did not serve
    /// under other terms or at another place then.
    func siteReadings(of meterSpan: MeterSpan, _ obis: ObisCode) -> [RegisterReading] {
        let (begin, end) = (meterSpan.span.lowerBound, meterSpan.span.upperBound)
        let spans = spans(of: meterSpan.meter)
        let isFirst = begin != .distantPast && !spans.contains { $0.span.upperBound == begin }
        let isLast = end != .distantFuture && !spans.contains { $0.span.lowerBound == end }
        let (first, last) = (isFirst ? begin + -86_400 : begin, isLast ? end + 86_400 : end)
        return siteReadings(
            of: meterSpan.meter, obis, in: meterSpan.span, from: first, through: last)
    }

    /// The reads on site of a register while a meter kept one setup, by time.
    func siteReadings(of meter: MeterNumber, _ obis: ObisCode, within setup: Range<Instant>)
        -> [RegisterReading]
    {
        siteReadings(
            of: meter, obis, in: setup, from: setup.lowerBound, through: setup.upperBound)
    }

    private func siteReadings(
        of meter: MeterNumber, _ obis: ObisCode, in served: Range<Instant>, from first: Instant,
        through last: Instant
    ) -> [RegisterReading] {
        registerReads(of: meter, obis).compactMap { read in
            let belongs =
                switch read.kind {
                case .install: first <= read.at && read.at < served.upperBound
                case .remove: served.lowerBound < read.at && read.at <= last
                default: first <= read.at && read.at <= last
                }
            return belongs ? RegisterReading(read) : nil
        }
    }
}

extension RegisterReading {
    /// A reading on site as usage needs it; nil where it has no decimal form of ours.
    init?(_ read: RegisterRead) {
        let origin: RegisterReadOrigin
        switch read.kind {
        case .install: origin = .install
        case .remove: origin = .remove
        case .reset: origin = .reset
        default: origin = .delivered
        }
        guard let value = ScaledValue(read.value) else { return nil }
        self.init(instant: read.at.seconds, value: value, origin: origin)
    }
}
