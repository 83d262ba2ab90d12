// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// The standing of a cell among others of its slot.
struct SlotRank: Hashable {
    /// Version, class, delivery of the best cell with a version; nil where it is not of the top.
    var versioned: Key?
    /// Class and delivery of the best cell without a version; nil where it is not of the top.
    var unversioned: Key?

    /// What cells are compared by, in this order.
    struct Key: Hashable, Comparable {
        /// The sender's version time; 0 where it gives none.
        var version: Int64
        /// The class.
        var qualityClass: UInt8
        /// The delivery.
        var delivery: Int64

        init(_ value: SlotValue, delivery: Int64) {
            version = value.version
            qualityClass = value.quality.qualityClass?.rawValue ?? 0
            self.delivery = delivery
        }

        static func < (left: Key, right: Key) -> Bool {
            (left.version, left.qualityClass, left.delivery)
                < (right.version, right.qualityClass, right.delivery)
        }
    }

    /// The newest version that came; cells of an older one are out of the ranking.
    private(set) var newestVersion: Int64

    /// The ranking of a slot, with what stands in it so far.
    init(current: SlotCurrent? = nil) {
        newestVersion = current?.newestVersion ?? 0
        if let current { include(current.value, delivery: current.delivery) }
    }

    /// Takes a cell into account.
    mutating func include(_ value: SlotValue, delivery: Int64) {
        let key = Key(value, delivery: delivery)
        if key.version != 0 {
            guard key.version >= newestVersion else { return }
            newestVersion = key.version
            versioned = max(versioned ?? key, key)
        } else {
            unversioned = max(unversioned ?? key, key)
        }
    }

    /// Drops the lesser of the two by class, then delivery; both stay where they are equal.
    mutating func compareBest() {
        guard let versioned, let unversioned else { return }
        let left = (versioned.qualityClass, versioned.delivery)
        let right = (unversioned.qualityClass, unversioned.delivery)
        if left < right { self.versioned = nil }
        if right < left { self.unversioned = nil }
    }

    /// True for a cell that nothing outranks.
    func isHeld(by value: SlotValue, delivery: Int64) -> Bool {
        let key = Key(value, delivery: delivery)
        return key == (value.version != 0 ? versioned : unversioned)
    }
}

extension SlotOrder {
    /// The rank that no cell outranks.
    static func topRank(
        current: SlotCurrent?, candidates: [SlotCandidate], delivery: Int64
    ) -> SlotRank {
        var rank = SlotRank(current: current)
        for candidate in candidates { rank.include(candidate.value, delivery: delivery) }
        rank.compareBest()
        return rank
    }
}
