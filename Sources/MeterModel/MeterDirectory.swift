// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What an id in a file can stand for, and when: the network as scanning needs it.
///
/// A sender's id is a meter, else a service point and the meter in service there at that instant.
public struct DirectoryEntry: Hashable, Sendable {
    /// The id as senders write it.
    public var id: String
    /// The spans in which it stands for a meter, sorted, not overlapping.
    public var spans: [DirectorySpan]

    /// An entry from its parts.
    public init(id: String, spans: [DirectorySpan]) {
        self.id = id
        self.spans = spans
    }
}

/// One span of time in which an id stands for one meter under the same terms.
public struct DirectorySpan: Hashable, Sendable {
    /// When it begins, in seconds since 1970-01-01T00:00:00Z.
    public var from: Int64
    /// When it ends, not included.
    public var to: Int64
    /// The meter, as `MeterNumber.rawValue`.
    public var meter: UInt32
    /// Seconds ahead of UTC of the meter's storage day; fixed for the life of the meter.
    public var storageOffset: Int32
    /// Length of the meter's slots, or 0 where the network gives none.
    public var intervalMinutes: UInt16
    /// Index of the service point's zone, in the zones handed along.
    public var zone: UInt16

    /// A span from its parts.
    public init(
        from: Int64, to: Int64, meter: UInt32, storageOffset: Int32, intervalMinutes: UInt16,
        zone: UInt16
    ) {
        self.from = from
        self.to = to
        self.meter = meter
        self.storageOffset = storageOffset
        self.intervalMinutes = intervalMinutes
        self.zone = zone
    }
}
