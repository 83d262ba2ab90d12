// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterModel
import MeterUsage
import MeterValidate
import Quantities
import Store

/// Intervals of one channel of one meter, within one due span.
struct ChannelUse: Hashable, Sendable {
    /// Which of the service point's meter spans.
    var meterSpan: Int
    var channel: Channel
    var slotMinutes: Int
    /// True where the multiplier is applied already.
    var isPrimary: Bool

    /// The stream it is of.
    var stream: Stream { Stream(channel: channel, slotMinutes: slotMinutes) }
}

/// What is added up for one due span while blocks pass by, at one service point.
///
/// An object: it is handed from step to step, and large to copy.
final class SpanUsage {
    let due: DueSpan
    /// The point where it is one of several that count for the contract, or counts in part; else nil.
    let point: Contract.Point?
    /// What is asked of the meters; of a point that counts for a part of the span, that part.
    let request: UsageRequest
    /// The billing meters of the service point within the span.
    let meterSpans: [MeterSpan]
    /// The periods that have not one minute in the days that registers bill, which need no values of them.
    let idlePeriods: Set<String>
    var intervals: [ChannelUse: IntervalUsage] = [:]
    /// Of the same channels what the tariff asks beyond the energy of periods; empty where it asks nothing.
    var details: [ChannelUse: DetailUsage] = [:]
    /// What registers counted on each local day, where the tariff asks that and freezes tell it.
    var dailyEnergy: [UsageQuantity: [Exact]] = [:]
    /// The demand, and what else is found slot by slot, once there is any.
    var demand: MeasuredDemand?
    /// What it is found in of a point, which is summed with others before any maximum.
    var pointDays: [QuantityDay] = []
    /// Registers by OBIS code, as segments of meters.
    var registers: [ObisCode: [RegisterSegment]] = [:]
    /// What registers counted that tell it; where that is plain they stand here only.
    var counted: [CountedRegister] = []
    /// Streams that delivered up to the span and nothing in it.
    var silentStreams: [ChannelUse] = []
    /// Reasons to hold beside what is missing: a basis that changes within a slot, streams that took the
    /// place of others, or seem to, and registers whose days tell another story than the ends of the
    /// span.
    var holds: [UsageGap] = []
    /// What was estimated, to be kept with the invoice.
    var estimates: [EstimateRow] = []
    /// Where the kind that is not billed disagrees, streams that fell silent, and registers that rolled
    /// over unseen by the nights.
    var comparisons: [ExceptionRow] = []

    init(_ due: DueSpan, at point: Contract.Point? = nil, network: borrowing Network) {
        let request =
            point.map {
                due.request.restricted(
                    to: $0.quantity, in: $0.span.lowerBound.seconds..<$0.span.upperBound.seconds)
            } ?? due.request
        let span =
            Instant(
                seconds: request.span.lowerBound)..<Instant(
                seconds: request.span.upperBound)
        let meterSpans = network.meterSpans(
            atServicePoint: point?.servicePoint ?? due.contract.servicePoint, within: span
        ).filter { $0.terms.use == .billing }
        var idlePeriods: Set<String>?
        for meterSpan in meterSpans where meterSpan.terms.basis == .register {
            let idle = due.shared.idlePeriods(in: meterSpan.span.clamped(to: span))
            idlePeriods = idlePeriods?.intersection(idle) ?? idle
        }
        self.due = due
        self.point = point
        self.request = request
        self.meterSpans = meterSpans
        self.idlePeriods = idlePeriods ?? []
        holds = meterSpans.count > 1 ? SpanUsage.changesWithinSlot(meterSpans, network) : []
    }

    /// Where a meter goes from one kind that is billed to the other within a slot.
    private static func changesWithinSlot(
        _ meterSpans: [MeterSpan], _ network: borrowing Network
    ) -> [UsageGap] {
        zip(meterSpans, meterSpans.dropFirst()).compactMap { earlier, later in
            let at = later.span.lowerBound
            let offset = network.storageOffset(of: later.meter)
            guard earlier.meter == later.meter, earlier.span.upperBound == at,
                earlier.terms.basis != later.terms.basis,
                let minutes = (earlier.terms.basis == .interval ? earlier : later).terms
                    .intervalMinutes,
                !at.clock(offset: offset).second.isMultiple(of: minutes * 60)
            else { return nil }
            return UsageGap(.basisWithinSlot, at: at)
        }
    }

    /// The part of the billing span in which a meter served.
    func clipped(_ meterSpan: MeterSpan) -> Range<Int64> {
        max(
            meterSpan.span.lowerBound.seconds, request.span.lowerBound)..<min(
                meterSpan.span.upperBound.seconds, request.span.upperBound)
    }

    /// True for a quantity that the tariff asks for.
    func wants(_ obis: ObisCode) -> Bool {
        request.items.contains { $0.quantity.obis == obis }
    }

    /// True for a quantity whose intervals are read of one of the meters: those of a meter that is
    /// billed by registers tell the demand only.
    func reads(_ obis: ObisCode, ofMeterSpan index: Int) -> Bool {
        let terms = meterSpans[index].terms
        return switch terms.basis {
        case .interval: wants(obis)
        case .register: tellsDemand(obis, terms)
        }
    }

    /// True where intervals are read of one of the meters.
    func readsIntervals(ofMeterSpan index: Int) -> Bool {
        meterSpans[index].terms.basis == .interval
            || request.demandQuantities.contains { reads($0.obis, ofMeterSpan: index) }
    }

    func multiplier(of use: ChannelUse) -> Exact {
        use.isPrimary ? .one : meterSpans[use.meterSpan].terms.multiplier
    }

    /// True where an interval channel that is billed has slots without a value.
    func missesIntervals(_ network: Network) -> Bool {
        var readsAny = false
        for index in meterSpans.indices where readsIntervals(ofMeterSpan: index) { readsAny = true }
        guard readsAny, holds.isEmpty else { return false }
        let span = request.span
        func isMissed(_ segments: [IntervalSegment]) -> Bool {
            segments.contains { $0.missingSlots(in: span) > 0 }
        }
        return request.items.contains {
            isMissed(segments(of: $0.quantity.obis, billedBy: .interval, network))
        }
            || request.demandQuantities.contains {
                isMissed(segments(of: $0.obis, billedBy: .register, network))
            }
    }

    /// The determinants, or why there are none.
    func outcome(network: Network) -> UsageOutcome {
        guard holds.isEmpty else { return .held(holds) }
        // Where intervals bill a part of the span, it is for the builder to see what they leave to registers.
        let counted = meterSpans.allSatisfy { $0.terms.basis == .register } ? counted : []
        var measured: [UsageQuantity: MeasuredUsage] = [:]
        for item in request.items {
            measured[item.quantity] = MeasuredUsage(
                intervals: segments(of: item.quantity.obis, billedBy: .interval, network),
                registers: registers, counted: counted)
        }
        var besideRegisters: [UsageQuantity: [IntervalSegment]] = [:]
        for quantity in request.demandQuantities {
            besideRegisters[quantity] = segments(of: quantity.obis, billedBy: .register, network)
        }
        var request = request
        request.idlePeriods = idlePeriods
        // Of one point among several it is found in the sum of all.
        if point != nil { request = request.withoutDemand }
        var outcome = DeterminantBuilder.determinants(
            for: request, measured: measured,
            demand: measuredDemand(besideRegisters: besideRegisters))
        if case .held = outcome, request.needsDemand, !due.asksDemand {
            request = request.withoutDemand
            outcome = DeterminantBuilder.determinants(for: request, measured: measured)
        }
        guard due.shared.detail != nil, let detail = measuredDetail else { return outcome }
        return outcome.adding(detail, of: measured, for: request)
    }

    /// The channels of a quantity of the meters that are billed by one kind.
    ///
    /// One of those billed by intervals that sent none of it counts as one that misses all slots.
    private func segments(of obis: ObisCode, billedBy basis: BillingBasis, _ network: Network)
        -> [IntervalSegment]
    {
        var segments: [IntervalSegment] = []
        for (index, meterSpan) in meterSpans.enumerated() where meterSpan.terms.basis == basis {
            func segment(_ minutes: Int, _ multiplier: Exact, _ usage: IntervalUsage)
                -> IntervalSegment
            {
                IntervalSegment(
                    span: meterSpan.span.lowerBound.seconds..<meterSpan.span.upperBound.seconds,
                    slotMinutes: minutes,
                    storageOffset: network.storageOffset(of: meterSpan.meter),
                    multiplier: multiplier, usage: usage)
            }
            var uses: [(use: ChannelUse, usage: IntervalUsage)] = []
            for (use, usage) in intervals
            where use.meterSpan == index && use.channel.obis == obis {
                uses.append((use, usage))
            }
            if uses.count > 1 { uses.sort { $0.use.channel < $1.use.channel } }
            for (use, usage) in uses {
                segments.append(segment(use.slotMinutes, multiplier(of: use), usage))
            }
            if uses.isEmpty, basis == .interval, let minutes = meterSpan.terms.intervalMinutes {
                let nothing = IntervalUsage(periodCount: request.periods.count)
                segments.append(segment(minutes, .one, nothing))
            }
        }
        return segments
    }
}
