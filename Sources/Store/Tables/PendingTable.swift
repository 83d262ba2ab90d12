// SPDX-License-Identifier: Apache-2.0

import GRDB
import Quantities

/// What is still to be done, whatever becomes of the process: notes that a later run reads.
extension StoreTransaction {
    /// The date of a billing that was begun, or that a delivery was planned for; nil where none is.
    public func pendingBill() throws -> String? {
        let asOf = try setting("pending_bill")
        return asOf?.isEmpty ?? true ? nil : asOf
    }

    /// Notes that periods up to a date are to be billed.
    public func notePendingBill(asOf: String) throws { try set("pending_bill", to: asOf) }

    /// Notes that billing is done.
    public func forgetPendingBill() throws { try set("pending_bill", to: "") }

    /// True where an import since the last retry, other profiles, or the date may have cured
    /// rejections.
    ///
    /// - Parameters:
    ///   - rules: The hash of the profiles in force.
    ///   - asOf: The date that stands for today.
    public func isRetryDue(rules: String, asOf: CivilDay) throws -> Bool {
        let imported = try Int(setting("imported_seq") ?? "0") ?? 0
        let retried = try Int(setting("retried_seq") ?? "0") ?? 0
        return try imported > retried || setting("retried_rules") ?? rules != rules
            || hasFutureCome(by: asOf)
    }

    /// Notes an import that may cure rejections.
    public func noteImport(seq: Int) throws { try set("imported_seq", to: String(seq)) }

    /// Notes that rejections, if there are any, are being tried again.
    public func noteRetry(rules: String) throws {
        try set("retried_seq", to: setting("imported_seq") ?? "0")
        try set("retried_rules", to: rules)
    }

    /// True where a delivery brought a file, readings or an end of a rejection.
    public func brings(_ delivery: DeliveryRow) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM source_file WHERE delivery = ?1)
                    OR EXISTS (SELECT 1 FROM part WHERE delivery = ?1)
                    OR EXISTS (SELECT 1 FROM rejection WHERE closed_by = ?1)
                """, arguments: [delivery.delivery]) ?? false
    }
}
