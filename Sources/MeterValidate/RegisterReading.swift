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

    /// A reading from its parts.
    public init(
        instant: Int64, value: ScaledValue, quality: Quality = .actual,
        origin: RegisterReadOrigin = .delivered
    ) {
        self.instant = instant
        self.value = value
        self.quality = quality
        self.origin = origin
    }
}

extension RegisterDial {
    /// The advance between two readings of perhaps different steps, and the step it is counted in.
    ///
    /// - Returns: Nil where no common step holds both readings.
    public func advance(
        from previous: RegisterReading, to current: RegisterReading
    ) -> (advance: RegisterAdvance, exponent: Int)? {
        let exponent = Int(min(previous.value.step.exponent, current.value.step.exponent))
        let step = ValueStep(exponent: exponent)
        guard let earlier = previous.value.value(at: step),
            let later = current.value.value(at: step)
        else { return nil }
        let result = advance(
            from: earlier, to: later, exponent: exponent,
            seconds: current.instant - previous.instant)
        return (result, exponent)
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
