// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What a tariff asks of interval readings beyond the energy of its periods: energy stretch by stretch
/// of time, and energy times a price that changes from interval to interval.
///
/// Made once for all contracts that are billed so.
public struct DetailRequest: Hashable, Sendable {
    /// The stretches of which energy is wanted; nil for none.
    public var stretches: StretchPlan?
    /// The quantities that are wanted by stretches.
    public var stretchQuantities: Set<UsageQuantity>
    /// The charges that price each interval.
    public var priced: [Priced]

    /// A charge that prices each interval.
    public struct Priced: Hashable, Sendable {
        /// The charge.
        public var charge: String
        /// The energy that it prices.
        public var quantity: UsageQuantity
        /// The unit of the amount, such as `EUR`.
        public var unit: String
        /// The prices of the span, or why there are none.
        public var prices: Result<PriceSteps, PricingGap>

        /// A charge from its parts.
        public init(
            charge: String, quantity: UsageQuantity, unit: String,
            prices: Result<PriceSteps, PricingGap>
        ) {
            self.charge = charge
            self.quantity = quantity
            self.unit = unit
            self.prices = prices
        }
    }

    /// A request from its parts.
    public init(
        stretches: StretchPlan? = nil, stretchQuantities: Set<UsageQuantity> = [],
        priced: [Priced] = []
    ) {
        self.stretches = stretches
        self.stretchQuantities = stretchQuantities
        self.priced = priced
    }

    /// True for a quantity of which any detail is wanted.
    public func wants(_ quantity: UsageQuantity) -> Bool {
        stretchQuantities.contains(quantity) || priced.contains { $0.quantity == quantity }
    }
}

/// Why energy cannot be priced interval by interval; whoever needs the amount holds its bill.
public enum PricingGap: Error, Hashable, Sendable {
    /// A price is missing; the text says which, and how to mend it.
    case missingPrice(String)
    /// More than one price holds within the interval that begins then.
    case changesWithin(Instant)
    /// Prices have too many digits to be summed exactly.
    case outOfRange
}

/// Prices and the times that they hold for, as plain columns over one denominator.
public struct PriceSteps: Hashable, Sendable {
    /// When each begins, in seconds since 1970-01-01T00:00:00Z, sorted. Shape: `[price]`.
    public let starts: [Int64]
    /// When each ends, not included. Shape: `[price]`.
    public let ends: [Int64]
    /// The prices, in parts of `denominator`. Shape: `[price]`.
    public let prices: [Int64]
    /// What the prices are divided by.
    public let denominator: Int64

    /// Prices in the order of their times; nil where no denominator of one word holds them all.
    public init?(_ pieces: [(time: Range<Int64>, price: Exact)]) {
        var common = Exact.one
        for piece in pieces {
            // The smallest that both divide: the denominator of the sum of both units.
            common = Exact.leastCommonMultiple(common, piece.price.denominator)
        }
        guard let denominator = Int64(exactly: common.numerator), denominator > 0 else {
            return nil
        }
        var prices: [Int64] = []
        for piece in pieces {
            let steps = piece.price * Exact(denominator)
            guard !steps.isOverflow, let price = Int64(exactly: steps.numerator) else { return nil }
            prices.append(price)
        }
        starts = pieces.map(\.time.lowerBound)
        ends = pieces.map(\.time.upperBound)
        self.prices = prices
        self.denominator = denominator
    }

    /// The place of the price that holds for an interval as a whole; nil for none.
    func place(of interval: Range<Int64>) -> Int? {
        let next = starts.indices.partition { starts[$0] > interval.lowerBound }
        guard next > 0, interval.upperBound <= ends[next - 1] else { return nil }
        return next - 1
    }
}

extension Exact {
    /// The least common multiple of a whole number and a denominator; `overflow` beyond the range.
    fileprivate static func leastCommonMultiple(_ a: Exact, _ b: Int128) -> Exact {
        if a.isOverflow || b == 0 { return .overflow }
        // a / b reduced has b / gcd below: times a, the multiple.
        return a * Exact((a / Exact(b)).denominator)
    }
}
