// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import MeterModel
import MeterUsage
import Quantities

/// What several service points of a contract (总分表) measured over one span: their sum.
struct SeveralPoints {
    private let due: DueSpan
    /// What was measured at each point.
    private let usages: ArraySlice<SpanUsage>
    private let network: Network

    /// The points of a span; there is at least one.
    init(_ usages: ArraySlice<SpanUsage>, of due: DueSpan, _ network: Network) {
        self.due = due
        self.usages = usages
        self.network = network
    }

    /// The determinants of the contract, or why there are none.
    func outcome(in period: DuePeriod) throws(PeriodHold) -> UsageOutcome {
        var gaps: [UsageGap] = []
        var points: [(share: PointShare, determinants: Determinants)] = []
        for usage in usages {
            guard let point = usage.point else { continue }
            let id = network.servicePointIDs[point.servicePoint]
            switch usage.outcome(network: network) {
            case .held(let own):
                gaps += own.map { gap in
                    var gap = gap
                    gap.servicePoint = id
                    return gap
                }
            case .complete(let determinants):
                points.append((point.share(id), determinants))
            }
        }
        if !gaps.isEmpty { return .held(gaps) }
        guard var sum = Determinants.sum(of: points, for: due.request) else {
            return .held([UsageGap(.outOfRange)])
        }
        if let below = sum.energy.first(where: { $0.amount < .zero }) {
            throw period.hold(
                .severalPoints,
                "\(below.quantity.rawValue) of '\(below.period)' comes to "
                    + "\(below.amount): more is deducted than was measured")
        }
        if let gap = try addDemand(to: &sum, in: period) { return .held([gap]) }
        return .complete(sum)
    }

    /// Adds the peaks of the sum, and what else is found in it slot by slot; gives why they cannot be told.
    private func addDemand(
        to determinants: inout Determinants, in period: DuePeriod
    ) throws(PeriodHold) -> UsageGap? {
        if !due.request.needsDemand { return nil }
        let slots = Set(usages.flatMap(\.pointDays).map(\.plan.slotMinutes))
        let clocks = Set(
            usages.flatMap(\.meterSpans).map { network.storageOffset(of: $0.meter) })
        guard let minutes = slots.first, let offset = clocks.first else {
            return UsageGap(.missingDemand)
        }
        guard slots.count == 1, clocks.count == 1 else {
            throw period.hold(
                .severalPoints,
                "the points have slots of unlike length or clock, which cannot be summed before "
                    + "the maximum")
        }
        var demand = MeasuredDemand(for: due.request)
        for plan in due.shared.plans(ofDaysBy: offset, minutes: minutes) {
            var days: [QuantityDay] = []
            for quantity in due.request.demandQuantities {
                let sum = sum(of: quantity, in: plan)
                let missing = sum.missingSlots(in: plan)
                if missing > 0 {
                    return UsageGap(
                        .missingIntervals, obis: quantity.obis,
                        at: Instant(seconds: plan.start), count: missing)
                }
                days.append(QuantityDay(quantity: quantity, sum: sum, plan: plan))
            }
            demand.add(days)
        }
        switch DemandUsage.peaks(of: demand.usages, for: due.request) {
        case .success(let peaks): determinants.demand = peaks
        case .failure(let gap): return gap
        }
        determinants.events = demand.events.map(\.demand)
        determinants.reactiveExcess = demand.reactiveExcess.map(\.excess)
        return nil
    }

    private func sum(of quantity: UsageQuantity, in plan: SlotPlan) -> StripSum {
        StripSum(
            of: usages.compactMap { usage in
                guard let point = usage.point,
                    point.quantity.map({ $0 == quantity.obis }) ?? true
                else { return nil }
                return (usage.request.span, usage.pointDays.filter { $0.quantity == quantity })
            }, in: plan)
    }
}

extension Contract {
    /// True where its own service point counts alone, whole and always.
    var hasOnePoint: Bool {
        points.count == 1 && points[0].sign == 1 && points[0].share == .one
            && points[0].quantity == nil && points[0].span == .distantPast ..< .distantFuture
    }

    /// The service points that ever count, each once, as indexes in the network.
    var servicePoints: [Int] { Set(points.map(\.servicePoint)).sorted() }

    /// The points that count in a span, in the order of the network.
    func points(in span: Range<Int64>) -> [Point] {
        let span = Instant(seconds: span.lowerBound)..<Instant(seconds: span.upperBound)
        return points.filter { $0.span.overlaps(span) }
    }
}

extension Contract.Point {
    /// What its energy is multiplied by.
    var factor: Exact { sign < 0 ? .zero - share : share }

    fileprivate func share(_ id: String) -> PointShare {
        PointShare(
            servicePoint: id, factor: factor,
            quantity: quantity.flatMap { obis in
                UsageQuantity.allCases.first { $0.obis == obis }
            })
    }
}

extension TariffSpan {
    /// The plans of all storage days that it has a part of, by a storage clock.
    fileprivate func plans(ofDaysBy offset: Int, minutes: Int) -> [SlotPlan] {
        let span = request.span
        let first = Instant(seconds: span.lowerBound).clock(offset: offset).day
        let last = Instant(seconds: span.upperBound - 1).clock(offset: offset).day
        return (first.number...last.number).map { day in
            let start = Instant(day: CivilDay(number: day), offset: offset).seconds
            return dayPlans.plan(
                for: self, day: day, offset: offset, minutes: minutes,
                part: span.clamped(to: start..<start + 86_400)
            ).slots
        }
    }
}
