// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What one step of a delivered integer is worth: `10^exponent / divisor` base units (kWh or kvarh).
///
/// The divisor is 60 for power that is kept over minutes, such as 5 kW-min, and 1 for energy: so a
/// twelfth of a kilowatt-hour is a whole number of steps, which no decimal step could make it.
public struct ValueStep: Hashable, Sendable {
    /// The power of ten.
    public let exponent: Int8
    /// 1, or the 60 minutes of an hour.
    public let divisor: UInt8

    /// A step from its parts.
    public init(exponent: Int, divisor: Int = 1) {
        precondition(divisor == 1 || divisor == 60, "energy, or power over minutes")
        self.exponent = Int8(clamping: exponent)
        self.divisor = UInt8(divisor)
    }

    /// The step of a unit's values with so many digits after the point.
    public init(_ unit: MeasuredUnit, decimals: Int) {
        self.init(exponent: unit.exponent - decimals, divisor: unit.divisor)
    }

    /// The step of values as columns hold them.
    ///
    /// - Parameter unit: `MeasuredUnit.rawValue`; one that is not known is taken for kilowatt-hours.
    public init(unit: UInt8, decimals: UInt8) {
        self.init(MeasuredUnit(rawValue: unit) ?? .kilowattHours, decimals: Int(decimals))
    }

    /// A step in which the values of two steps are whole.
    public static func common(_ left: ValueStep, _ right: ValueStep) -> ValueStep {
        ValueStep(
            exponent: Int(min(left.exponent, right.exponent)),
            divisor: Int(max(left.divisor, right.divisor)))
    }

    /// The step of products with a factor of a decimal step.
    public func times(_ factor: ValueStep) -> ValueStep {
        ValueStep(
            exponent: Int(exponent) + Int(factor.exponent),
            divisor: Int(divisor) * Int(factor.divisor))
    }

    /// The step in base units.
    public var exact: Exact {
        Exact(coefficient: 1, exponent: Int(exponent)) / Exact(divisor)
    }
}

extension ValueStep: CustomStringConvertible {
    /// The power of ten, and what it is divided by where that is not 1: `-3` or `-3/60`.
    public var description: String { divisor == 1 ? "\(exponent)" : "\(exponent)/\(divisor)" }
}
