// SPDX-License-Identifier: Apache-2.0

/// What turns the mean power of an interval into the integer that is kept, exactly.
///
/// Where a kilowatt over the interval is a finite decimal of kilowatt-hours, that energy is kept: a
/// quarter-hour at 1 kW is 0.25 kWh, a factor of 25 and two more decimals. Five minutes are a twelfth
/// of an hour, which no decimal writes: there the power times its minutes is kept, and the sixtieth
/// enters where sums become billing determinants. Each length has one way.
public struct PowerStep: Hashable, Sendable {
    /// The whole factor.
    public let factor: Int64
    /// How many more digits stand after the point.
    public let decimals: Int
    /// True where the product is of power over minutes, no energy yet.
    private let isOverMinutes: Bool

    /// The step of an interval of so many minutes; nil where it has no length.
    public init?(minutes: Int) {
        guard minutes > 0 else { return nil }
        if let decimals = (0...2).first(where: { minutes * PowerStep.tens[$0] % 60 == 0 }) {
            self.decimals = decimals
            factor = Int64(minutes * PowerStep.tens[decimals] / 60)
            isOverMinutes = false
        } else {
            decimals = 0
            factor = Int64(minutes)
            isOverMinutes = true
        }
    }

    /// The value of an interval at a mean power, in `unit(of:)`; nil where it is too large for 64 bits.
    public func energy(
        of power: (value: Int64, decimals: Int)
    ) -> (value: Int64, decimals: Int)? {
        let (product, isTooLarge) = power.value.multipliedReportingOverflow(by: factor)
        return isTooLarge ? nil : (product, power.decimals + decimals)
    }

    /// The unit of what is kept, where the power is in `unit` per hour: kWh, or kW-min, for kW.
    public func unit(of unit: MeasuredUnit) -> MeasuredUnit {
        isOverMinutes ? unit.overMinutes : unit
    }

    private static let tens = [1, 10, 100]
}
