// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// What one delivery makes of one slot.
public struct SlotDecision: Hashable, Sendable {
    /// What stands in the slot now.
    public var current: SlotCurrent
    /// True where a value stood before and does not stand any more; booked in this delivery.
    public var displaced: Bool
}

/// Orders the values of one slot (law 2).
///
/// Cells with a version are ranked by version, then class, then delivery; cells without by class,
/// then delivery; the best of both are ranked by class, then delivery. The newest version that came is
/// remembered even where a cell without version stands, so an older one never stands again. What still
/// ties within the delivery and differs in value makes the slot suspect, and the smallest order is
/// accepted. So the outcome never depends on the order in which the cells are handed in.
public enum SlotOrder {
    /// Decides a slot and the verdict of each cell that one delivery brought for it.
    ///
    /// A cell equal to the value on record is a duplicate, and still speaks with the weight of its
    /// delivery: it can confirm a suspect value, or contradict another cell beside it. A newer
    /// version of the value on record is remembered.
    ///
    /// - Parameters:
    ///   - current: What stood before, from an earlier delivery; nil where nothing was delivered.
    ///   - candidates: The delivery's cells, at least one, in any order.
    ///   - delivery: The number of the delivery, above that of `current`.
    ///   - verdicts: Replaced by one verdict per candidate. Shape: `[candidate]`.
    public static func settle(
        current: SlotCurrent?, candidates: [SlotCandidate], delivery: Int64,
        verdicts: inout [SlotVerdict]
    ) -> SlotDecision {
        precondition(!candidates.isEmpty, "a decision is about at least one cell")
        precondition(
            current.map { $0.delivery < delivery } ?? true, "what stood is of an earlier delivery"
        )
        verdicts.removeAll(keepingCapacity: true)
        if candidates.count == 1 {
            return settle(current: current, only: candidates[0].value, delivery, &verdicts)
        }
        let rank = topRank(current: current, candidates: candidates, delivery: delivery)
        let tied = candidates.filter { rank.isHeld(by: $0.value, delivery: delivery) }
        guard let lead = tied.min(by: { $0.order < $1.order }) else {
            return keep(current, candidates, rank.newestVersion, &verdicts)
        }
        let suspect =
            lead.value.quality.hasValue
            && tied.contains { $0.value.amount != lead.value.amount }
        setVerdicts(of: candidates, lead: lead.value, current: current?.value, &verdicts)
        if let current, lead.value.isDuplicate(of: current.value) {
            var kept = current
            kept.isSuspect = suspect
            kept.note(rank.newestVersion, by: candidates)
            return SlotDecision(current: kept, displaced: false)
        }
        var new = SlotCurrent(value: lead.value, delivery: delivery, isSuspect: suspect)
        new.note(rank.newestVersion, by: candidates)
        return SlotDecision(
            current: new, displaced: current?.value.quality.hasValue ?? false)
    }

    /// The decision about a single cell: the common case, without an allocation.
    private static func settle(
        current: SlotCurrent?, only value: SlotValue, _ delivery: Int64,
        _ verdicts: inout [SlotVerdict]
    ) -> SlotDecision {
        guard var kept = current else {
            verdicts.append(value.quality.hasValue ? .accepted : .absent)
            return SlotDecision(
                current: SlotCurrent(value: value, delivery: delivery), displaced: false)
        }
        var rank = SlotRank(current: kept)
        rank.include(value, delivery: delivery)
        rank.compareBest()
        let isTop = rank.isHeld(by: value, delivery: delivery)
        let isDuplicate = value.isDuplicate(of: kept.value)
        kept.newestVersion = rank.newestVersion
        if isDuplicate {
            if value.version == rank.newestVersion { kept.value.version = value.version }
            if isTop { kept.isSuspect = false }
        }
        let verdict: SlotVerdict = isDuplicate ? .duplicate : isTop ? .accepted : .superseded
        verdicts.append(value.quality.hasValue ? verdict : .absent)
        guard isTop, !isDuplicate else { return SlotDecision(current: kept, displaced: false) }
        return SlotDecision(
            current: SlotCurrent(
                value: value, delivery: delivery, newestVersion: rank.newestVersion),
            displaced: kept.value.quality.hasValue)
    }

    /// The decision where no cell of the delivery reaches what stood before.
    private static func keep(
        _ current: SlotCurrent?, _ candidates: [SlotCandidate], _ newestVersion: Int64,
        _ verdicts: inout [SlotVerdict]
    ) -> SlotDecision {
        guard var kept = current else {
            preconditionFailure("the best of the cells holds the top rank where nothing stood")
        }
        setVerdicts(of: candidates, lead: kept.value, current: kept.value, &verdicts)
        kept.note(newestVersion, by: candidates)
        return SlotDecision(current: kept, displaced: false)
    }

    /// Gives each cell its verdict.
    ///
    /// Of the cells that say the same, the one of the smallest order is the original and the others
    /// are its duplicates; all are where it stood in the slot before.
    private static func setVerdicts(
        of candidates: [SlotCandidate], lead: SlotValue, current: SlotValue?,
        _ verdicts: inout [SlotVerdict]
    ) {
        verdicts.append(contentsOf: repeatElement(.duplicate, count: candidates.count))
        var originals: [SlotContent: Int] = [:]
        for (index, candidate) in candidates.enumerated() {
            let value = candidate.value
            guard value.quality.hasValue else {
                verdicts[index] = .absent
                continue
            }
            if let current, value.isDuplicate(of: current) { continue }
            let content = SlotContent(value)
            if let other = originals[content], candidates[other].order < candidate.order {
                continue
            }
            originals[content] = index
        }
        for original in originals.values {
            verdicts[original] =
                candidates[original].value.isDuplicate(of: lead) ? .accepted : .superseded
        }
    }
}

extension SlotCurrent {
    /// Takes note of the newest version that came, and of whether it said the same.
    fileprivate mutating func note(_ newest: Int64, by candidates: [SlotCandidate]) {
        newestVersion = newest
        let isOfNewest =
            value.version == newest
            || candidates.contains {
                $0.value.version == newest && $0.value.isDuplicate(of: value)
            }
        value.version = isOfNewest ? newest : 0
    }
}

/// Value and quality of a cell: what makes two cells duplicates.
private struct SlotContent: Hashable {
    let amount: ScaledValue
    let quality: Quality

    init(_ value: SlotValue) {
        amount = value.amount
        quality = value.quality
    }
}
