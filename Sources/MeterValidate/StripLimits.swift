// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// Between which integers the values of a strip are believed, in the strip's own step.
///
/// Made once per channel and step; the checks then compare plain integers.
public struct StripLimits: Hashable, Sendable {
    /// The lowest value believed; `Int64.min` where the channel counts both ways.
    public var lowest: Int64
    /// The highest value believed; `Int64.max` where no capacity is known.
    public var highest: Int64
    /// The step.
    public var step: ValueStep

    /// How far above its capacity a service point may draw. Source: rule I-15, high limit.
    static let tolerance = Exact(12, over: 10)

    /// Limits of a channel.
    ///
    /// `value × multiplier ≤ capacity × minutes / 60 × 1.2` holds for a whole value just where the
    /// value is not above the whole part of the right side over the multiplier.
    ///
    /// - Parameters:
    ///   - step: The strip's step.
    ///   - isOneWay: True where energy below zero is doubtful.
    ///   - capacityKilowatts: What the service point can draw; nil where unknown.
    ///   - multiplier: CT × PT, above zero; 1 where the format says it is applied already.
    ///   - slotMinutes: Length of a slot.
    public init(
        step: ValueStep, isOneWay: Bool, capacityKilowatts: Exact?, multiplier: Exact,
        slotMinutes: Int
    ) {
        precondition(multiplier > .zero, "a multiplier is above zero")
        self.step = step
        lowest = isOneWay ? 0 : .min
        highest = .max
        if let capacityKilowatts, !capacityKilowatts.isNegative {
            let energy = capacityKilowatts * Exact(slotMinutes) / Exact(60) * StripLimits.tolerance
            let steps = energy / multiplier / step.exact
            // A limit beyond the range of the values excludes none of them.
            if !steps.isOverflow { highest = Int64(clamping: steps.wholePart(.down)) }
        }
    }
}
