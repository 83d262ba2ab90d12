// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// What one delivered cell says of a slot.
public struct SlotValue: Hashable, Sendable {
    /// The amount; meaningless where the quality is missing.
    public var amount: ScaledValue
    /// The quality; never `none`.
    public var quality: Quality
    /// The sender's version time in seconds since 1970; 0 where the sender gives none.
    public var version: Int64

    /// A value from its parts.
    public init(amount: ScaledValue, quality: Quality, version: Int64 = 0) {
        precondition(quality.qualityClass != nil, "a delivered cell has a quality")
        self.amount = quality.hasValue ? amount : ScaledValue(0, exponent: 0)
        self.quality = quality
        self.version = version
    }

    /// Equal value and quality: a duplicate, whatever the version.
    ///
    /// Two cells without a value say the same, whatever their reasons.
    func isDuplicate(of other: SlotValue) -> Bool {
        guard quality.hasValue else { return !other.quality.hasValue }
        return quality == other.quality && amount == other.amount
    }
}

/// One cell of a delivery, with its place in the delivery.
public struct SlotCandidate: Hashable, Sendable {
    /// What it says.
    public var value: SlotValue
    /// Its rank by the SHA-256 of its file, then by line; no two of a slot are equal.
    public var order: Int

    /// A candidate from its parts.
    public init(value: SlotValue, order: Int) {
        self.value = value
        self.order = order
    }
}

/// What stands in a slot after a delivery.
public struct SlotCurrent: Hashable, Sendable {
    /// The accepted value, or the sender's word that there is none.
    public var value: SlotValue
    /// The delivery that brought it.
    public var delivery: Int64
    /// True where another value of equal standing contradicts it: not billable (law 2).
    public var isSuspect: Bool
    /// The newest version that came for the slot, with this value or another; 0 where none did.
    public var newestVersion: Int64

    /// A current value from its parts; one of an older version counts as of none.
    public init(
        value: SlotValue, delivery: Int64, isSuspect: Bool = false, newestVersion: Int64 = 0
    ) {
        self.value = value
        self.delivery = delivery
        self.isSuspect = isSuspect
        self.newestVersion = max(newestVersion, value.version)
        if value.version < newestVersion { self.value.version = 0 }
    }
}

/// What becomes of one delivered value cell (law 1). The text form is a promise.
public enum SlotVerdict: String, Hashable, Sendable, CaseIterable {
    /// Current.
    case accepted
    /// Equal value and quality already on record.
    case duplicate
    /// Kept, not current.
    case superseded
    /// The sender says that there is no value.
    case absent
}
