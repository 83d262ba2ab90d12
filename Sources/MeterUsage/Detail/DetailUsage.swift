// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// What a tariff asks of one interval channel beyond the energy of its periods.
///
/// Counts as the meter does, before the multiplier, beside `IntervalUsage`, which tells what is
/// missing. Strips may come in any order and in any pieces. Sums of channels that count together are
/// the sums of theirs.
public struct DetailUsage: Hashable, Sendable {
    /// The quantity that the channel measures.
    public let quantity: UsageQuantity
    /// Energy per stretch in steps of `UsageScale.step`. Shape: `[stretch]`, or empty.
    private(set) var stretches: [Int128]
    /// Energy times price per charge, in steps of `UsageScale.step` over the charge's denominator.
    /// Shape: `[charge]`.
    private(set) var amounts: [Int128]
    /// The first slot within which a price changes. Shape: `[charge]`.
    private(set) var changesWithin: [Instant?]
    /// True where a strip's step or size was beyond what the sums hold exactly: not billable.
    public private(set) var isOutOfRange = false

    /// Nothing used yet.
    public init(of quantity: UsageQuantity, for request: DetailRequest) {
        self.quantity = quantity
        let count =
            request.stretchQuantities.contains(quantity) ? request.stretches?.starts.count : 0
        stretches = [Int128](repeating: 0, count: count ?? 0)
        amounts = [Int128](repeating: 0, count: request.priced.count)
        changesWithin = [Instant?](repeating: nil, count: request.priced.count)
    }

    /// Adds the slots of a strip that lie in the billing span.
    ///
    /// - Parameters:
    ///   - values: Energy per slot, in steps of `step`. Shape: `[slot]`.
    ///   - qualities: `Quality.packed` per slot; 0 where nothing was delivered. Shape: `[slot]`.
    ///   - firstSlot: The strip's first slot within the storage day.
    ///   - step: The strip's step.
    ///   - plan: The detail of the strip's storage day, for the request that this was made for.
    public mutating func add(
        values: Span<Int64>, qualities: Span<UInt32>, firstSlot: Int, step: ValueStep,
        plan: DetailSlots, request: DetailRequest
    ) {
        guard let factor = UsageScale.factor(of: step) else {
            isOutOfRange = true
            return
        }
        if !stretches.isEmpty {
            let strip = firstSlot..<(firstSlot + values.count)
            for run in plan.runs {
                let slots = run.slots.clamped(to: strip)
                guard !slots.isEmpty else { continue }
                let inStrip = (slots.lowerBound - firstSlot)..<(slots.upperBound - firstSlot)
                let found = sumSlots(
                    values: values.extracting(inStrip), qualities: qualities.extracting(inStrip))
                stretches[run.stretch] = stretches[run.stretch]
                    .adding(found.total, times: factor, &isOutOfRange)
            }
        }
        for (index, charge) in request.priced.enumerated() where charge.quantity == quantity {
            guard let prices = plan.prices[index] else { continue }
            let slots = firstSlot..<(firstSlot + values.count)
            let found = sumPriced(
                values: values, qualities: qualities, prices: prices.slots.span.extracting(slots))
            if found.isOver { isOutOfRange = true }
            amounts[index] = amounts[index].adding(found.total, times: factor, &isOutOfRange)
            if let at = prices.changesWithin {
                changesWithin[index] = min(changesWithin[index] ?? at, at)
            }
        }
    }

    /// The energy of a stretch in base units, before the multiplier.
    func energy(ofStretch stretch: Int) -> Exact { UsageScale.amount(of: stretches[stretch]) }

    /// The energy of the span times a charge's prices, before the multiplier.
    func amount(ofCharge charge: Int, _ prices: PriceSteps) -> Exact {
        UsageScale.amount(of: amounts[charge]) * Exact(1, over: Int128(prices.denominator))
    }
}

extension Int128 {
    /// The sum with a product; what leaves the range is not added, and said in `isOver`.
    fileprivate func adding(
        _ total: Int128, times factor: Int128, _ isOver: inout Bool
    ) -> Int128 {
        let (steps, overSteps) = total.multipliedReportingOverflow(by: factor)
        let (sum, overSum) = addingReportingOverflow(steps)
        if overSteps || overSum { isOver = true }
        return overSteps || overSum ? self : sum
    }
}
