// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities

extension MoneyRounding {
    /// How an exact amount became the one billed, for people: what was rounded, how, and its effect.
    public func trace(of exact: Exact, to amount: Money, in currency: Currency) -> String {
        let billed = amount.exact(in: currency)
        let step = (Exact(stepMinor) / Exact.powerOfTen(currency.decimals)).description
        let how =
            switch place {
            case .line: "rounded \(mode.rawValue) to \(step) at the line"
            case .invoice:
                "apportioned to the invoice, which is rounded \(mode.rawValue) to \(step)"
            }
        let effect = billed - exact
        let sign = effect > .zero ? "+" : ""
        return "\(how): \(amount.text(in: currency)) (\(sign)\(effect.documentText))"
    }

    /// An exact amount in the major unit as a multiple of the step; nil where it is too large.
    ///
    /// Amounts beyond 10^15 minor units count as too large, so that sums of lines cannot overflow.
    func money(_ exact: Exact, in currency: Currency) -> Money? {
        guard let (above, below) = exact.words, below > 0, currency.decimals < 19 else {
            return steps(exact, in: currency).flatMap { money(steps: $0.wholePart(mode)) }
        }
        // The fraction need not be reduced to be rounded, and products of two words are in range.
        let minor = Int128(above) &* Exact.powerOfTen(currency.decimals).numerator
        return money(steps: mode.divide(minor, by: Int128(below) &* Int128(stepMinor)))
    }

    /// Amounts that sum to the rounded sum of the exact ones.
    ///
    /// Each is first rounded down to the step; the steps then missing from the rounded sum go to the
    /// largest remainders, among equal ones to the earlier line. Nil where an amount is too large.
    func apportioned(_ exact: [Exact], in currency: Currency) -> [Money]? {
        var floors: [Int128] = []
        var remainders: [(index: Int, rest: Exact)] = []
        var sum = Exact.zero
        for (index, amount) in exact.enumerated() {
            guard let steps = steps(amount, in: currency) else { return nil }
            sum += steps
            let towardsZero = steps.wholePart(.down)
            let floor = steps < Exact(towardsZero) ? towardsZero - 1 : towardsZero
            floors.append(floor)
            remainders.append((index, steps - Exact(floor)))
        }
        guard !sum.isOverflow else { return nil }
        let missing = sum.wholePart(mode) - floors.reduce(0, +)
        // A remainder is below one step each, so at most one step per line is missing.
        remainders.sort { ($1.rest, $0.index) < ($0.rest, $1.index) }
        for entry in remainders.prefix(Int(missing)) { floors[entry.index] += 1 }
        var amounts: [Money] = []
        for floor in floors {
            guard let money = money(steps: floor) else { return nil }
            amounts.append(money)
        }
        return amounts
    }

    private func steps(_ exact: Exact, in currency: Currency) -> Exact? {
        let steps = exact * Exact.powerOfTen(currency.decimals) / Exact(stepMinor)
        return steps.isOverflow || steps.wholePart(.down).magnitude > 1_000_000_000_000_000
            ? nil : steps
    }

    private func money(steps: Int128) -> Money? {
        let (minor, over) = steps.multipliedReportingOverflow(by: Int128(stepMinor))
        guard !over, minor.magnitude <= 1_000_000_000_000_000 else { return nil }
        return Money(minorUnits: Int64(minor))
    }
}
