// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterUsage
import MeterValidate
import Quantities
import Store

/// Where registers fell or rolled over, as the checks of the nights found, and bills over longer gaps.
struct RegisterTurns: Sendable {
    /// By meter.
    private var found: [String: [(obis: ObisCode, span: ClosedRange<Int64>)]] = [:]

    /// Reads what was found so far, of days from some on or of all; what healed since does no harm.
    init(_ store: TallyStore, from day: CivilDay? = nil) throws {
        try store.read { transaction in
            try transaction.forEachRegisterTurn(from: day) { meter, channel, span in
                guard let from = Instant(iso: span.0), let to = Instant(iso: span.1), from <= to,
                    let obis = ObisCode(channel)
                else { return }
                found[meter, default: []].append((obis, from.seconds...to.seconds))
            }
        }
    }

    /// True where something was found of a register within a span of seconds.
    func contains(
        meter: String, within span: Range<Int64>, where isMeant: (ObisCode) -> Bool
    ) -> Bool {
        found[meter]?.contains {
            $0.span.upperBound > span.lowerBound && $0.span.lowerBound < span.upperBound
                && isMeant($0.obis)
        } ?? false
    }

    /// True where something was found of any register of a meter within a span of seconds.
    func contains(meter: MeterNumber, within span: Range<Int64>, _ network: Network) -> Bool {
        !found.isEmpty && contains(meter: network.id(of: meter), within: span) { _ in true }
    }

    /// True where the values at the ends of a span do not tell what a register counted: something was
    /// found of it there, or the capacity could turn the whole dial.
    func leaveDoubt(
        of obis: ObisCode, _ segments: [RegisterSegment], in span: Range<Int64>, _ network: Network
    ) -> Bool {
        segments.contains { segment in
            let part = segment.span.clamped(to: span)
            if segment.dial.mayTurn(in: Int64(part.count)) { return true }
            if found.isEmpty { return false }
            let id = network.id(of: MeterNumber(rawValue: segment.meter))
            return contains(meter: id, within: part) { $0 == obis }
        }
    }
}
