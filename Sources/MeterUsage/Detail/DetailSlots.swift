// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Which stretch and which prices each slot of one storage day has.
///
/// Worth keeping, as the plan that it is of: all meters under one tariff share it.
public struct DetailSlots: Hashable, Sendable {
    /// Contiguous slots of one stretch.
    struct Run: Hashable {
        var slots: Range<Int>
        var stretch: Int
    }

    /// The prices of a charge.
    struct Prices: Hashable {
        /// In parts of the charge's denominator; 0 outside the billing span. Shape: `[slot]`.
        var slots: [Int64]
        /// The first slot within which the price changes; nil for none.
        var changesWithin: Instant?
    }

    /// The slots inside the billing span, cut where the stretch changes; empty where none is asked for.
    let runs: [Run]
    /// By charge, as the request has them; nil where it has no prices. Shape: `[charge]`.
    let prices: [Prices?]

    /// The detail of a storage day.
    public init(_ plan: SlotPlan, for request: DetailRequest) {
        let inside = plan.runs.flatMap(\.slots)
        var runs: [Run] = []
        if let stretches = request.stretches {
            for slot in inside {
                let stretch = stretches.place(of: plan.start(ofSlot: slot))
                if let last = runs.last, last.stretch == stretch, last.slots.upperBound == slot {
                    runs[runs.count - 1].slots = last.slots.lowerBound..<(slot + 1)
                } else {
                    runs.append(Run(slots: slot..<(slot + 1), stretch: stretch))
                }
            }
        }
        self.runs = runs
        prices = request.priced.map { charge in
            guard case .success(let steps) = charge.prices else { return nil }
            var found = Prices(slots: [Int64](repeating: 0, count: plan.periods.count))
            for slot in inside {
                let start = plan.start(ofSlot: slot)
                let end = start + Int64(plan.slotMinutes * 60)
                if let place = steps.place(of: start..<end) {
                    found.slots[slot] = steps.prices[place]
                } else if found.changesWithin == nil {
                    found.changesWithin = Instant(seconds: start)
                }
            }
            return found
        }
    }
}
