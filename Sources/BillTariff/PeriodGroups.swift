// SPDX-License-Identifier: Apache-2.0

/// Time-of-use periods that a charge takes together, each period in one group.
public struct PeriodGroups: Hashable, Sendable {
    /// The names of the groups, in the order of the file.
    public let names: [String]
    /// The place of the group of each period. Shape: `[period]`.
    public let groupOfPeriod: [Int]
}
