// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// Where a register reading comes from.
public enum RegisterReadOrigin: UInt8, Hashable, Sendable {
    /// Delivered by the meter, such as a daily freeze (日冻结).
    case delivered = 0
    /// Read when the meter was installed.
    case install = 1
    /// Read when the meter was removed.
    case remove = 2
    /// Not counted up to but set, such as to zero; it counts on from here.
    case reset = 3
}

/// How a register stood at a moment.
public struct RegisterReading: Hashable, Sendable {
    /// When, in seconds since 1970-01-01T00:00:00Z.
    public var instant: Int64
    /// What it showed; meaningless where the quality is missing.
    public var value: ScaledValue
    /// The quality of the value.
    public var quality: Quality
    /// Where it comes from.
    public var origin: RegisterReadOrigin
    /// True where the value holds the multiplier already.
    public var isPrimary: Bool

    /// A reading from its parts.
    public init(
        instant: Int64, value: ScaledValue, quality: Quality = .actual,
        origin: RegisterReadOrigin = .delivered, isPrimary: Bool = false
    ) {
        self.instant = instant
        self.value = value
        self.quality = quality
        self.origin = origin
        self.isPrimary = isPrimary
    }

    /// What it says, whoever sent it: equal for readings that count alike.
    public var shown: Shown { Shown(value: value.exact, isPrimary: isPrimary) }

    /// A value, with the multiplier or without.
    public struct Shown: Hashable, Sendable {
        fileprivate var value: Exact
        fileprivate var isPrimary: Bool
    }
}

/// How far a register went between two readings.
public struct RegisterStep: Hashable, Sendable {
    /// The advance, in steps of `10^exponent`.
    public var advance: RegisterAdvance
    /// The power of ten of the step, relative to the base unit.
    public var exponent: Int
    /// The dial that it is counted on: with the multiplier, where one of the readings holds it.
    public var dial: RegisterDial

    /// What was counted, in base units after the multiplier; nil for a fall.
    public var energy: Exact? {
        guard case .advance(let steps, _) = advance else { return nil }
        return Exact(coefficient: Int128(steps), exponent: exponent) * dial.multiplier
    }

    /// True for an advance that the dial may count in some time; see `RegisterDial.mayCount`.
    public func isPossible(in seconds: Int64) -> Bool {
        guard case .advance(let steps, _) = advance else { return false }
        return dial.mayCount(steps, exponent: exponent, seconds: seconds)
    }
}

extension RegisterDial {
    /// The advance between two readings of perhaps different steps, one of which may hold the
    /// multiplier.
    ///
    /// - Returns: Nil where no common step holds both readings.
    public func advance(
        from previous: RegisterReading, to current: RegisterReading
    ) -> RegisterStep? {
        guard previous.isPrimary || current.isPrimary else {
            return step(previous.value, current.value, current.instant - previous.instant)
        }
        guard let earlier = onPrimary(previous), let later = onPrimary(current) else { return nil }
        return primary.step(earlier, later, current.instant - previous.instant)
    }

    /// What a reading shows with the multiplier, in base units; nil where it has no decimal form of ours.
    public func onPrimary(_ reading: RegisterReading) -> ScaledValue? {
        reading.isPrimary ? reading.value : ScaledValue(reading.value.exact * multiplier)
    }

    private func step(_ previous: ScaledValue, _ current: ScaledValue, _ seconds: Int64)
        -> RegisterStep?
    {
        let exponent = Int(min(previous.step.exponent, current.step.exponent))
        let step = ValueStep(exponent: exponent)
        guard let earlier = previous.value(at: step), let later = current.value(at: step) else {
            return nil
        }
        let result = advance(from: earlier, to: later, exponent: exponent, seconds: seconds)
        return RegisterStep(advance: result, exponent: exponent, dial: self)
    }

    /// What a check of two consecutive readings finds: a fall, a rollover, or nothing.
    public func finding(
        from previous: RegisterReading, to current: RegisterReading
    ) -> ValidationFinding? {
        let rule: ValidationRule
        switch advance(from: previous, to: current)?.advance {
        case .advance(_, rolledOver: false): return nil
        case .advance(_, rolledOver: true): rule = .registerRollover
        case .decrease, nil: rule = .registerDecrease
        }
        return ValidationFinding(
            rule, from: Instant(seconds: previous.instant), to: Instant(seconds: current.instant),
            count: 1, value: current.value.exact, limit: previous.value.exact)
    }
}
