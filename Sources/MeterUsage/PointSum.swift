// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// What one of several service points counts for a contract.
public struct PointShare: Hashable, Sendable {
    /// The service point's id.
    public var servicePoint: String
    /// What its energy is multiplied by: the share, negative where it is deducted.
    public var factor: Exact
    /// The quantity that counts; nil is every quantity.
    public var quantity: UsageQuantity?

    /// A share from its parts.
    public init(servicePoint: String, factor: Exact, quantity: UsageQuantity? = nil) {
        self.servicePoint = servicePoint
        self.factor = factor
        self.quantity = quantity
    }

    /// True for a quantity that counts.
    func counts(_ quantity: UsageQuantity) -> Bool {
        self.quantity.map { $0 == quantity } ?? true
    }
}

extension Determinants {
    /// What one of several service points brought to an energy of the contract.
    public struct PointEnergy: Hashable, Sendable {
        /// The point, and what its energy was multiplied by.
        public var share: PointShare
        /// The quantity.
        public var quantity: UsageQuantity
        /// The time-of-use period; `all` where the tariff has none.
        public var period: String
        /// kWh or kvarh, exact; what the sum has of it.
        public var amount: Exact

        /// An energy from its parts.
        public init(
            share: PointShare, quantity: UsageQuantity, period: String, amount: Exact
        ) {
            self.share = share
            self.quantity = quantity
            self.period = period
            self.amount = amount
        }
    }

    /// The sum of what several service points measured over one span.
    ///
    /// Energy by stretches and at the prices of intervals is summed where each point that counts for its
    /// quantity has it. Demand is not: the highest of a sum is not the sum of the highest.
    ///
    /// - Parameters:
    ///   - points: What each measured, whatever part of the span it counts in.
    ///   - request: What the tariff asks of all together.
    /// - Returns: Nil where a number left its range.
    public static func sum(
        of points: [(share: PointShare, determinants: Determinants)], for request: UsageRequest
    ) -> Determinants? {
        var sum = Determinants(start: request.start, end: request.end, energy: [])
        for item in request.items {
            let quantity = item.quantity
            let counting = points.filter { $0.share.counts(quantity) }
            for period in item.byPeriod ? request.periods : ["all"] {
                var total = Exact.zero
                for (share, determinants) in counting {
                    let amount =
                        determinants.amount(quantity, period).map { $0 * share.factor } ?? .zero
                    total = total + amount
                    sum.points.append(
                        PointEnergy(
                            share: share, quantity: quantity, period: period, amount: amount))
                }
                sum.energy.append(
                    EnergyAmount(quantity: quantity, period: period, amount: total))
            }
            sum.addStretches(of: quantity, counting)
            sum.addPriced(quantity, counting)
        }
        sum.estimatedValues = points.reduce(0) { $0 + $1.determinants.estimatedValues }
        let isOverflow =
            sum.energy.contains { $0.amount.isOverflow }
            || sum.stretches.contains { $0.amount.isOverflow }
        return isOverflow ? nil : sum
    }

    private func amount(_ quantity: UsageQuantity, _ period: String) -> Exact? {
        energy.first { $0.quantity == quantity && $0.period == period }?.amount
    }

    /// Adds the energy by stretches of a quantity, which all points have in the same order.
    private mutating func addStretches(
        of quantity: UsageQuantity, _ points: [(share: PointShare, determinants: Determinants)]
    ) {
        var sums: [StretchEnergy]?
        for (share, determinants) in points {
            var own = determinants.stretches.filter { $0.quantity == quantity }
            guard !own.isEmpty, sums.map({ $0.count == own.count }) ?? true else { return }
            for place in own.indices {
                let amount = own[place].amount * share.factor
                own[place].amount = (sums?[place].amount ?? .zero) + amount
            }
            sums = own
        }
        stretches += sums ?? []
    }

    /// Adds what the energy of a quantity costs at the prices of intervals, charge by charge.
    private mutating func addPriced(
        _ quantity: UsageQuantity, _ points: [(share: PointShare, determinants: Determinants)]
    ) {
        guard let first = points.first else { return }
        for charge in first.determinants.priced where charge.quantity == quantity {
            var sum = charge
            sum.outcome = .success(PricedEnergy.Sums(energy: .zero, amount: .zero, readings: 0))
            for (share, determinants) in points {
                let own = determinants.priced.first {
                    $0.charge == charge.charge && $0.quantity == quantity
                }
                guard let own else { return }
                sum.outcome = sum.outcome.flatMap { sums in
                    own.outcome.flatMap { sums.adding($0, times: share.factor) }
                }
            }
            priced.append(sum)
        }
    }

    /// Gives what each service point brought, as it is written.
    func forEachPointEntry<Failure: Error>(
        _ body: (Entry) throws(Failure) -> Void
    ) throws(Failure) {
        for item in points {
            let share = item.share
            try body(
                Entry(
                    quantity: "point.\(share.servicePoint)*\(share.factor)."
                        + item.quantity.rawValue,
                    period: item.period, value: item.amount,
                    unit: item.quantity.obis.baseUnit.rawValue, at: nil))
        }
    }
}

extension Determinants.PricedEnergy.Sums {
    /// The sums with those of another point; a failure beyond the range.
    fileprivate func adding(_ other: Self, times factor: Exact) -> Result<Self, PricingGap> {
        let sums = Self(
            energy: energy + other.energy * factor, amount: amount + other.amount * factor,
            readings: readings + other.readings)
        return sums.energy.isOverflow || sums.amount.isOverflow
            ? .failure(.outOfRange) : .success(sums)
    }
}
