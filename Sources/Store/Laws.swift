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
            SELECT sha256 FROM (SELECT sha256, delivery, rejected
                    FROM source_file WHERE status = 'accepted'
                UNION ALL SELECT sha256, delivery, rejected FROM retried_file) f
            WHERE rejected <> (SELECT coalesce(sum(readings), 0) FROM rejection r
                WHERE r.sha256 = f.sha256 AND r.delivery = f.delivery)
            """
        ),
        (
            "law 1: a file's readings are in its parts",
            """
            SELECT sha256 FROM (SELECT sha256, file_no, delivery, readings - rejected AS stored
                    FROM source_file WHERE status = 'accepted'
                UNION ALL SELECT r.sha256, f.file_no, r.delivery, r.readings - r.rejected
                    FROM retried_file r JOIN source_file f USING (sha256)) d
            WHERE stored <> (SELECT coalesce(sum(p.readings), 0) FROM part p
                WHERE p.file_no = d.file_no AND p.delivery = d.delivery)
            """
        ),
        (
            "law 1: what is settled is listed",
            """
            SELECT b.feeder_no || '/' || b.day || '/' || b.group_no || '/' || b.kind FROM block b
            WHERE NOT EXISTS (SELECT 1 FROM part p WHERE p.part_id = b.part_id)
            """
        ),
        (
            "law 1: what came is settled",
            """
            SELECT DISTINCT p.feeder_no || '/' || p.day || '/' || p.group_no || '/' || p.kind
            FROM part p WHERE p.settled = 1 AND NOT EXISTS (SELECT 1 FROM block b
                WHERE b.feeder_no = p.feeder_no AND b.day = p.day AND b.group_no = p.group_no
                AND b.kind = p.kind)
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
            SELECT a.number || ' and ' || b.number FROM invoice a JOIN invoice b USING (contract_id)
            WHERE a.invoice_id < b.invoice_id AND a.kind = 'invoice' AND b.kind = 'invoice'
                AND a.period_start < b.period_end AND b.period_start < a.period_end
                AND NOT EXISTS (SELECT 1 FROM invoice c
                    WHERE c.credits IN (a.invoice_id, b.invoice_id))
            """
        ),
        (
            "law 8: the tariff behind an invoice is kept",
            """
            SELECT DISTINCT number FROM invoice_part_view p WHERE NOT EXISTS
                (SELECT 1 FROM tariff_file t WHERE t.sha256 = p.tariff_sha256)
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
