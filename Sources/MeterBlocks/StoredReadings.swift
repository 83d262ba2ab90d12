// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// Where stored readings came from; one per strip or register row.
///
/// A settled strip holds slots of one origin only: where the values of a day came from several files,
/// the day is several strips that leave each other's slots empty.
public struct Origin: Hashable, Sendable {
    /// The file, as `source_file.file_no`.
    public var file: UInt32
    /// The delivery that brought it.
    public var delivery: UInt32
    /// What else is to be known of it.
    public var flags: Flags

    /// Marks of a strip or row.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// The bits, as stored.
        public let rawValue: UInt8

        /// Marks of these bits.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// Another value of equal standing contradicts it: not billable until resolved (law 2).
        public static let suspect = Flags(rawValue: 1)
        /// The multiplier is applied already (primary values).
        public static let primary = Flags(rawValue: 2)
        /// The sender gave the version with another value, over which this one without stands (law 2).
        public static let overVersion = Flags(rawValue: 4)
    }

    /// An origin from its parts.
    public init(file: UInt32, delivery: UInt32, flags: Flags) {
        self.file = file
        self.delivery = delivery
        self.flags = flags
    }
}

/// Interval readings with their origins, as stored.
public struct StoredIntervals: Sendable {
    /// The readings.
    public var strips = IntervalStrips()
    /// Where each strip came from. Shape: `[strip]`.
    public var origins: [Origin] = []

    /// No readings.
    public init() {}

    /// Forgets the readings and keeps the memory.
    public mutating func removeAll() {
        strips.removeAll()
        origins.removeAll(keepingCapacity: true)
    }
}

/// Register readings with their origins, as stored.
public struct StoredRegisters: Sendable {
    /// The readings.
    public var rows: [RegisterRow] = []
    /// Where each row came from. Shape: `[row]`.
    public var origins: [Origin] = []

    /// No readings.
    public init() {}
}
