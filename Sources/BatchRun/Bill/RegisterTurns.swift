// SPDX-License-Identifier: Apache-2.0

import MeterValidate
import Quantities
import Store

/// Where registers fell or rolled over, as the checks of the nights found.
struct RegisterTurns: Sendable {
    private struct Key: Hashable {
        var meter: String
        var channel: String
    }

    private var found: [Key: [ClosedRange<Int64>]] = [:]

    /// Reads what was found so far; what healed since does no harm.
    init(_ store: TallyStore) throws {
        for rule in [ValidationRule.registerDecrease, .registerRollover] {
            let filter = FindingFilter(code: rule.rawValue, includesClosed: true)
            try store.read { transaction in
                try transaction.forEachException(filter) { exception in
                    let row = exception.row
                    guard let from = Instant(iso: row.startsAt), let to = Instant(iso: row.endsAt),
                        from <= to
                    else { return }
                    found[Key(meter: row.subjectID, channel: row.channel), default: []].append(
                        from.seconds...to.seconds)
                }
            }
        }
    }

    /// True where something was found of a register within a span of seconds.
    func contains(meter: String, channel: String, within span: Range<Int64>) -> Bool {
        found[Key(meter: meter, channel: channel)]?.contains {
            $0.upperBound > span.lowerBound && $0.lowerBound < span.upperBound
        } ?? false
    }
}
