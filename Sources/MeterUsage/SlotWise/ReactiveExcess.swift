// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Reactive energy beyond a share of the active energy, held against each other interval by interval.
public struct ReactiveExcessRequest: Hashable, Sendable {
    /// The charge.
    public var charge: String
    /// The reactive energy.
    public var quantity: UsageQuantity
    /// The kvarh that are free for each kWh.
    public var freeShare: Exact

    /// A request from its parts.
    public init(charge: String, quantity: UsageQuantity, freeShare: Exact) {
        self.charge = charge
        self.quantity = quantity
        self.freeShare = freeShare
    }
}

/// The sum over the intervals of a service point of `max(0, kvarh - share × kWh)`.
///
/// Slots may come in any order and in any pieces; channels that count together must be summed first
/// (`StripSum`). A slot counts once both energies have a value.
public struct ReactiveExcessUsage: Hashable, Sendable {
    /// What is asked.
    public let request: ReactiveExcessRequest
    /// In steps of `UsageScale.step` over the denominator of the share.
    private var sum: Int128 = 0
    /// How many readings of reactive energy it is of.
    private(set) var readings = 0
    private var isOutOfRange = false

    /// Nothing yet.
    public init(_ request: ReactiveExcessRequest) {
        self.request = request
        isOutOfRange = request.freeShare.isOverflow
    }

    /// Adds the slots of a day that lie in the plan's billing span.
    ///
    /// - Parameters:
    ///   - reactive: The reactive energy.
    ///   - active: The imported active energy; slots of another length do not count.
    public mutating func add(_ reactive: StripSum, active: StripSum, plan: SlotPlan) {
        guard reactive.energy.count == active.energy.count else { return }
        if reactive.isOutOfRange || active.isOutOfRange { isOutOfRange = true }
        let (share, unit) = (request.freeShare.numerator, request.freeShare.denominator)
        for slot in reactive.energy.indices where plan.periods[slot] != SlotPlan.outside {
            guard reactive.isComplete(slot), active.isComplete(slot) else { continue }
            readings += reactive.channels
            let (used, overUsed) = reactive.energy[slot].multipliedReportingOverflow(by: unit)
            let (free, overFree) = active.energy[slot].multipliedReportingOverflow(by: share)
            let (excess, overExcess) = used.subtractingReportingOverflow(free)
            let (sum, overSum) = self.sum.addingReportingOverflow(max(excess, 0))
            if overUsed || overFree || overExcess || overSum {
                isOutOfRange = true
            } else {
                self.sum = sum
            }
        }
    }

    /// The excess.
    public var excess: Determinants.ReactiveExcess {
        let amount =
            isOutOfRange
            ? .overflow
            : UsageScale.amount(of: sum) / Exact(request.freeShare.denominator)
        return Determinants.ReactiveExcess(charge: request.charge, amount: amount)
    }
}
