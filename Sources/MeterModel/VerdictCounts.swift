// SPDX-License-Identifier: Apache-2.0

/// What became of delivered readings: one verdict each (law 1).
public struct VerdictCounts: Hashable, Sendable {
    /// Delivered value cells; the sum of the five verdicts.
    public var readings = 0
    /// Current at the end of their delivery.
    public var accepted = 0
    /// Equal value and quality were on record already.
    public var duplicate = 0
    /// Kept, but another value of the slot is current.
    public var superseded = 0
    /// The sender says that there is no value.
    public var absent = 0
    /// Refused.
    public var rejected = 0
    /// Values of earlier deliveries that these displaced; not among `readings`.
    public var displaced = 0

    /// No readings.
    public init() {}

    /// Adds every count.
    public static func += (left: inout VerdictCounts, right: VerdictCounts) {
        left.readings += right.readings
        left.accepted += right.accepted
        left.duplicate += right.duplicate
        left.superseded += right.superseded
        left.absent += right.absent
        left.rejected += right.rejected
        left.displaced += right.displaced
    }
}
