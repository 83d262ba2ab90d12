// SPDX-License-Identifier: Apache-2.0

/// The interval energy that a rejection takes with it, so that energy balances as readings do.
///
/// An exact sum without trailing zeros, so that equal sums are equal values. It is never nothing:
/// where values sum to zero, or there are none, there is no rejected energy.
public struct RejectedEnergy: Hashable, Sendable {
    /// The channel, as `Channel.packed`.
    public let channel: UInt64
    /// The unit as delivered, as `MeasuredUnit.rawValue`.
    public let unit: UInt8
    /// The sum is `value × 10^-decimals` of the unit. A row of values of 18 digits needs more than
    /// 64 bits; no line is long enough to need more than 128.
    public let value: Int128
    /// Digits after the point.
    public let decimals: UInt8

    /// The sum of some values; nil where it is zero.
    ///
    /// - Parameter values: Delivered integers, each with its digits after the point.
    public init?(
        channel: UInt64, unit: MeasuredUnit, values: some Sequence<(value: Int64, decimals: Int)>
    ) {
        var (sum, common) = (0 as Int128, 0)
        for (value, decimals) in values where value != 0 {
            RejectedEnergy.add(Int128(value), decimals, to: &sum, &common)
        }
        self.init(channel: channel, unit: unit.rawValue, sum: sum, decimals: common)
    }

    /// A sum from its parts, as one of the others gave them.
    public init(channel: UInt64, unit: UInt8, value: Int128, decimals: UInt8) {
        precondition(value != 0, "it is never nothing")
        self.channel = channel
        self.unit = unit
        self.value = value
        self.decimals = decimals
    }

    private init?(channel: UInt64, unit: UInt8, sum: Int128, decimals: Int) {
        guard sum != 0 else { return nil }
        var (value, places) = (sum, decimals)
        while places > 0, value % 10 == 0 { (value, places) = (value / 10, places - 1) }
        self.channel = channel
        self.unit = unit
        self.value = value
        self.decimals = UInt8(places)
    }

    /// The sum of what two rejections of one channel and unit take with them.
    public static func sum(_ left: RejectedEnergy?, _ right: RejectedEnergy?) -> RejectedEnergy? {
        guard let left, let right else { return left ?? right }
        precondition(
            left.channel == right.channel && left.unit == right.unit,
            "energy of one channel and unit is summed")
        var (sum, decimals) = (left.value, Int(left.decimals))
        add(right.value, Int(right.decimals), to: &sum, &decimals)
        return RejectedEnergy(
            channel: left.channel, unit: left.unit, sum: sum, decimals: decimals)
    }

    /// Adds at the finer of both decimal steps.
    private static func add(
        _ value: Int128, _ decimals: Int, to sum: inout Int128, _ common: inout Int
    ) {
        var value = value
        for _ in common..<max(common, decimals) { sum *= 10 }
        for _ in decimals..<max(common, decimals) { value *= 10 }
        common = max(common, decimals)
        sum += value
    }
}
