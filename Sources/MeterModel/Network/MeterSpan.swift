// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The number of a meter: dense, given once, kept for life.
public struct MeterNumber: RawRepresentable, Hashable, Sendable, Comparable {
    /// The number, from 0.
    public let rawValue: UInt32

    /// The meter of this number.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// How many meters a storage group has at most.
    public static let groupSize: UInt32 = 1024

    /// The storage group that the meter's readings are kept in.
    public var groupNumber: UInt32 { rawValue / MeterNumber.groupSize }

    /// The smaller number comes first.
    public static func < (left: MeterNumber, right: MeterNumber) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// The number of a feeder: dense, given once, kept for life.
public struct FeederNumber: RawRepresentable, Hashable, Sendable, Comparable {
    /// The number, from 0.
    public let rawValue: UInt32

    /// The feeder of this number.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The smaller number comes first.
    public static func < (left: FeederNumber, right: FeederNumber) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// How a meter counts, and what for; many meters share one.
public struct MeterTerms: Hashable, Sendable {
    /// CT × PT (倍率): what a reading is multiplied by.
    public var multiplier: Exact
    /// The register's digits before the point, where they are known.
    public var digits: Int?
    /// The length of its slots in minutes; nil where it gives registers only.
    public var intervalMinutes: Int?
    /// Which kind of reading is billed.
    public var basis: BillingBasis
    /// What the meter is for.
    public var use: MeterUse
    /// What its service point is for.
    public var role: ServicePointRole
    /// The most power of its service point, in kW, where it is known.
    public var capacityKilowatts: Exact?
    /// The service point's clock, as an index in `Network.zones`.
    public var zone: Int

    /// Terms from its parts.
    public init(
        multiplier: Exact, digits: Int? = nil, intervalMinutes: Int? = nil, basis: BillingBasis,
        use: MeterUse, role: ServicePointRole, capacityKilowatts: Exact? = nil, zone: Int
    ) {
        self.multiplier = multiplier
        self.digits = digits
        self.intervalMinutes = intervalMinutes
        self.basis = basis
        self.use = use
        self.role = role
        self.capacityKilowatts = capacityKilowatts
        self.zone = zone
    }
}

/// A span in which a meter is in service at one place under the same terms.
public struct MeterSpan: Hashable, Sendable {
    /// The meter.
    public var meter: MeterNumber
    /// When: half-open, `distantPast` and `distantFuture` where it is open.
    public var span: Range<Instant>
    /// Where, as an index in `Network.servicePointIDs`.
    public var servicePoint: Int
    /// The feeder above it, by the topology of that time.
    public var feeder: FeederNumber
    /// The terminal that gathers it, as an index in `Network.terminalIDs`.
    public var terminal: Int?
    /// How it counts.
    public var terms: MeterTerms

    /// A span from its parts.
    public init(
        meter: MeterNumber, span: Range<Instant>, servicePoint: Int, feeder: FeederNumber,
        terminal: Int? = nil, terms: MeterTerms
    ) {
        self.meter = meter
        self.span = span
        self.servicePoint = servicePoint
        self.feeder = feeder
        self.terminal = terminal
        self.terms = terms
    }
}

/// A span in which a service point hangs at one place and is for one thing.
public struct ServicePointSpan: Hashable, Sendable {
    /// When: half-open, `distantPast` and `distantFuture` where it is open.
    public var span: Range<Instant>
    /// The node that feeds it, as an index in `Network.nodeIDs`.
    public var node: Int
    /// The feeder above it.
    public var feeder: FeederNumber
    /// Its clock, as an index in `Network.zones`.
    public var zone: Int
    /// What it is for.
    public var role: ServicePointRole
    /// The most power it can carry, in kW, where it is known.
    public var capacityKilowatts: Exact?

    /// A span from its parts.
    public init(
        span: Range<Instant>, node: Int, feeder: FeederNumber, zone: Int, role: ServicePointRole,
        capacityKilowatts: Exact? = nil
    ) {
        self.span = span
        self.node = node
        self.feeder = feeder
        self.zone = zone
        self.role = role
        self.capacityKilowatts = capacityKilowatts
    }
}

/// How a register stood when someone touched the meter.
public struct RegisterRead: Hashable, Sendable {
    /// The register.
    public var channel: Channel
    /// When.
    public var at: Instant
    /// Why it was read.
    public var kind: RegisterReadKind
    /// How it stood, before the multiplier.
    public var value: Exact

    /// A read from its parts.
    public init(channel: Channel, at: Instant, kind: RegisterReadKind, value: Exact) {
        self.channel = channel
        self.at = at
        self.kind = kind
        self.value = value
    }
}
