// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// What one reading file holds, found without a database.
public struct FileInspection: Hashable, Sendable {
    /// One stream of values of one meter.
    public struct Series: Hashable, Sendable {
        /// The meter as the sender names it.
        public var meter: String
        /// The channel as the sender names it.
        public var channel: String
        /// What is measured.
        public var obis: ObisCode
        /// The unit of the values: of energy, or of power where the file gives mean power.
        public var unit: String
        /// Register or interval.
        public var kind: ReadingKind
        /// Minutes of an interval: from the format, else the longest that divides all steps seen; nil
        /// for registers and where one value gives no step.
        public var intervalMinutes: Int?
        /// How many cells, absent ones too.
        public var count: Int
        /// Where the earliest interval begins, or when the register was first read; ISO 8601, with
        /// offset where it is known.
        public var first: String
        /// Where the latest interval begins, or when the register was last read.
        public var last: String
        /// The sum of all values in the file's unit; nil for registers.
        public var sum: Exact?
        /// How many cells have each of the sender's quality codes.
        public var quality: [String: Int]
    }

    /// The file.
    public var path: String
    /// The name of its profile, or `nem12`, or `mixed` where the members of a zip archive differ; nil
    /// where it cannot be read.
    public var format: String?
    /// Size as delivered.
    public var bytes: Int64
    /// Delivered cells, absent and rejected ones too.
    public var readings: Int
    /// What could not be accepted, in the order of the file; the first of them where there are more than
    /// `mostRejections`.
    public var rejections: [ReadingRejection]
    /// How many rejections there are.
    public var rejected: Int
    /// The streams, in the order in which the file first names them.
    public var series: [Series]

    /// How many rejections are told one by one: a small file may have hundreds of millions.
    public static let mostRejections = 10_000
}
