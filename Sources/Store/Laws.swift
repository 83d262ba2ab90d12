// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The laws that SQL can check, each as a query that finds what breaks it.
extension StoreTransaction {
    private static let laws: [(name: String, query: String)] = [
        (
            "law 1: a file's readings are the sum of their verdicts",
            """
            SELECT sha256 FROM source_file
            WHERE readings <> accepted + duplicate + superseded + absent + rejected
            """
        ),
        (
            "law 1: a feeder's readings are the sum of their verdicts",
            """
            SELECT delivery || ' ' || feeder_id FROM feeder_delivery
            WHERE readings <> accepted + duplicate + superseded + absent + rejected
            """
        ),
        (
            "law 1: every rejected reading is kept",
            """
            SELECT f.sha256 FROM source_file f WHERE status = 'accepted' AND rejected <>
                (SELECT coalesce(sum(readings), 0) FROM rejection r
                WHERE r.sha256 = f.sha256 AND r.delivery = f.delivery)
            """
        ),
        (
            "law 5: net and tax are the total",
            "SELECT number FROM invoice WHERE net_minor + tax_minor <> total_minor"
        ),
        (
            "law 5: lines sum to the total or to the net",
            """
            SELECT number FROM invoice i WHERE (SELECT coalesce(sum(amount_minor), 0)
                FROM invoice_line l WHERE l.invoice_id = i.invoice_id)
                NOT IN (total_minor, net_minor)
            """
        ),
        (
            "law 5: taxes sum to the tax",
            """
            SELECT number FROM invoice i WHERE tax_minor <> (SELECT coalesce(sum(tax_minor), 0)
                FROM invoice_tax t WHERE t.invoice_id = i.invoice_id)
            """
        ),
        (
            "law 6: a contract and period has one uncredited invoice",
            """
            SELECT contract_id || ' ' || period_start FROM invoice i WHERE kind = 'invoice'
                AND NOT EXISTS (SELECT 1 FROM invoice c WHERE c.credits = i.invoice_id)
                GROUP BY contract_id, period_start HAVING count(*) > 1
            """
        ),
        (
            "law 6: numbers have no gaps",
            """
            SELECT s.series FROM invoice_sequence s WHERE s.last <>
                (SELECT count(*) FROM invoice WHERE number GLOB s.series || '-*')
            """
        ),
    ]

    /// A line for each thing that breaks a law.
    public func brokenLaws() throws -> [String] {
        try StoreTransaction.laws.flatMap { law in
            try String.fetchAll(db, sql: law.query).map { "\(law.name): \($0)" }
        }
    }
}
