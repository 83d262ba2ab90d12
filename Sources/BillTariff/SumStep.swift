// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A sum for amounts up to a limit, whatever the amount is below it (Norway's kapasitetsledd, a credit for
/// those who use more than 1 000 kWh).
public struct SumStep: Hashable, Sendable {
    /// The limit; nil for the last step.
    public let limit: Exact?
    /// Whether an amount that is just the limit lies on the step.
    public let includesLimit: Bool
    /// The sum, in the currency for the unit of the charge's basis.
    public let price: PriceSource

    /// Whether an amount that lies on no step before lies on it, all limits multiplied by `scale`.
    public func takes(_ amount: Exact, scale: Exact = .one) -> Bool {
        guard let limit else { return true }
        return includesLimit ? amount <= limit * scale : amount < limit * scale
    }
}

/// A sum for the step that the energy of a billing period lies on (usage credit, minimum usage fee).
public struct UsageStepCharge: Hashable, Sendable {
    /// The energy.
    public let quantity: BilledQuantity
    /// What a part of a month does to the limits.
    public let limits: TierCharge.Limits
    /// The steps, at least two, of which the last has no limit.
    public let steps: [SumStep]
    /// What the sums, and the limits, are per: a month or a billing period.
    public let basis: TimeBasis

    /// Whether both find the same step for an energy, so that they can share one billing period.
    public func isFound(as other: UsageStepCharge) -> Bool {
        quantity == other.quantity && limits == other.limits && basis == other.basis
            && steps.map(\.limit) == other.steps.map(\.limit)
            && steps.map(\.includesLimit) == other.steps.map(\.includesLimit)
    }
}
