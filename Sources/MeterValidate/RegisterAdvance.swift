// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// What a register did between two readings.
public enum RegisterAdvance: Hashable, Sendable {
    /// It counted on by so many steps, past its last digit where `rolledOver`.
    case advance(Int64, rolledOver: Bool)
    /// It fell, and not by rolling over (示度下降).
    case decrease
}

/// What is known of a register and its service point, to judge an advance by.
public struct RegisterDial: Hashable, Sendable {
    /// Digits before the point; 0 where unknown, and then no fall is a rollover.
    public var digits: Int
    /// CT × PT that the numbers are still to be multiplied by, above zero.
    public var multiplier: Exact
    /// CT × PT that the numbers hold already; 1 on the dial itself.
    public var applied = Exact.one
    /// What the service point can draw; nil where unknown.
    public var capacityKilowatts: Exact?

    /// A dial from its parts.
    public init(digits: Int, multiplier: Exact, capacityKilowatts: Exact? = nil) {
        precondition(multiplier > .zero, "a multiplier is above zero")
        self.digits = digits
        self.multiplier = multiplier
        self.capacityKilowatts = capacityKilowatts
    }

    /// The same dial, as readings show it that hold the multiplier (primary values).
    public var primary: RegisterDial {
        var dial = self
        (dial.multiplier, dial.applied) = (.one, applied * multiplier)
        return dial
    }

    /// The advance between two readings of one step (rules ).
    ///
    /// A fall is a rollover where the earlier reading stood in the last tenth of the dial, and the
    /// advance it implies is within what the capacity allows in the time; without a capacity,
    /// within a tenth of the dial.
    ///
    /// - Parameters:
    ///   - previous: The earlier reading, in steps of `10^exponent` base units.
    ///   - current: The later reading, same step.
    ///   - exponent: The power of ten of the step, relative to the base unit.
    ///   - seconds: The time between them.
    public func advance(
        from previous: Int64, to current: Int64, exponent: Int, seconds: Int64
    ) -> RegisterAdvance {
        if current >= previous {
            let (steps, over) = current.subtractingReportingOverflow(previous)
            return over ? .decrease : .advance(steps, rolledOver: false)
        }
        guard let wrap = wrap(exponent: exponent), current >= 0, previous < wrap,
            Int128(previous) * 10 > Int128(wrap) * 9
        else { return .decrease }
        let steps = wrap - previous + current
        return isPlausible(steps, exponent: exponent, seconds: seconds)
            ? .advance(steps, rolledOver: true) : .decrease
    }

    /// How many steps of `10^exponent` base units the dial counts before it begins again; nil where its
    /// digits are unknown, or no number of such steps is one turn.
    func wrap(exponent: Int) -> Int64? {
        // A dial of more than 18 digits in all has no last digit that an Int64 could pass.
        guard digits > 0, (0...18).contains(digits - exponent) else { return nil }
        let turn = applied * Exact(coefficient: 1, exponent: digits)
        return ScaledValue(turn)?.value(at: ValueStep(exponent: exponent))
    }

    /// True where the capacity could turn the whole dial in some time: then two readings do not tell how
    /// often it turned.
    public func mayTurn(in seconds: Int64) -> Bool {
        guard capacityKilowatts != nil, let wrap = wrap(exponent: 0) else { return false }
        return isPlausible(wrap, exponent: 0, seconds: seconds)
    }

    /// True for an advance that a register may count in some time, by whole days begun: what the
    /// capacity allows in them; without a capacity, a tenth of the dial in each.
    ///
    /// Readings of a moment apart may differ by a last digit, and a gap of many days by much.
    public func mayCount(_ steps: Int64, exponent: Int, seconds: Int64) -> Bool {
        let days = max(1, (seconds + 86_399) / 86_400)
        guard capacityKilowatts == nil else {
            return isPlausible(steps, exponent: exponent, seconds: days * 86_400)
        }
        return wrap(exponent: exponent).map { Int128(steps) <= Int128($0 / 10) * Int128(days) }
            ?? false
    }

    /// True for an advance within what the capacity allows in some time; without a capacity, within a
    /// tenth of the dial.
    public func isPlausible(_ steps: Int64, exponent: Int, seconds: Int64) -> Bool {
        guard let capacityKilowatts else {
            return wrap(exponent: exponent).map { steps <= $0 / 10 } ?? false
        }
        let energy = ScaledValue(steps, exponent: exponent).exact * multiplier
        let possible = capacityKilowatts * Exact(seconds) / Exact(3600)
        return !energy.isOverflow && energy <= possible
    }
}
