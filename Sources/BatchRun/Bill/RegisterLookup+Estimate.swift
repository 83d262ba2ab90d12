// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterUsage
import MeterValidate
import Quantities
import Store

extension RegisterLookup {
    /// How far around a missing value its neighbours are sought.
    static let searchDays: Int32 = 62

    /// An estimate between the nearest values before and after, delivered or read on site; nil where
    /// there is no later one.
    ///
    /// Both must be of the same setup, and no reset between them: else no line joins them. From what a
    /// register was set to it counts on.
    mutating func estimate(_ meterSpan: MeterSpan, _ channel: Channel, at instant: Int64) throws
        -> RegisterReading?
    {
        let billed = try store.read {
            try $0.registerEstimate(
                meter: meterSpan.meter.rawValue, channel: channel.packed, at: instant)
        }
        if let billed { return RegisterReading(billed) }
        let setup = network.setup(around: meterSpan, of: .register)
        let span = setup.lowerBound.seconds..<setup.upperBound.seconds
        let known = RegisterSegment(
            meter: meterSpan.meter.rawValue, span: span, dial: RegisterDial(meterSpan.terms),
            readings: try readings(of: meterSpan.meter, channel, around: instant, in: setup)
        ).readings(in: span)
        guard let earlier = known.last(where: { $0.instant < instant }),
            let later = known.first(where: { $0.instant > instant }),
            earlier.origin != .remove, later.origin != .install, later.origin != .reset
        else { return nil }
        return interpolateFreeze(
            at: instant, between: earlier, and: later, on: RegisterDial(meterSpan.terms))
    }

    /// The readings on site around a moment, with the nearest delivered before and after it.
    private mutating func readings(
        of meter: MeterNumber, _ channel: Channel, around instant: Int64, in setup: Range<Instant>
    ) throws -> [RegisterReading] {
        let reach = Int64(RegisterLookup.searchDays) * 86_400
        var found = network.siteReadings(of: meter, channel.obis, within: setup)
            .filter { abs($0.instant - instant) <= reach }
        let before = found.last { $0.instant < instant }.map { instant - $0.instant }
        let after = found.first { $0.instant > instant }.map { $0.instant - instant }
        for (sign, reach) in [(1, after ?? reach), (-1, before ?? reach)] as [(Int64, Int64)] {
            // A meter may be read at any time of day: also on the day that ends at the moment itself.
            for distance in 0...RegisterLookup.searchDays {
                let seconds = Int64(distance) * 86_400
                // Days beyond a value on site have none that is nearer.
                guard seconds - 2 * 86_400 < reach else { break }
                let day = try readings(meter, channel, onDayEndingAt: instant + sign * seconds)
                    .filter { ($0.instant - instant) * sign > 0 }
                found += day
                if !day.isEmpty { break }
            }
        }
        return found
    }
}
