// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What a tariff asks of the intervals of a service point beyond the energy of its periods.
public struct MeasuredDetail: Hashable, Sendable {
    /// What is asked.
    public var request: DetailRequest
    /// Each channel with what it is multiplied by.
    public var channels: [UsageQuantity: [Channel]]

    /// Energy of each day by registers, where those tell it. Shape: `[day]`.
    public var dailyEnergy: [UsageQuantity: [Exact]]

    /// One channel, while it counted under one multiplier.
    public struct Channel: Hashable, Sendable {
        /// CT × PT, with sign and share of the point; 1 where it is applied already.
        public var multiplier: Exact
        /// What it counted.
        public var usage: DetailUsage

        /// A channel from its parts.
        public init(multiplier: Exact, usage: DetailUsage) {
            self.multiplier = multiplier
            self.usage = usage
        }
    }

    /// Detail from its parts.
    public init(
        _ request: DetailRequest, channels: [UsageQuantity: [Channel]],
        dailyEnergy: [UsageQuantity: [Exact]] = [:]
    ) {
        self.request = request
        self.channels = channels
        self.dailyEnergy = dailyEnergy
    }

    /// True where a number left the range in which it is exact.
    func isOutOfRange(_ quantity: UsageQuantity) -> Bool {
        channels[quantity]?.contains(where: \.usage.isOutOfRange) ?? false
    }

    private func sum(_ quantity: UsageQuantity, _ part: (DetailUsage) -> Exact) -> Exact {
        (channels[quantity] ?? []).reduce(.zero) { $0 + part($1.usage) * $1.multiplier }
    }

    /// The energy of each stretch; none of a quantity of which none is asked.
    func stretches(of quantity: UsageQuantity, periods: [String]) -> [Determinants.StretchEnergy] {
        stretches(of: quantity, periods: periods) { stretch in
            sum(quantity) { $0.energy(ofStretch: stretch) }
        }
    }

    /// The energy of each day by registers; none where they do not tell it, or tell another sum than
    /// the span is billed by, as they do where an end of it was estimated.
    func days(
        of quantity: UsageQuantity, total: Exact, periods: [String]
    ) -> [Determinants.StretchEnergy] {
        guard let amounts = dailyEnergy[quantity], amounts.reduce(.zero, +) == total else {
            return []
        }
        return stretches(of: quantity, periods: periods) { amounts[$0] }
    }

    private func stretches(
        of quantity: UsageQuantity, periods: [String], amount: (Int) -> Exact
    ) -> [Determinants.StretchEnergy] {
        guard let plan = request.stretches, request.stretchQuantities.contains(quantity) else {
            return []
        }
        return plan.starts.indices.map { stretch in
            Determinants.StretchEnergy(
                quantity: quantity, day: plan.days[stretch],
                period: plan.periods[stretch].map { periods[$0] } ?? "all",
                from: Instant(seconds: plan.starts[stretch]), amount: amount(stretch))
        }
    }

    /// What the energy of a quantity costs at the prices of each charge that prices it.
    ///
    /// - Parameters:
    ///   - energy: That of the quantity over the span.
    ///   - readings: Of how many interval readings that is.
    func priced(
        _ quantity: UsageQuantity, energy: Exact, readings: Int
    ) -> [Determinants.PricedEnergy] {
        request.priced.enumerated().filter { $0.element.quantity == quantity }.map {
            index, charge in
            let outcome = charge.prices.flatMap {
                prices -> Result<Determinants.PricedEnergy.Sums, PricingGap> in
                let changes = (channels[quantity] ?? []).compactMap {
                    $0.usage.changesWithin[index]
                }
                if let at = changes.min() { return .failure(.changesWithin(at)) }
                let amount = sum(quantity) { $0.amount(ofCharge: index, prices) }
                if amount.isOverflow { return .failure(.outOfRange) }
                return .success(
                    Determinants.PricedEnergy.Sums(
                        energy: energy, amount: amount, readings: readings))
            }
            return Determinants.PricedEnergy(
                charge: charge.charge, quantity: quantity, unit: charge.unit, outcome: outcome)
        }
    }
}

extension UsageOutcome {
    /// The outcome with what is asked of intervals beyond the energy of periods.
    ///
    /// A quantity that registers counted in a part of the span has none of it, but for the energy of days
    /// that daily freezes tell.
    ///
    /// - Parameters:
    ///   - measured: What the outcome was made of.
    ///   - request: What it was made for.
    public func adding(
        _ detail: MeasuredDetail, of measured: [UsageQuantity: MeasuredUsage],
        for request: UsageRequest
    ) -> UsageOutcome {
        guard case .complete(var determinants) = self else { return self }
        var (stretches, priced) = (determinants.stretches, determinants.priced)
        for item in request.items {
            guard let usage = measured[item.quantity], usage.registers.isEmpty,
                usage.counted.isEmpty
            else {
                stretches += detail.days(
                    of: item.quantity, total: determinants.total(item.quantity),
                    periods: request.periods)
                continue
            }
            stretches += detail.stretches(of: item.quantity, periods: request.periods)
            priced += detail.priced(
                item.quantity, energy: usage.energy(ofPeriod: nil),
                readings: usage.intervals.reduce(0) { $0 + $1.usage.present })
            let isOver =
                detail.isOutOfRange(item.quantity) || stretches.contains(where: \.amount.isOverflow)
            if isOver { return .held([UsageGap(.outOfRange, obis: item.quantity.obis)]) }
        }
        determinants.stretches = stretches
        determinants.priced = priced
        return .complete(determinants)
    }
}
