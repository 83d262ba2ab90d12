// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

extension SpanRater {
    /// A line of the demand in the dated windows of the billing period.
    mutating func coincidentDemand(
        _ kind: CoincidentDemandCharge, _ planned: PlannedCharge
    ) throws(RatingHold) {
        let charge = planned.charge
        // Of windows in one part of the period nobody says what the other owes.
        try requireWholePeriod(charge, "its events are those of all of it")
        let units = try unitsOfWhole(kind.basis, charge)
        let windows = try eventWindows(kind, charge)
        guard !windows.isEmpty else {
            if kind.idle == .noCharge { return }
            throw RatingHold(
                code: .undefinedEvents, charge: charge.id,
                detail:
                    "'\(kind.series)' says that there was no event from \(start) to \(end): bill it by "
                    + "hand, or write if_none: no_charge")
        }
        let powers = windows.map { amount(of: $0, kind.rounding) }
        var demand: Exact
        switch kind.counts {
        case .mean: demand = powers.reduce(.zero, +) / Exact(powers.count)
        case .sum: demand = powers.reduce(.zero, +)
        case .highest: demand = powers.dropFirst().reduce(powers[0]) { max($0, $1) }
        }
        demand = rounded(demand, kind.rounding)
        if demand.isOverflow || powers.contains(where: \.isOverflow) { throw tooLarge(charge.id) }
        let unit = kind.unit.symbol
        let parts = zip(windows, powers).map { "\($1) \(unit) at \($0.at.iso(offset: 0))" }
        let basis = units == .one ? "" : "; \(demand) \(unit) × \(units) \(kind.basis.per.rawValue)"
        try add(
            planned, quantity: demand * units, unit: unit,
            price: try prices.price(kind.price, charge),
            note: told(
                "\(kind.counts.rawValue) of \(kind.windowMinutes) min events: "
                    + parts.joined(separator: ", ") + basis))
    }

    private func eventWindows(
        _ kind: CoincidentDemandCharge, _ charge: Charge
    ) throws(RatingHold) -> [Determinants.DemandPeak.Window] {
        func missing(_ detail: String) -> RatingHold {
            RatingHold(code: .missingDeterminant, charge: charge.id, detail: detail)
        }
        guard let found = input.determinants.events.first(where: { $0.charge == charge.id }) else {
            throw missing("no demand at events from \(start) to \(end): it needs interval readings")
        }
        do throws(EventGap) { return try found.outcome.get() } catch {
            switch error {
            case .list(let detail):
                throw RatingHold(code: .undefinedEvents, charge: charge.id, detail: detail)
            case .readings(let at):
                throw missing("no readings for all of the event at \(at.iso(offset: 0))")
            case .tooCoarse(let at):
                throw missing(
                    "the event at \(at.iso(offset: 0)) begins or ends within an interval of the "
                        + "readings")
            case .outOfRange: throw tooLarge(charge.id)
            }
        }
    }

    /// A line of reactive energy beyond the free share; none where all is free.
    mutating func excessReactive(
        _ kind: ExcessReactiveCharge, _ planned: PlannedCharge
    ) throws(RatingHold) {
        let charge = planned.charge
        let excess: Exact
        let note: String
        switch kind.over {
        case .billingPeriod:
            try requireWholePeriod(charge, "its energies are held against each other once")
            let (used, active) = (
                try total(kind.quantity, planned), try total(.activeImport, planned)
            )
            excess = used - kind.freeShare * active
            note = "\(used) kvarh less \(kind.freeShare) × \(active) kWh"
        case .interval:
            let found = input.determinants.reactiveExcess.first { $0.charge == charge.id }
            guard let found else {
                throw RatingHold(
                    code: .missingDeterminant, charge: charge.id,
                    detail:
                        "no \(kind.quantity.rawValue) beside import.kwh by intervals of one length "
                        + "from \(start) to \(end)")
            }
            excess = found.amount
            note = "sum over intervals of kvarh beyond \(kind.freeShare) × kWh"
        }
        if excess.isOverflow { throw tooLarge(charge.id) }
        guard excess > .zero else { return }
        try add(
            planned, quantity: excess, unit: kind.quantity.unit,
            price: try prices.price(kind.price, charge), note: told(note))
    }

    /// Holds a span that is a part of a billing period.
    func requireWholePeriod(_ charge: Charge, _ why: String) throws(RatingHold) {
        let isWhole = start == input.cycle.periodStart && end == input.cycle.periodEnd
        guard !isWhole else { return }
        throw RatingHold(
            code: .undecidedSplit, charge: charge.id,
            detail:
                "the period is split at \(start) or \(end), and \(why): let the change begin with a "
                + "billing period")
    }
}

extension Tariff {
    /// The dated windows in which its charges measure a demand on a span.
    ///
    /// - Parameter span: In seconds since 1970-01-01T00:00:00Z.
    public func eventRequests(in span: Range<Int64>, _ series: SeriesSet) -> [EventRequest] {
        charges.compactMap { charge in
            guard let kind = charge.kind.coincidentDemand else { return nil }
            return EventRequest(
                charge: charge.id, unit: kind.unit,
                windows: Result { () throws(EventListGap) in
                    try series.events(of: kind, in: span)
                }.mapError { EventGap.list($0.description) })
        }
    }

    /// The charges that hold reactive against active energy interval by interval.
    public var reactiveExcessRequests: [ReactiveExcessRequest] {
        charges.compactMap { charge in
            guard case .excessReactive(let kind) = charge.kind, kind.over == .interval else {
                return nil
            }
            return ReactiveExcessRequest(
                charge: charge.id, quantity: kind.quantity.usage, freeShare: kind.freeShare)
        }
    }
}
