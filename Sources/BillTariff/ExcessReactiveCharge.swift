// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A price for reactive energy beyond a share of the imported active energy.
public struct ExcessReactiveCharge: Hashable, Sendable {
    /// Over what the two energies are held against each other.
    public enum Over: String, Hashable, Sendable, CaseIterable {
        /// The sums of the billing period.
        case billingPeriod = "billing_period"
        /// Each interval by itself.
        case interval
    }

    /// The reactive energy.
    public let quantity: BilledQuantity
    /// The kvarh that are free for each kWh.
    public let freeShare: Exact
    /// Over what the two are held against each other.
    public let over: Over
    /// The price of a kvarh beyond.
    public let price: PriceSource
}
