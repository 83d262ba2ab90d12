// SPDX-License-Identifier: Apache-2.0

/// What a profile may say about a NEM12 file; the format itself leaves little open.
public struct NEM12Layout: Hashable, Sendable {
    /// Seconds ahead of UTC of the market's clock, all year. Source: AEMO MDFF, UTC+10.
    public var clockOffset = 36_000
    /// Intervals that end after this moment are refused, in seconds since 1970-01-01T00:00:00Z.
    public var latestEnd: Int64 = .max

    /// The format as its standard says.
    public init() {}
}
