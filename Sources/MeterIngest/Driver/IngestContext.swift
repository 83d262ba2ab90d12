// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Quantities

/// What reading a file needs to know about everything outside it; one for all files of a run.
public struct IngestContext: Sendable {
    /// The delimited formats that are known.
    public var profiles: ProfileSet
    /// What the ids in files stand for.
    public var index: MeterIndex
    /// The clocks of service points, as `DirectorySpan.zone` counts them.
    public var zones: [TimeZoneTable]
    /// Seconds since 1970-01-01T00:00:00Z; an interval that ends or a register read later is
    /// `future-time`.
    public var latestEnd: Int64
    /// True to reject every violation of NEM12.
    public var strict: Bool
    /// Threads of which one may inflate ahead in a long file; nil where none ever is idle.
    public var idle: IdleThreads?

    /// A context from its parts.
    public init(
        profiles: ProfileSet, index: MeterIndex, zones: [TimeZoneTable], latestEnd: Int64,
        strict: Bool
    ) {
        self.profiles = profiles
        self.index = index
        self.zones = zones
        self.latestEnd = latestEnd
        self.strict = strict
    }
}

/// What is known of a file once it has been read.
public struct FileSummary: Hashable, Sendable {
    /// The hash of the file's bytes as delivered, in lowercase hex; empty before the end.
    public var sha256: String
    /// The name of the profile, or `nem12`, or `mixed` where the members of a zip archive differ.
    public var format: String
    /// Size as delivered.
    public var deliveredBytes: Int64
    /// Size of the text inside.
    public var inflatedBytes: Int64
    /// Delivered cells, absent and rejected ones too.
    public var readings: Int
    /// True where the values of the last batch already hold the meter's multiplier.
    public var multiplierApplied: Bool
    /// True where the file grew or changed meanwhile: it must wait for the next run.
    public var changedWhileRead: Bool

    /// What stands for the format where the members of a zip archive have several.
    static let mixedFormats = "mixed"
}
