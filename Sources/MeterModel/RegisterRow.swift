// SPDX-License-Identifier: Apache-2.0

/// A register reading as it was delivered: one value cell.
///
/// A row and not columns, unlike intervals: what comes together is one value of each of some registers,
/// and everything asks for a reading as a whole.
public struct RegisterRow: Hashable, Sendable {
    /// The meter, as `MeterNumber.rawValue`.
    public var meter: UInt32
    /// The quality, as `Quality.packed`; never 0.
    public var quality: UInt32
    /// The channel, as `Channel.packed`.
    public var channel: UInt64
    /// When the register stood so, in seconds since 1970-01-01T00:00:00Z.
    public var instant: Int64
    /// The delivered integer; 0 where the sender says missing.
    public var value: Int64
    /// The sender's version time in seconds since 1970 by the sender's clock; 0 where it gives none.
    public var version: Int64
    /// Digits after the point.
    public var decimals: UInt8
    /// The unit as delivered, as `MeasuredUnit.rawValue`.
    public var unit: UInt8

    /// A row from its parts.
    @inlinable
    public init(
        meter: UInt32, channel: UInt64, instant: Int64, value: Int64, decimals: UInt8, unit: UInt8,
        quality: UInt32, version: Int64
    ) {
        self.meter = meter
        self.quality = quality
        self.channel = channel
        self.instant = instant
        self.value = value
        self.version = version
        self.decimals = decimals
        self.unit = unit
    }

    /// The step of the value.
    public var step: ValueStep { ValueStep(unit: unit, decimals: decimals) }

    /// True where another row is of the same register of the same meter.
    @inlinable
    public func isOfSameRegister(as other: RegisterRow) -> Bool {
        meter == other.meter && channel == other.channel
    }

    /// True where the register of another row stands after its own in a block: by meter and channel.
    @inlinable
    public func isOfEarlierRegister(than other: RegisterRow) -> Bool {
        meter != other.meter ? meter < other.meter : channel < other.channel
    }

    /// True where it stands before another in a block: by meter, channel and time.
    @inlinable
    public func isBefore(_ other: RegisterRow) -> Bool {
        isOfSameRegister(as: other) ? instant < other.instant : isOfEarlierRegister(than: other)
    }
}
