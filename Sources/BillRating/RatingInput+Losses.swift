// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

extension RatingInput {
    /// Adds the losses of the tariff to what was measured, once, before anything is priced.
    ///
    /// Demand stays as it was measured.
    ///
    /// - Parameter seconds: The length of the span, by the clock that its days were cut by.
    /// - Throws: A hold where what a loss is computed from is not there.
    public mutating func addLosses(seconds: Int64) throws(RatingHold) {
        guard plan.hasLosses else { return }
        var sum = LossSum(input: self, hours: Exact(seconds) / Exact(3600))
        for loss in tariff.losses where try holds(loss.conditions, of: loss.id) {
            try sum.add(loss)
        }
        determinants = sum.determinants
    }

    /// A number of the tariff, or the contract's.
    ///
    /// - Parameter isPossible: What the tariff asks of a number; others hold the bill.
    fileprivate func number(
        _ number: ContractNumber, of loss: EnergyLoss, where isPossible: (Exact) -> Bool
    ) throws(RatingHold) -> Exact {
        switch number {
        case .number(let number): return number
        case .parameter(let name):
            let value = try self.number(name, of: loss.id)
            guard isPossible(value) else {
                throw RatingHold(
                    code: .badParameter, charge: loss.id,
                    detail: "'\(name)' cannot be \(value): write shares as 0.04 for four per cent, "
                        + "and nothing below zero")
            }
            return value
        }
    }
}

/// What was measured, with the losses that were added to it so far.
private struct LossSum {
    let input: RatingInput
    /// The hours of the span.
    let hours: Exact
    private(set) var determinants: Determinants
    private let measured: Determinants

    init(input: RatingInput, hours: Exact) {
        self.input = input
        self.hours = hours
        measured = input.determinants
        determinants = input.determinants
    }

    mutating func add(_ loss: EnergyLoss) throws(RatingHold) {
        switch loss.method {
        case .rate(let kind): try add(kind, loss)
        case .fixed(let kind):
            let amount = try input.number(kind.amount, of: loss) { $0 >= .zero }
            // Where another span of the period pays all of a charge, it has all of the loss.
            let units =
                SpanRater(spans: [input], span: 0, explains: false).units(of: kind.basis) ?? .zero
            try add(amount * units, to: kind.quantity.usage, loss)
        case .transformer(let kind):
            let lost = try lost(in: kind, loss)
            try add(lost.active, to: .activeImport, loss)
            if let reactive = lost.reactive { try add(reactive, to: .reactiveImport, loss) }
        }
    }

    /// What a transformer lost in kWh and, where it is added, in kvarh.
    private func lost(
        in kind: TransformerLoss, _ loss: EnergyLoss
    ) throws(RatingHold) -> (active: Exact, reactive: Exact?) {
        let capacity = try input.number(kind.capacity, of: loss) { $0 > .zero }
        let noLoad = try input.number(kind.noLoadPower, of: loss) { $0 >= .zero }
        let load = try input.number(kind.loadPower, of: loss) { $0 >= .zero }
        let factor = try input.number(kind.factor, of: loss) { $0 >= .zero }
        let active = try sum(of: .activeImport, loss)
        var reactive = Exact.zero
        for quantity in kind.reactive { reactive += try sum(of: quantity.usage, loss) }
        let square = active * active + reactive * reactive
        let kilowattHours =
            noLoad * hours + factor * load * square / (capacity * capacity * hours)
        guard let own = kind.reactiveLoss else { return (kilowattHours, nil) }
        let isShare: (Exact) -> Bool = { $0 >= .zero && $0 < .one }
        let current = try input.number(own.noLoadCurrent, of: loss, where: isShare)
        let impedance = try input.number(own.impedance, of: loss, where: isShare)
        return (
            kilowattHours,
            current * capacity * hours + factor * impedance * square / (capacity * hours)
        )
    }

    /// The energy that a loss is computed from, period by period.
    private func base(
        _ quantity: UsageQuantity, _ loss: EnergyLoss
    ) throws(RatingHold) -> [Determinants.EnergyAmount] {
        let known = loss.base == .read ? measured : determinants
        let found = known.energy.filter { $0.quantity == quantity }
        guard !found.isEmpty else {
            throw RatingHold(
                code: .missingDeterminant, charge: loss.id,
                detail: "no \(quantity.rawValue) from \(measured.start) to \(measured.end): check "
                    + "the meter's channels and registers")
        }
        return found
    }

    private func sum(of quantity: UsageQuantity, _ loss: EnergyLoss) throws(RatingHold) -> Exact {
        try base(quantity, loss).reduce(Exact.zero) { $0 + $1.amount }
    }

    /// Adds a share of the energy of each period.
    private mutating func add(_ kind: LossRate, _ loss: EnergyLoss) throws(RatingHold) {
        let quantity = kind.quantity.usage
        let base = try base(quantity, loss)
        var amounts: [Exact] = []
        for item in base {
            let given: Exact
            if let rate = kind.rate {
                given = try input.number(rate, of: loss) { value in
                    kind.isFactor ? value > .zero : value >= .zero && value < .one
                }
            } else if let rate = kind.ratesByPeriod[item.period] {
                given = rate
            } else {
                throw RatingHold(
                    code: .missingDeterminant, charge: loss.id,
                    detail: "no \(quantity.rawValue) by period, only for '\(item.period)'")
            }
            let share = kind.isFactor ? given - .one : given
            amounts.append(item.amount * share)
            // Then all periods have the same share.
            if loss.isKnownPerInterval, amounts.count == 1 {
                addToIntervals(share, of: quantity, loss)
            }
        }
        if loss.rounding != nil {
            let total = amounts.reduce(.zero, +)
            amounts = try shares(of: total, by: amounts, base.map(\.period), loss)
        }
        try add(amounts, to: base, loss)
    }

    /// Adds a loss that is told for all periods together.
    private mutating func add(
        _ total: Exact, to quantity: UsageQuantity, _ loss: EnergyLoss
    ) throws(RatingHold) {
        let base = try base(quantity, loss)
        let amounts = try shares(of: total, by: base.map(\.amount), base.map(\.period), loss)
        try add(amounts, to: base, loss)
    }

    /// A loss of all periods, rounded and shared out.
    ///
    /// - Parameters:
    ///   - weights: What it is shared out by. Shape: `[period]`.
    ///   - periods: The names of the periods. Shape: `[period]`.
    private func shares(
        of total: Exact, by weights: [Exact], _ periods: [String], _ loss: EnergyLoss
    ) throws(RatingHold) -> [Exact] {
        if total.isOverflow { throw tooLarge(loss.id) }
        let total = loss.rounding.map { total.rounded(to: $0.step, $0.mode) } ?? total
        if weights.count == 1 { return [total] }
        if total == .zero { return [Exact](repeating: .zero, count: weights.count) }
        let sum = weights.reduce(.zero, +)
        guard sum != .zero else {
            let isIdle = weights.allSatisfy { $0 == .zero }
            guard isIdle, case .period(let name) = loss.idle, periods.contains(name) else {
                throw RatingHold(
                    code: .undefinedAllocation, charge: loss.id,
                    detail: "\(total) is lost from \(measured.start) to \(measured.end), and no "
                        + "period has energy to share it out by")
            }
            return periods.map { $0 == name ? total : .zero }
        }
        let exact = weights.map { total * $0 / sum }
        guard loss.spread == .largestRemainder, let step = loss.rounding?.step else {
            return exact
        }
        if exact.contains(where: \.isOverflow) { throw tooLarge(loss.id) }
        return LossSum.steps(of: exact, step)
    }

    /// Whole steps that sum to what the exact shares sum to, which is whole steps; among equal
    /// remainders the earlier is first.
    private static func steps(of exact: [Exact], _ step: Exact) -> [Exact] {
        var floors = exact.map { share in
            let down = share.rounded(to: step, .down)
            return down > share ? down - step : down
        }
        let missing = (exact.reduce(.zero, +) - floors.reduce(.zero, +)) / step
        let order = exact.indices.sorted {
            (exact[$1] - floors[$1], $0) < (exact[$0] - floors[$0], $1)
        }
        for place in order.prefix(Int(missing.wholePart(.down))) { floors[place] += step }
        return floors
    }

    private mutating func add(
        _ amounts: [Exact], to base: [Determinants.EnergyAmount], _ loss: EnergyLoss
    ) throws(RatingHold) {
        for (item, amount) in zip(base, amounts) {
            let place = determinants.energy.firstIndex {
                $0.quantity == item.quantity && $0.period == item.period
            }
            guard let place else { continue }
            let sum = determinants.energy[place].amount + amount
            if sum.isOverflow { throw tooLarge(loss.id) }
            let isFirst = !determinants.read.contains {
                $0.quantity == item.quantity && $0.period == item.period
            }
            if isFirst { determinants.read.append(determinants.energy[place]) }
            determinants.energy[place].amount = sum
            determinants.losses.append(
                Determinants.LostEnergy(
                    loss: loss.id, quantity: item.quantity, period: item.period, amount: amount))
        }
    }

    /// Adds a share to the energy of each stretch, and to what is priced by intervals.
    private mutating func addToIntervals(
        _ share: Exact, of quantity: UsageQuantity, _ loss: EnergyLoss
    ) {
        let known = loss.base == .read ? measured : determinants
        for place in determinants.stretches.indices
        where determinants.stretches[place].quantity == quantity {
            determinants.stretches[place].amount += known.stretches[place].amount * share
        }
        for place in determinants.priced.indices
        where determinants.priced[place].quantity == quantity {
            guard case .success(var sums) = determinants.priced[place].outcome,
                case .success(let part) = known.priced[place].outcome
            else { continue }
            sums.energy += part.energy * share
            sums.amount += part.amount * share
            determinants.priced[place].outcome = .success(sums)
        }
    }
}
